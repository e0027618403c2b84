/*
 * eval_macro.c -- the loops (langdef.md, "Macros").
 *
 * A loop goes through the items of a list or the keys of a map.  Its variables live in slots: one
 * slot holds the item (the key), or two hold the index (the key) and the item (the value).
 */
#include "cel/eval.h"
#include "cel/sort.h"

static bool
is_range(struct cel_value v)
{
	return v.kind == CEL_LIST || v.kind == CEL_MAP;
}

/* The range of a loop, or an error. */
static struct cel_value
eval_range(struct cel_run *run, const struct cel_op *op)
{
	struct cel_value range = eval_op(run, op->children);
	if (is_range(range) || range.kind == CEL_ERROR)
		return range;
	return eval_fail(run, op, "'%s' goes through a list or a map, not %s", op->name,
			 eval_kind(range));
}

/* Put the variables to the i-th round. */
static void
enter_round(struct cel_run *run, const struct cel_op *op, struct cel_value range, uint32_t i)
{
	struct cel_value *slots = &run->slots[op->slot];
	if (range.kind == CEL_LIST) {
		slots[op->pair] = value_item(range, i);
		if (op->pair)
			slots[0] = cel_int(i);
		return;
	}
	struct cel_entry entry = cel_entry_at(range, i);
	slots[0] = entry.key;
	if (op->pair)
		slots[1] = entry.value;
}

/* The condition of the round: a bool or an error. */
static struct cel_value
eval_condition(struct cel_run *run, const struct cel_op *op)
{
	struct cel_value v = eval_op(run, &op->children[1]);
	if (v.kind == CEL_BOOL || v.kind == CEL_ERROR)
		return v;
	return eval_fail(run, op, "the condition of '%s' is a bool, not %s", op->name,
			 eval_kind(v));
}

/* all and exists: one round settles it, and then errors of others do not count. */
static struct cel_value
eval_quantifier(struct cel_run *run, const struct cel_op *op, bool decisive)
{
	struct cel_value range = eval_range(run, op), result = cel_bool(!decisive);
	if (range.kind == CEL_ERROR)
		return range;
	for (uint32_t i = 0; i < range.count; i++) {
		enter_round(run, op, range, i);
		struct cel_value v = eval_condition(run, op);
		if (v.kind == CEL_BOOL && v.boolean == decisive)
			return v;
		if (eval_is_exhausted(run))
			return eval_exhausted(run, op, v);
		if (v.kind == CEL_ERROR && result.kind != CEL_ERROR)
			result = v;
	}
	return result;
}

struct cel_value
eval_all(struct cel_run *run, const struct cel_op *op)
{
	return eval_quantifier(run, op, false);
}

struct cel_value
eval_exists(struct cel_run *run, const struct cel_op *op)
{
	return eval_quantifier(run, op, true);
}

struct cel_value
eval_exists_one(struct cel_run *run, const struct cel_op *op)
{
	struct cel_value range = eval_range(run, op);
	if (range.kind == CEL_ERROR)
		return range;
	uint32_t found = 0;
	for (uint32_t i = 0; i < range.count; i++) {
		enter_round(run, op, range, i);
		struct cel_value v = eval_condition(run, op);
		if (v.kind == CEL_ERROR)
			return v;
		if (eval_is_exhausted(run))
			return eval_exhausted(run, op, v);
		found += v.boolean;
	}
	return cel_bool(found == 1);
}

/*
 * One round of a loop that makes something.  `*ret_made` is what it makes, an error if it fails;
 * false: this round makes nothing.
 */
static bool
eval_round(struct cel_run *run, const struct cel_op *op, struct cel_value range, uint32_t i,
	   struct cel_value *ret_made)
{
	enter_round(run, op, range, i);
	struct cel_value v = op->has_predicate ? eval_condition(run, op) : cel_bool(true);
	bool kept = v.kind == CEL_BOOL && v.boolean;
	if (kept)
		v = op->has_transform ? eval_op(run, &op->children[1 + op->has_predicate])
				      : run->slots[op->slot];
	if (eval_is_exhausted(run))
		v = eval_exhausted(run, op, v);
	*ret_made = v;
	return kept || v.kind == CEL_ERROR;
}

struct cel_value
eval_to_list(struct cel_run *run, const struct cel_op *op)
{
	struct cel_value range = eval_range(run, op);
	if (range.kind == CEL_ERROR)
		return range;
	struct cel_value *items = NULL;
	size_t count = 0, capacity = 0;
	for (uint32_t i = 0; i < range.count; i++) {
		struct cel_value made;
		if (!eval_round(run, op, range, i, &made))
			continue;
		if (made.kind == CEL_ERROR)
			return made;
		items = arena_grow(run->arena, items, count, &capacity, sizeof *items);
		items[count++] = made;
	}
	return cel_list(items, count);
}

