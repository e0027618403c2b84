/*
 * bag.c -- numbers of different types may be the same: a double is compared with all, and an
 * integer with the doubles.
 */
#include "cel/bag.h"

#include "cel/operator.h"

enum { KEY_BYTES_A_STEP = 64 };

static struct cel_value
held_as_other(struct cel_run *run, const struct cel_bag *bag, struct cel_value v, bool *ret_held)
{
	for (size_t i = 0; i < bag->count; i++) {
		struct cel_value failure = operator_equal(run, v, bag->others[i], ret_held);
		if (cel_is_error(failure) || *ret_held)
			return failure;
	}
	return cel_null();
}

static struct cel_value
held_as_key(struct cel_run *run, const struct cel_bag *bag, struct cel_value v, bool *ret_held)
{
	for (uint32_t i = 0; i < bag->keys.count; i++) {
		struct cel_value failure =
		    operator_equal(run, v, bag->keys.entries[i].key, ret_held);
		if (cel_is_error(failure) || *ret_held)
			return failure;
	}
	return cel_null();
}

struct cel_value
bag_holds(struct cel_run *run, const struct cel_bag *bag, struct cel_value v, bool *ret_held)
{
	struct cel_value found;
	*ret_held = false;
	if (v.kind == CEL_DOUBLE) {
		struct cel_value failure = held_as_key(run, bag, v, ret_held);
		if (cel_is_error(failure) || *ret_held)
			return failure;
	}
	if (!cel_is_key(v))
		return held_as_other(run, bag, v, ret_held);
	uint64_t length = v.kind == CEL_STRING ? v.count : 0;
	if (!cel_charge(run, 1 + length / KEY_BYTES_A_STEP))
		return cel_fail(run, "exhausted");
	*ret_held = cel_find(cel_map_value(&bag->keys), v, &found);
	bool is_number = v.kind == CEL_INT || v.kind == CEL_UINT;
	return *ret_held || !is_number ? cel_null() : held_as_other(run, bag, v, ret_held);
}

void
bag_add(struct cel_run *run, struct cel_bag *bag, struct cel_value v)
{
	if (cel_is_key(v)) {
		cel_map_add(&bag->keys, run->arena, v, cel_null());
		return;
	}
	bag->others =
	    arena_grow(run->arena, bag->others, bag->count, &bag->capacity, sizeof *bag->others);
	bag->others[bag->count++] = v;
}
