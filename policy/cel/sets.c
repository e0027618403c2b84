/*
 * sets.c -- the extension `sets` of cel-go: lists as sets, by the language's ==.
 */
#include "cel/bag.h"
#include "cel/operator.h"

/* Null, with all of the list in the bag, or an error. */
static struct cel_value
fill(struct cel_run *run, struct cel_bag *bag, struct cel_value list)
{
	for (uint32_t i = 0; i < list.count; i++) {
		bool held;
		struct cel_value v = value_item(list, i);
		struct cel_value failure = bag_holds(run, bag, v, &held);
		if (cel_is_error(failure))
			return failure;
		if (!held)
			bag_add(run, bag, v);
	}
	return cel_null();
}

/* Whether one of the items is in the other list, or is not, as `wanted` says; or an error. */
static struct cel_value
any_within(struct cel_run *run, struct cel_value items, struct cel_value list, bool wanted)
{
	struct cel_bag bag = {0};
	struct cel_value failure = fill(run, &bag, list);
	for (uint32_t i = 0; !cel_is_error(failure) && i < items.count; i++) {
		bool held;
		failure = bag_holds(run, &bag, value_item(items, i), &held);
		if (!cel_is_error(failure) && held == wanted)
			return cel_bool(true);
	}
	return cel_is_error(failure) ? failure : cel_bool(false);
}

static struct cel_value
contains_all(struct cel_run *run, struct cel_value list, struct cel_value items)
{
	struct cel_value missing = any_within(run, items, list, false);
	return cel_is_error(missing) ? missing : cel_bool(!missing.boolean);
}

static struct cel_value
contains(struct cel_run *run, const struct cel_value *v)
{
	return contains_all(run, v[0], v[1]);
}

static struct cel_value
equivalent(struct cel_run *run, const struct cel_value *v)
{
	struct cel_value first = contains_all(run, v[0], v[1]);
	return cel_is_true(first) ? contains_all(run, v[1], v[0]) : first;
}

static struct cel_value
intersects(struct cel_run *run, const struct cel_value *v)
{
	return any_within(run, v[0], v[1], true);
}

// clang-format off
const struct cel_function set_functions[] = {
	{"sets.contains",   "(list(A), list(A)) bool", contains,   "whether all items of the second are in the first"},
	{"sets.equivalent", "(list(A), list(A)) bool", equivalent, "whether each has all that the other has, however often"},
	{"sets.intersects", "(list(A), list(A)) bool", intersects, "whether one item is in both"},
	{0},
};
// clang-format on
