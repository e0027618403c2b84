/*
 * lists.c -- the extension `lists` of cel-go, with first() and last() of its optional types.
 */
#include "cel/bag.h"
#include "cel/operator.h"
#include "cel/sort.h"

enum { DEEPEST_LIST = 500 };

/* ---- parts ---- */

/* The same items, not copied. */
static struct cel_value
part(struct cel_value list, uint32_t start, uint32_t end)
{
	if (list.form == CEL_DOCUMENT)
		list.nodes = end > start ? list.nodes + start : list.nodes;
	else
		list.items = end > start ? list.items + start : list.items;
	list.count = end - start;
	return list;
}

static struct cel_value
slice(struct cel_run *run, const struct cel_value *v)
{
	int64_t start = v[1].integer, end = v[2].integer;
	if (start < 0 || start > end || end > v[0].count)
		return cel_fail(run, "there is no slice from %lld to %lld of a list of %u",
				(long long)start, (long long)end, v[0].count);
	return part(v[0], (uint32_t)start, (uint32_t)end);
}

static struct cel_value
item_if_any(struct cel_run *run, struct cel_value list, uint32_t number)
{
	if (list.count == 0)
		return cel_optional_none();
	return cel_optional(run->arena, value_item(list, number));
}

static struct cel_value
first(struct cel_run *run, const struct cel_value *v)
{
	return item_if_any(run, *v, 0);
}

static struct cel_value
last(struct cel_run *run, const struct cel_value *v)
{
	return item_if_any(run, *v, v->count - 1);
}

/* ---- other lists ---- */

static struct cel_value
reversed(struct cel_run *run, const struct cel_value *v)
{
	if (!cel_charge(run, v->count))
		return cel_fail(run, "exhausted");
	struct cel_value *items = ARENA_ARRAY(run->arena, struct cel_value, v->count);
	for (uint32_t i = 0; i < v->count; i++)
		items[i] = value_item(*v, v->count - 1 - i);
	return cel_list(items, v->count);
}

static struct cel_value
range(struct cel_run *run, const struct cel_value *v)
{
	uint64_t count = v->integer > 0 ? (uint64_t)v->integer : 0;
	if (!cel_charge(run, count) || count > INT32_MAX)
		return cel_fail(run, "a list of %llu is too long", (unsigned long long)count);
	struct cel_value *items = ARENA_ARRAY(run->arena, struct cel_value, count);
	for (uint64_t i = 0; i < count; i++)
		items[i] = cel_int((int64_t)i);
	return cel_list(items, count);
}

static struct cel_value
distinct(struct cel_run *run, const struct cel_value *v)
{
	struct cel_bag bag = {0};
	struct cel_value *items = ARENA_ARRAY(run->arena, struct cel_value, v->count);
	size_t count = 0;
	for (uint32_t i = 0; i < v->count; i++) {
		bool held;
		struct cel_value item = value_item(*v, i);
		struct cel_value failure = bag_holds(run, &bag, item, &held);
		if (cel_is_error(failure))
			return failure;
		if (held)
			continue;
		bag_add(run, &bag, item);
		items[count++] = item;
	}
	return cel_list(items, count);
}

/* ---- lists of lists ---- */

struct flat {
	struct cel_run *run;
	struct cel_value *items;
	size_t count, capacity;
};

/* False when it is too much. */
static bool
flatten_into(struct flat *f, struct cel_value list, int64_t levels, unsigned depth)
{
	if (depth > DEEPEST_LIST)
		return false;
	for (uint32_t i = 0; i < list.count; i++) {
		struct cel_value item = value_item(list, i);
		if (!cel_charge(f->run, 1))
			return false;
		if (item.kind == CEL_LIST && levels > 0) {
			if (!flatten_into(f, item, levels - 1, depth + 1))
				return false;
			continue;
		}
		f->items =
		    arena_grow(f->run->arena, f->items, f->count, &f->capacity, sizeof *f->items);
		f->items[f->count++] = item;
	}
	return true;
}

static struct cel_value
flattened(struct cel_run *run, struct cel_value list, int64_t levels)
{
	struct flat f = {.run = run};
	if (levels < 0)
		return cel_fail(run, "a depth is not negative");
	if (!flatten_into(&f, list, levels, 0))
		return cel_fail(run, "lists are nested too deep");
	return cel_list(f.items, f.count);
}

static struct cel_value
flatten(struct cel_run *run, const struct cel_value *v)
{
	return flattened(run, v[0], 1);
}

static struct cel_value
flatten_to(struct cel_run *run, const struct cel_value *v)
{
	return flattened(run, v[0], v[1].integer);
}

/* ---- order ---- */

static struct cel_value
sort(struct cel_run *run, const struct cel_value *v)
{
	if (!cel_charge(run, v->count))
		return cel_fail(run, "exhausted");
	struct cel_entry *entries = ARENA_ARRAY(run->arena, struct cel_entry, v->count);
	for (uint32_t i = 0; i < v->count; i++)
		entries[i].key = entries[i].value = value_item(*v, i);
	return sort_by_keys(run, "sort", entries, v->count);
}

// clang-format off
const struct cel_function list_functions[] = {
	{"first",       "list(A).() optional_type(A)",       first,      "its first item, or none"},
	{"last",        "list(A).() optional_type(A)",       last,       "its last item, or none"},
	{"slice",       "list(A).(int, int) list(A)",        slice,      "the items from one position up to, not including, another"},
	{"flatten",     "list(list(A)).() list(A)",          flatten,    "the items of the lists in it, in one list"},
	{"flatten",     "list(dyn).(int) list(dyn)",         flatten_to, "the same for lists in lists, down to that depth"},
	{"distinct",    "list(A).() list(A)",                distinct,   "without what is there before by =="},
	{"reverse",     "list(A).() list(A)",                reversed,   "from last to first"},
	{"sort",        "list(int).() list(int)",            sort,       "in order; what is the same keeps its order; all items are of one type"},
	{"sort",        "list(uint).() list(uint)",          sort,       NULL},
	{"sort",        "list(double).() list(double)",      sort,       NULL},
	{"sort",        "list(bool).() list(bool)",          sort,       NULL},
	{"sort",        "list(string).() list(string)",      sort,       NULL},
	{"sort",        "list(bytes).() list(bytes)",        sort,       NULL},
	{"sort",        "list(timestamp).() list(timestamp)", sort,      NULL},
	{"sort",        "list(duration).() list(duration)",  sort,       NULL},
	{"lists.range", "(int) list(int)",                   range,      "the numbers from 0 up to, not including, that one"},
	{0},
};
// clang-format on
