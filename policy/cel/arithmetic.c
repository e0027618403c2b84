/*
 * arithmetic.c -- + - * / % and the signs (langdef.md, "Arithmetic": overflow is an error, doubles
 * are IEEE 754).
 */
#include <math.h>

#include "cel/operator.h"

static struct cel_value
overflow(struct cel_run *run)
{
	return cel_fail(run, "the result does not fit 64 bits");
}

static struct cel_value
joined(struct cel_run *run, struct cel_value a, struct cel_value b)
{
	uint64_t length = (uint64_t)a.count + b.count;
	if (!cel_charge(run, length / 8) || length > INT32_MAX)
		return cel_fail(run, "the text is too long");
	char *text = arena_alloc(run->arena, length + 1);
	memcpy(text, a.text, a.count);
	memcpy(text + a.count, b.text, b.count);
	return a.kind == CEL_STRING ? cel_string(text, length) : cel_bytes(text, length);
}

static struct cel_value
joined_lists(struct cel_run *run, struct cel_value a, struct cel_value b)
{
	uint64_t count = (uint64_t)a.count + b.count;
	if (!cel_charge(run, count) || count > INT32_MAX)
		return cel_fail(run, "the list is too long");
	struct cel_value *items = ARENA_ARRAY(run->arena, struct cel_value, count);
	for (uint32_t i = 0; i < a.count; i++)
		items[i] = value_item(a, i);
	for (uint32_t i = 0; i < b.count; i++)
		items[a.count + i] = value_item(b, i);
	return cel_list(items, count);
}

/* Adding what has a time in it. */
static struct cel_value
add_times(struct cel_run *run, const struct cel_value *v)
{
	int64_t n;
	if (v[0].kind == CEL_TIMESTAMP && v[1].kind == CEL_DURATION)
		return time_add(run, v[0], v[1].integer);
	if (v[0].kind == CEL_DURATION && v[1].kind == CEL_TIMESTAMP)
		return time_add(run, v[1], v[0].integer);
	if (v[0].kind == CEL_TIMESTAMP && v[1].kind == CEL_PERIOD)
		return period_move(run, v[0], v[1], 1);
	if (v[0].kind == CEL_PERIOD && v[1].kind == CEL_TIMESTAMP)
		return period_move(run, v[1], v[0], 1);
	if (v[0].kind == CEL_PERIOD && v[1].kind == CEL_PERIOD)
		return period_sum(run, v[0], v[1]);
	if (v[0].kind != CEL_DURATION || v[1].kind != CEL_DURATION)
		return eval_no_overload(run, "+", v, 2);
	return __builtin_add_overflow(v[0].integer, v[1].integer, &n) ? overflow(run)
								      : cel_duration(n);
}

static struct cel_value
add(struct cel_run *run, const struct cel_value *v)
{
	int64_t n;
	uint64_t u;
	if (v[0].kind != v[1].kind)
		return add_times(run, v);
	switch (v[0].kind) {
	case CEL_INT:
		return __builtin_add_overflow(v[0].integer, v[1].integer, &n) ? overflow(run)
									      : cel_int(n);
	case CEL_UINT:
		return __builtin_add_overflow(v[0].natural, v[1].natural, &u) ? overflow(run)
									      : cel_uint(u);
	case CEL_DOUBLE:
		return cel_double(v[0].real + v[1].real);
	case CEL_STRING:
	case CEL_BYTES:
		return joined(run, v[0], v[1]);
	case CEL_LIST:
		return joined_lists(run, v[0], v[1]);
	default:
		return add_times(run, v);
	}
}

static struct cel_value
subtract_times(struct cel_run *run, const struct cel_value *v)
{
	int64_t n;
	if (v[0].kind == CEL_TIMESTAMP && v[1].kind == CEL_TIMESTAMP)
		return time_between(run, v[0], v[1]);
	if (v[0].kind == CEL_TIMESTAMP && v[1].kind == CEL_DURATION)
		return v[1].integer == INT64_MIN ? overflow(run)
						 : time_add(run, v[0], -v[1].integer);
	if (v[0].kind == CEL_TIMESTAMP && v[1].kind == CEL_PERIOD)
		return period_move(run, v[0], v[1], -1);
	if (v[0].kind != CEL_DURATION || v[1].kind != CEL_DURATION)
		return eval_no_overload(run, "-", v, 2);
	return __builtin_sub_overflow(v[0].integer, v[1].integer, &n) ? overflow(run)
								      : cel_duration(n);
}

static struct cel_value
subtract(struct cel_run *run, const struct cel_value *v)
{
	int64_t n;
	uint64_t u;
	if (v[0].kind != v[1].kind)
		return subtract_times(run, v);
	switch (v[0].kind) {
	case CEL_INT:
		return __builtin_sub_overflow(v[0].integer, v[1].integer, &n) ? overflow(run)
									      : cel_int(n);
	case CEL_UINT:
		return __builtin_sub_overflow(v[0].natural, v[1].natural, &u) ? overflow(run)
									      : cel_uint(u);
	case CEL_DOUBLE:
		return cel_double(v[0].real - v[1].real);
	default:
		return subtract_times(run, v);
	}
}

