/*
 * check_macro.c -- what the variables of a macro are, and what it makes.
 */
#include "cel/checking.h"
#include "cel/macro.h"

static void
push_local(struct checker *c, const char *name, const struct cel_type *type)
{
	c->locals =
	    arena_grow(c->arena, c->locals, c->local_count, &c->local_capacity, sizeof *c->locals);
	c->locals[c->local_count++] = (struct local){name, type};
	if (c->local_count > c->most_locals)
		c->most_locals = (uint32_t)c->local_count;
}

/* What a macro goes through: the types of its index or key, and of its item or value. */
static bool
range_types(struct checker *c, const struct cel_type *range, const struct cel_type *ret_types[2])
{
	const struct cel_type *anything = dyn();
	ret_types[0] = ret_types[1] = anything;
	switch (range->kind) {
	case TYPE_LIST:
		ret_types[0] = type_simple(TYPE_INT);
		ret_types[1] = range->parameters[0];
		return true;
	case TYPE_MAP:
		ret_types[0] = range->parameters[0];
		ret_types[1] = range->parameters[1];
		return true;
	case TYPE_RECORD:
		ret_types[0] = type_simple(TYPE_STRING);
		return true;
	case TYPE_DYN:
		ret_types[1] = type_loose_member(range);
		return true;
	case TYPE_UNKNOWN:
		infer_assign(&c->inference, &anything, &range, 1);
		return true;
	default:
		return false;
	}
}

static void
push_loop_variables(struct checker *c, struct cel_expr *x, const struct cel_type *range)
{
	const struct cel_type *types[2];
	if (!range_types(c, range, types) && !c->lenient)
		COMPLAIN(c, x->target->span, "'%s' goes through a list or a map, this is %s",
			 x->name, check_show(c, range));
	if (x->variables[1]) {
		push_local(c, x->variables[0], types[0]);
		push_local(c, x->variables[1], types[1]);
	} else if (range->kind == TYPE_DYN) {
		push_local(c, x->variables[0], range); /* a key has no fields */
	} else {
		push_local(c, x->variables[0], types[range->kind == TYPE_LIST]);
	}
}

/* Where the macro says what is made. */
static struct cel_span
made_at(const struct cel_expr *x)
{
	return x->transform ? x->transform->span : x->span;
}

/* What a macro makes must be a map, which is then the type of all of them together. */
static const struct cel_type *
entries_type(struct checker *c, const struct cel_expr *x, const struct cel_type *made)
{
	const struct cel_type *pair[] = {infer_unknown(&c->inference),
					 infer_unknown(&c->inference)};
	const struct cel_type *map = type_map(c->arena, pair[0], pair[1]);
	if (!c->lenient && !infer_assign(&c->inference, &made, &map, 1))
		COMPLAIN(c, made_at(x), "'%s' wants a map of entries, this is %s", x->name,
			 check_show(c, made));
	return infer_resolve(&c->inference, map, false);
}

static bool
has_order(const struct cel_type *t)
{
	switch (t->kind) {
	case TYPE_DYN:
	case TYPE_UNKNOWN:
	case TYPE_BOOL:
	case TYPE_INT:
	case TYPE_UINT:
	case TYPE_DOUBLE:
	case TYPE_STRING:
	case TYPE_BYTES:
	case TYPE_TIMESTAMP:
	case TYPE_DURATION:
		return true;
	default:
		return false;
	}
}

static const struct cel_type *
sorted_type(struct checker *c, const struct cel_expr *x, const struct cel_type *range,
	    const struct cel_type *key)
{
	bool is_list = range->kind != TYPE_MAP && range->kind != TYPE_RECORD;
	if (!c->lenient && !is_list)
		COMPLAIN(c, x->target->span, "'%s' goes through a list, this is %s", x->name,
			 check_show(c, range));
	if (!c->lenient && !has_order(infer_resolve(&c->inference, key, false)))
		COMPLAIN(c, made_at(x), "'%s' wants what has an order, this is %s", x->name,
			 check_show(c, key));
	return is_list ? range : dyn();
}

static const struct cel_type *
loop_result(struct checker *c, const struct cel_expr *x, const struct cel_type *range,
	    const struct cel_type *item, const struct cel_type *made)
{
	switch (x->macro->shape) {
	case SHAPE_LIST:
		return type_list(c->arena, made ? made : item);
	case SHAPE_MAP: {
		const struct cel_type *types[2];
		range_types(c, range, types);
		return type_map(c->arena, types[0], made);
	}
	case SHAPE_MAP_OF_ENTRIES:
		return entries_type(c, x, made);
	case SHAPE_SORT:
		return sorted_type(c, x, range, made);
	default:
		return type_simple(TYPE_BOOL);
	}
}

static const struct cel_type *
check_loop(struct checker *c, struct cel_expr *x)
{
	const struct cel_type *range =
	    infer_resolve(&c->inference, check_expr(c, x->target), false);
	size_t outside = c->local_count;
	push_loop_variables(c, x, range);
	const struct cel_type *item = c->locals[outside].type, *made = NULL;
	x->index = (uint32_t)outside;
	if (x->predicate)
		check_want_bool(c, x->predicate, check_expr(c, x->predicate), x->name);
	if (x->transform)
		made = check_expr(c, x->transform);
	c->local_count = outside;
	return loop_result(c, x, range, item, made);
}

/* bind, optMap, optFlatMap: one variable, one value. */
static const struct cel_type *
check_binding(struct checker *c, struct cel_expr *x)
{
	const struct cel_type *t = check_expr(c, x->target);
	if (x->macro->shape != SHAPE_BIND)
		t = check_inside(c, x->target, t, x->name);
	x->index = (uint32_t)c->local_count;
	push_local(c, x->variables[0], t);
	const struct cel_type *made = check_expr(c, x->transform);
	c->local_count--;
	if (x->macro->shape == SHAPE_OPTIONAL)
		return type_of(c->arena, TYPE_OPTIONAL, made);
	const struct cel_type *optional = type_simple(TYPE_OPTIONAL);
	if (x->macro->shape == SHAPE_OPTIONAL_FLAT && !c->lenient &&
	    !infer_assign(&c->inference, &made, &optional, 1))
		COMPLAIN(c, made_at(x), "'%s' wants an optional, this is %s", x->name,
			 check_show(c, made));
	return made;
}

const struct cel_type *
check_macro(struct checker *c, struct cel_expr *x)
{
	switch (x->macro->shape) {
	case SHAPE_BIND:
	case SHAPE_OPTIONAL:
	case SHAPE_OPTIONAL_FLAT:
		return check_binding(c, x);
	default:
		return check_loop(c, x);
	}
}
