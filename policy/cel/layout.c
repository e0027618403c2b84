/*
 * layout.c -- from the tree back to text.
 *
 * Macros are not expanded: the tree has the calls as they were written.  Literals are the bytes of
 * the source.  Comments go down with the part of the source that they stand in, as a list that each
 * part takes its own from; where lines break they stay, and where none can they come loose and move
 * before the item that they were in.
 *
 * Reads from below: comments and items, what each kind looks like, whether two trees are the same.
 */
#include "cel/layout.h"

#include "cel/comment.h"
#include "cel/function.h"
#include "cel/macro.h"
#include "cel/parse.h"
#include "cel/pretty.h"

enum precedence {
	WITHIN_CHOICE,
	WITHIN_OR,
	WITHIN_AND,
	WITHIN_RELATION,
	WITHIN_SUM,
	WITHIN_PRODUCT,
	WITHIN_SIGN,
	WITHIN_POSTFIX,
};

/* Parentheses that only a reader needs are left out of what is nested so deep. */
enum { DEEP = 32 };

/* Brackets around so few characters gain nothing from lines of their own. */
enum { SHORT = 16 };

struct layout {
	const char *source;
	struct arena *arena;
	const struct piece *loose; /* comments that move before the item in hand */
};

static const struct piece *lay(struct layout *l, const struct cel_expr *x, struct comments inside,
			       enum precedence least);

static const struct piece *
word(struct layout *l, const char *text)
{
	return piece_word(l->arena, text);
}

static const struct piece *
join(struct layout *l, const struct piece *first, const struct piece *then)
{
	return piece_join(l->arena, first, then);
}

/* ---- comments and items ---- */

static const struct piece *
lay_comment(struct layout *l, const struct comment *c)
{
	return piece_comment(l->arena, l->source + c->start, c->end - c->start);
}

/* Each on a line of its own. */
static const struct piece *
lay_comments(struct layout *l, struct comments list)
{
	const struct piece *lines = NULL;
	for (size_t i = 0; i < list.count; i++)
		lines =
		    join(l, lines, join(l, lay_comment(l, &list.items[i]), piece_end(l->arena)));
	return lines;
}

static void
set_loose(struct layout *l, struct comments list)
{
	l->loose = join(l, l->loose, lay_comments(l, list));
}

/* What stands between breaks: the lines of comments before it, and comments that end its line. */
struct item {
	const struct piece *lead, *body, *trail;
};

/* Behind what stands on the line already; further ones on lines of their own. */
static void
add_trail(struct layout *l, struct item *item, const struct comment *c)
{
	const struct piece *before =
	    item->trail || c->own_line ? piece_end(l->arena) : word(l, " ");
	item->trail = join(l, item->trail, join(l, before, lay_comment(l, c)));
}

/* Where an item's expressions begin and end, and how it is made. */
struct item_form {
	const struct cel_expr *first, *last;
	bool marked; /* with a question mark before it */
	enum precedence least;
};

static const struct piece *lay_form(struct layout *l, const struct item_form *form,
				    struct comments inside);

/* The comments before it are those of `*all` that are left. */
static struct item
lay_item(struct layout *l, const struct item_form *form, struct comments *all)
{
	const struct piece *around = l->loose;
	struct comments before = comments_before(all, form->first->span.start);
	struct comments inside = comments_before(all, form->last->span.end);
	struct item item = {.lead = lay_comments(l, before)};
	l->loose = NULL;
	item.body = lay_form(l, form, inside);
	item.lead = join(l, item.lead, l->loose);
	l->loose = around;
	return item;
}

/* A comment that ends a line belongs to the item that ends there. */
static void
take_end_of_line(struct layout *l, struct item *item, struct comments *all, uint32_t next)
{
	if (all->count == 0 || all->items[0].own_line || all->items[0].start >= next)
		return;
	add_trail(l, item, &all->items[0]);
	all->items++;
	all->count--;
}

