/*
 * infer.c -- unification with dyn, after the reference checker (cel-go, checker/types.go).
 */
#include "cel/infer.h"

static bool assignable(struct inference *inf, const struct cel_type *a, const struct cel_type *b);

const struct cel_type *
infer_unknown(struct inference *inf)
{
	struct cel_type *t = ARENA_NEW(inf->arena, struct cel_type);
	*t = (struct cel_type){.kind = TYPE_UNKNOWN, .index = (uint32_t)inf->count};
	inf->bound = arena_grow(inf->arena, inf->bound, inf->count, &inf->capacity, sizeof(void *));
	inf->bound[inf->count++] = NULL;
	return t;
}

static void
bind(struct inference *inf, const struct cel_type *unknown, const struct cel_type *t)
{
	inf->trail = arena_grow(inf->arena, inf->trail, inf->changes, &inf->trail_capacity,
				sizeof *inf->trail);
	inf->trail[inf->changes++] =
	    (struct binding_change){unknown->index, inf->bound[unknown->index]};
	inf->bound[unknown->index] = t;
}

static void
undo(struct inference *inf, size_t changes)
{
	while (inf->changes > changes) {
		struct binding_change *change = &inf->trail[--inf->changes];
		inf->bound[change->index] = change->before;
	}
}

/* ---- replacing ---- */

struct replacement {
	const struct cel_type *unknowns[26];
};

static const struct cel_type *
instantiate(struct inference *inf, const struct cel_type *t, struct replacement *r)
{
	if (t->kind == TYPE_PARAM) {
		unsigned letter = (unsigned)(t->name[0] - 'A');
		if (!r->unknowns[letter])
			r->unknowns[letter] = infer_unknown(inf);
		return r->unknowns[letter];
	}
	if (t->count == 0)
		return t;
	const struct cel_type **parameters =
	    ARENA_ARRAY(inf->arena, const struct cel_type *, t->count);
	for (uint32_t i = 0; i < t->count; i++)
		parameters[i] = instantiate(inf, t->parameters[i], r);
	return type_with(inf->arena, t, parameters, t->count);
}

void
infer_instantiate(struct inference *inf, const struct cel_type *const *types, size_t count,
		  const struct cel_type **ret_types)
{
	struct replacement r = {0};
	for (size_t i = 0; i < count; i++)
		ret_types[i] = instantiate(inf, types[i], &r);
}

const struct cel_type *
infer_resolve(struct inference *inf, const struct cel_type *t, bool finally)
{
	if (t->kind == TYPE_UNKNOWN) {
		const struct cel_type *bound = inf->bound[t->index];
		if (bound)
			return infer_resolve(inf, bound, finally);
		return finally ? type_simple(TYPE_DYN) : t;
	}
	if (t->count == 0)
		return t;
	const struct cel_type **parameters =
	    ARENA_ARRAY(inf->arena, const struct cel_type *, t->count);
	bool changed = false;
	for (uint32_t i = 0; i < t->count; i++) {
		parameters[i] = infer_resolve(inf, t->parameters[i], finally);
		changed |= parameters[i] != t->parameters[i];
	}
	if (t->kind == TYPE_ITEM)
		return type_item(inf->arena, parameters[0]);
	return changed ? type_with(inf->arena, t, parameters, t->count) : t;
}

/* ---- what holds both ---- */

static const struct cel_type *
bound_to(const struct inference *inf, const struct cel_type *t)
{
	while (t->kind == TYPE_UNKNOWN && inf->bound[t->index])
		t = inf->bound[t->index];
	return t;
}

/* {}: what is still unknown of a value that is there would not be. */
static bool
is_empty_map(const struct inference *inf, const struct cel_type *t)
{
	return t->kind == TYPE_MAP && bound_to(inf, t->parameters[1])->kind == TYPE_UNKNOWN;
}

static const struct cel_type *join(struct inference *inf, const struct cel_type *a,
				   const struct cel_type *b);

