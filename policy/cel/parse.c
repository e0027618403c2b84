/*
 * parse.c -- precedence climbing over the tokens.
 *
 *     expression := or ? or : expression
 *     binary     := unary (operator unary)*       by the table below
 *     unary      := ! unary | - unary | postfix
 *     postfix    := primary (.name | .?name | .name(...) | [e] | [?e])*
 *
 * The first mistake ends the parse: what follows it would be guesswork.
 */
#include "cel/parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <strings.h>

#include "base/utf8.h"
#include "cel/advice.h"
#include "cel/lex.h"
#include "cel/literal.h"
#include "cel/macro.h"

enum { MOST_OF_TOKEN = 40 };

struct parser {
	struct lexer lexer;
	struct token now, last;
	const struct parse_options *options;
	struct arena *arena;
	struct cel_issues *issues;
	unsigned depth;
	bool failed;
};

static const struct operator
{
	enum token_kind token;
	int precedence;
	const char *name;
}
operators[] = {
    // clang-format off
	{TOKEN_OR,            1, "_||_"},
	{TOKEN_AND,           2, "_&&_"},
	{TOKEN_EQUAL,         3, "_==_"},
	{TOKEN_NOT_EQUAL,     3, "_!=_"},
	{TOKEN_LESS,          3, "_<_"},
	{TOKEN_LESS_EQUAL,    3, "_<=_"},
	{TOKEN_GREATER,       3, "_>_"},
	{TOKEN_GREATER_EQUAL, 3, "_>=_"},
	{TOKEN_IN,            3, "@in"},
	{TOKEN_PLUS,          4, "_+_"},
	{TOKEN_MINUS,         4, "_-_"},
	{TOKEN_STAR,          5, "_*_"},
	{TOKEN_SLASH,         5, "_/_"},
	{TOKEN_PERCENT,       5, "_%_"},
    // clang-format on
};

/* ---- mistakes ---- */

struct cel_issue *
issue_add(struct cel_issues *issues, const char *source, struct cel_span span, const char *format,
	  ...)
{
	char message[500];
	va_list args;
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	message[utf8_check(message, strlen(message))] = '\0'; /* cut between characters */
	issues->items = arena_grow(issues->arena, issues->items, issues->count, &issues->capacity,
				   sizeof *issues->items);
	struct cel_issue *issue = &issues->items[issues->count++];
	*issue = (struct cel_issue){.offset = span.start,
				    .length = span.end - span.start,
				    .at = cel_position(source, span.start),
				    .message = arena_text(issues->arena, message)};
	return issue;
}

/* The first mistake counts. */
static struct cel_expr *
fail_with(struct parser *p, struct cel_span span, const char *message, const char *suggestion)
{
	if (!p->failed) {
		struct cel_issue *issue =
		    issue_add(p->issues, p->lexer.source, span, "%s", message);
		if (suggestion)
			issue->suggestion = arena_text(p->issues->arena, suggestion);
	}
	p->failed = true;
	return NULL;
}

static struct cel_expr *
fail_at(struct parser *p, struct cel_span span, const char *message)
{
	return fail_with(p, span, message, NULL);
}

static bool
token_is(const struct parser *p, struct token t, const char *word)
{
	size_t length = strlen(word);
	return t.kind == TOKEN_NAME && t.span.end - t.span.start == length &&
	       strncasecmp(p->lexer.source + t.span.start, word, length) == 0;
}

static const char *
describe_token(struct parser *p, struct token t)
{
	const char *text = p->lexer.source + t.span.start;
	uint32_t length = t.span.end - t.span.start;
	if (t.kind == TOKEN_END)
		return "the end";
	return arena_printf(p->arena, "'%.*s'%s", utf8_cut(text, length, MOST_OF_TOKEN), text,
			    length > MOST_OF_TOKEN ? "..." : "");
}

/* A word where an operator is expected: "x and y", "not x". */
static const struct advice *
advice_on_token(const struct parser *p, struct token t)
{
	if (t.kind != TOKEN_NAME)
		return NULL;
	return advice_on_word(p->lexer.source + t.span.start, t.span.end - t.span.start);
}

static struct cel_expr *
fail_at_token(struct parser *p, struct token t, const char *message, const char *suggestion)
{
	const char *shown =
	    message ? message : arena_printf(p->arena, "%s is no operator", describe_token(p, t));
	return fail_with(p, t.span, shown, suggestion);
}

static struct cel_expr *
fail_expecting(struct parser *p, const char *wanted)
{
	if (p->now.kind == TOKEN_WRONG)
		return fail_at_token(p, p->now, p->now.message, p->now.suggestion);
	return fail_at(
	    p, p->now.span,
	    arena_printf(p->arena, "expected %s, found %s", wanted, describe_token(p, p->now)));
}