static struct cel_value
multiply(struct cel_run *run, const struct cel_value *v)
{
	int64_t n;
	uint64_t u;
	if (v[0].kind != v[1].kind)
		return eval_no_overload(run, "*", v, 2);
	switch (v[0].kind) {
	case CEL_INT:
		return __builtin_mul_overflow(v[0].integer, v[1].integer, &n) ? overflow(run)
									      : cel_int(n);
	case CEL_UINT:
		return __builtin_mul_overflow(v[0].natural, v[1].natural, &u) ? overflow(run)
									      : cel_uint(u);
	case CEL_DOUBLE:
		return cel_double(v[0].real * v[1].real);
	default:
		return eval_no_overload(run, "*", v, 2);
	}
}

static struct cel_value
divide_integers(struct cel_run *run, int64_t a, int64_t b, bool remainder)
{
	if (b == 0)
		return cel_fail(run, remainder ? "modulus by zero" : "division by zero");
	if (a == INT64_MIN && b == -1)
		return overflow(run);
	return cel_int(remainder ? a % b : a / b);
}

static struct cel_value
divide_naturals(struct cel_run *run, uint64_t a, uint64_t b, bool remainder)
{
	if (b == 0)
		return cel_fail(run, remainder ? "modulus by zero" : "division by zero");
	return cel_uint(remainder ? a % b : a / b);
}

/* IEEE 754: dividing by zero gives an infinity or NaN. */
__attribute__((no_sanitize("float-divide-by-zero"))) static double
divide_doubles(double a, double b)
{
	return a / b;
}

static struct cel_value
divide(struct cel_run *run, const struct cel_value *v)
{
	if (v[0].kind != v[1].kind)
		return eval_no_overload(run, "/", v, 2);
	switch (v[0].kind) {
	case CEL_INT:
		return divide_integers(run, v[0].integer, v[1].integer, false);
	case CEL_UINT:
		return divide_naturals(run, v[0].natural, v[1].natural, false);
	case CEL_DOUBLE:
		return cel_double(divide_doubles(v[0].real, v[1].real));
	default:
		return eval_no_overload(run, "/", v, 2);
	}
}

static struct cel_value
modulo(struct cel_run *run, const struct cel_value *v)
{
	if (v[0].kind == CEL_INT && v[1].kind == CEL_INT)
		return divide_integers(run, v[0].integer, v[1].integer, true);
	if (v[0].kind == CEL_UINT && v[1].kind == CEL_UINT)
		return divide_naturals(run, v[0].natural, v[1].natural, true);
	return eval_no_overload(run, "%", v, 2);
}

static struct cel_value
negate(struct cel_run *run, const struct cel_value *v)
{
	switch (v->kind) {
	case CEL_INT:
		return v->integer == INT64_MIN ? overflow(run) : cel_int(-v->integer);
	case CEL_DOUBLE:
		return cel_double(-v->real);
	case CEL_DURATION:
		return v->integer == INT64_MIN ? overflow(run) : cel_duration(-v->integer);
	default:
		return eval_no_overload(run, "-", v, 1);
	}
}

static struct cel_value not(struct cel_run * run, const struct cel_value *v)
{
	return v->kind == CEL_BOOL ? cel_bool(!v->boolean) : eval_no_overload(run, "!", v, 1);
}

// clang-format off
const struct cel_function arithmetic_functions[] = {
	{"_+_", "(int, int) int",                     add,      "the sum; an error when it does not fit"},
	{"_+_", "(uint, uint) uint",                  add,      NULL},
	{"_+_", "(double, double) double",            add,      NULL},
	{"_+_", "(string, string) string",            add,      "one after the other"},
	{"_+_", "(bytes, bytes) bytes",               add,      NULL},
	{"_+_", "(list(A), list(A)) list(A)",         add,      NULL},
	{"_+_", "(timestamp, duration) timestamp",    add,      "later by so much"},
	{"_+_", "(duration, timestamp) timestamp",    add,      NULL},
	{"_+_", "(timestamp, period) timestamp",      add,      NULL},
	{"_+_", "(period, timestamp) timestamp",      add,      NULL},
	{"_+_", "(duration, duration) duration",      add,      "both together"},
	{"_+_", "(period, period) period",            add,      NULL},
	{"_-_", "(int, int) int",                     subtract, "the difference; an error when it does not fit"},
	{"_-_", "(uint, uint) uint",                  subtract, NULL},
	{"_-_", "(double, double) double",            subtract, NULL},
	{"_-_", "(timestamp, timestamp) duration",    subtract, "how long it is from the second to the first"},
	{"_-_", "(timestamp, duration) timestamp",    subtract, "earlier by so much"},
	{"_-_", "(timestamp, period) timestamp",      subtract, NULL},
	{"_-_", "(duration, duration) duration",      subtract, NULL},
	{"_*_", "(int, int) int",                     multiply, "the product; an error when it does not fit"},
	{"_*_", "(uint, uint) uint",                  multiply, NULL},
	{"_*_", "(double, double) double",            multiply, NULL},
	{"_/_", "(int, int) int",                     divide,   "the quotient without its fraction; by zero is an error"},
	{"_/_", "(uint, uint) uint",                  divide,   NULL},
	{"_/_", "(double, double) double",            divide,   "the quotient; by zero is infinite or NaN"},
	{"_%_", "(int, int) int",                     modulo,   "what division leaves, with the sign of the first"},
	{"_%_", "(uint, uint) uint",                  modulo,   NULL},
	{"-_",  "(int) int",                          negate,   "the opposite"},
	{"-_",  "(double) double",                    negate,   NULL},
	{"-_",  "(duration) duration",                negate,   NULL},
	{"!_",  "(bool) bool",                        not,      "true for false, false for true"},
	{0},
};
// clang-format on
