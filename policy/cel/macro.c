/*
 * macro.c -- the table, and how a call becomes an EXPR_MACRO.
 */
#include "cel/macro.h"

// clang-format off
const struct cel_macro macro_table[] = {
	{"has",           NULL,  true,  0, SHAPE_HAS,        "p", "has(x.field)",
	    "whether the field, or the key of a map, is there; a null counts as there"},
	{"all",           NULL,  false, 1, SHAPE_ALL,        "p", "list.all(x, condition)",
	    "whether the condition holds for every item of a list, key of a map; for none at all it does"},
	{"all",           NULL,  false, 2, SHAPE_ALL,        "p", "list.all(i, x, condition)",
	    "the same with the index and the item of a list, the key and the value of a map"},
	{"exists",        NULL,  false, 1, SHAPE_EXISTS,     "p", "list.exists(x, condition)",
	    "whether the condition holds for at least one item or key"},
	{"exists",        NULL,  false, 2, SHAPE_EXISTS,     "p", "list.exists(i, x, condition)", NULL},
	{"exists_one",    NULL,  false, 1, SHAPE_EXISTS_ONE, "p", "list.exists_one(x, condition)",
	    "whether the condition holds for exactly one item or key"},
	{"exists_one",    NULL,  false, 2, SHAPE_EXISTS_ONE, "p", "list.exists_one(i, x, condition)", NULL},
	{"existsOne",     NULL,  false, 1, SHAPE_EXISTS_ONE, "p", "list.existsOne(x, condition)", NULL},
	{"existsOne",     NULL,  false, 2, SHAPE_EXISTS_ONE, "p", "list.existsOne(i, x, condition)", NULL},
	{"filter",        NULL,  false, 1, SHAPE_LIST,       "p", "list.filter(x, condition)",
	    "the items of a list, the keys of a map, for which the condition holds"},
	{"map",           NULL,  false, 1, SHAPE_LIST,       "t", "list.map(x, expression)",
	    "the list of what the expression gives for each item or key"},
	{"map",           NULL,  false, 1, SHAPE_LIST,       "pt", "list.map(x, condition, expression)",
	    "the same for those for which the condition holds"},
	{"transformList", NULL,  false, 2, SHAPE_LIST,       "t", "list.transformList(i, x, expression)",
	    "as map, with the index and the item of a list, the key and the value of a map"},
	{"transformList", NULL,  false, 2, SHAPE_LIST,       "pt", "list.transformList(i, x, condition, expression)", NULL},
	{"transformMap",  NULL,  false, 2, SHAPE_MAP,        "t", "map.transformMap(key, value, expression)",
	    "the map of the same keys (of a list: of its indexes) with what the expression gives as values"},
	{"transformMap",  NULL,  false, 2, SHAPE_MAP,        "pt", "map.transformMap(key, value, condition, expression)", NULL},
	{"transformMapEntry", NULL, false, 2, SHAPE_MAP_OF_ENTRIES, "t", "map.transformMapEntry(key, value, {k: v})",
	    "the map of all entries of the maps that the expression gives; a key that is there twice is an error"},
	{"transformMapEntry", NULL, false, 2, SHAPE_MAP_OF_ENTRIES, "pt", "map.transformMapEntry(key, value, condition, {k: v})", NULL},
	{"sortBy",        NULL,  false, 1, SHAPE_SORT,       "t", "list.sortBy(x, expression)",
	    "the items in the order of what the expression gives for each; where it gives the same, they keep theirs"},
	{"bind",          "cel", false, 1, SHAPE_BIND,       "it", "cel.bind(x, value, expression)",
	    "the expression, in which the name stands for the value"},
	{"optMap",        NULL,  false, 1, SHAPE_OPTIONAL,   "t", "optional.optMap(x, expression)",
	    "an optional of what the expression gives for the value that is there, or none"},
	{"optFlatMap",    NULL,  false, 1, SHAPE_OPTIONAL_FLAT, "t", "optional.optFlatMap(x, expression)",
	    "the optional that the expression gives for the value that is there, or none"},
	{"greatest",      "math", false, 0, SHAPE_GATHER,    "*", "math.greatest(x, y, z, ...)",
	    "the greatest of as many numbers as there are"},
	{"least",         "math", false, 0, SHAPE_GATHER,    "*", "math.least(x, y, z, ...)",
	    "the least of them"},
	{0},
};
// clang-format on

