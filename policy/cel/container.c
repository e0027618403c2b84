/*
 * container.c -- size, index and membership (langdef.md, "List of Standard Definitions").
 */
#include "cel/operator.h"

static struct cel_value
count_of(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	return cel_int(v->count);
}

static struct cel_value
size_of_string(struct cel_run *run, const struct cel_value *v)
{
	if (!cel_charge(run, v->count / 64))
		return cel_fail(run, "exhausted");
	return cel_int((int64_t)value_code_points(v->text, v->count));
}

static struct cel_value
out_of_range(struct cel_run *run, struct cel_value list, struct cel_value index)
{
	CLEANUP(buf_done) struct buf text = {0};
	cel_format(index, 40, &text);
	return cel_fail(run, "there is no item %s in a list of %u", text.data, list.count);
}

static struct cel_value
no_key(struct cel_run *run, struct cel_value key)
{
	CLEANUP(buf_done) struct buf text = {0};
	cel_format(key, 60, &text);
	return cel_fail(run, "there is no key %s", text.data);
}

/* Indexes count from 0; any number that is whole will do, if its type is not known beforehand. */
static bool
item_at(struct cel_value list, struct cel_value index, struct cel_value *ret_item)
{
	int64_t i;
	if (!value_as_integer(index, &i) || i < 0 || i >= list.count)
		return false;
	*ret_item = value_item(list, (size_t)i);
	return true;
}

static bool
is_number(struct cel_value v)
{
	return v.kind == CEL_INT || v.kind == CEL_UINT || v.kind == CEL_DOUBLE;
}

/* Whether `key` may be looked up in `container` at all. */
static bool
goes_with(struct cel_value container, struct cel_value key)
{
	return (container.kind == CEL_LIST && is_number(key)) ||
	       (container.kind == CEL_MAP && (cel_is_key(key) || key.kind == CEL_DOUBLE));
}

static bool
find(struct cel_run *run, struct cel_value map, struct cel_value key, struct cel_value *ret_value)
{
	run->cost += value_search_cost(map) + value_text_cost(key);
	return cel_find(map, key, ret_value);
}

static bool
look_up(struct cel_run *run, struct cel_value container, struct cel_value key,
	struct cel_value *ret_value)
{
	return container.kind == CEL_LIST ? item_at(container, key, ret_value)
					  : find(run, container, key, ret_value);
}

/* From an optional: none where it is none or has no such item. */
static struct cel_value
index_optional(struct cel_run *run, const struct cel_value *v)
{
	struct cel_value container = v[0], found;
	if (container.kind == CEL_OPTIONAL) {
		if (!container.inner)
			return container;
		container = value_inside(container);
	}
	if (!goes_with(container, v[1]))
		return eval_no_overload(run, "[?]", v, 2);
	return look_up(run, container, v[1], &found) ? cel_optional(run->arena, found)
						     : cel_optional_none();
}

static struct cel_value
index_plain(struct cel_run *run, const struct cel_value *v)
{
	struct cel_value found;
	if (v[0].kind == CEL_OPTIONAL)
		return index_optional(run, v);
	if (!goes_with(v[0], v[1]))
		return eval_no_overload(run, "[]", v, 2);
	if (look_up(run, v[0], v[1], &found))
		return found;
	return v[0].kind == CEL_LIST ? out_of_range(run, v[0], v[1]) : no_key(run, v[1]);
}

static struct cel_value
in_list(struct cel_run *run, struct cel_value wanted, struct cel_value list)
{
	for (uint32_t i = 0; i < list.count; i++) {
		bool same;
		struct cel_value failure = operator_equal(run, wanted, value_item(list, i), &same);
		if (cel_is_error(failure) || same)
			return same ? cel_bool(true) : failure;
	}
	return cel_bool(false);
}

static struct cel_value
in(struct cel_run *run, const struct cel_value *v)
{
	struct cel_value found;
	if (v[1].kind == CEL_LIST)
		return in_list(run, v[0], v[1]);
	if (v[1].kind == CEL_MAP)
		return cel_bool(goes_with(v[1], v[0]) && find(run, v[1], v[0], &found));
	return eval_no_overload(run, "in", v, 2);
}

// clang-format off
const struct cel_function container_functions[] = {
	{"size",   "(string) int",                                    size_of_string, "how many code points, bytes, items or entries"},
	{"size",   "(bytes) int",                                     count_of,       NULL},
	{"size",   "(list(A)) int",                                   count_of,       NULL},
	{"size",   "(map(A, B)) int",                                 count_of,       NULL},
	{"size",   "string.() int",                                   size_of_string, NULL},
	{"size",   "bytes.() int",                                    count_of,       NULL},
	{"size",   "list(A).() int",                                  count_of,       NULL},
	{"size",   "map(A, B).() int",                                count_of,       NULL},
	{"@in",    "(A, list(A)) bool",                               in,             "whether it is an item of the list or a key of the map"},
	{"@in",    "(A, map(A, B)) bool",                             in,             NULL},
	{"_[_]",   "(list(A), int) A",                                index_plain,    "the item, counted from 0, or the value under the key; an error when there is none"},
	{"_[_]",   "(map(A, B), A) B",                                index_plain,    NULL},
	{"_[_]",   "(optional_type(list(A)), int) optional_type(A)",   index_plain,    "of an optional: what is there, or none"},
	{"_[_]",   "(optional_type(map(A, B)), A) optional_type(B)",   index_plain,    NULL},
	{"_[?_]",  "(list(A), int) optional_type(A)",                 index_optional, "an optional of what is there, or none"},
	{"_[?_]",  "(map(A, B), A) optional_type(B)",                 index_optional, NULL},
	{"_[?_]",  "(optional_type(list(A)), int) optional_type(A)",   index_optional, NULL},
	{"_[?_]",  "(optional_type(map(A, B)), A) optional_type(B)",   index_optional, NULL},
	{0},
};
// clang-format on
