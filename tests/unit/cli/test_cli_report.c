/*
 * test_cli_report.c -- violations as a compiler shows them.
 */
#include <string.h>

#include "cmocka_first.h"
#include "report.h"

static struct buf out;
static const struct screen file = {0};

static const char *
report_on(const struct screen *screen, const char *text, struct violation v)
{
	const struct source source = {"orders.yaml", text, text ? strlen(text) : 0};
	buf_done(&out);
	report_violation(screen, &source, &v, &out);
	return out.data;
}

#define REPORT(text, ...) report_on(&file, text, (struct violation){__VA_ARGS__})

static void
the_caret_stands_under_the_column(void **state)
{
	(void)state;
	assert_string_equal(REPORT("name: a.b\nretension: 7 years\n", .rule = "unknown-key",
				   .message = "unknown key 'retension'", .at = {2, 1},
				   .suggestion = "did you mean 'retention'?"),
			    "orders.yaml:2:1: error: unknown key 'retension' [unknown-key]\n"
			    "    2 │ retension: 7 years\n"
			    "      │ ^\n"
			    "      = try: did you mean 'retention'?\n");
}

static void
a_policy_denies_warns_or_notes(void **state)
{
	(void)state;
	assert_string_equal(REPORT("access: []\n", .policy = "pii-requires-access-controls",
				   .rule = "1", .enforcement = "deny",
				   .message = "PII data requires access controls", .at = {1, 9}),
			    "orders.yaml:1:9: denied: PII data requires access controls "
			    "[pii-requires-access-controls]\n"
			    "    1 │ access: []\n"
			    "      │         ^\n");
	assert_memory_equal(
	    REPORT("a\n", .policy = "p", .enforcement = "warn", .message = "m", .at = {1, 1}),
	    "orders.yaml:1:1: warning: m [p]\n", 32);
	assert_memory_equal(
	    REPORT("a\n", .policy = "p", .enforcement = "audit", .message = "m", .at = {1, 1}),
	    "orders.yaml:1:1: note: m [p]\n", 29);
}

static void
tabs_and_wide_characters_shift_the_caret(void **state)
{
	(void)state;
	assert_string_equal(REPORT("a:\tb\tcc: 1\n", .message = "m", .at = {1, 6}),
			    "orders.yaml:1:6: error: m\n"
			    "    1 │ a:  b   cc: 1\n"
			    "      │         ^\n");
	assert_string_equal(REPORT("説明: é\u0301x\n", .message = "m", .at = {1, 7}),
			    "orders.yaml:1:7: error: m\n"
			    "    1 │ 説明: é\u0301x\n"
			    "      │        ^\n");
}

static void
a_column_behind_the_end_points_behind_the_end(void **state)
{
	(void)state;
	assert_string_equal(REPORT("ab\r\ncd", .message = "m", .at = {1, 99}),
			    "orders.yaml:1:99: error: m\n"
			    "    1 │ ab\n"
			    "      │   ^\n");
	assert_string_equal(REPORT("ab\r\ncd", .message = "m", .at = {2, 2}),
			    "orders.yaml:2:2: error: m\n"
			    "    2 │ cd\n"
			    "      │  ^\n");
	assert_string_equal(REPORT("ab", .message = "m", .at = {3, 1}),
			    "orders.yaml:3:1: error: m\n");
}

static void
without_a_place_the_pointer_says_where(void **state)
{
	(void)state;
	assert_string_equal(REPORT(NULL, .policy = "p", .message = "m", .pointer = "/access/0"),
			    "orders.yaml: denied: m [p]\n"
			    "      = at: /access/0\n");
	assert_string_equal(REPORT("x", .message = "m", .pointer = ""), "orders.yaml: error: m\n");
}

