/*
 * test_cli_table.c -- widths of characters, texts that are safe to show, and tables of both.
 */
#include <string.h>

#include "cmocka_first.h"
#include "table.h"
#include "width.h"

static struct arena arena;
static struct buf out;

static const struct screen file = {0};
static const struct screen narrow = {.terminal = true, .width = 24};
static const struct screen colourful = {.terminal = true, .colour = true};

static int
start_afresh(void **state)
{
	(void)state;
	arena_reset(&arena);
	buf_done(&out);
	buf_text(&out, "");
	return 0;
}

static void
wide_characters_take_two_cells_and_marks_none(void **state)
{
	(void)state;
	assert_int_equal(text_width(""), 0);
	assert_int_equal(text_width("abc"), 3);
	assert_int_equal(text_width("日本"), 4);
	assert_int_equal(text_width("한"), 2);
	assert_int_equal(text_width("café"), 4);
	assert_int_equal(text_width("cafe\u0301"), 4);
	assert_int_equal(text_width("🙂"), 2);
	assert_int_equal(text_width("├─ é"), 4);
}

static void
bytes_that_are_no_utf8_become_one_mark_each(void **state)
{
	(void)state;
	text_plain(&out, "a\xff\xc3(\xe2\x82");
	assert_string_equal(out.data, "a\uFFFD\uFFFD(\uFFFD\uFFFD");
	buf_clear(&out);
	text_plain(
	    &out,
	    "\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80"); /* too long, a surrogate, beyond the end */
	assert_int_equal(text_width(out.data), 9);
}

static void
control_characters_cannot_reach_the_terminal(void **state)
{
	(void)state;
	text_plain(&out, "a\033[31mb\tc\nd\x7f");
	assert_string_equal(out.data, "a␛[31mb c d␡");
	buf_clear(&out);
	text_plain(&out, "x\u202Ey\xc2\x85z");
	assert_string_equal(out.data, "x\uFFFDy\uFFFDz");
}

static void
a_cut_never_splits_a_wide_character(void **state)
{
	(void)state;
	assert_int_equal(text_cut(&out, "日本語", 6), 6);
	assert_string_equal(out.data, "日本語");
	buf_clear(&out);
	assert_int_equal(text_cut(&out, "日本語", 5), 5);
	assert_string_equal(out.data, "日本…");
	buf_clear(&out);
	assert_int_equal(text_cut(&out, "日本語", 4), 3);
	assert_string_equal(out.data, "日…");
}

static void
a_long_name_loses_its_middle(void **state)
{
	(void)state;
	assert_string_equal(text_cut_middle(&arena, "abcdefghij", 10), "abcdefghij");
	assert_string_equal(text_cut_middle(&arena, "abcdefghij", 9), "abcd…ghij");
	assert_string_equal(text_cut_middle(&arena, "abcdefghij", 4), "a…ij");
	assert_string_equal(text_cut_middle(&arena, "abcdefghij", 1), "…");
	assert_string_equal(text_cut_middle(&arena, "abcdefghij", 0), "");
	assert_string_equal(text_cut_middle(&arena, "日本語日本語", 7), "日…語");
}

static void
words_are_wrapped_at_the_width(void **state)
{
	(void)state;
	text_wrap(&out, "one two  three antidisestablishmentarianism x", 2, 11);
	assert_string_equal(out.data, "  one two\n"
				      "  three\n"
				      "  antidisestablishmentarianism\n"
				      "  x\n");
	buf_clear(&out);
	text_wrap(&out, "", 2, 11);
	assert_string_equal(out.data, "\n");
}

static void
fill_table(struct table *t)
{
	static const char *const headers[] = {"NAME", "OWNER", "STANDING"};
	*t = (struct table){.arena = &arena, .headers = headers, .columns = 3};
	table_cell(t, "retail.customer_accounts");
	table_cell(t, "リテール");
	table_painted(t, GREEN, "compliant");
	table_cell(t, "risk.exposure");
	table_cell(t, "Zoë");
	table_cell(t, NULL);
}

