/*
 * check.c -- one walk down the tree: names are resolved, overloads chosen, types inferred on the
 * way back.
 *
 * In an unchecked program everything is dyn and what is not found stays MEANS_NOTHING, an error
 * only when it is evaluated.
 */
#include <string.h>

#include "cel/checking.h"
#include "cel/program.h"

/* Nested bindings can make a type of a type of a type: from here on it is dyn. */
enum { MOST_TYPE_DEPTH = 64 };

/* Enough for anyone to mend; whoever sends thousands learns no more. */
enum { MOST_ISSUES = 50 };

/* ---- complaining ---- */

/* The place to point at: from the operator or name on. */
struct cel_span
check_pointed(const struct cel_expr *x)
{
	uint32_t width = x->name && !function_is_operator(x->name) ? (uint32_t)strlen(x->name) : 1;
	return x->at == x->span.start && x->kind != EXPR_CALL
		   ? x->span
		   : (struct cel_span){x->at, x->at + width};
}

/* The list of issues outlives the tree. */
void
check_suggest(struct checker *c, struct cel_issue *issue, const char *text)
{
	if (text)
		issue->suggestion = arena_text(c->request->issues->arena, text);
}

struct suggesting
check_suggesting(struct checker *c)
{
	return (struct suggesting){c->arena, c->request->source, &c->inference,
				   c->request->functions};
}

const char *
check_show(struct checker *c, const struct cel_type *t)
{
	return type_format(c->arena, infer_resolve(&c->inference, t, true));
}

/* ---- operators and literals ---- */

void
check_want_bool(struct checker *c, const struct cel_expr *x, const struct cel_type *t,
		const char *what)
{
	const struct cel_type *wanted = type_simple(TYPE_BOOL);
	struct suggesting s = check_suggesting(c);
	if (!c->lenient && !infer_assign(&c->inference, &t, &wanted, 1))
		check_suggest(
		    c, COMPLAIN(c, x->span, "'%s' wants bool, this is %s", what, check_show(c, t)),
		    suggest_condition(&s, x, t));
}

static const struct cel_type *
check_logic(struct checker *c, struct cel_expr *x)
{
	const char *sign = check_sign(x->name, c->arena);
	for (uint32_t i = 0; i < x->count; i++)
		check_want_bool(c, x->children[i], check_expr(c, x->children[i]), sign);
	return type_simple(TYPE_BOOL);
}

const struct cel_type *
check_inside(struct checker *c, const struct cel_expr *x, const struct cel_type *t,
	     const char *what)
{
	const struct cel_type *inner = infer_unknown(&c->inference);
	const struct cel_type *wanted = type_of(c->arena, TYPE_OPTIONAL, inner);
	if (!c->lenient && !infer_assign(&c->inference, &t, &wanted, 1))
		COMPLAIN(c, x->span, "'%s' wants an optional, this is %s", what, check_show(c, t));
	return infer_resolve(&c->inference, inner, check_any_dyn(c, &t, 1));
}

/* An item written with a question mark is an optional of what the list then holds. */
static const struct cel_type *
check_item(struct checker *c, const struct cel_expr *list, uint32_t number, struct cel_expr *item)
{
	const struct cel_type *t = check_expr(c, item);
	bool optional = list->optionals && list->optionals[number];
	return optional ? check_inside(c, item, t, "?") : t;
}

static const struct cel_type *
check_list(struct checker *c, struct cel_expr *x)
{
	const struct cel_type *items = NULL;
	for (uint32_t i = 0; i < x->count; i++)
		items = infer_join(&c->inference, items, check_item(c, x, i, x->children[i]));
	return type_list(c->arena, items ? items : infer_unknown(&c->inference));
}

static void
want_key(struct checker *c, const struct cel_expr *x, const struct cel_type *t)
{
	t = infer_resolve(&c->inference, t, true);
	bool fits = t->kind == TYPE_DYN || t->kind == TYPE_STRING || t->kind == TYPE_INT ||
		    t->kind == TYPE_UINT || t->kind == TYPE_BOOL;
	if (!c->lenient && !fits)
		COMPLAIN(c, x->span, "a key is a string, int, uint or bool, this is %s",
			 check_show(c, t));
}

/* {name: 1}, where {"name": 1} is meant. */
static void
suggest_quotes(struct checker *c, const struct cel_expr *key, size_t before)
{
	struct cel_issues *issues = c->request->issues;
	if (key->kind == EXPR_NAME && issues->count > before)
		check_suggest(c, &issues->items[before],
			      arena_printf(c->arena, "\"%s\"", key->name));
}

