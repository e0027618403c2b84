/*
 * comparison.c -- == != < <= > >= (langdef.md, "Equality" and "Ordering").
 *
 * Periods are compared conservatively (base/duration.h): `a >= b` and `a > b` say what is certain
 * wherever in the calendar both begin, `a < b` and `a <= b` are their opposites.
 */
#include "cel/convert.h"
#include "cel/operator.h"

struct cel_value
operator_equal(struct cel_run *run, struct cel_value a, struct cel_value b, bool *ret_same)
{
	if (a.kind == CEL_STRING && b.kind == CEL_STRING) {
		*ret_same = value_same_text(a, b);
		uint64_t cost = 1 + (a.count == b.count ? value_text_cost(a) : 0);
		return cel_charge(run, cost) ? cel_null() : cel_fail(run, "exhausted");
	}
	/* One more than is left: to use that up is to exceed the limit. */
	uint64_t before = run->limits.steps >= run->cost ? run->limits.steps - run->cost + 1 : 1,
		 budget = before;
	*ret_same = value_equal(a, b, &budget);
	return cel_charge(run, before - budget) ? cel_null() : cel_fail(run, "exhausted");
}

/* Certainly longer: at least as long as one that is a microsecond longer. */
static bool
period_exceeds(struct cel_value a, struct cel_value b)
{
	struct duration longer = period_of(b);
	longer.micros++;
	return duration_at_least(period_of(a), longer);
}

static bool
period_reaches(struct cel_value a, struct cel_value b)
{
	return duration_at_least(period_of(a), period_of(b));
}

static bool
are_periods(const struct cel_value *v)
{
	return v[0].kind == CEL_PERIOD && v[1].kind == CEL_PERIOD;
}

/* value_compare(), which counts. */
static bool
ordered(struct cel_run *run, const struct cel_value *v, enum value_order *ret_order)
{
	run->cost += value_text_cost(v[0].count < v[1].count ? v[0] : v[1]);
	return value_compare(v[0], v[1], ret_order);
}

static struct cel_value
less(struct cel_run *run, const struct cel_value *v)
{
	enum value_order order;
	if (ordered(run, v, &order))
		return cel_bool(order == VALUE_LESS);
	return are_periods(v) ? cel_bool(!period_reaches(v[0], v[1]))
			      : eval_no_overload(run, "<", v, 2);
}

static struct cel_value
less_equal(struct cel_run *run, const struct cel_value *v)
{
	enum value_order order;
	if (ordered(run, v, &order))
		return cel_bool(order == VALUE_LESS || order == VALUE_SAME);
	return are_periods(v) ? cel_bool(!period_exceeds(v[0], v[1]))
			      : eval_no_overload(run, "<=", v, 2);
}

static struct cel_value
greater(struct cel_run *run, const struct cel_value *v)
{
	enum value_order order;
	if (ordered(run, v, &order))
		return cel_bool(order == VALUE_GREATER);
	return are_periods(v) ? cel_bool(period_exceeds(v[0], v[1]))
			      : eval_no_overload(run, ">", v, 2);
}

static struct cel_value
greater_equal(struct cel_run *run, const struct cel_value *v)
{
	enum value_order order;
	if (ordered(run, v, &order))
		return cel_bool(order == VALUE_GREATER || order == VALUE_SAME);
	return are_periods(v) ? cel_bool(period_reaches(v[0], v[1]))
			      : eval_no_overload(run, ">=", v, 2);
}

/* What the evaluator does itself: the rows are for the checker and the reference. */
static struct cel_value
built_in(struct cel_run *run, const struct cel_value *v)
{
	(void)v;
	return cel_fail(run, "this operator is part of the evaluator");
}

/* Every pair of types that has an order: within a type, and across all numbers. */
#define ORDERED(name, function, text)                                                              \
	{name, "(bool, bool) bool", function, text}, {name, "(int, int) bool", function, NULL},    \
	    {name, "(int, uint) bool", function, NULL},                                            \
	    {name, "(int, double) bool", function, NULL},                                          \
	    {name, "(uint, uint) bool", function, NULL},                                           \
	    {name, "(uint, int) bool", function, NULL},                                            \
	    {name, "(uint, double) bool", function, NULL},                                         \
	    {name, "(double, double) bool", function, NULL},                                       \
	    {name, "(double, int) bool", function, NULL},                                          \
	    {name, "(double, uint) bool", function, NULL},                                         \
	    {name, "(string, string) bool", function, NULL},                                       \
	    {name, "(bytes, bytes) bool", function, NULL},                                         \
	    {name, "(timestamp, timestamp) bool", function, NULL},                                 \
	    {name, "(duration, duration) bool", function, NULL},                                   \
	{                                                                                          \
		name, "(period, period) bool", function,                                           \
		    text " (certain wherever both begin, or its opposite)"                         \
	}

// clang-format off
const struct cel_function comparison_functions[] = {
	{"_==_",   "(A, A) bool",    built_in, "the same; numbers by value whatever their type, different kinds never"},
	{"_!=_",   "(A, A) bool",    built_in, "not the same"},
	{"_?_:_",  "(bool, A, A) A", built_in, "the second if the first holds, else the third; the other is not evaluated"},
	ORDERED("_<_",  less,          "less, earlier, shorter, before in the order of code points"),
	ORDERED("_<=_", less_equal,    "less or the same"),
	ORDERED("_>_",  greater,       "greater, later, longer"),
	ORDERED("_>=_", greater_equal, "greater or the same"),
	{0},
};
// clang-format on
