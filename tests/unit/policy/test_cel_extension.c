/*
 * The extensions: mathematics, parts of texts, templates, base64.
 */
#include "expression.h"

static void
the_extremes_of_mixed_numbers_keep_their_type(void **state)
{
	(void)state;
	gives("[math.greatest(1, 2.5, 2u), math.least(3, 1u, 1.0), math.greatest([1, 5, 3]), "
	      "math.least(7)]",
	      "[2.5, 1u, 5, 7]");
	gives("math.greatest(dyn('a'), 1)",
	      "error: 'math.greatest' does not go with (string, int)");
	gives("math.least([])", "error: 'math.least' of an empty list");
	gives("math.least([2, 1.5, dyn(3u)])", "1.5");
	is_wrong("math.greatest(['a'])", "1:6 'math.greatest' does not go with (list(string))");
}

static void
rounding_halves_goes_away_from_zero(void **state)
{
	(void)state;
	gives("[math.round(2.5), math.round(-2.5), math.ceil(1.1), math.floor(-1.1), "
	      "math.trunc(-1.9)]",
	      "[3.0, -3.0, 2.0, -2.0, -1.0]");
	gives("math.abs(-9223372036854775808)", "error: the result does not fit 64 bits");
	gives("[math.sign(-3), math.abs(-3)]", "[-1, 3]");
}

static void
bits_of_an_int_are_those_of_twos_complement(void **state)
{
	(void)state;
	gives("[math.bitAnd(12, 10), math.bitOr(12, 10), math.bitXor(12, 10), math.bitNot(0)]",
	      "[8, 14, 6, -1]");
	gives("[math.bitShiftLeft(1, 63), math.bitShiftLeft(1, 64), math.bitShiftRight(-1, 63)]",
	      "[-9223372036854775808, 0, 1]");
	gives("math.bitShiftLeft(1, -1)", "error: a shift by a negative number");
}

static void
positions_count_code_points(void **state)
{
	(void)state;
	gives("'h\xC3\xA9llo'.charAt(1) + 'h\xC3\xA9llo'.substring(2) + "
	      "'h\xC3\xA9llo'.substring(1, 3)",
	      "\"\xC3\xA9llo\xC3\xA9l\"");
	gives("['h\xC3\xA9llo'.indexOf('l'), 'h\xC3\xA9llo'.lastIndexOf('l'), 'abc'.indexOf('', "
	      "3), 'abc'.lastIndexOf('x')]",
	      "[2, 3, 3, -1]");
	gives("'abc'.charAt(4)", "error: there is no position 4 in the text");
	gives("'abc'.charAt(3) + 'abc'.substring(3)", "\"\"");
	gives("'abc'.substring(2, 1)", "error: the part ends before it begins");
	gives("'abc'.indexOf('a', -1)", "error: there is no position -1 in the text");
}

static void
replacing_and_splitting_by_nothing_takes_each_character(void **state)
{
	(void)state;
	gives("'a\xC3\xA9'.replace('', '-')", "\"-a-\xC3\xA9-\"");
	gives("'aaa'.replace('a', 'b', 2) + 'aaa'.replace('aa', '')", "\"bbaa\"");
	gives("'aaa'.replace('a', 'b', -9223372036854775808)", "\"bbb\"");
	gives("'a\xC3\xA9'.split('')", "[\"a\", \"\xC3\xA9\"]");
	gives("['a,b,c'.split(','), 'a,b,c'.split(',', 2), ''.split(','), ''.split('')]",
	      "[[\"a\", \"b\", \"c\"], [\"a\", \"b,c\"], [\"\"], []]");
	gives("['a', 'b'].join(', ') + [].join('x')", "\"a, b\"");
	gives("[1].map(x, dyn(x)).join()", "error: 'join' wants strings, not int");
}

static void
letters_are_changed_reversed_and_trimmed(void **state)
{
	(void)state;
	gives("'aB\xC3\xA9'.upperAscii() + 'aB\xC3\x89'.lowerAscii() + 'a\xC3\xA9'.reverse()",
	      "\"AB\xC3\xA9"
	      "ab\xC3\x89\xC3\xA9"
	      "a\"");
	gives("' \\t\\u00a0a b\\u3000'.trim() + '  '.trim()", "\"a b\"");
	gives("strings.quote('a\"\\n') == '\"a\\\\\"\\\\n\"'", "true");
}

static void
templates_take_values_for_their_clauses(void **state)
{
	(void)state;
	gives("'%s: %d of %.1f%% (%x, %b, %o)'.format(['rows', 3, 2.25, 255, 5, 8])",
	      "\"rows: 3 of 2.2% (ff, 101, 10)\"");
	gives("'%s'.format([{'b': [1, null], 'a': duration('90s')}])",
	      "\"{a: 90s, b: [1, null]}\"");
	gives("'%d'.format([-5]) + '%x'.format([-255]) + '%X'.format(['hi'])", "\"-5-ff6869\"");
	gives("'%s %s'.format(['one'])", "error: there is no value number 1 for the text");
	gives("'%d'.format(['one'])", "error: '%d' does not go with string");
	gives("'%q'.format([1])", "error: '%q' does not go with int");
	gives("'%.999f'.format([1.0])", "error: at most 100 digits behind the point");
}

static void
base64_goes_both_ways_without_padding_too(void **state)
{
	(void)state;
	gives("base64.encode(b'hello') + string(base64.decode('aGVsbG8'))", "\"aGVsbG8=hello\"");
	gives("base64.decode('a')", "error: the text is not base64");
	gives("base64.decode('')", "b\"\"");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_extremes_of_mixed_numbers_keep_their_type),
	    cmocka_unit_test(rounding_halves_goes_away_from_zero),
	    cmocka_unit_test(bits_of_an_int_are_those_of_twos_complement),
	    cmocka_unit_test(positions_count_code_points),
	    cmocka_unit_test(replacing_and_splitting_by_nothing_takes_each_character),
	    cmocka_unit_test(letters_are_changed_reversed_and_trimmed),
	    cmocka_unit_test(templates_take_values_for_their_clauses),
	    cmocka_unit_test(base64_goes_both_ways_without_padding_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