/* Behind a value, where only an operator or what closes something can stand. */
static struct cel_expr *
fail_behind_value(struct parser *p, const char *wanted)
{
	const struct advice *advice = advice_on_token(p, p->now);
	if (token_is(p, p->last, "not"))
		return fail_at_token(p, p->last, NULL, "!");
	if (advice)
		return fail_at_token(p, p->now, advice->message, advice->suggestion);
	if (p->last.kind == TOKEN_STRING && p->now.kind == TOKEN_NAME &&
	    p->last.span.end == p->now.span.start)
		return fail_at_token(
		    p, p->now,
		    "the text ends before this; a quote within it is written \\' or \\\"", NULL);
	return fail_expecting(p, wanted);
}

bool
source_is_sound(const char *source, size_t length, struct cel_issues *issues)
{
	struct cel_span start = {0, 0};
	bool short_enough = length <= (size_t)CEL_MOST_CODE_POINTS * 4;
	if (short_enough && utf8_check(source, length) < length) {
		issue_add(issues, "", start, "not UTF-8");
		return false;
	}
	if (short_enough && value_code_points(source, length) <= CEL_MOST_CODE_POINTS)
		return true;
	issue_add(issues, "", start, "longer than %d characters", CEL_MOST_CODE_POINTS);
	return false;
}

/* ---- tokens and nodes ---- */

static void
advance(struct parser *p)
{
	p->last = p->now;
	p->now = lex_next(&p->lexer);
}

static bool
accept(struct parser *p, enum token_kind kind)
{
	if (p->now.kind != kind)
		return false;
	advance(p);
	return true;
}

static bool
expect(struct parser *p, enum token_kind kind, const char *wanted)
{
	if (accept(p, kind))
		return true;
	fail_behind_value(p, wanted);
	return false;
}

/* What closes the sign at byte `opened`: "',' or ')'". */
static bool
expect_close(struct parser *p, enum token_kind kind, const char *wanted, uint32_t opened)
{
	if (p->now.kind == kind)
		return accept(p, kind);
	struct position at = cel_position(p->lexer.source, opened);
	return expect(p, kind,
		      arena_printf(p->arena, "%s for the '%c' at %u:%u", wanted,
				   p->lexer.source[opened], at.line, at.column));
}

static struct cel_expr *
new_expr(struct parser *p, enum expr_kind kind, struct cel_span span)
{
	struct cel_expr *x = ARENA_NEW(p->arena, struct cel_expr);
	x->kind = kind;
	x->span = span;
	x->open = span.start;
	x->at = span.start;
	x->depth = 1;
	return x;
}

static uint32_t
deeper(uint32_t depth, const struct cel_expr *below)
{
	return below && below->depth >= depth ? below->depth + 1 : depth;
}

/* The finished node, or NULL when it is nested too deep. */
static struct cel_expr *
finish(struct parser *p, struct cel_expr *x)
{
	x->depth = deeper(1, x->target);
	for (uint32_t i = 0; i < x->count; i++)
		x->depth = deeper(x->depth, x->children[i]);
	x->depth = deeper(deeper(x->depth, x->predicate), x->transform);
	return x->depth > CEL_MOST_DEPTH ? fail_at(p, x->span, "nested too deep") : x;
}

static struct cel_expr *parse_expression(struct parser *p);
static struct cel_expr *parse_unary(struct parser *p);

static bool
enter(struct parser *p)
{
	if (p->depth >= CEL_MOST_DEPTH) {
		fail_at(p, p->now.span, "nested too deep");
		return false;
	}
	p->depth++;
	return true;
}

static struct cel_expr *
leave(struct parser *p, struct cel_expr *x)
{
	p->depth--;
	return x;
}

static struct cel_expr *
call_of(struct parser *p, const char *name, uint32_t at, uint32_t count,
	struct cel_expr *const *children)
{
	struct cel_span span = {children[0]->open, p->last.span.end};
	struct cel_expr *x = new_expr(p, EXPR_CALL, span);
	x->name = name;
	x->at = at;
	x->count = count;
	x->children = ARENA_ARRAY(p->arena, struct cel_expr *, count);
	for (uint32_t i = 0; i < count; i++)
		x->children[i] = children[i];
	return finish(p, x);
}

/* A growing list of children, with a mark for those that have a question mark before them. */
struct children {
	struct cel_expr **items;
	bool *optionals;
	size_t count, capacity, marks;
	bool any_optional;
};