/* No line can end before the first item, or behind the last one, of what has no brackets. */
static void
settle_open_ends(struct layout *l, struct item *first, struct item *last, struct comments *all)
{
	last->lead = join(l, last->lead, lay_comments(l, *all));
	l->loose = join(l, l->loose, first->lead);
	first->lead = NULL;
	all->count = 0;
}

static struct item *
lay_items(struct layout *l, const struct item_form *forms, size_t count, struct comments all,
	  bool in_brackets)
{
	struct item *items = ARENA_ARRAY(l->arena, struct item, count);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			take_end_of_line(l, &items[i - 1], &all, forms[i].first->span.start);
		items[i] = lay_item(l, &forms[i], &all);
	}
	if (count == 0)
		set_loose(l, all);
	else if (!in_brackets)
		settle_open_ends(l, &items[0], &items[count - 1], &all);
	for (size_t i = 0; count > 0 && i < all.count; i++)
		add_trail(l, &items[count - 1], &all.items[i]);
	return items;
}

/* A part that no line breaks before. */
static const struct piece *
lay_part(struct layout *l, const struct cel_expr *x, struct comments *all, enum precedence least)
{
	set_loose(l, comments_before(all, x->span.start));
	return lay(l, x, comments_before(all, x->span.end), least);
}

static const struct piece *
lay_form(struct layout *l, const struct item_form *form, struct comments inside)
{
	const struct piece *body = join(l, form->marked ? word(l, "?") : NULL,
					lay_part(l, form->first, &inside, form->least));
	if (form->last != form->first) {
		body = join(l, body, word(l, ": "));
		body = join(l, body, lay_part(l, form->last, &inside, form->least));
	}
	set_loose(l, inside);
	return body;
}

/* "before lead body behind trail" */
static const struct piece *
finish_item(struct layout *l, const struct item *item, const char *before, const char *behind)
{
	const struct piece *body = join(l, word(l, before), item->body);
	body = join(l, body, word(l, behind));
	return join(l, item->lead, join(l, body, item->trail));
}

/* "a, b, c" */
static const struct piece *
join_by_commas(struct layout *l, const struct item *items, size_t count)
{
	const struct piece *all = NULL;
	for (size_t i = 0; i < count; i++) {
		bool last = i + 1 == count;
		all = join(l, all, finish_item(l, &items[i], "", last ? "" : ","));
		all = join(l, all, last ? NULL : piece_break(l->arena));
	}
	return all;
}

static const struct piece *
in_brackets(struct layout *l, const char *open, const struct piece *first,
	    const struct piece *inner, const char *close)
{
	const struct piece *soft = piece_soft(l->arena);
	if (piece_width(inner) <= SHORT)
		return join(l, word(l, open),
			    join(l, piece_flat(l->arena, join(l, first, inner)), word(l, close)));
	inner = piece_nest(l->arena, join(l, first, inner));
	return piece_group(l->arena,
			   join(l, word(l, open), join(l, inner, join(l, soft, word(l, close)))));
}

/* ---- operators ---- */

static bool
is_call_of(const struct cel_expr *x, const char *name)
{
	return x->kind == EXPR_CALL && strcmp(x->name, name) == 0;
}

static bool
is_sum(const struct cel_expr *x)
{
	return is_call_of(x, "_+_") || is_call_of(x, "_-_");
}

static bool
is_number(const struct cel_expr *x)
{
	uint8_t kind = x->literal.kind;
	return x->kind == EXPR_LITERAL &&
	       (kind == CEL_INT || kind == CEL_UINT || kind == CEL_DOUBLE);
}

static bool
is_negative(const struct layout *l, const struct cel_expr *x)
{
	return is_number(x) && l->source[x->span.start] == '-';
}

