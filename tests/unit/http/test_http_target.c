/*
 * test_http_target.c -- request targets: what is read from them, and what is none.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <string.h>

#include "base/buf.h"

#include "target.h"

static struct arena arena;

static int
free_the_arena(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static struct target
parsed(const char *text)
{
	struct target t;
	struct err e = {0};
	if (target_parse(text, &arena, &t, &e) != ERR_OK)
		fail_msg("%s: %s", text, e.message);
	return t;
}

static void
assert_refused(const char *text, const char *because)
{
	struct target t;
	struct err e = {0};
	assert_int_equal(target_parse(text, &arena, &t, &e), ERR_MALFORMED);
	if (!strstr(e.message, because))
		fail_msg("'%.60s' is refused with: %s", text, e.message);
}

static void
a_path_is_cut_at_slashes_and_then_decoded(void **state)
{
	(void)state;
	struct target t = parsed("/api/v1/products/a%2Fb%20c");
	assert_int_equal(t.part_count, 4);
	assert_string_equal(t.parts[0], "api");
	assert_string_equal(t.parts[3], "a/b c");
	assert_string_equal(t.path, "/api/v1/products/a%2Fb%20c");
	assert_string_equal(t.query, "");
}

static void
a_plus_is_a_space_in_the_query_only(void **state)
{
	(void)state;
	struct target t = parsed("/a+b?q=c+d%2Be&q=2&flag&empty=&&x=1=2");
	assert_string_equal(t.parts[0], "a+b");
	assert_int_equal(t.pair_count, 5);
	assert_string_equal(t.pairs[0].name, "q");
	assert_string_equal(t.pairs[0].value, "c d+e");
	assert_string_equal(t.pairs[1].value, "2");
	assert_string_equal(t.pairs[2].name, "flag");
	assert_string_equal(t.pairs[2].value, "");
	assert_string_equal(t.pairs[3].value, "");
	assert_string_equal(t.pairs[4].value, "1=2");
	assert_string_equal(t.query, "q=c+d%2Be&q=2&flag&empty=&&x=1=2");
}

static void
the_absolute_form_is_the_same_address(void **state)
{
	(void)state;
	assert_string_equal(parsed("http://weft.example:80/a/b?c=1").parts[1], "b");
	assert_string_equal(parsed("HTTPS://weft.example/a?c=1").pairs[0].value, "1");
	assert_string_equal(parsed("http://weft.example").path, "/");
	assert_string_equal(parsed("http://weft.example?a=1").path, "/");
}

static void
empty_parts_stay(void **state)
{
	(void)state;
	struct target t = parsed("/a//b/");
	assert_int_equal(t.part_count, 4);
	assert_string_equal(t.parts[1], "");
	assert_string_equal(t.parts[3], "");
	assert_int_equal(parsed("/").part_count, 1);
}

static void
what_is_no_address_is_refused(void **state)
{
	(void)state;
	assert_refused("", "does not begin with '/'");
	assert_refused("*", "does not begin with '/'");
	assert_refused("weft.example:443", "does not begin with '/'");
	assert_refused("/a%", "hexadecimal");
	assert_refused("/a%2", "hexadecimal");
	assert_refused("/a%zz", "hexadecimal");
	assert_refused("/a?b=%g1", "hexadecimal");
	assert_refused("/a%00b", "control character");
	assert_refused("/a%0Ab", "control character");
	assert_refused("/a%7f", "control character");
	assert_refused("/a?b=%00", "control character");
	assert_refused("/a%ff", "UTF-8");
	assert_refused("/a?%c3=1", "UTF-8");
	assert_refused("/a?b=\xc0\x80", "UTF-8");
}

static void
line_ends_may_stand_in_a_query(void **state)
{
	(void)state;
	assert_string_equal(parsed("/a?reason=one%0Atwo").pairs[0].value, "one\ntwo");
}

static void
every_measure_has_an_end(void **state)
{
	(void)state;
	char text[TARGET_MOST_BYTES + 2];
	memset(text, 'a', sizeof(text));
	text[0] = '/';
	text[sizeof(text) - 1] = '\0';
	assert_refused(text, "longer than");
	text[TARGET_MOST_BYTES] = '\0';
	assert_int_equal(parsed(text).part_count, 1);

	assert_int_equal(parsed("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16").part_count, 16);
	assert_refused("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", "more than 16 parts");

	CLEANUP(buf_done) struct buf pairs = {0};
	buf_text(&pairs, "/?");
	for (int i = 0; i < 100; i++)
		buf_text(&pairs, "a&");
	assert_int_equal(parsed(pairs.data).pair_count, 100);
	buf_char(&pairs, 'a');
	assert_refused(pairs.data, "more than 100 parameters");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_path_is_cut_at_slashes_and_then_decoded),
	    cmocka_unit_test(a_plus_is_a_space_in_the_query_only),
	    cmocka_unit_test(the_absolute_form_is_the_same_address),
	    cmocka_unit_test(empty_parts_stay),
	    cmocka_unit_test(what_is_no_address_is_refused),
	    cmocka_unit_test(line_ends_may_stand_in_a_query),
	    cmocka_unit_test(every_measure_has_an_end),
	};
	return cmocka_run_group_tests(tests, NULL, free_the_arena);
}