static void
add_child(struct parser *p, struct children *c, struct cel_expr *x)
{
	c->items = arena_grow(p->arena, c->items, c->count, &c->capacity, sizeof(void *));
	c->items[c->count++] = x;
}

static void
add_mark(struct parser *p, struct children *c, size_t number, bool optional)
{
	c->optionals = arena_grow(p->arena, c->optionals, number, &c->marks, sizeof(bool));
	c->optionals[number] = optional;
	c->any_optional |= optional;
}

static struct cel_expr *
with_children(struct parser *p, struct cel_expr *x, const struct children *c)
{
	x->count = (uint32_t)c->count;
	x->children = c->items;
	x->optionals = c->any_optional ? c->optionals : NULL;
	x->span.end = p->last.span.end;
	return finish(p, x);
}

/* ---- primary ---- */

static const char *
token_text(struct parser *p, struct token t)
{
	return arena_bytes(p->arena, p->lexer.source + t.span.start, t.span.end - t.span.start);
}

static struct cel_expr *
parse_literal(struct parser *p, bool negative, uint32_t start)
{
	struct token t = p->now;
	advance(p);
	struct cel_expr *x = new_expr(p, EXPR_LITERAL, (struct cel_span){start, t.span.end});
	uint32_t offset;
	const char *wrong =
	    literal_decode(p->lexer.source, t, negative, p->arena, &x->literal, &offset);
	if (offset == t.span.start)
		offset = start; /* with the sign */
	return wrong ? fail_at(p, (struct cel_span){offset, t.span.end}, wrong) : x;
}

static struct cel_expr *
parse_word(struct parser *p, struct cel_value value)
{
	struct cel_expr *x = new_expr(p, EXPR_LITERAL, p->now.span);
	x->literal = value;
	advance(p);
	return x;
}

/* The arguments behind an opening parenthesis. */
static bool
parse_arguments(struct parser *p, struct children *c)
{
	uint32_t opened = p->last.span.start;
	while (p->now.kind != TOKEN_CLOSE_PAREN) {
		struct cel_expr *argument = parse_expression(p);
		if (!argument)
			return false;
		add_child(p, c, argument);
		if (!accept(p, TOKEN_COMMA))
			break;
		if (p->now.kind == TOKEN_CLOSE_PAREN)
			return fail_expecting(p, "an argument");
	}
	return expect_close(p, TOKEN_CLOSE_PAREN, "',' or ')'", opened);
}

/* `target` is NULL for a global function; the name and the opening parenthesis are behind us. */
static struct cel_expr *
parse_call(struct parser *p, struct cel_expr *target, const char *name, struct cel_span name_span)
{
	struct children arguments = {0};
	if (!parse_arguments(p, &arguments))
		return NULL;
	uint32_t start = target ? target->open : name_span.start;
	struct cel_expr *x = new_expr(p, EXPR_CALL, (struct cel_span){start, p->last.span.end});
	x->name = name;
	x->at = name_span.start;
	x->target = target;
	x->count = (uint32_t)arguments.count;
	x->children = arguments.items;
	const struct cel_macro *m =
	    p->options->no_macros ? NULL : macro_find(name, target, x->count);
	const struct cel_expr *where = x;
	const char *wrong = m ? macro_expand(m, x, p->arena, &where) : NULL;
	return wrong ? fail_at(p, where->span, wrong) : finish(p, x);
}

static struct cel_expr *
parse_name(struct parser *p, bool absolute, uint32_t start)
{
	struct token t = p->now;
	if (t.kind != TOKEN_NAME)
		return fail_expecting(p, "a name");
	if (lex_is_reserved(p->lexer.source + t.span.start, t.span.end - t.span.start))
		return fail_with(p, t.span, "this word is reserved and cannot be a name",
				 advice_on_reserved(token_text(p, t)));
	advance(p);
	const char *name = token_text(p, t);
	if (accept(p, TOKEN_OPEN_PAREN)) {
		struct cel_expr *x = parse_call(p, NULL, name, t.span);
		if (x)
			x->absolute = absolute;
		return x;
	}
	if (p->now.kind == TOKEN_OPEN_BRACE)
		return fail_at(p, p->now.span,
			       "messages cannot be made here; a map is {\"key\": value}");
	struct cel_expr *x = new_expr(p, EXPR_NAME, (struct cel_span){start, t.span.end});
	x->name = name;
	x->absolute = absolute;
	return x;
}

