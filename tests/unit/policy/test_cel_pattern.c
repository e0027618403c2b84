/*
 * Regular expressions: the syntax of RE2, what finds and what does not, linear time, wrong patterns
 * with their place, and the functions that extract and replace.
 */
#include <stdio.h>

#include "base/clock.h"

#include "expression.h"

static void
the_syntax_is_that_of_re2(void **state)
{
	(void)state;
	static const struct {
		const char *pattern, *text;
		bool matches;
	} cases[] = {
	    {"", "", true},
	    {"^$", "", true},
	    {"^b", "abc", false},
	    {"b$", "abc", false},
	    {"(?m)^b$", "a\\nb\\nc", true},
	    {"a.c", "a\\nc", false},
	    {"(?s)a.c", "a\\nc", true},
	    {"(?i)ABC", "xabcx", true},
	    {"(?i:A)B", "aB", true},
	    {"(?U)a+", "aa", true},
	    {"\\\\Aab\\\\z", "ab", true},
	    {"\\\\bcat\\\\b", "a cat.", true},
	    {"\\\\bcat\\\\b", "concat", false},
	    {"\\\\Bcat", "concat", true},
	    {"^\\\\d{4}-\\\\d{2}$", "2026-11", true},
	    {"^\\\\d{4}-\\\\d{2}$", "2026-1", false},
	    {"[[:upper:]]{2}", "aBC", true},
	    {"[^a-z]", "abc", false},
	    {"^\\\\pL+$", "\\u00e9\\u4e2d", true},
	    {"^\\\\p{Greek}$", "\\u03b1", true},
	    {"^\\\\PL$", "1", true},
	    {"^.$", "\\U0001F431", true},
	    {"\\\\x{1F431}", "\\U0001F431", true},
	    {"^\\\\w+$", "\\u00e9", false},
	    {"(?P<year>\\\\d+)", "1999", true},
	    {"a|b|", "c", true},
	    {"x*?", "", true},
	    {"\\\\Qa.c\\\\E", "a.c", true},
	    {"\\\\Qa.c\\\\E", "abc", false},
	    {"\\\\Q\\\\C\\\\E", "\\\\C", true},
	    {"a\\\\x00b", "a\\u0000b", true},
	};
	CLEANUP(arena_done) struct arena arena = {0};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *source =
		    arena_printf(&arena, "'%s'.matches('%s')", cases[i].text, cases[i].pattern);
		gives(source, cases[i].matches ? "true" : "false");
	}
}

static void
a_wrong_pattern_is_refused_where_it_stands(void **state)
{
	(void)state;
	is_wrong("'a'.matches('(')", "1:13 not a regular expression: missing ): (");
	is_wrong("matches('a', '[')", "1:14 not a regular expression: missing ]: [");
	is_wrong("'a'.matches('*')",
		 "1:13 not a regular expression: no argument for repetition operator: *");
	is_wrong("'a'.matches(r'(?=a)')",
		 "1:13 not a regular expression: invalid perl operator: (?=");
	is_wrong("'a'.matches(r'(a)\\1')",
		 "1:13 not a regular expression: invalid escape sequence: \\1");
	is_wrong("'a'.matches('a{1001}')",
		 "1:13 not a regular expression: invalid repetition size: {1001}");
	is_wrong("'a'.matches(r'(\\pL{300}){3}')",
		 "1:13 not a regular expression: pattern too large - compile failed");
	is_wrong("'a'.matches(r'\\C')", "1:13 not a regular expression: \\C is not allowed here");
	is_wrong("regex.extract('a', '(')", "1:20 not a regular expression: missing ): (");
	is_wrong("regex.extractAll('a', ')')", "1:23 not a regular expression: unexpected ): )");
	is_wrong("true ||\n regex.replace('a', '[', 'b') == ''",
		 "2:21 not a regular expression: missing ]: [");
}

