/*
 * Numbers at the borders of their types: literals, comparisons across types, arithmetic,
 * conversions, look-up.
 */
#include "expression.h"

struct row {
	const char *source, *value;
};

static void
all_give(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		gives(rows[i].source, rows[i].value);
}

#define ALL_GIVE(rows) all_give((rows), ARRAY_LEN(rows))

static void
literals_reach_both_ends_of_their_type(void **state)
{
	(void)state;
	static const struct row rows[] = {
	    {"-9223372036854775808", "-9223372036854775808"},
	    {"-0x8000000000000000", "-9223372036854775808"},
	    {"0x7fffffffffffffff", "9223372036854775807"},
	    {"18446744073709551615u", "18446744073709551615u"},
	    {"0xFFFFFFFFFFFFFFFFu", "18446744073709551615u"},
	    {"1.7976931348623157e308", "1.7976931348623157e+308"},
	    {"5e-324", "5e-324"},
	    {"1e-400", "0.0"},
	    {"-0.0", "-0.0"},
	    {".5e1", "5.0"},
	    {"0u", "0u"},
	};
	ALL_GIVE(rows);
	is_wrong("9223372036854775808",
		 "1:1 an integer is from -9223372036854775808 to 9223372036854775807");
	is_wrong("-9223372036854775809",
		 "1:1 an integer is from -9223372036854775808 to 9223372036854775807");
	is_wrong("18446744073709551616u", "1:1 a number beyond 64 bits");
	is_wrong("-1u", "1:1 an unsigned number has no sign");
	is_wrong("1.8e308", "1:1 a number that is too large for a double");
}

/* Beyond 2^53 an integer is compared with a double as the double that is nearest to it, as all
 * implementations do. */
static void
types_compare_on_one_line(void **state)
{
	(void)state;
	static const struct row rows[] = {
	    {"9223372036854775807 < 9223372036854775808u", "true"},
	    {"-1 < 0u && -9223372036854775808 < 18446744073709551615u", "true"},
	    {"18446744073709551615u > 9223372036854775807", "true"},
	    {"dyn(18446744073709551615u) == -1", "false"},
	    {"dyn(9223372036854775807) == 9223372036854775808.0", "true"},
	    {"9223372036854775807 < 9223372036854777856.0", "true"},
	    {"-9223372036854775808 > -9223372036854777856.0", "true"},
	    {"dyn(-9223372036854775808) == -9223372036854775808.0", "true"},
	    {"dyn(9007199254740993) == 9007199254740992.0", "true"},
	    {"9007199254740993 > 9007199254740990.0", "true"},
	    {"dyn(18446744073709551615u) == 18446744073709551616.0", "true"},
	    {"18446744073709551615u < 18446744073709555712.0", "true"},
	    {"0u > -5e-324 && 0 > -5e-324 && 0u < 5e-324", "true"},
	    {"1 < 1.0 / 0.0 && -1.0 / 0.0 < -9223372036854775808", "true"},
	    {"dyn(0) == -0.0 && dyn(0u) == -0.0 && 0.0 == -0.0", "true"},
	};
	ALL_GIVE(rows);
}

static void
nan_is_equal_to_nothing_and_has_no_order(void **state)
{
	(void)state;
	static const struct row rows[] = {
	    {"[0.0 / 0.0].map(n, [n == n, n != n, n < n, n <= n, n > n, n >= n])",
	     "[[false, true, false, false, false, false]]"},
	    {"[0.0 / 0.0].map(n, [n < 1, n > 1u, dyn(n) == 1, 1.0 <= n])",
	     "[[false, false, false, false]]"},
	    {"[0.0 / 0.0].map(n, [[n] == [n], {'a': n} == {'a': n}, n in [n]])",
	     "[[false, false, false]]"},
	    {"[math.greatest(0.0 / 0.0, 1.0), math.least(1.0, 0.0 / 0.0)]", "[NaN, 1.0]"},
	    {"1.0 / 0.0 == 2.0 / 0.0 && 1.0 / 0.0 > -1.0 / 0.0", "true"},
	};
	ALL_GIVE(rows);
}

static void
integers_do_not_wrap(void **state)
{
	(void)state;
	static const char *const sources[] = {
	    "9223372036854775807 + 1",    "-9223372036854775808 + -1",
	    "-9223372036854775808 - 1",   "9223372036854775807 - -1",
	    "4611686018427387904 * 2",    "-9223372036854775808 * -1",
	    "-9223372036854775808 / -1",  "-9223372036854775808 % -1",
	    "-(-9223372036854775808)",    "math.abs(-9223372036854775808)",
	    "18446744073709551615u + 1u", "0u - 1u",
	    "4294967296u * 4294967296u",
	};
	for (size_t i = 0; i < ARRAY_LEN(sources); i++)
		gives(sources[i], "error: the result does not fit 64 bits");
	static const struct row rows[] = {
	    {"[-7 / 2, 7 / -2, -7 % 2, 7 % -2]", "[-3, -3, -1, 1]"},
	    {"[-9223372036854775808 / 1, -9223372036854775808 % 1, 4611686018427387904 * -2]",
	     "[-9223372036854775808, 0, -9223372036854775808]"},
	    {"18446744073709551615u / 2u + 18446744073709551615u % 10u", "9223372036854775812u"},
	    {"[1 / 0, 0]", "error: division by zero"},
	    {"1u % 0u", "error: modulus by zero"},
	    {"[1.0 / 0.0, -1.0 / 0.0, 1e308 * 10.0]", "[Infinity, -Infinity, Infinity]"},
	};
	ALL_GIVE(rows);
	is_wrong("1.0 % 2.0", "1:5 '%' does not go with (double, double)");
	is_wrong("1 + 1u", "1:3 '+' does not go with (int, uint)");
	is_wrong("-1u == 1u ? 1 : 2", "1:1 an unsigned number has no sign");
}