static enum precedence
precedence_of_call(const struct cel_expr *x)
{
	// clang-format off
	static const struct { const char *name; enum precedence precedence; } rows[] = {
		{"_?_:_", WITHIN_CHOICE}, {"_==_", WITHIN_RELATION}, {"_!=_", WITHIN_RELATION},
		{"_<_", WITHIN_RELATION}, {"_<=_", WITHIN_RELATION}, {"_>_", WITHIN_RELATION},
		{"_>=_", WITHIN_RELATION}, {"@in", WITHIN_RELATION}, {"_+_", WITHIN_SUM}, {"_-_", WITHIN_SUM},
		{"_*_", WITHIN_PRODUCT}, {"_/_", WITHIN_PRODUCT}, {"_%_", WITHIN_PRODUCT},
		{"!_", WITHIN_SIGN}, {"-_", WITHIN_SIGN},
	};
	// clang-format on
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strcmp(x->name, rows[i].name) == 0)
			return rows[i].precedence;
	return WITHIN_POSTFIX;
}

static enum precedence
precedence_of(const struct layout *l, const struct cel_expr *x)
{
	if (x->kind == EXPR_LOGIC)
		return x->name[1] == '|' ? WITHIN_OR : WITHIN_AND;
	if (x->kind == EXPR_CALL)
		return precedence_of_call(x);
	return is_negative(l, x) ? WITHIN_SIGN : WITHIN_POSTFIX;
}

/* "_&&_" is "&&", "@in" is "in". */
static const char *
sign_of(struct layout *l, const struct cel_expr *x)
{
	char *sign = arena_text(l->arena, x->name), *to = sign;
	for (const char *from = x->name; *from; from++)
		if (*from != '_' && *from != '@')
			*to++ = *from;
	*to = '\0';
	return sign;
}

static const struct piece *
lay_logic(struct layout *l, const struct cel_expr *x, struct comments inside)
{
	const char *before = arena_printf(l->arena, "%s ", sign_of(l, x));
	struct item_form *forms = ARENA_ARRAY(l->arena, struct item_form, x->count);
	enum precedence least = precedence_of(l, x) + 1;
	for (uint32_t i = 0; i < x->count; i++)
		forms[i] = (struct item_form){
		    .first = x->children[i], .last = x->children[i], .least = least};
	struct item *items = lay_items(l, forms, x->count, inside, false);
	const struct piece *rest = NULL;
	for (uint32_t i = 1; i < x->count; i++)
		rest = join(l, rest,
			    join(l, piece_break(l->arena), finish_item(l, &items[i], before, "")));
	return piece_group(l->arena,
			   join(l, finish_item(l, &items[0], "", ""), piece_nest(l->arena, rest)));
}

/* a + b - c is (a + b) - c: its operands from left to right, as many in a line as fit. */
static const struct piece *
lay_sum(struct layout *l, const struct cel_expr *x, struct comments inside)
{
	size_t count = 1;
	for (const struct cel_expr *left = x; is_sum(left); left = left->children[0])
		count++;
	struct item_form *forms = ARENA_ARRAY(l->arena, struct item_form, count);
	const char **signs = ARENA_ARRAY(l->arena, const char *, count);
	for (size_t i = count - 1; i > 0; i--, x = x->children[0]) {
		forms[i] =
		    (struct item_form){x->children[1], x->children[1], false, WITHIN_PRODUCT};
		signs[i] = arena_printf(l->arena, "%s ", sign_of(l, x));
	}
	forms[0] = (struct item_form){x, x, false, WITHIN_PRODUCT};
	struct item *items = lay_items(l, forms, count, inside, false);
	const struct piece *rest = NULL;
	for (size_t i = 1; i < count; i++) {
		const struct piece *next = finish_item(l, &items[i], signs[i], "");
		bool ends = items[i - 1].trail || items[i].lead;
		const struct piece *gap = ends ? piece_end(l->arena) : piece_break(l->arena);
		rest = join(l, rest, piece_group(l->arena, join(l, gap, next)));
	}
	return join(l, finish_item(l, &items[0], "", ""), piece_nest(l->arena, rest));
}

/* "condition ? value", behind ": " where it is not the first. */
static const struct piece *
lay_case(struct layout *l, struct item *condition, const struct item *value, const char *before)
{
	const struct piece *lead = condition->lead;
	condition->lead = NULL;
	const struct piece *then = join(l, piece_break(l->arena), finish_item(l, value, "? ", ""));
	const struct piece *pair = piece_group(
	    l->arena, join(l, finish_item(l, condition, before, ""), piece_nest(l->arena, then)));
	return join(l, lead, pair);
}