static void
a_pattern_made_while_evaluating_fails_then(void **state)
{
	(void)state;
	gives("['(', 'b'].exists(p, 'abc'.matches(p))", "true");
	gives("['(', 'x'].exists(p, 'abc'.matches(p))",
	      "error: not a regular expression: missing ): (");
	gives("['(\\\\d+)'].map(p, regex.extract('a1', p))", "[optional.of(\"1\")]");
}

static void
parts_are_extracted(void **state)
{
	(void)state;
	gives("[regex.extract('hello world', 'hello(.*)'), regex.extract('item-A, item-B', "
	      "r'item-(\\w+)'), regex.extract('HELLO', 'hello'), regex.extract('hello', 'l+')]",
	      "[optional.of(\" world\"), optional.of(\"A\"), optional.none(), "
	      "optional.of(\"ll\")]");
	gives("[regex.extract('ab', 'a(x*)b'), regex.extract('ab', '(x)?ab'), "
	      "regex.extract('', '')]",
	      "[optional.none(), optional.none(), optional.of(\"\")]");
	gives("[regex.extractAll('id:123, id:456', r'id:\\d+'), regex.extractAll('id:123, id:456', "
	      "r'id:(\\d+)'), regex.extractAll('id:123', 'x'), regex.extractAll('aXbX', "
	      "'([ab]?)X?')]",
	      "[[\"id:123\", \"id:456\"], [\"123\", \"456\"], [], [\"a\", \"b\"]]");
	gives("regex.extractAll('\\U0001F431a\\u00e9', '.')",
	      "[\"\xF0\x9F\x90\xB1\", \"a\", \"\xC3\xA9\"]");
	gives("regex.extractAll('\\u00e9\\u00e9', '').size()", "3");
	gives("regex.extractAll('baac', 'a*')", "[\"\", \"aa\", \"\"]");
	gives("regex.extract('a@b', '(.*)@(.*)')",
	      "error: the pattern has 2 groups, at most one can be extracted");
	gives("regex.extractAll('a@b', '(.*)@(.*)')",
	      "error: the pattern has 2 groups, at most one can be extracted");
	gives("regex.extract(dyn(1), 'a')",
	      "error: 'regex.extract' does not go with (int, string)");
	is_wrong("regex.extract(1, 'a')", "1:7 'regex.extract' does not go with (int, string)");
}

static void
parts_are_replaced(void **state)
{
	(void)state;
	gives("regex.replace('hello world hello', 'hello', 'hi')", "\"hi world hi\"");
	gives("[0, 1, 2, -12].map(n, regex.replace('banana', 'a', 'x', n))",
	      "[\"banana\", \"bxnana\", \"bxnxna\", \"bxnxnx\"]");
	gives("regex.replace('aa', 'a', 'b', -9223372036854775808)", "\"bb\"");
	gives("regex.replace('foo bar', '(fo)o (ba)r', r'\\2 \\1')", "\"ba fo\"");
	gives("regex.replace('a.b', '[.]', r'\\\\\\0')", "\"a\\\\.b\"");
	gives("regex.replace('ab', '(x)?b', r'[\\1]')", "\"a[]\"");
	gives("regex.replace('\\u00e9b', '', '-')", "\"-\xC3\xA9-b-\"");
	gives("regex.replace('baac', 'a*', 'x')", "\"xbxcx\"");
	gives("regex.replace('test', '(.)', '$2')", "\"$2$2$2$2\"");
	gives("regex.replace('', 'a', 'b')", "\"\"");
	gives("regex.replace('test', '(.)', r'\\2')",
	      "error: the replacement is wrong: it names a group that the pattern does not have");
	gives("regex.replace('id=1', r'id=(?P<value>\\d+)', r'value: \\values')",
	      "error: the replacement is wrong: '\\' stands before a digit or another '\\'");
	gives("regex.replace('a', 'a', r'b\\')",
	      "error: the replacement is wrong: '\\' stands before a digit or another '\\'");
	gives("regex.replace('a', 'a', 'b', dyn(1.0))",
	      "error: 'regex.replace' does not go with (string, string, string, double)");
}

