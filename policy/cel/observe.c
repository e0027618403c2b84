/*
 * observe.c -- the steps of an observed program, and the operation that tells of them.
 */
#include "cel/observe.h"

#include "cel/eval.h"
#include "cel/lex.h"
#include "cel/macro.h"
#include "cel/observing.h"

/* ---- numbering ---- */

static enum cel_step_kind
kind_of_call(const struct cel_expr *x)
{
	return strcmp(x->name, "_?_:_") == 0 ? STEP_CHOICE : STEP_CALL;
}

static enum cel_step_kind
kind_of_macro(const struct cel_expr *x)
{
	enum macro_shape shape = x->macro->shape;
	bool once = shape == SHAPE_BIND || shape == SHAPE_OPTIONAL || shape == SHAPE_OPTIONAL_FLAT;
	return once ? STEP_BIND : STEP_LOOP;
}

static enum cel_step_kind
kind_of(const struct cel_expr *x)
{
	switch (x->kind) {
	case EXPR_LITERAL:
		return STEP_LITERAL;
	case EXPR_NAME:
		return STEP_NAME;
	case EXPR_SELECT:
		return STEP_FIELD;
	case EXPR_CALL:
		return kind_of_call(x);
	case EXPR_LOGIC:
		return STEP_LOGIC;
	case EXPR_LIST:
		return STEP_LIST;
	case EXPR_MAP:
		return STEP_MAP;
	case EXPR_MACRO:
		return kind_of_macro(x);
	}
	return STEP_LITERAL;
}

static enum cel_step_role
role_in_choice(const struct cel_expr *choice, const struct cel_expr *x)
{
	if (x == choice->children[0])
		return ROLE_CONDITION;
	return x == choice->children[1] ? ROLE_THEN : ROLE_OTHERWISE;
}

static enum cel_step_role
role_of(const struct cel_expr *holder, const struct cel_expr *x)
{
	if (!holder)
		return ROLE_WHOLE;
	if (holder->kind == EXPR_LOGIC)
		return ROLE_OPERAND;
	if (holder->kind == EXPR_CALL && kind_of_call(holder) == STEP_CHOICE)
		return role_in_choice(holder, x);
	if (holder->kind != EXPR_MACRO)
		return ROLE_ARGUMENT;
	if (x == holder->target)
		return ROLE_RANGE;
	return x == holder->predicate ? ROLE_PREDICATE : ROLE_TRANSFORM;
}

/* "_&&_" is "&&", "_[_]" is "[]". */
static const char *
plain_name(struct arena *arena, const char *name)
{
	if (!name)
		return NULL;
	char *plain = arena_text(arena, name), *to = plain;
	for (const char *from = name; *from && function_is_operator(name); from++)
		if (*from != '_' && *from != '@')
			*to++ = *from;
	if (to > plain)
		*to = '\0';
	return plain;
}

static const char *
keep_text(struct arena *arena, const char *text)
{
	return text ? arena_text(arena, text) : NULL;
}

uint32_t
step_begin(struct step_list *list, const struct cel_expr *x)
{
	uint32_t number = (uint32_t)list->count;
	list->items =
	    arena_grow(list->arena, list->items, list->count, &list->capacity, sizeof *list->items);
	list->items[list->count++] = (struct cel_step){
	    .kind = (uint8_t)kind_of(x),
	    .role = (uint8_t)role_of(list->place.holder, x),
	    .parent = list->place.step,
	    .start = x->span.start,
	    .end = x->span.end,
	    .name = plain_name(list->arena, x->name),
	    .variables = {keep_text(list->arena, x->variables[0]),
			  keep_text(list->arena, x->variables[1])},
	};
	list->place = (struct step_place){number, x};
	return number;
}

void
step_end(struct step_list *list, uint32_t number)
{
	list->items[number].behind = (uint32_t)list->count;
}

const struct cel_step *
cel_steps(const struct cel_program *p, size_t *ret_count)
{
	*ret_count = p->step_count;
	return p->steps;
}

bool
cel_step_has_names(const struct cel_step *steps, uint32_t step)
{
	for (uint32_t i = step; i < steps[step].behind; i++)
		if (steps[i].kind == STEP_NAME)
			return true;
	return false;
}

/* ---- showing ---- */

/* A gap between these is shown as a space. */
static bool
stand_apart(enum token_kind before, enum token_kind after)
{
	return before != TOKEN_OPEN_PAREN && before != TOKEN_OPEN_BRACKET && before != TOKEN_DOT &&
	       after != TOKEN_CLOSE_PAREN && after != TOKEN_CLOSE_BRACKET && after != TOKEN_DOT &&
	       after != TOKEN_COMMA;
}

const char *
cel_step_text(const struct cel_program *p, uint32_t step, struct arena *arena)
{
	const struct cel_step *s = &p->steps[step];
	struct lexer lexer = {.source = p->source, .length = s->end, .next = s->start};
	char *text = arena_alloc(arena, (size_t)(s->end - s->start) + 1), *to = text;
	struct token before = {.kind = TOKEN_OPEN_PAREN, .span = {s->start, s->start}};
	for (;;) {
		struct token t = lex_next(&lexer);
		if (t.kind == TOKEN_END || t.kind == TOKEN_WRONG)
			return text;
		if (t.span.start > before.span.end && stand_apart(before.kind, t.kind))
			*to++ = ' ';
		for (uint32_t i = t.span.start; i < t.span.end; i++)
			*to++ = p->source[i];
		for (char *c = to - (t.span.end - t.span.start); c < to; c++)
			if (strchr("\t\r\n", *c))
				*c = ' ';
		before = t;
	}
}

/* ---- telling ---- */

struct cel_value
eval_observed(struct cel_run *run, const struct cel_op *op)
{
	const struct cel_observer *o = run->observer;
	if (!o)
		return op->children->run(run, op->children);
	o->begin(o->user, op->step);
	struct cel_value v = op->children->run(run, op->children);
	o->end(o->user, op->step, v);
	return v;
}
