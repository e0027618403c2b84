/*
 * mathematics.c -- the extension `math` of cel-go: extremes, rounding, signs, bits.
 */
#include <math.h>

#include "cel/operator.h"

/* ---- extremes ---- */

static bool
is_number(struct cel_value v)
{
	return v.kind == CEL_INT || v.kind == CEL_UINT || v.kind == CEL_DOUBLE;
}

/* Of equal ones the first, of NaN and a number the number. */
static struct cel_value
extreme(struct cel_run *run, const char *name, const struct cel_value *v, uint32_t count,
	enum value_order wanted)
{
	struct cel_value found = v[0];
	for (uint32_t i = 0; i < count; i++) {
		enum value_order order;
		if (!is_number(v[i]))
			return eval_no_overload(run, name, v, count);
		if (value_compare(v[i], found, &order) && order == wanted)
			found = v[i];
	}
	return found;
}

static struct cel_value
extreme_of_list(struct cel_run *run, const char *name, struct cel_value list,
		enum value_order wanted)
{
	if (list.count == 0)
		return cel_fail(run, "'%s' of an empty list", name);
	if (!cel_charge(run, list.count))
		return cel_fail(run, "exhausted");
	struct cel_value *items = ARENA_ARRAY(run->arena, struct cel_value, list.count);
	for (uint32_t i = 0; i < list.count; i++)
		items[i] = value_item(list, i);
	return extreme(run, name, items, list.count, wanted);
}

/* The same for one number, for two, and for a list; more than two come as a list (macro.c). */
#define EXTREME(name, text, wanted)                                                                \
	static struct cel_value name##_list(struct cel_run *run, const struct cel_value *v)        \
	{                                                                                          \
		return extreme_of_list(run, text, *v, wanted);                                     \
	}                                                                                          \
	static struct cel_value name##_1(struct cel_run *run, const struct cel_value *v) {         \
		return extreme(run, text, v, 1, wanted);                                           \
	} static struct cel_value name##_2(struct cel_run *run, const struct cel_value *v) {       \
		return extreme(run, text, v, 2, wanted);                                           \
	}

EXTREME(greatest, "math.greatest", VALUE_GREATER)
EXTREME(least, "math.least", VALUE_LESS)

/* ---- doubles ---- */

#define OF_DOUBLE(name, result)                                                                    \
	static struct cel_value name(struct cel_run *run, const struct cel_value *v)               \
	{                                                                                          \
		(void)run;                                                                         \
		return result;                                                                     \
	}

OF_DOUBLE(ceiling, cel_double(ceil(v->real)))
OF_DOUBLE(floor_of, cel_double(floor(v->real)))
OF_DOUBLE(rounded, cel_double(round(v->real)))
OF_DOUBLE(truncated, cel_double(trunc(v->real)))
OF_DOUBLE(is_nan, cel_bool(isnan(v->real)))
OF_DOUBLE(is_infinite, cel_bool(isinf(v->real)))
OF_DOUBLE(is_finite, cel_bool(isfinite(v->real)))

/* ---- signs ---- */

static struct cel_value
absolute(struct cel_run *run, const struct cel_value *v)
{
	if (v->kind == CEL_DOUBLE)
		return cel_double(fabs(v->real));
	if (v->kind == CEL_UINT || v->integer >= 0)
		return *v;
	return v->integer == INT64_MIN ? cel_fail(run, "the result does not fit 64 bits")
				       : cel_int(-v->integer);
}

static struct cel_value
sign(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	if (v->kind == CEL_UINT)
		return cel_uint(v->natural > 0);
	if (v->kind == CEL_INT)
		return cel_int((v->integer > 0) - (v->integer < 0));
	return isnan(v->real) ? *v : cel_double((v->real > 0) - (v->real < 0));
}

static struct cel_value
square_root(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	return cel_double(sqrt(v->kind == CEL_INT    ? (double)v->integer
			       : v->kind == CEL_UINT ? (double)v->natural
						     : v->real));
}

/* ---- bits ---- */

/* The bits of an int are those of the uint that two's complement makes of it: the result has the
 * operand's type. */
static struct cel_value
bits(const struct cel_value *like, uint64_t n)
{
	return like->kind == CEL_UINT ? cel_uint(n) : cel_int((int64_t)n);
}

#define OF_BITS(name, expression)                                                                  \
	static struct cel_value name(struct cel_run *run, const struct cel_value *v)               \
	{                                                                                          \
		(void)run;                                                                         \
		return bits(v, expression);                                                        \
	}

OF_BITS(bit_and, v[0].natural &v[1].natural)
OF_BITS(bit_or, v[0].natural | v[1].natural)
OF_BITS(bit_xor, v[0].natural ^ v[1].natural)
OF_BITS(bit_not, ~v[0].natural)

static struct cel_value
shift_left(struct cel_run *run, const struct cel_value *v)
{
	if (v[1].integer < 0)
		return cel_fail(run, "a shift by a negative number");
	return bits(v, v[1].integer > 63 ? 0 : v[0].natural << v[1].integer);
}