static struct cel_value
round_key(struct cel_value range, uint32_t i)
{
	return range.kind == CEL_LIST ? cel_int(i) : cel_entry_at(range, i).key;
}

struct cel_value
eval_to_map(struct cel_run *run, const struct cel_op *op)
{
	struct cel_value range = eval_range(run, op);
	if (range.kind == CEL_ERROR)
		return range;
	struct cel_map *map = ARENA_NEW(run->arena, struct cel_map);
	for (uint32_t i = 0; i < range.count; i++) {
		struct cel_value made;
		if (!eval_round(run, op, range, i, &made))
			continue;
		if (made.kind == CEL_ERROR)
			return made;
		cel_map_add(map, run->arena, round_key(range, i), made);
	}
	return cel_map_value(map);
}

/* The entries of a map that a round made; the same key twice is an error. */
static struct cel_value
add_entries(struct cel_run *run, const struct cel_op *op, struct cel_map *map,
	    struct cel_value made)
{
	if (made.kind != CEL_MAP)
		return eval_fail(run, op, "'%s' wants a map of entries, not %s", op->name,
				 eval_kind(made));
	run->cost += made.count;
	for (uint32_t i = 0; i < made.count && !eval_is_exhausted(run); i++) {
		struct cel_entry entry = cel_entry_at(made, i);
		if (!cel_map_add(map, run->arena, entry.key, entry.value))
			return eval_fail(run, op, "the key is there twice");
	}
	return eval_is_exhausted(run) ? eval_fail(run, op, "exhausted") : cel_null();
}

struct cel_value
eval_to_map_of_entries(struct cel_run *run, const struct cel_op *op)
{
	struct cel_value range = eval_range(run, op);
	if (range.kind == CEL_ERROR)
		return range;
	struct cel_map *map = ARENA_NEW(run->arena, struct cel_map);
	for (uint32_t i = 0; i < range.count; i++) {
		struct cel_value made;
		if (!eval_round(run, op, range, i, &made))
			continue;
		struct cel_value failure =
		    made.kind == CEL_ERROR ? made : add_entries(run, op, map, made);
		if (failure.kind == CEL_ERROR)
			return failure;
	}
	return cel_map_value(map);
}

struct cel_value
eval_sort_by(struct cel_run *run, const struct cel_op *op)
{
	struct cel_value range = eval_range(run, op);
	if (range.kind == CEL_ERROR)
		return range;
	if (range.kind != CEL_LIST)
		return eval_fail(run, op, "'%s' goes through a list, not %s", op->name,
				 eval_kind(range));
	struct cel_entry *entries = ARENA_ARRAY(run->arena, struct cel_entry, range.count);
	for (uint32_t i = 0; i < range.count; i++) {
		struct cel_value key;
		if (eval_round(run, op, range, i, &key) && key.kind == CEL_ERROR)
			return key;
		entries[i] = (struct cel_entry){key, value_item(range, i)};
	}
	run->at = op->offset;
	return sort_by_keys(run, op->name, entries, range.count);
}

struct cel_value
eval_bind(struct cel_run *run, const struct cel_op *op)
{
	struct cel_value v = eval_op(run, op->children);
	if (v.kind == CEL_ERROR)
		return v;
	run->slots[op->slot] = v;
	return eval_op(run, &op->children[1]);
}

/* The variable is put to the value inside; false when there is none, with what to give instead. */
static bool
enter_optional(struct cel_run *run, const struct cel_op *op, struct cel_value *ret_instead)
{
	struct cel_value v = eval_op(run, op->children);
	*ret_instead = v;
	if (v.kind == CEL_ERROR || (v.kind == CEL_OPTIONAL && !v.inner))
		return false;
	if (v.kind != CEL_OPTIONAL) {
		*ret_instead =
		    eval_fail(run, op, "'%s' wants an optional, not %s", op->name, eval_kind(v));
		return false;
	}
	run->slots[op->slot] = value_inside(v);
	return true;
}

struct cel_value
eval_opt_map(struct cel_run *run, const struct cel_op *op)
{
	struct cel_value instead;
	if (!enter_optional(run, op, &instead))
		return instead;
	struct cel_value made = eval_op(run, &op->children[1]);
	return made.kind == CEL_ERROR ? made : cel_optional(run->arena, made);
}

struct cel_value
eval_opt_flat_map(struct cel_run *run, const struct cel_op *op)
{
	struct cel_value instead;
	if (!enter_optional(run, op, &instead))
		return instead;
	struct cel_value made = eval_op(run, &op->children[1]);
	if (made.kind == CEL_ERROR || made.kind == CEL_OPTIONAL)
		return made;
	return eval_fail(run, op, "'%s' wants an optional, not %s", op->name, eval_kind(made));
}