/* a ? b : c ? d : e is one list of cases. */
static const struct piece *
lay_choice(struct layout *l, const struct cel_expr *x, struct comments inside)
{
	size_t cases = 0, count = 0;
	for (const struct cel_expr *c = x; is_call_of(c, "_?_:_"); c = c->children[2])
		cases++;
	struct item_form *forms = ARENA_ARRAY(l->arena, struct item_form, 2 * cases + 1);
	for (; is_call_of(x, "_?_:_"); x = x->children[2])
		for (int i = 0; i < 2; i++)
			forms[count++] =
			    (struct item_form){x->children[i], x->children[i], false, WITHIN_OR};
	forms[count++] = (struct item_form){x, x, false, WITHIN_CHOICE};
	struct item *items = lay_items(l, forms, count, inside, false);
	const struct piece *rest = NULL;
	for (size_t i = 1; i < cases; i++)
		rest = join(l, rest,
			    join(l, piece_break(l->arena),
				 lay_case(l, &items[2 * i], &items[2 * i + 1], ": ")));
	rest = join(l, rest,
		    join(l, piece_break(l->arena), finish_item(l, &items[count - 1], ": ", "")));
	return piece_group(
	    l->arena, join(l, lay_case(l, &items[0], &items[1], ""), piece_nest(l->arena, rest)));
}

/* -(1) is not the literal -1, while --1 is -(-1): does a number without a sign come next? */
static bool
begins_with_number(const struct layout *l, const struct cel_expr *x)
{
	while (!is_number(x)) {
		bool index = is_call_of(x, "_[_]") || is_call_of(x, "_[?_]");
		x = index ? x->children[0] : x->target;
		if (!x || precedence_of(l, x) < WITHIN_POSTFIX)
			return false;
	}
	return !is_negative(l, x);
}

static const struct piece *
in_parentheses(struct layout *l, const struct piece *inner)
{
	return in_brackets(l, "(", piece_soft(l->arena), inner, ")");
}

static const struct piece *
lay_sign(struct layout *l, const struct cel_expr *x, struct comments *all)
{
	const struct cel_expr *operand = x->children[0];
	const struct piece *inner = lay_part(l, operand, all, WITHIN_SIGN);
	if (x->name[0] == '-' && begins_with_number(l, operand))
		inner = in_parentheses(l, inner);
	return join(l, word(l, sign_of(l, x)), inner);
}

/* Those that lines do not break at.  (a == b) == c keeps its parentheses, for the reader. */
static const struct piece *
lay_operator(struct layout *l, const struct cel_expr *x, struct comments *all)
{
	enum precedence own = precedence_of(l, x), left = own;
	if (own == WITHIN_RELATION && x->depth < DEEP)
		left++;
	const struct piece *first = lay_part(l, x->children[0], all, left);
	const char *sign = arena_printf(l->arena, " %s ", sign_of(l, x));
	const struct piece *second = lay_part(l, x->children[1], all, own + 1);
	return join(l, first, join(l, word(l, sign), second));
}

/* ---- names, fields and calls ---- */

static bool
is_plain_name(const char *name)
{
	static const char *const keywords[] = {"true", "false", "null", "in"};
	for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
		if (strcmp(name, keywords[i]) == 0)
			return false;
	size_t length =
	    strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
	return name[0] && name[length] == '\0' && !strchr("0123456789", name[0]);
}

static const struct piece *
lay_literal(struct layout *l, const struct cel_expr *x)
{
	uint32_t start = x->span.start, end = x->span.end;
	if (!is_negative(l, x))
		return piece_text(l->arena, l->source + start, end - start);
	struct lexer lexer = {.source = l->source, .length = end, .next = start + 1};
	struct token number = lex_next(&lexer);
	return join(l, word(l, "-"),
		    piece_text(l->arena, l->source + number.span.start, end - number.span.start));
}