static struct cel_expr *
parse_list(struct parser *p, uint32_t start)
{
	struct children items = {0};
	while (p->now.kind != TOKEN_CLOSE_BRACKET) {
		add_mark(p, &items, items.count, accept(p, TOKEN_QUESTION));
		struct cel_expr *item = parse_expression(p);
		if (!item)
			return NULL;
		add_child(p, &items, item);
		if (!accept(p, TOKEN_COMMA))
			break;
	}
	if (!expect_close(p, TOKEN_CLOSE_BRACKET, "',' or ']'", start))
		return NULL;
	return with_children(p, new_expr(p, EXPR_LIST, (struct cel_span){start, start}), &items);
}

static struct cel_expr *
parse_map(struct parser *p, uint32_t start)
{
	struct children entries = {0};
	while (p->now.kind != TOKEN_CLOSE_BRACE) {
		add_mark(p, &entries, entries.count / 2, accept(p, TOKEN_QUESTION));
		struct cel_expr *key = parse_expression(p);
		if (!key || !expect(p, TOKEN_COLON, "':'"))
			return NULL;
		struct cel_expr *value = parse_expression(p);
		if (!value)
			return NULL;
		add_child(p, &entries, key);
		add_child(p, &entries, value);
		if (!accept(p, TOKEN_COMMA))
			break;
	}
	if (!expect_close(p, TOKEN_CLOSE_BRACE, "',' or '}'", start))
		return NULL;
	return with_children(p, new_expr(p, EXPR_MAP, (struct cel_span){start, start}), &entries);
}

static struct cel_expr *
parse_primary(struct parser *p)
{
	uint32_t start = p->now.span.start;
	switch (p->now.kind) {
	case TOKEN_INT:
	case TOKEN_UINT:
	case TOKEN_DOUBLE:
	case TOKEN_STRING:
	case TOKEN_BYTES:
		return parse_literal(p, false, start);
	case TOKEN_TRUE:
		return parse_word(p, cel_bool(true));
	case TOKEN_FALSE:
		return parse_word(p, cel_bool(false));
	case TOKEN_NULL:
		return parse_word(p, cel_null());
	case TOKEN_DOT:
		advance(p);
		return parse_name(p, true, start);
	case TOKEN_NAME:
		return parse_name(p, false, start);
	case TOKEN_OPEN_BRACKET:
		advance(p);
		return parse_list(p, start);
	case TOKEN_OPEN_BRACE:
		advance(p);
		return parse_map(p, start);
	case TOKEN_OPEN_PAREN: {
		advance(p);
		struct cel_expr *x = parse_expression(p);
		if (!x || !expect_close(p, TOKEN_CLOSE_PAREN, "')'", start))
			return NULL;
		x->open = start;
		return x;
	}
	default:
		return fail_expecting(p, "a value");
	}
}

/* ---- postfix, unary, binary ---- */

/* Behind a dot: a field, or a call of a member.  Reserved words are fine here; a field may be in
 * backquotes. */
static struct cel_expr *
parse_select(struct parser *p, struct cel_expr *target)
{
	bool optional = accept(p, TOKEN_QUESTION);
	struct token t = p->now;
	if (t.kind != TOKEN_NAME && t.kind != TOKEN_QUOTED_NAME)
		return fail_expecting(p, "the name of a field");
	advance(p);
	const char *name = token_text(p, t);
	if (t.kind == TOKEN_NAME && !optional && accept(p, TOKEN_OPEN_PAREN))
		return parse_call(p, target, name, t.span);
	if (t.kind == TOKEN_QUOTED_NAME)
		name = arena_bytes(p->arena, name + 1, strlen(name) - 2);
	struct cel_expr *x = new_expr(p, EXPR_SELECT, (struct cel_span){target->open, t.span.end});
	x->target = target;
	x->name = name;
	x->at = t.span.start;
	x->optional = optional;
	return finish(p, x);
}

static struct cel_expr *
parse_index(struct parser *p, struct cel_expr *target, uint32_t at)
{
	const char *name = accept(p, TOKEN_QUESTION) ? "_[?_]" : "_[_]";
	struct cel_expr *index = parse_expression(p);
	if (!index || !expect_close(p, TOKEN_CLOSE_BRACKET, "']'", at))
		return NULL;
	struct cel_expr *children[] = {target, index};
	return call_of(p, name, at, 2, children);
}

static struct cel_expr *
parse_postfix(struct parser *p, struct cel_expr *x)
{
	while (x) {
		if (accept(p, TOKEN_DOT))
			x = parse_select(p, x);
		else if (accept(p, TOKEN_OPEN_BRACKET))
			x = parse_index(p, x, p->last.span.start);
		else
			break;
	}
	return x;
}