static bool
target_fits(const struct cel_macro *m, const struct cel_expr *target)
{
	if (m->global)
		return !target;
	if (!target || !m->space)
		return target;
	return target->kind == EXPR_NAME && !target->absolute &&
	       strcmp(target->name, m->space) == 0;
}

static bool
count_fits(const struct cel_macro *m, uint32_t count)
{
	return m->shape == SHAPE_GATHER ? count > 2 : m->variables + strlen(m->roles) == count;
}

const struct cel_macro *
macro_find(const char *name, const struct cel_expr *target, uint32_t count)
{
	for (const struct cel_macro *m = macro_table; m->name; m++)
		if (strcmp(m->name, name) == 0 && count_fits(m, count) && target_fits(m, target))
			return m;
	return NULL;
}

const char *
macro_usage(const char *name)
{
	for (const struct cel_macro *m = macro_table; m->name; m++)
		if (strcmp(m->name, name) == 0)
			return m->usage;
	return NULL;
}

static const char *
expand_has(struct cel_expr *call, const struct cel_expr **ret_wrong)
{
	struct cel_expr *argument = call->children[0];
	if (argument->kind != EXPR_SELECT || argument->presence) {
		*ret_wrong = argument;
		return "has() takes the selection of a field, such as has(x.field)";
	}
	struct cel_span span = call->span;
	*call = *argument;
	call->presence = true;
	call->span = span;
	call->open = span.start;
	return NULL;
}

static bool
may_be_number(const struct cel_expr *x)
{
	uint8_t kind = x->literal.kind;
	return x->kind != EXPR_LITERAL || kind == CEL_INT || kind == CEL_UINT || kind == CEL_DOUBLE;
}

static const char *
gather(struct cel_expr *call, struct arena *arena, const struct cel_expr **ret_wrong)
{
	for (uint32_t i = 0; i < call->count; i++) {
		*ret_wrong = call->children[i];
		if (!may_be_number(*ret_wrong))
			return "a number is wanted here";
	}
	struct cel_expr *list = ARENA_NEW(arena, struct cel_expr),
			**only = ARENA_ARRAY(arena, struct cel_expr *, 1);
	*list = (struct cel_expr){
	    .kind = EXPR_LIST,
	    .count = call->count,
	    .children = call->children,
	    .span = {call->children[0]->span.start, call->children[call->count - 1]->span.end},
	    .at = call->children[0]->span.start};
	for (uint32_t i = 0; i < call->count; i++)
		if (call->children[i]->depth >= list->depth)
			list->depth = call->children[i]->depth + 1;
	only[0] = list;
	call->children = only;
	call->count = 1;
	return NULL;
}

const char *
macro_expand(const struct cel_macro *m, struct cel_expr *call, struct arena *arena,
	     const struct cel_expr **ret_wrong)
{
	if (m->shape == SHAPE_HAS)
		return expand_has(call, ret_wrong);
	if (m->shape == SHAPE_GATHER)
		return gather(call, arena, ret_wrong);
	for (uint32_t i = 0; i < m->variables; i++) {
		const struct cel_expr *variable = call->children[i];
		*ret_wrong = variable;
		if (variable->kind != EXPR_NAME || variable->absolute)
			return "a plain name is wanted here, for what the macro goes through";
		if (i > 0 && strcmp(variable->name, call->variables[0]) == 0)
			return "the two names are the same";
		call->variables[i] = variable->name;
	}
	for (uint32_t i = 0; m->roles[i]; i++) {
		struct cel_expr *argument = call->children[m->variables + i];
		if (m->roles[i] == 'p')
			call->predicate = argument;
		else if (m->roles[i] == 't')
			call->transform = argument;
		else
			call->target = argument;
	}
	call->kind = EXPR_MACRO;
	call->macro = m;
	call->count = 0;
	return NULL;
}