static struct cel_value
shift_right(struct cel_run *run, const struct cel_value *v)
{
	if (v[1].integer < 0)
		return cel_fail(run, "a shift by a negative number");
	return bits(v, v[1].integer > 63 ? 0 : v[0].natural >> v[1].integer);
}

// clang-format off
const struct cel_function math_functions[] = {
	{"math.greatest",       "(list(int)) int",             greatest_list, "the greatest of a list, or of the numbers given"},
	{"math.greatest",       "(list(uint)) uint",           greatest_list, NULL},
	{"math.greatest",       "(list(double)) double",       greatest_list, NULL},
	{"math.greatest",       "(int) int",                   greatest_1,    NULL},
	{"math.greatest",       "(uint) uint",                 greatest_1,    NULL},
	{"math.greatest",       "(double) double",             greatest_1,    NULL},
	{"math.greatest",       "(int, int) int",              greatest_2,    NULL},
	{"math.greatest",       "(uint, uint) uint",           greatest_2,    NULL},
	{"math.greatest",       "(double, double) double",     greatest_2,    NULL},
	{"math.greatest",       "(int, uint) dyn",             greatest_2,    NULL},
	{"math.greatest",       "(int, double) dyn",           greatest_2,    NULL},
	{"math.greatest",       "(uint, int) dyn",             greatest_2,    NULL},
	{"math.greatest",       "(uint, double) dyn",          greatest_2,    NULL},
	{"math.greatest",       "(double, int) dyn",           greatest_2,    NULL},
	{"math.greatest",       "(double, uint) dyn",          greatest_2,    NULL},
	{"math.least",          "(list(int)) int",             least_list,    "the least of a list, or of the numbers given"},
	{"math.least",          "(list(uint)) uint",           least_list,    NULL},
	{"math.least",          "(list(double)) double",       least_list,    NULL},
	{"math.least",          "(int) int",                   least_1,       NULL},
	{"math.least",          "(uint) uint",                 least_1,       NULL},
	{"math.least",          "(double) double",             least_1,       NULL},
	{"math.least",          "(int, int) int",              least_2,       NULL},
	{"math.least",          "(uint, uint) uint",           least_2,       NULL},
	{"math.least",          "(double, double) double",     least_2,       NULL},
	{"math.least",          "(int, uint) dyn",             least_2,       NULL},
	{"math.least",          "(int, double) dyn",           least_2,       NULL},
	{"math.least",          "(uint, int) dyn",             least_2,       NULL},
	{"math.least",          "(uint, double) dyn",          least_2,       NULL},
	{"math.least",          "(double, int) dyn",           least_2,       NULL},
	{"math.least",          "(double, uint) dyn",          least_2,       NULL},
	{"math.ceil",          "(double) double",                    ceiling,       "up to the next whole number"},
	{"math.floor",         "(double) double",                    floor_of,      "down to the next whole number"},
	{"math.round",         "(double) double",                    rounded,       "to the nearest whole number, halves away from zero"},
	{"math.trunc",         "(double) double",                    truncated,     "without its fraction"},
	{"math.abs",           "(int) int",                          absolute,      "without its sign"},
	{"math.abs",           "(uint) uint",                        absolute,      NULL},
	{"math.abs",           "(double) double",                    absolute,      NULL},
	{"math.sign",          "(int) int",                          sign,          "-1, 0 or 1"},
	{"math.sign",          "(uint) uint",                        sign,          NULL},
	{"math.sign",          "(double) double",                    sign,          NULL},
	{"math.sqrt",          "(double) double",                    square_root,   "the square root; NaN of a negative number"},
	{"math.sqrt",          "(int) double",                       square_root,   NULL},
	{"math.sqrt",          "(uint) double",                      square_root,   NULL},
	{"math.isNaN",         "(double) bool",                      is_nan,        "whether it is not a number"},
	{"math.isInf",         "(double) bool",                      is_infinite,   "whether it is infinite"},
	{"math.isFinite",      "(double) bool",                      is_finite,     "whether it is neither infinite nor NaN"},
	{"math.bitAnd",        "(int, int) int",                     bit_and,       "the bits that both have"},
	{"math.bitAnd",        "(uint, uint) uint",                  bit_and,       NULL},
	{"math.bitOr",         "(int, int) int",                     bit_or,        "the bits that one of them has"},
	{"math.bitOr",         "(uint, uint) uint",                  bit_or,        NULL},
	{"math.bitXor",        "(int, int) int",                     bit_xor,       "the bits that exactly one of them has"},
	{"math.bitXor",        "(uint, uint) uint",                  bit_xor,       NULL},
	{"math.bitNot",        "(int) int",                          bit_not,       "the bits that it does not have"},
	{"math.bitNot",        "(uint) uint",                        bit_not,       NULL},
	{"math.bitShiftLeft",  "(int, int) int",                     shift_left,    "the bits moved up, zeros behind them"},
	{"math.bitShiftLeft",  "(uint, int) uint",                   shift_left,    NULL},
	{"math.bitShiftRight", "(int, int) int",                     shift_right,   "the bits moved down, zeros before them"},
	{"math.bitShiftRight", "(uint, int) uint",                   shift_right,   NULL},
	{0},
};
// clang-format on
