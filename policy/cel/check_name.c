/*
 * check_name.c -- which variable, type or field a name is.
 */
#include <string.h>

#include "cel/checking.h"

/* ---- names ---- */

static int
find_local(const struct checker *c, const char *name)
{
	for (size_t i = c->local_count; i-- > 0;)
		if (strcmp(c->locals[i].name, name) == 0)
			return (int)i;
	return -1;
}

static int
find_variable(const struct checker *c, const char *name)
{
	for (size_t i = 0; i < c->declarations->variable_count; i++)
		if (strcmp(c->declarations->variables[i].name, name) == 0)
			return (int)i;
	return -1;
}

bool
check_find(struct checker *c, const char *name, bool absolute, found_fn *found, void *ret_found)
{
	const char *container = c->declarations->container ? c->declarations->container : "";
	for (size_t length = absolute ? 0 : strlen(container); length > 0; length--) {
		if (container[length] != '\0' && container[length] != '.')
			continue;
		if (found(c, arena_printf(c->arena, "%.*s.%s", (int)length, container, name),
			  ret_found))
			return true;
	}
	return found(c, name, ret_found);
}

static void
use_variable(struct checker *c, struct cel_expr *x, uint32_t number)
{
	const struct cel_variable *v = &c->declarations->variables[number];
	x->type = c->variables[number];
	x->index = number;
	x->meaning = v->constant ? MEANS_CONSTANT : MEANS_VARIABLE;
	if (v->constant)
		x->literal = cel_from_node(v->members);
}

static bool
known_name(struct checker *c, const char *name, void *ret_expr)
{
	struct cel_expr *x = ret_expr;
	int variable = find_variable(c, name);
	if (variable >= 0) {
		use_variable(c, x, (uint32_t)variable);
		return true;
	}
	const struct cel_type *type = type_named(name);
	if (!type)
		return false;
	x->meaning = MEANS_CONSTANT;
	x->literal = cel_type_value(name);
	x->type = type_of(c->arena, TYPE_TYPE, type);
	return true;
}

const char *
check_qualified(struct checker *c, const struct cel_expr *x, bool *ret_absolute)
{
	if (x->kind == EXPR_NAME) {
		*ret_absolute = x->absolute;
		return x->absolute || find_local(c, x->name) < 0 ? x->name : NULL;
	}
	if (x->kind != EXPR_SELECT || x->optional || x->presence)
		return NULL;
	const char *before = check_qualified(c, x->target, ret_absolute);
	return before ? arena_printf(c->arena, "%s.%s", before, x->name) : NULL;
}

static const char *
nearest_name(struct checker *c, const char *name)
{
	struct suggesting s = check_suggesting(c);
	size_t count = 0, variables = c->declarations->variable_count;
	const char **names = ARENA_ARRAY(c->arena, const char *, c->local_count + variables);
	for (size_t i = 0; i < c->local_count; i++)
		names[count++] = c->locals[i].name;
	for (size_t i = 0; i < variables; i++)
		names[count++] = c->declarations->variables[i].name;
	return suggest_name(&s, name, names, count);
}

const struct cel_type *
check_name(struct checker *c, struct cel_expr *x)
{
	int local = x->absolute ? -1 : find_local(c, x->name);
	if (local >= 0) {
		x->meaning = MEANS_LOCAL;
		x->index = (uint32_t)local;
		return c->locals[local].type;
	}
	if (check_find(c, x->name, x->absolute, known_name, x))
		return c->lenient ? dyn() : x->type;
	if (!c->lenient)
		check_suggest(c, COMPLAIN(c, x->span, "there is no '%s' here", x->name),
			      nearest_name(c, x->name));
	return dyn();
}

/* ---- fields ---- */

static const struct cel_type *
field_of_record(struct checker *c, struct cel_span where, const struct cel_type *record,
		const char *name)
{
	const char *nearest = NULL;
	const struct cel_type *t = record_field(c->arena, record, name, &nearest);
	if (t)
		return t;
	check_suggest(c, COMPLAIN(c, where, "there is no field '%s'", name), nearest);
	return dyn();
}