static const struct cel_type *
join_parameters(struct inference *inf, const struct cel_type *a, const struct cel_type *b)
{
	const struct cel_type **joined = ARENA_ARRAY(inf->arena, const struct cel_type *, a->count);
	bool as_a = true, as_b = true;
	for (uint32_t i = 0; i < a->count; i++) {
		joined[i] = join(inf, a->parameters[i], b->parameters[i]);
		as_a &= joined[i] == a->parameters[i];
		as_b &= joined[i] == b->parameters[i];
	}
	if (as_a && (a->or_null || !b->or_null))
		return a;
	if (as_b && (b->or_null || !a->or_null))
		return b;
	return type_with(inf->arena, a->or_null ? a : b, joined, a->count);
}

/* Is every value of the type one of what is loose? */
static bool
fits_loose(const struct inference *inf, const struct cel_type *t, const struct cel_type *loose)
{
	t = bound_to(inf, t);
	switch (t->kind) {
	case TYPE_DYN:
	case TYPE_RECORD:
		return t->fields == loose->fields;
	case TYPE_LIST:
		return fits_loose(inf, t->parameters[0], loose);
	case TYPE_MAP:
		return is_empty_map(inf, t);
	case TYPE_OPTIONAL:
	case TYPE_ABSTRACT:
	case TYPE_PARAM:
		return false;
	default:
		return true;
	}
}

/* One of them is dyn. */
static const struct cel_type *
join_dyn(const struct inference *inf, const struct cel_type *a, const struct cel_type *b)
{
	if (type_is_loose(a) && fits_loose(inf, b, a))
		return a;
	return type_is_loose(b) && fits_loose(inf, a, b) ? b : type_simple(TYPE_DYN);
}

/* Nothing is known of the keys of both: dyn, which may be null as a record may. */
static const struct cel_type *
join_records(const struct inference *inf, const struct cel_type *a, const struct cel_type *b)
{
	if (is_empty_map(inf, a) || is_empty_map(inf, b))
		return a->kind == TYPE_RECORD ? a : b;
	return type_simple(TYPE_DYN);
}

/*
 * What the values of both are, of types that go together: never what only those of one are, or what
 * is right of the others would be refused.
 */
static const struct cel_type *
join(struct inference *inf, const struct cel_type *a, const struct cel_type *b)
{
	a = bound_to(inf, a);
	b = bound_to(inf, b);
	if (b->kind == TYPE_UNKNOWN || b->kind == TYPE_NULL || type_equal(a, b))
		return a->kind == TYPE_UNKNOWN ? b : a;
	if (a->kind == TYPE_UNKNOWN || a->kind == TYPE_NULL)
		return b;
	if (a->kind == TYPE_DYN || b->kind == TYPE_DYN)
		return join_dyn(inf, a, b);
	if (a->kind == TYPE_RECORD || b->kind == TYPE_RECORD)
		return join_records(inf, a, b);
	if (a->kind == TYPE_TYPE || a->count == 0)
		return a->or_null ? a : b;
	return join_parameters(inf, a, b);
}

/* ---- assigning ---- */

/* An unknown must not be bound to a type that it is part of: that type would have no end. */
static bool
occurs_in(const struct inference *inf, const struct cel_type *unknown, const struct cel_type *t)
{
	if (t->kind == TYPE_UNKNOWN) {
		if (t->index == unknown->index)
			return true;
		const struct cel_type *bound = inf->bound[t->index];
		return bound && occurs_in(inf, unknown, bound);
	}
	for (uint32_t i = 0; i < t->count; i++)
		if (occurs_in(inf, unknown, t->parameters[i]))
			return true;
	return false;
}

enum substitution { SUBSTITUTION_WORKS, SUBSTITUTION_FAILS, SUBSTITUTION_IMPOSSIBLE };

/* Can `t` stand for the unknown?  IMPOSSIBLE: nothing is bound, but binding it would be circular.
 */
