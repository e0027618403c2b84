/*
 * sort.c -- merging runs of twice the length until there is one: stable, and never more than
 * n log n comparisons.
 */
#include "cel/sort.h"

enum { TEXT_STEP = 16 };

static bool
has_order(struct cel_value v)
{
	enum value_order order;
	return value_compare(v, v, &order);
}

/* Null, or an error. */
static struct cel_value
check_keys(struct cel_run *run, const char *name, const struct cel_entry *entries, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct cel_value key = entries[i].key;
		if (!has_order(key))
			return cel_fail(run, "'%s' wants what has an order, not %s", name,
					eval_kind(key));
		if (key.kind != entries[0].key.kind)
			return cel_fail(run, "'%s' wants one type, not %s and %s", name,
					eval_kind(entries[0].key), eval_kind(key));
		if (key.kind == CEL_DOUBLE && isnan(key.real))
			return cel_fail(run, "'%s' finds no place for NaN", name);
	}
	return cel_null();
}

/* Is b strictly before a?  Counted by what it looks at. */
static bool
is_out_of_order(struct cel_run *run, struct cel_value a, struct cel_value b)
{
	enum value_order order = VALUE_SAME;
	bool is_text = a.kind == CEL_STRING || a.kind == CEL_BYTES;
	run->cost += 1 + (is_text ? (a.count < b.count ? a.count : b.count) / TEXT_STEP : 0);
	value_compare(a, b, &order);
	return order == VALUE_GREATER;
}

/* The two runs from[start..middle) and from[middle..end) as one, into the same place of `to`. */
static void
merge(struct cel_run *run, const struct cel_entry *from, struct cel_entry *to, uint32_t start,
      uint32_t middle, uint32_t end)
{
	uint32_t a = start, b = middle;
	for (uint32_t i = start; i < end; i++) {
		bool second =
		    a == middle || (b < end && is_out_of_order(run, from[a].key, from[b].key));
		to[i] = from[second ? b++ : a++];
	}
}

/* All pairs of runs of the length; the last may be shorter or alone. */
static void
merge_all(struct cel_run *run, const struct cel_entry *from, struct cel_entry *to, uint32_t length,
	  uint32_t count)
{
	for (uint64_t start = 0; start < count; start += (uint64_t)length * 2) {
		uint64_t middle = start + length, end = middle + length;
		merge(run, from, to, (uint32_t)start, (uint32_t)(middle < count ? middle : count),
		      (uint32_t)(end < count ? end : count));
	}
}

struct cel_value
sort_by_keys(struct cel_run *run, const char *name, struct cel_entry *entries, uint32_t count)
{
	struct cel_value failure = check_keys(run, name, entries, count);
	if (cel_is_error(failure))
		return failure;
	struct cel_entry *other = ARENA_ARRAY(run->arena, struct cel_entry, count);
	for (uint64_t length = 1; length < count; length *= 2) {
		if (eval_is_exhausted(run))
			return cel_fail(run, "exhausted");
		merge_all(run, entries, other, (uint32_t)length, count);
		struct cel_entry *merged = other;
		other = entries;
		entries = merged;
	}
	struct cel_value *items = ARENA_ARRAY(run->arena, struct cel_value, count);
	for (uint32_t i = 0; i < count; i++)
		items[i] = entries[i].value;
	return cel_list(items, count);
}
