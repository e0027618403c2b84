/*
 * What expressions give: the rules of the language that are easy to get wrong.
 */
#include "expression.h"

static void
a_decisive_operand_absorbs_errors_on_either_side(void **state)
{
	(void)state;
	gives("1 / 0 > 0 || true", "true");
	gives("true || 1 / 0 > 0", "true");
	gives("1 / 0 > 0 && false", "false");
	gives("1 / 0 > 0 && true", "error: division by zero");
	gives("1 / 0 > 0 || false || 2 / 0 > 0", "error: division by zero");
	gives("false ? 1 / 0 : 2", "2");
	gives("1 / 0 > 0 ? 1 : 1", "error: division by zero");
}

static void
all_and_exists_absorb_errors_that_others_outweigh(void **state)
{
	(void)state;
	gives("[0, 1, 2].exists(x, 2 / x == 1)", "true");
	gives("[0, 1, 2].all(x, 2 / x == 1)", "false");
	gives("[0, 1].exists(x, 2 / x == 1)", "error: division by zero");
	gives("[2, 0].exists_one(x, 2 / x == 1)", "error: division by zero");
	gives("[0].map(x, 2 / x)", "error: division by zero");
	gives("[0].filter(x, 2 / x == 1)", "error: division by zero");
	gives("[].all(x, x) && ![].exists(x, x)", "true");
}

static void
numbers_are_equal_and_ordered_across_their_types(void **state)
{
	(void)state;
	gives("dyn(1) == 1.0 && dyn(1u) == 1 && [1] == [dyn(1.0)]", "true");
	gives("1 < 2u && 2u < 2.5 && -1 < 0u && 1.5 > 1", "true");
	gives("dyn(9223372036854775808.0) > 9223372036854775807", "false");
	gives("dyn(18446744073709551615u) > -1", "true");
	gives("0.0 / 0.0 == 0.0 / 0.0", "false");
	gives("dyn('1') == 1", "false");
	gives("dyn(null) == false", "false");
}

static void
values_without_an_order_are_an_error_to_compare(void **state)
{
	(void)state;
	gives("dyn('a') < 1", "error: '<' does not go with (string, int)");
	gives("dyn([1]) >= dyn([1])", "error: '>=' does not go with (list, list)");
	gives("'a' < 'b' && b'a' < b'ab' && false < true", "true");
	gives("'\xC3\xA9' > 'z'", "true");
}

static void
arithmetic_that_does_not_fit_is_an_error(void **state)
{
	(void)state;
	const char *error = "error: the result does not fit 64 bits";
	gives("9223372036854775807 + 1", error);
	gives("-9223372036854775808 - 1", error);
	gives("9223372036854775807 * 2", error);
	gives("-(-9223372036854775808)", error);
	gives("-9223372036854775808 / -1", error);
	gives("-9223372036854775808 % -1", error);
	gives("0u - 1u", error);
	gives("5 % 0", "error: modulus by zero");
	gives("-7 / 2 == -3 && -7 % 2 == -1", "true");
	gives("1.0 / 0.0 > 1e308", "true");
}

static void
conversions_never_cut_off(void **state)
{
	(void)state;
	gives("int(-3.9)", "-3");
	gives("int(9223372036854775807.0)", "error: 9.223372036854776e+18 does not fit int");
	gives("uint(-1)", "error: -1 does not fit uint");
	gives("int('12') + int(' 12')", "error: \" 12\" is not an int");
	gives("double('1e3') == 1000.0", "true");
	gives("double('x')", "error: \"x\" is not a double");
	gives("string(0.1) + string(1e300) + string(-1.5)", "\"0.11e+300-1.5\"");
	gives("[string(50.0), string(-100.0), string(123456.0), string(0.0), string(2e6), "
	      "string(1e-7)]",
	      "[\"50\", \"-100\", \"123456\", \"0\", \"2e+06\", \"1e-07\"]");
	gives("string(b'\\xff')", "error: the bytes are not UTF-8");
	gives("bool('maybe')", "error: \"maybe\" is not a bool");
	gives("type(1) == int && type('') != int && type(int) == type", "true");
}

