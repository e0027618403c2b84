/*
 * Errors, and how each layer adds to them.
 */
#include <errno.h>

#include "base/utf8.h"

#include "reading.h"

static void
each_layer_adds_what_it_was_doing(void **state)
{
	struct err e;
	(void)state;
	assert_int_equal(
	    ERR_AT(&e, MALFORMED, ((struct position){7, 12}), "expected text, found %s", "a list"),
	    ERR_MALFORMED);
	assert_place(e.at, 7, 12);
	assert_int_equal(err_while(&e, "reading '%s'", "a.yaml"), ERR_MALFORMED);
	assert_string_equal(e.message, "reading 'a.yaml': 7:12: expected text, found a list");
	assert_int_equal(e.at.line, 0);
	err_while(&e, "publishing");
	assert_string_equal(e.message,
			    "publishing: reading 'a.yaml': 7:12: expected text, found a list");
}

static void
a_message_that_is_too_long_is_cut_at_a_character(void **state)
{
	struct err e;
	for (size_t shift = 0; shift < 4; shift++) {
		struct buf b = {0};
		for (size_t i = 0; i < shift; i++)
			buf_char(&b, 'x');
		for (size_t i = 0; i < 1000; i++)
			buf_text(&b, "\xF0\x9F\x90\x9F");
		const char *text = arena_text(*state, b.data);
		buf_done(&b);
		ERR(&e, INTERNAL, "%s", text);
		size_t length = strlen(e.message);
		assert_true(length >= sizeof e.message - 5);
		assert_int_equal(utf8_check(e.message, length), length);
		err_while(&e, "while \xC3\xA9%zu", shift);
		length = strlen(e.message);
		assert_int_equal(utf8_check(e.message, length), length);
	}
}

static void
a_system_call_that_failed_has_its_code(void **state)
{
	struct err e;
	(void)state;
	assert_int_equal(err_errno(&e, ENOENT, "%s", "x"), ERR_NOT_FOUND);
	assert_string_equal(e.message, "x: No such file or directory");
	assert_int_equal(err_errno(&e, ENOSPC, "x"), ERR_NO_SPACE);
	assert_int_equal(err_errno(&e, EDQUOT, "x"), ERR_NO_SPACE);
	assert_int_equal(err_errno(&e, EACCES, "x"), ERR_IO);
}

static void
every_code_has_a_status_and_a_title(void **state)
{
	(void)state;
	assert_int_equal(err_http_status(ERR_REFUSED), 422);
	assert_int_equal(err_exit_status(ERR_REFUSED), 1);
	assert_int_equal(err_exit_status(ERR_OK), 0);
	for (int code = ERR_OK + 1; code <= ERR_NO_SPACE; code++) {
		assert_true(err_http_status((enum err_code)code) >= 400);
		assert_true(err_exit_status((enum err_code)code) > 0);
		assert_true(strlen(err_title((enum err_code)code)) > 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_ARENA(each_layer_adds_what_it_was_doing),
	    IN_ARENA(a_message_that_is_too_long_is_cut_at_a_character),
	    IN_ARENA(a_system_call_that_failed_has_its_code),
	    IN_ARENA(every_code_has_a_status_and_a_title),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
