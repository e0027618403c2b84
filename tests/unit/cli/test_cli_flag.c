/*
 * test_cli_flag.c -- the option parser: every way to write an option, and every way to get it
 * wrong.
 */
#include <string.h>

#include "cmocka_first.h"
#include "flag.h"

struct wish {
	bool dry_run;
	const char *output;
	struct flag_number limit;
	struct words tags;
};

// clang-format off
static const struct flag flags[] = {
	{"dry-run", 'n', FLAG_SWITCH, offsetof(struct wish, dry_run), NULL,   "judge only"},
	{"output",  'o', FLAG_TEXT,   offsetof(struct wish, output),  "FILE", "where to"},
	{"limit",   0,   FLAG_NUMBER, offsetof(struct wish, limit),   "N",    "at most so many"},
	{"tag",     0,   FLAG_TEXTS,  offsetof(struct wish, tags),    "TAG",  "tagged so"},
	{0},
};
// clang-format on

static struct arena arena;
static struct wish wish;
static struct words operands;
static struct err e;

#define PARSE(...) parse((char *[]){__VA_ARGS__, NULL})

static enum err_code
parse(char **words)
{
	int count = 0;
	while (words[count])
		count++;
	wish = (struct wish){0};
	operands = (struct words){0};
	e = (struct err){0};
	const struct flag_set sets[] = {{flags, &wish}, {0}};
	return flags_parse(sets, count, words, &arena, &operands, &e);
}

static void
values_stand_behind_a_space_or_an_equals_sign(void **state)
{
	(void)state;
	assert_int_equal(PARSE("--output", "a.txt", "--limit=20"), ERR_OK);
	assert_string_equal(wish.output, "a.txt");
	assert_true(wish.limit.given);
	assert_int_equal(wish.limit.value, 20);
	assert_int_equal(PARSE("--output=", "x"), ERR_OK);
	assert_string_equal(wish.output, "");
	assert_int_equal(operands.count, 1);
}

static void
letters_take_their_value_with_or_without_a_space(void **state)
{
	(void)state;
	assert_int_equal(PARSE("-n", "-o", "a.txt"), ERR_OK);
	assert_true(wish.dry_run);
	assert_string_equal(wish.output, "a.txt");
	assert_int_equal(PARSE("-oa.txt"), ERR_OK);
	assert_string_equal(wish.output, "a.txt");
}

static void
options_may_stand_between_the_operands(void **state)
{
	(void)state;
	assert_int_equal(PARSE("a", "--dry-run", "b", "-"), ERR_OK);
	assert_true(wish.dry_run);
	assert_int_equal(operands.count, 3);
	assert_string_equal(operands.items[1], "b");
	assert_string_equal(operands.items[2], "-");
}

static void
behind_two_dashes_everything_is_an_operand(void **state)
{
	(void)state;
	assert_int_equal(PARSE("--", "--dry-run", "--"), ERR_OK);
	assert_false(wish.dry_run);
	assert_int_equal(operands.count, 2);
	assert_string_equal(operands.items[0], "--dry-run");
	assert_string_equal(operands.items[1], "--");
}

static void
an_option_for_several_values_gathers_them(void **state)
{
	(void)state;
	assert_int_equal(PARSE("--tag", "a", "--tag=b", "--output", "1", "--output", "2"), ERR_OK);
	assert_int_equal(wish.tags.count, 2);
	assert_string_equal(wish.tags.items[0], "a");
	assert_string_equal(wish.tags.items[1], "b");
	assert_string_equal(wish.output, "2");
}

static void
a_misspelt_option_is_answered_with_the_nearest_one(void **state)
{
	(void)state;
	assert_int_equal(PARSE("--dryrun"), ERR_USAGE);
	assert_string_equal(e.message, "unknown option '--dryrun'; did you mean '--dry-run'?");
	assert_int_equal(PARSE("--outptu=x"), ERR_USAGE);
	assert_string_equal(e.message, "unknown option '--outptu'; did you mean '--output'?");
	assert_int_equal(PARSE("--zzzzzz"), ERR_USAGE);
	assert_string_equal(e.message, "unknown option '--zzzzzz'");
	assert_int_equal(PARSE("-dry-run"), ERR_USAGE);
	assert_string_equal(e.message, "unknown option '-dry-run'; did you mean '--dry-run'?");
	assert_int_equal(PARSE("-z"), ERR_USAGE);
	assert_string_equal(e.message, "unknown option '-z'");
}

static void
a_value_that_is_missing_or_too_much_is_named(void **state)
{
	(void)state;
	assert_int_equal(PARSE("--output"), ERR_USAGE);
	assert_string_equal(e.message, "--output needs a value: --output FILE");
	assert_int_equal(PARSE("--dry-run=yes"), ERR_USAGE);
	assert_string_equal(e.message, "--dry-run takes no value, but was given 'yes'");
}

static void
a_number_is_a_whole_number(void **state)
{
	(void)state;
	static char *const wrong[] = {"", "-1", "1.5", "x", "12x", "1234567890123456789012"};
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_int_equal(PARSE("--limit", wrong[i]), ERR_USAGE);
	assert_int_equal(PARSE("--limit", "0"), ERR_OK);
	assert_true(wish.limit.given);
	assert_int_equal(PARSE("--limit", "x"), ERR_USAGE);
	assert_string_equal(e.message, "--limit takes a whole number, not 'x'");
}

static void
the_help_has_a_line_for_each_option(void **state)
{
	(void)state;
	struct buf out = {0};
	flags_help(flags, &out);
	assert_string_equal(out.data, "  -n, --dry-run           judge only\n"
				      "  -o, --output FILE       where to\n"
				      "      --limit N           at most so many\n"
				      "      --tag TAG           tagged so\n");
	buf_done(&out);
}

static int
free_the_arena(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values_stand_behind_a_space_or_an_equals_sign),
	    cmocka_unit_test(letters_take_their_value_with_or_without_a_space),
	    cmocka_unit_test(options_may_stand_between_the_operands),
	    cmocka_unit_test(behind_two_dashes_everything_is_an_operand),
	    cmocka_unit_test(an_option_for_several_values_gathers_them),
	    cmocka_unit_test(a_misspelt_option_is_answered_with_the_nearest_one),
	    cmocka_unit_test(a_value_that_is_missing_or_too_much_is_named),
	    cmocka_unit_test(a_number_is_a_whole_number),
	    cmocka_unit_test(the_help_has_a_line_for_each_option),
	};
	return cmocka_run_group_tests(tests, NULL, free_the_arena);
}