static void
maps_find_keys_across_numeric_types_and_refuse_duplicates(void **state)
{
	(void)state;
	gives("{1: 'a', 2u: 'b'}[dyn(2)] + {1: 'a'}[dyn(1.0)]", "\"ba\"");
	gives("{1: 2}[3]", "error: there is no key 3");
	gives("{0: 1, 0u: 2}", "error: the key is there twice");
	gives("{'a': 1, 'a': 2}", "error: the key is there twice");
	gives("{dyn(1.5): 2}", "error: a key is a string, int, uint or bool, not double");
	gives("'a' in {'a': 1} && !('b' in {'a': 1})", "true");
	gives("[1,2,3,4,5,6,7,8,9,10,11,12].map(x, {string(x): x}).size()", "12");
	gives("[1,2,3,4,5,6,7,8,9,10,11,12].transformMap(i, x, x * x)[11]", "144");
}

static void
lists_are_counted_from_zero(void **state)
{
	(void)state;
	gives("[1, 2][1] == 2 && [1, 2][dyn(1.0)] == 2", "true");
	gives("[1, 2][2]", "error: there is no item 2 in a list of 2");
	gives("[1, 2][-1]", "error: there is no item -1 in a list of 2");
	gives("[1] + [2, 3]", "[1, 2, 3]");
	gives("1.0 in [dyn(1)]", "true");
}

static void
presence_is_that_of_the_key(void **state)
{
	(void)state;
	gives("has({'a': null}.a) && !has({'a': 1}.b)", "true");
	gives("{'a': 1}.b", "error: there is no 'b'");
	gives("dyn(1).b", "error: int has no field 'b'");
}

static void
optionals_carry_absence_through(void **state)
{
	(void)state;
	gives("{'a': {'b': 1}}.?a.b", "optional.of(1)");
	gives("dyn({'a': {'b': 1}}).?x.b.c", "optional.none()");
	gives("{'a': 1}.?b.orValue(2) + [1][?0].orValue(0)", "3");
	gives("[1].?x", "mistake: list(int) has no fields");
	gives("optional.none().or(optional.of(1)).value()", "1");
	gives("optional.of(1).or(optional.of(1 / 0))", "optional.of(1)");
	gives("optional.of(1).orValue(1 / 0)", "1");
	gives("optional.none().value()", "error: the optional holds no value");
	gives("[?optional.none(), ?optional.of(1)]", "[1]");
	gives("{?'a': optional.none(), ?'b': optional.of(1)}", "{\"b\": 1}");
	gives("optional.of(2).optMap(x, x * 2)", "optional.of(4)");
	gives("optional.of(2).optFlatMap(x, optional.none())", "optional.none()");
	gives("optional.ofNonZeroValue('').hasValue()", "false");
}

static void
texts_are_counted_in_code_points(void **state)
{
	(void)state;
	gives("size('\xC3\xA9\xF0\x9F\x98\x80') == 2 && size(b'\\xc3\\xa9') == 2", "true");
	gives("'abc'.contains('bc') && 'abc'.startsWith('a') && 'abc'.endsWith('') && "
	      "!'a'.contains('abc')",
	      "true");
}

static void
patterns_match_any_part_in_linear_time(void **state)
{
	(void)state;
	gives("'hubba'.matches('ubb') && !'hubba'.matches('^ubb') && matches('a', '(?i)A')",
	      "true");
	gives("'"
	      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	      "'.matches('(a*)*b')",
	      "false");
	gives("'a'.matches([1].map(x, '(')[0])", "error: not a regular expression: missing ): (");
	gives("'a'.matches(['(', '['][0])", "mistake: not a regular expression: missing ): (");
}

static void
moments_and_durations_keep_nanoseconds(void **state)
{
	(void)state;
	gives("timestamp('2026-02-28T23:59:59.999999999Z') + duration('1ns')",
	      "timestamp(\"2026-03-01T00:00:00Z\")");
	gives("timestamp('0001-01-01T00:00:00Z') - duration('1ns')",
	      "error: a timestamp is from the year 1 to 9999");
	gives("timestamp('2026-01-02T00:00:00+01:00') - timestamp('2026-01-01T00:00:00Z')",
	      "duration(\"82800s\")");
	gives("duration('-1h30m1.5s')", "duration(\"-5401.5s\")");
	gives("duration('7d')",
	      "mistake: \"7d\" is no duration, such as \"1h30m\" (years and months "
	      "are lengths for period())");
	gives(
	    "timestamp('2026-02-30T00:00:00Z')",
	    "mistake: \"2026-02-30T00:00:00Z\" is no timestamp, such as \"2026-11-23T02:39:30Z\"");
	gives("int(timestamp('1969-12-31T23:59:59.5Z'))", "-1");
	gives("string(timestamp(0)) + string(duration('90s'))", "\"1970-01-01T00:00:00Z90s\"");
}