static void
columns_are_aligned_by_what_is_seen(void **state)
{
	(void)state;
	struct table t;
	fill_table(&t);
	table_write(&t, &file, &out);
	assert_string_equal(out.data, "NAME                      OWNER     STANDING\n"
				      "retail.customer_accounts  リテール  compliant\n"
				      "risk.exposure             Zoë\n");
}

static void
a_terminal_cuts_the_widest_columns_but_not_the_names(void **state)
{
	(void)state;
	const struct screen wider = {.terminal = true, .width = 40};
	struct table t;
	fill_table(&t);
	table_write(&t, &wider, &out);
	assert_string_equal(out.data, "NAME                      OWNER   STAND…\n"
				      "retail.customer_accounts  リテ…   compl…\n"
				      "risk.exposure             Zoë\n");
}

static void
what_is_for_copying_is_never_cut(void **state)
{
	(void)state;
	struct table t;
	fill_table(&t);
	t.whole = true;
	table_write(&t, &narrow, &out);
	assert_non_null(strstr(out.data, "retail.customer_accounts  リテール  compliant\n"));
}

static void
a_narrow_terminal_cuts_the_names_too(void **state)
{
	(void)state;
	struct table t;
	fill_table(&t);
	table_write(&t, &narrow, &out);
	assert_string_equal(out.data, "NAME      OWNER   STAND…\n"
				      "retail.…  リテ…   compl…\n"
				      "risk.ex…  Zoë\n");
	for (const char *line = out.data; line;
	     line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		char one[200] = {0};
		memcpy(one, line, strcspn(line, "\n"));
		assert_true(text_width(one) <= 24);
	}
}

static void
colours_do_not_count_for_the_width(void **state)
{
	(void)state;
	struct table t = {.arena = &arena, .columns = 2};
	table_painted(&t, RED, "violating");
	table_cell(&t, "x");
	table_painted(&t, PLAIN, "ok");
	table_cell(&t, "y");
	table_write(&t, &colourful, &out);
	assert_string_equal(out.data, "\033[1;31mviolating\033[0m  x\n"
				      "ok         y\n");
}

static void
a_cell_with_an_escape_sequence_is_harmless(void **state)
{
	(void)state;
	struct table t = {.arena = &arena, .columns = 2};
	table_cell(&t, "\033[2Jgone\nnext");
	table_cell(&t, "x");
	table_write(&t, &colourful, &out);
	assert_string_equal(out.data, "␛[2Jgone next  x\n");
}

static int
free_all(void **state)
{
	(void)state;
	arena_done(&arena);
	buf_done(&out);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(wide_characters_take_two_cells_and_marks_none, start_afresh),
	    cmocka_unit_test_setup(bytes_that_are_no_utf8_become_one_mark_each, start_afresh),
	    cmocka_unit_test_setup(control_characters_cannot_reach_the_terminal, start_afresh),
	    cmocka_unit_test_setup(a_cut_never_splits_a_wide_character, start_afresh),
	    cmocka_unit_test_setup(a_long_name_loses_its_middle, start_afresh),
	    cmocka_unit_test_setup(words_are_wrapped_at_the_width, start_afresh),
	    cmocka_unit_test_setup(columns_are_aligned_by_what_is_seen, start_afresh),
	    cmocka_unit_test_setup(a_terminal_cuts_the_widest_columns_but_not_the_names,
				   start_afresh),
	    cmocka_unit_test_setup(what_is_for_copying_is_never_cut, start_afresh),
	    cmocka_unit_test_setup(a_narrow_terminal_cuts_the_names_too, start_afresh),
	    cmocka_unit_test_setup(colours_do_not_count_for_the_width, start_afresh),
	    cmocka_unit_test_setup(a_cell_with_an_escape_sequence_is_harmless, start_afresh),
	};
	return cmocka_run_group_tests(tests, NULL, free_all);
}