static const struct cel_type *
check_map(struct checker *c, struct cel_expr *x)
{
	const struct cel_type *keys = NULL, *values = NULL;
	for (uint32_t i = 0; i < x->count; i += 2) {
		size_t before = c->request->issues->count;
		const struct cel_type *key = check_expr(c, x->children[i]);
		suggest_quotes(c, x->children[i], before);
		want_key(c, x->children[i], key);
		keys = infer_join(&c->inference, keys, key);
		values =
		    infer_join(&c->inference, values, check_item(c, x, i / 2, x->children[i + 1]));
	}
	return type_map(c->arena, keys ? keys : infer_unknown(&c->inference),
			values ? values : infer_unknown(&c->inference));
}

/* ---- the walk ---- */

static const struct cel_type *
literal_type(struct cel_value v)
{
	switch (v.kind) {
	case CEL_NULL:
		return type_simple(TYPE_NULL);
	case CEL_BOOL:
		return type_simple(TYPE_BOOL);
	case CEL_INT:
		return type_simple(TYPE_INT);
	case CEL_UINT:
		return type_simple(TYPE_UINT);
	case CEL_DOUBLE:
		return type_simple(TYPE_DOUBLE);
	case CEL_STRING:
		return type_simple(TYPE_STRING);
	default:
		return type_simple(TYPE_BYTES);
	}
}

static const struct cel_type *
check_by_kind(struct checker *c, struct cel_expr *x)
{
	switch (x->kind) {
	case EXPR_LITERAL:
		return literal_type(x->literal);
	case EXPR_NAME:
		return check_name(c, x);
	case EXPR_SELECT:
		return check_select(c, x);
	case EXPR_CALL:
		return check_call(c, x);
	case EXPR_LOGIC:
		return check_logic(c, x);
	case EXPR_LIST:
		return check_list(c, x);
	case EXPR_MAP:
		return check_map(c, x);
	case EXPR_MACRO:
		return check_macro(c, x);
	}
	return dyn();
}

const struct cel_type *
check_expr(struct checker *c, struct cel_expr *x)
{
	if (c->failed && c->request->issues->count >= MOST_ISSUES)
		return dyn();
	const struct cel_type *t = check_by_kind(c, x);
	bool endless = t->depth > MOST_TYPE_DEPTH;
	x->type = c->lenient || endless ? dyn() : t;
	return x->type;
}

/* ---- declarations ---- */

static const struct cel_type *
variable_type(struct checker *c, const struct cel_variable *v)
{
	if (v->made_by)
		return v->made_by->result;
	if (v->fields)
		return record_of_fields(c->arena, v->fields);
	if (v->items)
		return type_list(c->arena, record_of_fields(c->arena, v->items));
	if (v->members)
		return record_of_members(c->arena, v->members);
	const char *text = v->type ? v->type : "dyn";
	const struct cel_type *t = type_parse(c->arena, &text);
	return t ? t : dyn();
}

static void
check_result(struct checker *c, const struct cel_expr *root)
{
	const char *text = c->declarations->result;
	const struct cel_type *wanted = text ? type_parse(c->arena, &text) : NULL;
	struct suggesting s = check_suggesting(c);
	if (!wanted || c->failed || infer_assign(&c->inference, &root->type, &wanted, 1))
		return;
	check_suggest(c,
		      COMPLAIN(c, root->span, "the expression gives %s, but %s is wanted",
			       check_show(c, root->type), check_show(c, wanted)),
		      wanted->kind == TYPE_BOOL ? suggest_condition(&s, root, root->type) : NULL);
}

const struct cel_type *
check(struct cel_expr *root, const struct check_request *request, uint32_t *ret_slots)
{
	const struct cel_declarations *d = request->declarations;
	struct checker c = {.request = request,
			    .declarations = d,
			    .arena = request->arena,
			    .inference = {.arena = request->arena},
			    .lenient = d->unchecked};
	c.variables = ARENA_ARRAY(c.arena, const struct cel_type *, d->variable_count);
	for (size_t i = 0; i < d->variable_count; i++)
		c.variables[i] = variable_type(&c, &d->variables[i]);
	check_expr(&c, root);
	check_result(&c, root);
	if (c.failed)
		return NULL;
	*ret_slots = c.most_locals;
	return infer_resolve(&c.inference, root->type, true);
}
