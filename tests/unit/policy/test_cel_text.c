/*
 * Strings by code points, with characters of one to four bytes: "a" é 中 🐱, and bytes by octets.
 */
#include "expression.h"

/* T is aé中🐱z, five characters in eleven bytes. */
#define T      "cel.bind(t, 'a\\u00e9\\u4e2d\\U0001F431z', "
#define CAT    "\xF0\x9F\x90\xB1"
#define EACUTE "\xC3\xA9"
#define MIDDLE "\xE4\xB8\xAD"

static void
sizes_and_positions_count_characters(void **state)
{
	(void)state;
	gives(T "[t.size(), size(t), size(bytes(t)), t.indexOf('z'), t.lastIndexOf('a'), "
		"t.indexOf('\\U0001F431'), t.indexOf('\\u4e2d', 3), t.lastIndexOf('z', 3)])",
	      "[5, 5, 11, 4, 0, 3, -1, -1]");
	gives(T "[t.charAt(1), t.charAt(3), t.charAt(5)])", "[\"" EACUTE "\", \"" CAT "\", \"\"]");
	gives(T "[t.substring(2), t.substring(1, 3), t.substring(5), t.substring(0, 0)])",
	      "[\"" MIDDLE CAT "z\", \"" EACUTE MIDDLE "\", \"\", \"\"]");
	gives(T "[t.indexOf('', 5), t.lastIndexOf(''), t.lastIndexOf('', 2)])", "[5, 5, 2]");
	gives(T "t.charAt(6))", "error: there is no position 6 in the text");
	gives(T "t.substring(6))", "error: there is no position 6 in the text");
	gives(T "t.indexOf('a', 6))", "error: there is no position 6 in the text");
	gives(T "t.substring(3, 2))", "error: the part ends before it begins");
	gives("'e\\u0301'.size()", "2");
}

static void
characters_are_never_split(void **state)
{
	(void)state;
	gives(T "t.reverse())", "\"z" CAT MIDDLE EACUTE "a\"");
	gives(T "t.split(''))", "[\"a\", \"" EACUTE "\", \"" MIDDLE "\", \"" CAT "\", \"z\"]");
	gives(T "t.split('', 2))", "[\"a\", \"" EACUTE MIDDLE CAT "z\"]");
	gives(T "t.split('\\u4e2d'))", "[\"a" EACUTE "\", \"" CAT "z\"]");
	gives(T "t.replace('', '-'))", "\"-a-" EACUTE "-" MIDDLE "-" CAT "-z-\"");
	gives(T "t.replace('\\U0001F431', '\\u00e9'))", "\"a" EACUTE MIDDLE EACUTE "z\"");
	gives(T "[t.upperAscii(), t.lowerAscii() == t])", "[\"A" EACUTE MIDDLE CAT "Z\", true]");
	gives("'\\u3000\\u2028 \\U0001F431\\u200B '.trim()", "\"" CAT "\xE2\x80\x8B\"");
	gives("['\\U0001F431', '\\u00e9'].join('\\u4e2d')", "\"" CAT MIDDLE EACUTE "\"");
	gives("'%s|%s'.format(['\\U0001F431', ['\\u00e9']])", "\"" CAT "|[" EACUTE "]\"");
	gives("strings.quote('\\U0001F431\"\\u00e9') == '\"\\U0001F431\\\\\"\\u00e9\"'", "true");
	gives(T "t.map(c, c))", "mistake: 'map' goes through a list or a map, this is string");
}

static void
order_is_that_of_code_points(void **state)
{
	(void)state;
	gives("'\\uFFFD' < '\\U00010000' && 'z' < '\\u00e9' && '' < '\\u0000'", "true");
	gives("'a' < 'aa' && 'B' < 'a' && '\\u00e9' != 'e\\u0301'", "true");
	gives("b'\\xff' > b'\\xc3\\xa9' && b'' < b'\\x00'", "true");
	gives("[T.contains('b'), T.startsWith('a'), T.endsWith('c')]",
	      "mistake: there is no 'T' here");
}

static void
escapes_are_code_points_in_strings_and_octets_in_bytes(void **state)
{
	(void)state;
	gives("['\\x41\\303\\u4e2d\\U0001F431'.size(), b'\\x41\\303'.size(), "
	      "'\\xff' == '\\u00ff', bytes('\\xff') == b'\\xc3\\xbf', b'\\377' == b'\\xFF']",
	      "[4, 2, true, true, true]");
	gives("b'\\u00e9'", "mistake: \\u and \\U stand in strings, not in bytes");
	gives("b'\xC3\xA9' == bytes('\\u00e9') && string(b'\\xc3\\xa9') == '\\u00e9'", "true");
	gives("'\\a\\b\\f\\n\\r\\t\\v\\\\\\?\\\"\\'\\`'.size()", "12");
	gives("[r'\\n'.size(), R\"\\\".size(), '''a\n'b''c'''.size(), \"\"\"\"a\"\"\".size(), "
	      "br'\\x41'.size()]",
	      "[2, 1, 7, 2, 4]");
	static const char *const wrong[] = {
	    "'\\ud800'", "'\\U00110000'", "'\\U0000DFFF'", "'\\x4'", "'\\u00e'", "'\\8'",
	    "'\\400'",   "'\\12'",        "'\\z'",         "'\\'",   "'a\nb'",   "'abc",
	};
	CLEANUP(arena_done) struct arena arena = {0};
	const struct cel_declarations nothing = {0};
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_string_not_equal(mistake_in(&arena, &nothing, wrong[i]), "");
}

static void
a_nul_is_a_character_like_any_other(void **state)
{
	(void)state;
	gives("['a\\u0000b'.size(), 'a\\u0000b' == 'a\\u0000c', 'a\\u0000b'.contains('b'), "
	      "'a\\u0000b'.split('\\u0000').size(), 'a\\u0000b'.indexOf('b')]",
	      "[3, false, true, 2, 2]");
	gives("{'a\\u0000': 1, 'a': 2}['a\\u0000']", "1");
	gives("int('1\\u0000')", "error: \"1\\x00\" is not an int");
	gives("timestamp('2026-01-01T00:00:00Z\\u0000')",
	      "mistake: \"2026-01-01T00:00:00Z\\x00\" is no timestamp, such as "
	      "\"2026-11-23T02:39:30Z\"");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sizes_and_positions_count_characters),
	    cmocka_unit_test(characters_are_never_split),
	    cmocka_unit_test(order_is_that_of_code_points),
	    cmocka_unit_test(escapes_are_code_points_in_strings_and_octets_in_bytes),
	    cmocka_unit_test(a_nul_is_a_character_like_any_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