/* The text `unit`, so many times, in a variable. */
static const char *
over_long_text(const char *expression, const char *unit, size_t times, uint64_t limit)
{
	CLEANUP(arena_done) struct arena arena = {0};
	static char shown[300];
	const struct cel_variable variables[] = {{.name = "text", .type = "string"}};
	const struct cel_declarations d = {.variables = variables, .variable_count = 1};
	struct cel_issues issues = {.arena = &arena};
	size_t length = strlen(unit);
	char *text = arena_alloc(&arena, length * times + 1);
	for (size_t i = 0; i < times; i++)
		snprintf(text + i * length, length + 1, "%s", unit);
	struct cel_program *p = cel_compile(&d, expression, strlen(expression), &issues);
	assert_non_null(p);
	const struct cel_value binding = cel_string(text, length * times);
	CLEANUP(buf_done) struct buf out = {0};
	moment before = clock_monotonic();
	cel_format(cel_evaluate(p, &binding, CEL_STEPS(limit), &arena, NULL), 200, &out);
	assert_true(clock_monotonic() - before < SECONDS(30));
	snprintf(shown, sizeof shown, "%s", out.data);
	cel_program_destroy(p);
	return shown;
}

static void
catastrophic_patterns_take_linear_time(void **state)
{
	(void)state;
	static const char *const patterns[] = {"(a+)+b", "(a|aa)+$b", "(a*)*b", "(.*)(.*)(.*)(.*)x",
					       "^(([a-z])+.)+[A-Z]([a-z])+$"};
	CLEANUP(arena_done) struct arena arena = {0};
	for (size_t i = 0; i < ARRAY_LEN(patterns); i++)
		assert_string_equal(
		    over_long_text(arena_printf(&arena, "text.matches('%s')", patterns[i]), "a",
				   100000, 1000000),
		    "false");
}

/* Where the automaton cannot be deterministic, its size multiplies with the text's. */
static void
work_on_patterns_is_counted(void **state)
{
	(void)state;
	assert_string_equal(over_long_text("text.matches('(.{0,900})d')", "a", 200000, 1000000),
			    "error: takes more than 1000000 steps: text.matches('(.{0,900})d')");
	assert_string_equal(
	    over_long_text("regex.extractAll(text, 'a.*b|a').size()", "a", 100000, 1000000),
	    "error: takes more than 1000000 steps: regex.extractAll(text, 'a.*b|a')");
	assert_string_equal(
	    over_long_text("regex.replace(text, '', 'xxxxxxxxxxxxxxxx').size()", "a", 100000,
			   1000000),
	    "error: takes more than 1000000 steps: regex.replace(text, '', 'xxxxxxxxxxxxxxxx')");
	assert_string_equal(
	    over_long_text("lists.range(1000).all(i, 'a'.matches('(\\\\pL{0,300}){0,' + "
			   "string(i % 3) + '}') || true)",
			   "a", 1, 1000000),
	    "error: takes more than 1000000 steps: 'a'.matches('(\\\\pL{0,300}){0,' + string(i % "
	    "3) + '}')");
}

static void
the_patterns_of_one_expression_are_bounded_together(void **state)
{
	(void)state;
	CLEANUP(buf_done) struct buf source = {0};
	for (int i = 0; i < 200; i++)
		buf_text(&source, "'a'.matches('(x{0,900}|y)z') || ");
	buf_text(&source, "true");
	is_wrong(source.data, "1:685 the patterns are too large");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_syntax_is_that_of_re2),
	    cmocka_unit_test(a_wrong_pattern_is_refused_where_it_stands),
	    cmocka_unit_test(a_pattern_made_while_evaluating_fails_then),
	    cmocka_unit_test(parts_are_extracted),
	    cmocka_unit_test(parts_are_replaced),
	    cmocka_unit_test(catastrophic_patterns_take_linear_time),
	    cmocka_unit_test(work_on_patterns_is_counted),
	    cmocka_unit_test(the_patterns_of_one_expression_are_bounded_together),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
