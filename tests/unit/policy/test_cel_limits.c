/*
 * What bounds a source and an evaluation: size, nesting, steps.
 */
#include <stdio.h>

#include "expression.h"

/* `before` n times, `middle`, `after` n times. */
static char *
repeat(struct arena *arena, const char *before, const char *middle, const char *after, size_t n)
{
	CLEANUP(buf_done) struct buf out = {0};
	for (size_t i = 0; i < n; i++)
		buf_text(&out, before);
	buf_text(&out, middle);
	for (size_t i = 0; i < n; i++)
		buf_text(&out, after);
	return arena_bytes(arena, out.data, out.length);
}

static void
compiles(const char *source, const char *wanted)
{
	CLEANUP(arena_done) struct arena arena = {0};
	const struct cel_declarations nothing = {0};
	const char *mistake = mistake_in(&arena, &nothing, source);
	if (*wanted)
		assert_non_null(strstr(mistake, wanted));
	else
		assert_string_equal(mistake, "");
}

static void
nesting_is_bounded_whatever_is_nested(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	const char *deep = "nested too deep";
	compiles(repeat(&arena, "(", "1", ")", 100), "");
	compiles(repeat(&arena, "(", "1", ")", 30000), deep);
	compiles(repeat(&arena, "[", "1", "]", 30000), deep);
	compiles(repeat(&arena, "-", "a", "", 90000), deep);
	compiles(repeat(&arena, "true ? 1 : ", "1", "", 9000), deep);
	compiles(repeat(&arena, "", "1", " + 1", 20000), deep);
	compiles(repeat(&arena, "", "a", ".a", 40000), deep);
	compiles(repeat(&arena, "size(", "1", ")", 10000), deep);
	compiles(repeat(&arena, "[1].map(x, ", "1", ")", 6000), deep);
}

/* As deep as it may be, through parser, checker, program and evaluator. */
static void
what_is_nested_as_deep_as_allowed_is_evaluated(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	const struct cel_declarations nothing = {0};
	const char *sources[] = {
	    repeat(&arena, "[1].map(x, ", "1", ")", 120), repeat(&arena, "[", "1", "]", 120),
	    repeat(&arena, "{'a': ", "1", "}", 120),      repeat(&arena, "true ? ", "1", " : 2", 1),
	    repeat(&arena, "", "1", " + 1", 240),         repeat(&arena, "dyn(", "1", ")", 120),
	};
	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		const char *value = value_of(&arena, &nothing, no_bindings, sources[i]);
		assert_null(strstr(value, "mistake"));
		assert_null(strstr(value, "error"));
	}
}

static void
long_chains_of_logic_are_flat(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	compiles(repeat(&arena, "", "true", " && true", 10000), "");
	compiles(repeat(&arena, "", "true", " || true && false", 5000), "");
}

static void
a_source_has_at_most_a_hundred_thousand_characters(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	compiles(repeat(&arena, " ", "1", "", CEL_MOST_CODE_POINTS - 1), "");
	compiles(repeat(&arena, " ", "1", "", CEL_MOST_CODE_POINTS),
		 "longer than 100000 characters");
	compiles(repeat(&arena, " ", "'\xC3\xA9'", "", CEL_MOST_CODE_POINTS - 3), "");
	compiles("'\xC3'", "not UTF-8");
}

static struct cel_value
evaluate(struct arena *arena, const char *source, uint64_t limit, uint64_t *ret_cost)
{
	const struct cel_declarations nothing = {0};
	struct cel_issues issues = {.arena = arena};
	struct cel_program *p = cel_compile(&nothing, source, strlen(source), &issues);
	assert_non_null(p);
	struct cel_value v = cel_evaluate(p, no_bindings, limit, arena, ret_cost);
	cel_program_destroy(p);
	return v;
}

static void
every_step_counts(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	uint64_t few, many;
	evaluate(&arena, "[1, 2].map(x, x + 1)", 1000, &few);
	evaluate(&arena, "[1, 2, 3, 4].map(x, x + 1)", 1000, &many);
	assert_true(few > 4);
	assert_int_equal(many - few, 2 * 3);
}

static void
runs_out(const char *source)
{
	CLEANUP(arena_done) struct arena arena = {0};
	enum { LIMIT = 50000 };
	uint64_t cost;
	struct cel_value v = evaluate(&arena, source, LIMIT, &cost);
	assert_int_equal(v.kind, CEL_ERROR);
	assert_true(v.error->exhausted);
	assert_string_equal(v.error->message, "takes more than 50000 steps");
	assert_true(arena.used < (size_t)64 << 20);
}

#define TEN "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]"

static void
nested_loops_end_at_the_limit(void **state)
{
	(void)state;
	runs_out(TEN ".all(a, " TEN ".all(b, " TEN ".all(c, " TEN ".all(d, " TEN
		     ".all(e, true)))))");
	runs_out(TEN ".map(a, " TEN ".map(b, " TEN ".map(c, " TEN ".map(d, " TEN ".map(e, e)))))");
	runs_out(TEN ".exists(a, " TEN ".exists(b, " TEN ".exists(c, " TEN ".exists(d, " TEN
		     ".exists(e, e > a * 99)))))");
}

static void
running_out_is_never_absorbed(void **state)
{
	(void)state;
	const char *endless =
	    TEN ".all(a, " TEN ".all(b, " TEN ".all(c, " TEN ".all(d, " TEN ".all(e, true)))))";
	char source[500];
	snprintf(source, sizeof source, "%s || true", endless);
	runs_out(source);
	snprintf(source, sizeof source, "[1, 2].exists(z, z == 2 || %s)", endless);
	runs_out(source);
}

/* Doubling thirty times would be a text of a thousand million characters. */
static void
texts_and_lists_that_double_end_at_the_limit(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	CLEANUP(buf_done) struct buf text = {0}, list = {0};
	for (int i = 0; i < 30; i++) {
		buf_printf(&text, "cel.bind(x%d, %s%d + %s%d, ", i + 1, "x", i, "x", i);
		buf_printf(&list, "cel.bind(x%d, [x%d, x%d], ", i + 1, i, i);
	}
	const char *close = repeat(&arena, ")", "", "", 30);
	runs_out(arena_printf(&arena, "cel.bind(x0, [\"0123456789\"][0], %s size(x30)%s)",
			      text.data, close));
	runs_out(arena_printf(&arena, "cel.bind(x0, [1], %s x30 == x30%s)", list.data, close));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nesting_is_bounded_whatever_is_nested),
	    cmocka_unit_test(what_is_nested_as_deep_as_allowed_is_evaluated),
	    cmocka_unit_test(long_chains_of_logic_are_flat),
	    cmocka_unit_test(a_source_has_at_most_a_hundred_thousand_characters),
	    cmocka_unit_test(every_step_counts),
	    cmocka_unit_test(nested_loops_end_at_the_limit),
	    cmocka_unit_test(running_out_is_never_absorbed),
	    cmocka_unit_test(texts_and_lists_that_double_end_at_the_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