static bool
is_number(enum token_kind kind)
{
	return kind == TOKEN_INT || kind == TOKEN_UINT || kind == TOKEN_DOUBLE;
}

/* A minus and a number are one literal: the smallest integer has no positive counterpart. */
static struct cel_expr *
parse_sign(struct parser *p)
{
	uint32_t at = p->now.span.start;
	const char *name = p->now.kind == TOKEN_NOT ? "!_" : "-_";
	advance(p);
	if (p->last.kind == TOKEN_MINUS && is_number(p->now.kind))
		return parse_postfix(p, parse_literal(p, true, at));
	struct cel_expr *operand = parse_unary(p);
	struct cel_expr *x = operand ? call_of(p, name, at, 1, &operand) : NULL;
	if (x)
		x->open = x->span.start = at;
	return x;
}

static struct cel_expr *
parse_unary(struct parser *p)
{
	if (!enter(p))
		return NULL;
	if (p->now.kind == TOKEN_NOT || p->now.kind == TOKEN_MINUS)
		return leave(p, parse_sign(p));
	return leave(p, parse_postfix(p, parse_primary(p)));
}

static const struct operator* operator_of(enum token_kind kind)
{
	for (size_t i = 0; i < ARRAY_LEN(operators); i++)
		if (operators[i].token == kind)
			return &operators[i];
	return NULL;
}

/* `a && b && c` is one node of three: the order of evaluation does not matter, and long chains stay
 * flat. */
static struct cel_expr *
logic_of(struct parser *p, const struct operator* o, uint32_t at, struct cel_expr *left,
	 struct cel_expr *right)
{
	bool extend = left->kind == EXPR_LOGIC && strcmp(left->name, o->name) == 0;
	struct cel_expr *x = extend ? left : new_expr(p, EXPR_LOGIC, left->span);
	x->span.start = x->open = left->open;
	struct children c = {.items = x->children, .count = x->count, .capacity = x->index};
	if (!extend) {
		x->name = o->name;
		x->at = at;
		x->depth = deeper(1, left);
		add_child(p, &c, left);
	}
	add_child(p, &c, right);
	x->children = c.items;
	x->count = (uint32_t)c.count;
	x->index = (uint32_t)c.capacity; /* until the checker comes */
	x->span.end = p->last.span.end;
	x->depth = deeper(x->depth, right);
	return x->depth > CEL_MOST_DEPTH ? fail_at(p, x->span, "nested too deep") : x;
}

static struct cel_expr *
parse_binary(struct parser *p, int least)
{
	struct cel_expr *left = parse_unary(p);
	for (;;) {
		const struct operator* o = operator_of(p->now.kind);
		if (!left || !o || o->precedence < least)
			return left;
		uint32_t at = p->now.span.start;
		advance(p);
		struct cel_expr *right = parse_binary(p, o->precedence + 1);
		if (!right)
			return NULL;
		struct cel_expr *pair[] = {left, right};
		left = o->precedence <= 2 ? logic_of(p, o, at, left, right)
					  : call_of(p, o->name, at, 2, pair);
	}
}

static struct cel_expr *
parse_choice(struct parser *p)
{
	struct cel_expr *condition = parse_binary(p, 1);
	if (!condition || p->now.kind != TOKEN_QUESTION)
		return condition;
	uint32_t at = p->now.span.start;
	advance(p);
	struct cel_expr *then = parse_binary(p, 1);
	if (!then || !expect_close(p, TOKEN_COLON, "':'", at))
		return NULL;
	struct cel_expr *otherwise = parse_expression(p);
	struct cel_expr *children[] = {condition, then, otherwise};
	return otherwise ? call_of(p, "_?_:_", at, 3, children) : NULL;
}

static struct cel_expr *
parse_expression(struct parser *p)
{
	return enter(p) ? leave(p, parse_choice(p)) : NULL;
}

struct cel_expr *
parse(const char *source, size_t length, const struct parse_options *options, struct arena *arena,
      struct cel_issues *issues)
{
	struct parser p = {.lexer = {.source = source, .length = (uint32_t)length},
			   .options = options,
			   .arena = arena,
			   .issues = issues};
	advance(&p);
	struct cel_expr *x = parse_expression(&p);
	if (!x || p.now.kind == TOKEN_END)
		return x;
	bool closes = p.now.kind == TOKEN_CLOSE_PAREN || p.now.kind == TOKEN_CLOSE_BRACKET ||
		      p.now.kind == TOKEN_CLOSE_BRACE;
	return closes ? fail_at_token(&p, p.now, "this closes nothing that was opened", NULL)
		      : fail_behind_value(&p, "an operator or the end");
}