static void
no_fields(struct checker *c, const struct cel_expr *x, const struct cel_type *target)
{
	struct suggesting s = check_suggesting(c);
	check_suggest(c, COMPLAIN(c, check_pointed(x), "%s has no fields", check_show(c, target)),
		      suggest_member(&s, x->name, target));
}

/* The type of `target.name` for a target that is no optional. */
static const struct cel_type *
field_of(struct checker *c, const struct cel_expr *x, const struct cel_type *target)
{
	switch (target->kind) {
	case TYPE_DYN:
		return target->fields ? field_of_record(c, check_pointed(x), target, x->name)
				      : target;
	case TYPE_UNKNOWN: {
		const struct cel_type *anything = dyn();
		infer_assign(&c->inference, &anything, &target, 1);
		return anything;
	}
	case TYPE_MAP:
		return target->parameters[1];
	case TYPE_RECORD:
		return field_of_record(c, check_pointed(x), target, x->name);
	default:
		if (!c->lenient)
			no_fields(c, x, target);
		return dyn();
	}
}

/* Are there variables "name.something"? */
static bool
is_space_of_variables(const struct checker *c, const char *name)
{
	size_t length = strlen(name);
	for (size_t i = 0; i < c->declarations->variable_count; i++) {
		const char *variable = c->declarations->variables[i].name;
		if (strncmp(variable, name, length) == 0 && variable[length] == '.')
			return true;
	}
	return false;
}

/* The part `a.b` of a name that is not there, where there is a variable `a.c`. */
static bool
is_missing_variable(struct checker *c, const struct cel_expr *x, const char *name)
{
	const struct cel_expr *space = x->target;
	if (c->lenient || space->kind != EXPR_NAME || find_variable(c, space->name) >= 0 ||
	    !is_space_of_variables(c, space->name))
		return false;
	check_suggest(c, COMPLAIN(c, x->span, "there is no '%s' here", name),
		      nearest_name(c, name));
	return true;
}

const struct cel_type *
check_select(struct checker *c, struct cel_expr *x)
{
	bool absolute = false;
	const char *name = x->optional || x->presence ? NULL : check_qualified(c, x, &absolute);
	if (name && check_find(c, name, absolute, known_name, x)) {
		x->kind = EXPR_NAME;
		return c->lenient ? dyn() : x->type;
	}
	if (name && is_missing_variable(c, x, name))
		return dyn();
	const struct cel_type *target =
	    infer_resolve(&c->inference, check_expr(c, x->target), false);
	bool through = target->kind == TYPE_OPTIONAL;
	if (through)
		target = infer_resolve(&c->inference, target->parameters[0], false);
	const struct cel_type *field = field_of(c, x, target);
	if (x->presence)
		return type_simple(TYPE_BOOL);
	return x->optional || through ? type_of(c->arena, TYPE_OPTIONAL, field) : field;
}

static bool
is_number(const struct cel_type *t)
{
	return t->kind == TYPE_INT || t->kind == TYPE_UINT || t->kind == TYPE_DOUBLE;
}

/* record["name"] is as good as record.name, and a number leads to an item of what is loose; NULL
 * when it is something else. */
static const struct cel_type *
type_at(struct checker *c, const struct cel_expr *key, const struct cel_type *target)
{
	bool is_name = key->kind == EXPR_LITERAL && key->literal.kind == CEL_STRING;
	if (target->kind != TYPE_RECORD && !type_is_loose(target))
		return NULL;
	if (is_name)
		return field_of_record(c, key->span, target, key->literal.text);
	if (target->kind == TYPE_RECORD)
		return NULL;
	const struct cel_type *t = infer_resolve(&c->inference, key->type, false);
	return is_number(t) ? target : type_loose_member(target);
}

const struct cel_type *
check_index(struct checker *c, const struct cel_expr *x, const struct cel_type *target)
{
	bool through = target->kind == TYPE_OPTIONAL, optional = x->name[2] == '?';
	if (through)
		target = infer_resolve(&c->inference, target->parameters[0], false);
	const struct cel_type *item = type_at(c, x->children[1], target);
	return item && (through || optional) ? type_of(c->arena, TYPE_OPTIONAL, item) : item;
}