static const struct piece *
lay_select(struct layout *l, const struct cel_expr *x, struct comments *all)
{
	const struct piece *target = lay_part(l, x->target, all, WITHIN_POSTFIX);
	const char *quote = is_plain_name(x->name) ? "" : "`";
	return join(l, target,
		    word(l, arena_printf(l->arena, ".%s%s%s%s", x->optional ? "?" : "", quote,
					 x->name, quote)));
}

static const struct piece *
lay_index(struct layout *l, const struct cel_expr *x, struct comments *all)
{
	const struct piece *target = lay_part(l, x->children[0], all, WITHIN_POSTFIX);
	const struct piece *index = lay_part(l, x->children[1], all, WITHIN_CHOICE);
	return join(
	    l, target,
	    in_brackets(l, x->name[2] == '?' ? "[?" : "[", piece_soft(l->arena), index, "]"));
}

/* The names that a macro binds stay on its line: "list.all(x," */
static uint32_t
count_bound_names(const struct cel_expr *x)
{
	const struct cel_macro *m = macro_find(x->name, x->target, x->count);
	uint32_t count = m ? m->variables : 0;
	for (uint32_t i = 0; i < count; i++)
		if (x->children[i]->kind != EXPR_NAME || x->children[i]->absolute)
			return 0;
	return count < x->count ? count : 0;
}

static const struct piece *
lay_arguments(struct layout *l, const struct cel_expr *x, struct comments all)
{
	uint32_t names = count_bound_names(x), count = x->count - names;
	struct item_form *forms = ARENA_ARRAY(l->arena, struct item_form, count);
	const char *open = "(";
	for (uint32_t i = 0; i < names; i++)
		open = arena_printf(l->arena, "%s%s%s,", open, i ? " " : "", x->children[i]->name);
	for (uint32_t i = 0; i < count; i++)
		forms[i] = (struct item_form){.first = x->children[names + i],
					      .last = x->children[names + i]};
	struct item *items = lay_items(l, forms, count, all, true);
	if (count == 0)
		return word(l, "()");
	const struct piece *first = names ? piece_break(l->arena) : piece_soft(l->arena);
	return in_brackets(l, open, first, join_by_commas(l, items, count), ")");
}

static const struct piece *
lay_function(struct layout *l, const struct cel_expr *x, struct comments *all)
{
	const struct piece *target = x->target ? lay_part(l, x->target, all, WITHIN_POSTFIX) : NULL;
	const char *dot = x->target || x->absolute ? "." : "";
	const struct piece *name = word(l, arena_printf(l->arena, "%s%s", dot, x->name));
	const struct piece *arguments = lay_arguments(l, x, *all);
	all->count = 0;
	return join(l, target, join(l, name, arguments));
}

static const struct piece *
lay_call(struct layout *l, const struct cel_expr *x, struct comments *all)
{
	if (is_call_of(x, "_[_]") || is_call_of(x, "_[?_]"))
		return lay_index(l, x, all);
	if (!function_is_operator(x->name))
		return lay_function(l, x, all);
	return x->count == 1 ? lay_sign(l, x, all) : lay_operator(l, x, all);
}

static const struct piece *
lay_list(struct layout *l, const struct cel_expr *x, struct comments inside)
{
	bool is_map = x->kind == EXPR_MAP;
	size_t step = is_map ? 2 : 1, count = x->count / step;
	struct item_form *forms = ARENA_ARRAY(l->arena, struct item_form, count);
	for (size_t i = 0; i < count; i++)
		forms[i] = (struct item_form){.first = x->children[i * step],
					      .last = x->children[i * step + step - 1],
					      .marked = x->optionals && x->optionals[i]};
	struct item *items = lay_items(l, forms, count, inside, true);
	if (count == 0)
		return word(l, is_map ? "{}" : "[]");
	return in_brackets(l, is_map ? "{" : "[", piece_soft(l->arena),
			   join_by_commas(l, items, count), is_map ? "}" : "]");
}

/* ---- the walk ---- */