static void
parts_of_a_moment_count_from_zero_but_the_date(void **state)
{
	(void)state;
	gives("cel.bind(t, timestamp('2026-11-23T02:39:30.250Z'), [t.getFullYear(), t.getMonth(), "
	      "t.getDate(), "
	      "t.getDayOfMonth(), t.getDayOfYear(), t.getDayOfWeek(), t.getHours(), "
	      "t.getMinutes(), t.getSeconds(), "
	      "t.getMilliseconds()])",
	      "[2026, 10, 23, 22, 326, 1, 2, 39, 30, 250]");
	gives("timestamp('2026-11-23T02:39:30Z').getDate('-03:00')", "22");
	gives("timestamp('1969-12-28T00:00:00Z').getDayOfWeek()", "0");
	gives("timestamp(0).getHours('Mars/Olympus')",
	      "mistake: there is no time zone \"Mars/Olympus\"; they are \"UTC\", \"+02:00\", "
	      "\"Europe/Berlin\"");
	gives("duration('3730s').getMinutes() + duration('-1500ms').getMilliseconds()", "-438");
}

static void
macros_go_through_keys_or_both(void **state)
{
	(void)state;
	gives("{'a': 1, 'b': 2}.map(k, k)", "[\"a\", \"b\"]");
	gives("{'a': 1}.exists(k, v, k == 'a' && v == 1)", "true");
	gives("[5, 6].transformList(i, x, i > 0, x + i)", "[7]");
	gives("[1, 2, 3, 4].map(x, x % 2 == 0, x * x)", "[4, 16]");
	gives("[1, 2].map(x, [3, 4].map(y, x * y))", "[[3, 4], [6, 8]]");
	gives("[[1], [2]].map(x, x.map(x, x + 1))", "[[2], [3]]");
}

static void
an_unchecked_program_fails_when_it_gets_there(void **state)
{
	(void)state;
	gives_unchecked("x || true", "true");
	gives_unchecked("x", "error: there is no 'x' here");
	gives_unchecked("f(1) || true", "true");
	gives_unchecked("1 + 'a'", "error: '+' does not go with (int, string)");
	gives_unchecked("'a' ? 1 : 2", "error: '?' wants bool, not string");
	gives_unchecked("1 && 2", "error: '&&' wants bool, not int");
	gives_unchecked("(1).all(x, x)", "error: 'all' goes through a list or a map, not int");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_decisive_operand_absorbs_errors_on_either_side),
	    cmocka_unit_test(all_and_exists_absorb_errors_that_others_outweigh),
	    cmocka_unit_test(numbers_are_equal_and_ordered_across_their_types),
	    cmocka_unit_test(values_without_an_order_are_an_error_to_compare),
	    cmocka_unit_test(arithmetic_that_does_not_fit_is_an_error),
	    cmocka_unit_test(conversions_never_cut_off),
	    cmocka_unit_test(maps_find_keys_across_numeric_types_and_refuse_duplicates),
	    cmocka_unit_test(lists_are_counted_from_zero),
	    cmocka_unit_test(presence_is_that_of_the_key),
	    cmocka_unit_test(optionals_carry_absence_through),
	    cmocka_unit_test(texts_are_counted_in_code_points),
	    cmocka_unit_test(patterns_match_any_part_in_linear_time),
	    cmocka_unit_test(moments_and_durations_keep_nanoseconds),
	    cmocka_unit_test(parts_of_a_moment_count_from_zero_but_the_date),
	    cmocka_unit_test(macros_go_through_keys_or_both),
	    cmocka_unit_test(an_unchecked_program_fails_when_it_gets_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
