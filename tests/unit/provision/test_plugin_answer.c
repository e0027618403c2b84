/*
 * test_plugin_answer.c -- what a plugin may say, and what it may not.
 */
#include <string.h>

#include "base/buf.h"

#include "plugin_answer.h"
#include "unit.h"

static enum err_code
read_as(const char *line, struct arena *arena, struct plugin_answer *ret_answer, struct err *e)
{
	return plugin_answer_read(line, strlen(line), 7, arena, ret_answer, e);
}

static void
an_answer_has_a_result_or_an_error(void **state)
{
	struct arena arena = {0};
	struct plugin_answer a;
	struct err e;
	(void)state;
	assert_int_equal(
	    read_as("{\"id\":7,\"ok\":true,\"result\":{\"x\":1},\"more\":2}", &arena, &a, &e),
	    ERR_OK);
	assert_true(a.ok);
	assert_int_equal(node_int(a.result, "x", 0), 1);
	assert_int_equal(
	    read_as("{\"id\":7,\"ok\":false,\"error\":{\"message\":\"a\\nb\",\"retry\":false}}",
		    &arena, &a, &e),
	    ERR_OK);
	assert_false(a.ok);
	assert_false(a.retry);
	assert_string_equal(a.message, "a b");
	assert_int_equal(read_as("{\"id\":7,\"ok\":false,\"error\":{}}", &arena, &a, &e), ERR_OK);
	assert_true(a.retry); /* what does not say that it is final is tried again */
	assert_string_equal(a.message, "the plugin gave no reason");
	arena_done(&arena);
}

static void
anything_else_is_nonsense(void **state)
{
	static const char *const lines[] = {
	    "",
	    "null",
	    "7",
	    "[]",
	    "{}",
	    "{\"id\":7}",
	    "{\"id\":8,\"ok\":true,\"result\":{}}",
	    "{\"id\":\"7\",\"ok\":true,\"result\":{}}",
	    "{\"id\":7.0,\"ok\":true,\"result\":{}}",
	    "{\"id\":7,\"ok\":1,\"result\":{}}",
	    "{\"id\":7,\"ok\":true}",
	    "{\"id\":7,\"ok\":true,\"result\":[]}",
	    "{\"id\":7,\"ok\":false}",
	    "{\"id\":7,\"ok\":false,\"error\":\"no\"}",
	    "{\"id\":7,\"ok\":true,\"result\":{}} {\"id\":8}",
	    "{\"id\":7,\"ok\":true,\"result\":{\"a\":\"\xff\"}}",
	    "{\"id\":7,\"id\":7,\"ok\":true,\"result\":{}}",
	};
	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		struct arena arena = {0};
		struct plugin_answer a;
		struct err e = {0};
		if (read_as(lines[i], &arena, &a, &e) != ERR_UNREACHABLE)
			fail_msg("'%s' was taken", lines[i]);
		assert_true(strncmp(e.message, "answered", 8) == 0);
		arena_done(&arena);
	}
}

static void
a_long_message_is_cut_between_characters(void **state)
{
	struct arena arena = {0};
	struct plugin_answer a;
	struct err e;
	CLEANUP(buf_done) struct buf line = {0};
	(void)state;
	buf_text(&line, "{\"id\":7,\"ok\":false,\"error\":{\"message\":\"x");
	for (int i = 0; i < 400; i++)
		buf_text(&line, "\xc3\xa9");
	buf_text(&line, "\"}}");
	assert_int_equal(read_as(line.data, &arena, &a, &e), ERR_OK);
	assert_int_equal(strlen(a.message),
			 499); /* 500 is the room, and would split the last one */
	arena_done(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_answer_has_a_result_or_an_error),
	    cmocka_unit_test(anything_else_is_nonsense),
	    cmocka_unit_test(a_long_message_is_cut_between_characters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