/* What breaks into items takes all comments inside; of the others what is left comes loose. */
static const struct piece *
lay_by_kind(struct layout *l, const struct cel_expr *x, struct comments *all)
{
	struct comments inside = *all;
	bool has_items = x->kind == EXPR_LOGIC || x->kind == EXPR_LIST || x->kind == EXPR_MAP ||
			 is_call_of(x, "_?_:_") || is_sum(x);
	if (has_items)
		all->count = 0;
	switch (x->kind) {
	case EXPR_LITERAL:
		return lay_literal(l, x);
	case EXPR_SELECT:
		return lay_select(l, x, all);
	case EXPR_LOGIC:
		return lay_logic(l, x, inside);
	case EXPR_LIST:
	case EXPR_MAP:
		return lay_list(l, x, inside);
	case EXPR_CALL:
		if (is_sum(x))
			return lay_sum(l, x, inside);
		return has_items ? lay_choice(l, x, inside) : lay_call(l, x, all);
	default:
		return word(l, arena_printf(l->arena, "%s%s", x->absolute ? "." : "", x->name));
	}
}

static const struct piece *
lay(struct layout *l, const struct cel_expr *x, struct comments inside, enum precedence least)
{
	const struct piece *p = lay_by_kind(l, x, &inside);
	set_loose(l, inside);
	return precedence_of(l, x) < least ? in_parentheses(l, p) : p;
}

static const struct piece *
lay_whole(struct layout *l, const struct cel_expr *root, struct comments all)
{
	struct item_form form = {.first = root, .last = root};
	struct item *item = lay_items(l, &form, 1, all, true);
	return finish_item(l, item, "", "");
}

static struct cel_expr *
parse_plain(const char *source, size_t length, struct arena *arena, struct cel_issues *issues)
{
	const struct parse_options options = {.no_macros = true};
	return parse(source, length, &options, arena, issues);
}

bool
cel_layout(const char *source, size_t length, uint32_t columns, struct buf *out,
	   struct cel_issues *issues)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct layout l = {.arena = &arena};
	if (!source_is_sound(source, length, issues))
		return false;
	l.source = arena_bytes(&arena, source, length);
	const struct cel_expr *root = parse_plain(l.source, length, &arena, issues);
	if (!root)
		return false;
	struct comments all = comments_find(l.source, length, &arena);
	pretty_write(lay_whole(&l, root, all), columns, out);
	return true;
}

/* ---- the same tree ---- */

static bool
is_same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool
is_same_literal(struct cel_value a, struct cel_value b)
{
	if (a.kind != b.kind || a.count != b.count)
		return false;
	switch (a.kind) {
	case CEL_STRING:
	case CEL_BYTES:
		return memcmp(a.text, b.text, a.count) == 0;
	case CEL_BOOL:
		return a.boolean == b.boolean;
	case CEL_NULL:
		return true;
	default:
		return a.integer == b.integer; /* all the bits of a number */
	}
}

static bool
is_same_tree(const struct cel_expr *a, const struct cel_expr *b)
{
	if (!a || !b)
		return a == b;
	if (a->kind != b->kind || a->count != b->count || !is_same_text(a->name, b->name) ||
	    a->optional != b->optional || a->absolute != b->absolute ||
	    !a->optionals != !b->optionals)
		return false;
	if (a->kind == EXPR_LITERAL)
		return is_same_literal(a->literal, b->literal);
	uint32_t marks = a->kind == EXPR_MAP ? a->count / 2 : a->count;
	for (uint32_t i = 0; a->optionals && i < marks; i++)
		if (a->optionals[i] != b->optionals[i])
			return false;
	for (uint32_t i = 0; i < a->count; i++)
		if (!is_same_tree(a->children[i], b->children[i]))
			return false;
	return is_same_tree(a->target, b->target);
}

bool
cel_same_expression(const char *a, const char *b)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct cel_issues issues = {.arena = &arena};
	const struct cel_expr *first = parse_plain(a, strlen(a), &arena, &issues);
	const struct cel_expr *second = parse_plain(b, strlen(b), &arena, &issues);
	return first && second && is_same_tree(first, second);
}
