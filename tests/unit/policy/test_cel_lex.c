/*
 * Tokens and literals of the expression language.
 */
#include "cel/lex.h"

#include "expression.h"

/* The kinds of all tokens, a letter each by the table below; '!' ends at a wrong one. */
static void
lexes_as(const char *source, const char *wanted)
{
	static const char letters[] = {
	    [TOKEN_NAME] = 'n',  [TOKEN_QUOTED_NAME] = 'q', [TOKEN_INT] = 'i',
	    [TOKEN_UINT] = 'u',  [TOKEN_DOUBLE] = 'd',      [TOKEN_STRING] = 's',
	    [TOKEN_BYTES] = 'b', [TOKEN_TRUE] = 't',        [TOKEN_IN] = 'I',
	    [TOKEN_DOT] = '.',   [TOKEN_WRONG] = '!',       [TOKEN_LESS_EQUAL] = 'l',
	};
	struct lexer lexer = {.source = source, .length = (uint32_t)strlen(source)};
	char found[100] = "";
	size_t count = 0;
	for (;;) {
		struct token t = lex_next(&lexer);
		if (t.kind == TOKEN_END)
			break;
		found[count] = '?';
		if ((size_t)t.kind < sizeof letters && letters[t.kind])
			found[count] = letters[t.kind];
		count++;
		assert_true(t.span.start < t.span.end && t.span.end <= lexer.length);
		if (t.kind == TOKEN_WRONG)
			break;
	}
	assert_string_equal(found, wanted);
}

static void
a_number_is_as_long_as_it_can_be(void **state)
{
	(void)state;
	lexes_as("1 12u 0x1F 0xFfu 1.5 1e3 2E-1 .5", "iuiudddd");
	lexes_as("1.size", "i.n");
	lexes_as("12a", "!");
}

static void
keywords_are_not_names(void **state)
{
	(void)state;
	lexes_as("true in trueish inner", "tInn");
}

static void
prefixes_make_raw_texts_and_bytes(void **state)
{
	(void)state;
	lexes_as("'a' r'a' b'a' br'a' R\"a\" B'''a'''", "ssbbsb");
	lexes_as("rb'a'", "ns");
}

static void
a_backslash_at_the_end_escapes_nothing_beyond_it(void **state)
{
	(void)state;
	lexes_as("'\\", "!");
	lexes_as("\"\"\"a\\", "!");
	lexes_as("r'\\", "!");
}

static void
comments_end_with_their_line(void **state)
{
	(void)state;
	lexes_as("a // b c d\n<= e", "nln");
}

static void
texts_that_are_not_closed_are_wrong(void **state)
{
	(void)state;
	lexes_as("'abc", "!");
	lexes_as("'ab\nc'", "!");
	lexes_as("'abc\\'", "!");
	lexes_as("'''abc''", "!");
}

static void
single_signs_of_other_languages_are_explained(void **state)
{
	(void)state;
	is_wrong("1 = 1", "1:3 '=' is no operator; equality is '=='");
	is_wrong("true & true", "1:6 '&' and '|' are no operators; logic is '&&' and '||'");
	is_wrong("$", "1:1 this character has no meaning here");
}

static void
escapes_stand_for_characters(void **state)
{
	(void)state;
	gives("'\\x41\\101\\u0041\\U00000041' == 'AAAA'", "true");
	gives("size('\\u00e9\\U0001F600')", "2");
	gives("'\\x00'.size()", "1");
	gives("'\\xff' == '\xC3\xBF'", "true");
	gives("b'\\xff\\377'", "b\"\\xff\\xff\"");
	gives("r'\\n'.size()", "2");
	gives("'''a\nb'''.size()", "3");
}

static void
escapes_that_mean_nothing_are_mistakes_at_their_place(void **state)
{
	(void)state;
	is_wrong("'ab\\q'", "1:4 this escape is not known");
	is_wrong("'\\ud800'", "1:2 this is no Unicode character");
	is_wrong("'\\U00110000'", "1:2 this is no Unicode character");
	is_wrong("'\\400'", "1:2 an octal escape is from \\000 to \\377");
	is_wrong("b'\\u0041'", "1:3 \\u and \\U stand in strings, not in bytes");
	is_wrong("'\\x4'", "1:2 an escape has too few hexadecimal digits");
}

static void
numbers_that_do_not_fit_are_mistakes(void **state)
{
	(void)state;
	gives("-9223372036854775808", "-9223372036854775808");
	gives("18446744073709551615u", "18446744073709551615u");
	is_wrong("9223372036854775808",
		 "1:1 an integer is from -9223372036854775808 to 9223372036854775807");
	is_wrong("18446744073709551616u", "1:1 a number beyond 64 bits");
	is_wrong("1e999", "1:1 a number that is too large for a double");
	is_wrong("-1u", "1:1 an unsigned number has no sign");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_number_is_as_long_as_it_can_be),
	    cmocka_unit_test(keywords_are_not_names),
	    cmocka_unit_test(prefixes_make_raw_texts_and_bytes),
	    cmocka_unit_test(a_backslash_at_the_end_escapes_nothing_beyond_it),
	    cmocka_unit_test(comments_end_with_their_line),
	    cmocka_unit_test(texts_that_are_not_closed_are_wrong),
	    cmocka_unit_test(single_signs_of_other_languages_are_explained),
	    cmocka_unit_test(escapes_stand_for_characters),
	    cmocka_unit_test(escapes_that_mean_nothing_are_mistakes_at_their_place),
	    cmocka_unit_test(numbers_that_do_not_fit_are_mistakes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
