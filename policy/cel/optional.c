/*
 * optional.c -- values that may be absent (the `optional` library of cel-go).
 *
 * `or` and `orValue` are run by the evaluator (eval_or), which leaves their argument alone where it
 * is not needed.
 */
#include "cel/operator.h"

static struct cel_value
of(struct cel_run *run, const struct cel_value *v)
{
	return cel_optional(run->arena, *v);
}

static struct cel_value
none(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	(void)v;
	return cel_optional_none();
}

static bool
is_zero(struct cel_value v)
{
	switch (v.kind) {
	case CEL_NULL:
		return true;
	case CEL_BOOL:
		return !v.boolean;
	case CEL_INT:
	case CEL_UINT:
	case CEL_DURATION:
		return v.integer == 0;
	case CEL_DOUBLE:
		return v.real == 0;
	case CEL_STRING:
	case CEL_BYTES:
	case CEL_LIST:
	case CEL_MAP:
		return v.count == 0;
	case CEL_TIMESTAMP:
	case CEL_PERIOD:
		return v.integer == 0 && v.count == 0;
	case CEL_OPTIONAL:
		return !v.inner;
	default:
		return false;
	}
}

static struct cel_value
of_non_zero(struct cel_run *run, const struct cel_value *v)
{
	return is_zero(*v) ? cel_optional_none() : cel_optional(run->arena, *v);
}

static struct cel_value
has_value(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	return cel_bool(v->inner != NULL);
}

static struct cel_value
value(struct cel_run *run, const struct cel_value *v)
{
	return v->inner ? value_inside(*v) : cel_fail(run, "the optional holds no value");
}

static struct cel_value
unwrapped(struct cel_run *run, const struct cel_value *v)
{
	if (!cel_charge(run, v->count))
		return cel_fail(run, "exhausted");
	struct cel_value *items = ARENA_ARRAY(run->arena, struct cel_value, v->count);
	size_t count = 0;
	for (uint32_t i = 0; i < v->count; i++) {
		struct cel_value item = value_item(*v, i);
		if (item.kind != CEL_OPTIONAL)
			return cel_fail(run, "an item is no optional, but %s", eval_kind(item));
		if (item.inner)
			items[count++] = value_inside(item);
	}
	return cel_list(items, count);
}

static struct cel_value
built_in(struct cel_run *run, const struct cel_value *v)
{
	(void)v;
	return cel_fail(run, "this function is part of the evaluator");
}

// clang-format off
const struct cel_function optional_functions[] = {
	{"optional.of",             "(A) optional_type(A)",                                of,          "an optional that holds the value"},
	{"optional.none",           "() optional_type(A)",                                 none,        "the optional that holds nothing"},
	{"optional.ofNonZeroValue", "(A) optional_type(A)",                                of_non_zero, "the same, but nothing for null, false, 0, and what is empty"},
	{"hasValue",                "optional_type(A).() bool",                            has_value,   "whether it holds a value"},
	{"value",                   "optional_type(A).() A",                               value,       "what it holds; an error when it holds nothing"},
	{"optional.unwrap",         "(list(optional_type(A))) list(A)",                    unwrapped,   "what the optionals of a list hold, without those that hold nothing"},
	{"unwrapOpt",               "list(optional_type(A)).() list(A)",                   unwrapped,   "the same"},
	{"or",                      "optional_type(A).(optional_type(A)) optional_type(A)", built_in,   "the optional itself if it holds a value, else the other"},
	{"orValue",                 "optional_type(A).(A) A",                              built_in,    "what it holds, else the other value"},
	{0},
};
// clang-format on