static void
conversions_stop_at_the_border(void **state)
{
	(void)state;
	static const struct row rows[] = {
	    {"int(9223372036854774784.0)", "9223372036854774784"},
	    {"int(9223372036854775808.0)", "error: 9.223372036854776e+18 does not fit int"},
	    {"int(-9223372036854774784.0)", "-9223372036854774784"},
	    {"int(-9223372036854775808.0)", "error: -9.223372036854776e+18 does not fit int"},
	    {"int(9223372036854775807u)", "9223372036854775807"},
	    {"int(9223372036854775808u)", "error: 9223372036854775808u does not fit int"},
	    {"[int(-0.9), int(0.9), int(-1.9)]", "[0, 0, -1]"},
	    {"int(0.0 / 0.0)", "error: NaN does not fit int"},
	    {"uint(18446744073709549568.0)", "18446744073709549568u"},
	    {"uint(18446744073709551616.0)", "error: 1.8446744073709552e+19 does not fit uint"},
	    {"uint(-0.5)", "error: -0.5 does not fit uint"},
	    {"uint(-0.0) + uint(0.9)", "0u"},
	    {"uint(-1)", "error: -1 does not fit uint"},
	    {"int('9223372036854775807') + int('-9223372036854775808')", "-1"},
	    {"int('9223372036854775808')", "error: \"9223372036854775808\" is not an int"},
	    {"uint('18446744073709551615')", "18446744073709551615u"},
	    {"uint('18446744073709551616')", "error: \"18446744073709551616\" is not a uint"},
	    {"uint('+1')", "error: \"+1\" is not a uint"},
	    {"int('0x10')", "error: \"0x10\" is not an int"},
	    {"int('1_000')", "error: \"1_000\" is not an int"},
	    {"double(9223372036854775807)", "9.223372036854776e+18"},
	    {"double('1.8e308')", "error: \"1.8e308\" is not a double"},
	    {"[double('inf'), double('-Infinity'), double('1e-400')]",
	     "[Infinity, -Infinity, 0.0]"},
	    {"string(9007199254740993) + ' ' + string(0.1 + 0.2) + ' ' + string(1e21)",
	     "\"9007199254740993 0.30000000000000004 1e+21\""},
	    {"string(-9223372036854775808) + string(18446744073709551615u)",
	     "\"-922337203685477580818446744073709551615\""},
	    {"double(string(1.7976931348623157e308)) == 1.7976931348623157e308", "true"},
	};
	ALL_GIVE(rows);
}

static void
keys_and_indexes_are_found_by_any_numeric_type(void **state)
{
	(void)state;
	static const struct row rows[] = {
	    {"[{1u: 'a'}[dyn(1.0)], {1: 'a'}[dyn(1u)], {18446744073709551615u: "
	     "'a'}[dyn(18446744073709551615u)]]",
	     "[\"a\", \"a\", \"a\"]"},
	    {"dyn(1.5) in {1: 0} || dyn(-1) in {18446744073709551615u: 0}", "false"},
	    {"dyn(0.0 / 0.0) in {0: 0}", "false"},
	    {"[dyn(1.0) in {1: 0}, dyn(-0.0) in {0u: 0}, dyn(9223372036854775808.0) in "
	     "{9223372036854775808u: 0}]",
	     "[true, true, true]"},
	    {"{9223372036854775807: 1, 9223372036854775807u: 2}", "error: the key is there twice"},
	    {"{true: 1, 1: 2, 'true': 3}.size()", "3"},
	    {"[10, 20][dyn(1u)] + [10, 20][dyn(0.0)]", "30"},
	    {"[10][dyn(0.5)]", "error: there is no item 0.5 in a list of 1"},
	    {"[10][dyn(18446744073709551615u)]",
	     "error: there is no item 18446744073709551615u in a list of 1"},
	    {"[10][?-1].hasValue() || [10][?9223372036854775807].hasValue()", "false"},
	};
	ALL_GIVE(rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(literals_reach_both_ends_of_their_type),
	    cmocka_unit_test(types_compare_on_one_line),
	    cmocka_unit_test(nan_is_equal_to_nothing_and_has_no_order),
	    cmocka_unit_test(integers_do_not_wrap),
	    cmocka_unit_test(conversions_stop_at_the_border),
	    cmocka_unit_test(keys_and_indexes_are_found_by_any_numeric_type),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