static void
what_is_missing_is_named_by_its_pointer(void **state)
{
	(void)state;
	assert_string_equal(REPORT("name: a.b\n", .policy = "p", .message = "m",
				   .pointer = "/quality_checks/0", .at = {1, 1}),
			    "orders.yaml:1:1: denied: m [p]\n"
			    "    1 │ name: a.b\n"
			    "      │ ^\n"
			    "      = at: /quality_checks/0\n");
	assert_null(strstr(REPORT("name: a.b\n", .message = "m", .pointer = "/name", .at = {1, 1}),
			   "= at"));
}

static void
a_message_of_several_lines_keeps_them(void **state)
{
	(void)state;
	assert_string_equal(REPORT("expression: size(x\n", .rule = "expression",
				   .message = "expected ')'\nsize(x\n      ^", .at = {1, 13}),
			    "orders.yaml:1:13: error: expected ')' [expression]\n"
			    "    1 │ expression: size(x\n"
			    "      │             ^\n"
			    "      │ size(x\n"
			    "      │       ^\n");
}

static void
a_long_line_is_shown_around_its_caret(void **state)
{
	(void)state;
	char text[400];
	for (int i = 0; i < 399; i++)
		text[i] = (char)('a' + i % 26);
	text[399] = '\0';
	const struct screen terminal = {.terminal = true, .width = 48};
	assert_string_equal(
	    report_on(&terminal, text, (struct violation){.message = "m", .at = {1, 261}}),
	    "orders.yaml:1:261: error: m\n"
	    "    1 │ …ghijklmnopqrstuvwxyzabcdefghijklmnopqr…\n"
	    "      │                      ^\n");
	assert_string_equal(
	    report_on(&terminal, text, (struct violation){.message = "m", .at = {1, 3}}),
	    "orders.yaml:1:3: error: m\n"
	    "    1 │ abcdefghijklmnopqrstuvwxyzabcdefghijklm…\n"
	    "      │   ^\n");
}

static void
what_the_file_holds_cannot_steer_the_terminal(void **state)
{
	(void)state;
	assert_string_equal(REPORT("x: \033[2J\n", .message = "bad \033[1m", .at = {1, 4}),
			    "orders.yaml:1:4: error: bad ␛[1m\n"
			    "    1 │ x: ␛[2J\n"
			    "      │    ^\n");
}

static void
colours_are_for_terminals_that_want_them(void **state)
{
	(void)state;
	const struct screen terminal = {.terminal = true, .colour = true};
	assert_string_equal(
	    report_on(&terminal, "ab\n", (struct violation){.message = "m", .at = {1, 2}}),
	    "\033[1morders.yaml:1:2:\033[0m \033[1;31merror:\033[0m \033[1mm\033[0m\n"
	    "\033[2m    1 │ \033[0mab\n"
	    "      \033[2m│ \033[0m \033[1;31m^\033[0m\n");
}

static void
words_are_counted(void **state)
{
	(void)state;
	struct arena arena = {0};
	assert_string_equal(counted(&arena, 1, "policy"), "1 policy");
	assert_string_equal(counted(&arena, 0, "policy"), "0 policies");
	assert_string_equal(counted(&arena, 2, "file"), "2 files");
	arena_done(&arena);
}

static int
free_all(void **state)
{
	(void)state;
	buf_done(&out);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_caret_stands_under_the_column),
	    cmocka_unit_test(a_policy_denies_warns_or_notes),
	    cmocka_unit_test(tabs_and_wide_characters_shift_the_caret),
	    cmocka_unit_test(a_column_behind_the_end_points_behind_the_end),
	    cmocka_unit_test(without_a_place_the_pointer_says_where),
	    cmocka_unit_test(what_is_missing_is_named_by_its_pointer),
	    cmocka_unit_test(a_message_of_several_lines_keeps_them),
	    cmocka_unit_test(a_long_line_is_shown_around_its_caret),
	    cmocka_unit_test(what_the_file_holds_cannot_steer_the_terminal),
	    cmocka_unit_test(colours_are_for_terminals_that_want_them),
	    cmocka_unit_test(words_are_counted),
	};
	return cmocka_run_group_tests(tests, NULL, free_all);
}