static enum substitution
substitute(struct inference *inf, const struct cel_type *unknown, const struct cel_type *t)
{
	if (type_equal(unknown, t))
		return SUBSTITUTION_WORKS;
	const struct cel_type *bound = inf->bound[unknown->index];
	if (!bound) {
		if (occurs_in(inf, unknown, t))
			return SUBSTITUTION_IMPOSSIBLE;
		bind(inf, unknown, t);
		return SUBSTITUTION_WORKS;
	}
	if (type_equal(t, bound))
		return SUBSTITUTION_WORKS;
	if (!assignable(inf, t, bound))
		return SUBSTITUTION_FAILS;
	const struct cel_type *both = join(inf, t, bound);
	if (!type_equal(both, bound) && !occurs_in(inf, unknown, both))
		bind(inf, unknown, both);
	return SUBSTITUTION_WORKS;
}

/* null stands for what may be absent: messages, times, optionals and records, never for a plain
 * value. */
static bool
takes_null(const struct cel_type *t)
{
	if (t->or_null)
		return true;
	switch (t->kind) {
	case TYPE_NULL:
	case TYPE_TIMESTAMP:
	case TYPE_DURATION:
	case TYPE_PERIOD:
	case TYPE_IP:
	case TYPE_CIDR:
	case TYPE_OPTIONAL:
	case TYPE_ABSTRACT:
	case TYPE_RECORD:
		return true;
	default:
		return false;
	}
}

static bool
all_assignable(struct inference *inf, const struct cel_type *const *from,
	       const struct cel_type *const *to, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!assignable(inf, from[i], to[i]))
			return false;
	return true;
}

/* Two records go together, as any two maps of texts do; a record is a map of texts to anything, and
 * {} is a record that stays empty. */
static bool
records_assignable(struct inference *inf, const struct cel_type *a, const struct cel_type *b)
{
	if (a->kind == b->kind)
		return true;
	const struct cel_type *pair[] = {type_simple(TYPE_STRING), type_simple(TYPE_DYN)};
	const struct cel_type *map = a->kind == TYPE_RECORD ? b : a;
	if (map->kind != TYPE_MAP)
		return false;
	return a->kind == TYPE_RECORD
		   ? all_assignable(inf, pair, map->parameters, 2)
		   : all_assignable(inf, map->parameters, pair, is_empty_map(inf, map) ? 1 : 2);
}

/* What dyn holds is dyn: left out, a parameter would be what the other arguments say of it. */
static bool
assign_dyn(struct inference *inf, const struct cel_type *dyn, const struct cel_type *to)
{
	const struct cel_type *inside = to->kind == TYPE_LIST ? dyn : type_simple(TYPE_DYN);
	for (uint32_t i = 0; i < to->count; i++)
		assignable(inf, inside, to->parameters[i]);
	return true;
}

static bool
assignable(struct inference *inf, const struct cel_type *a, const struct cel_type *b)
{
	if (b->kind == TYPE_UNKNOWN) {
		enum substitution s = substitute(inf, b, a);
		if (s != SUBSTITUTION_IMPOSSIBLE)
			return s == SUBSTITUTION_WORKS;
	}
	if (a->kind == TYPE_UNKNOWN)
		return substitute(inf, a, b) == SUBSTITUTION_WORKS;
	if (b->kind == TYPE_DYN)
		return true;
	if (a->kind == TYPE_DYN)
		return assign_dyn(inf, a, b);
	if (a->kind == TYPE_NULL || b->kind == TYPE_NULL)
		return takes_null(a->kind == TYPE_NULL ? b : a);
	if (a->kind == TYPE_RECORD || b->kind == TYPE_RECORD)
		return records_assignable(inf, a, b);
	if (a->kind != b->kind || a->count != b->count)
		return false;
	if (a->kind == TYPE_TYPE)
		return true;
	if (a->kind == TYPE_ABSTRACT && strcmp(a->name, b->name) != 0)
		return false;
	return all_assignable(inf, a->parameters, b->parameters, a->count);
}

bool
infer_assign(struct inference *inf, const struct cel_type *const *from,
	     const struct cel_type *const *to, size_t count)
{
	size_t before = inf->changes;
	if (all_assignable(inf, from, to, count))
		return true;
	undo(inf, before);
	return false;
}

const struct cel_type *
infer_join(struct inference *inf, const struct cel_type *a, const struct cel_type *b)
{
	if (!a)
		return b;
	if (!infer_assign(inf, &a, &b, 1))
		return type_simple(TYPE_DYN);
	return join(inf, a, b);
}
