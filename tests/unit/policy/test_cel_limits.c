/*
 * What bounds a source and an evaluation: size, nesting, steps.
 */
#include <stdio.h>

#include "base/utf8.h"

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
	struct cel_value v = cel_evaluate(p, no_bindings, CEL_STEPS(limit), arena, ret_cost);
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

static const char *
how_it_runs_out(struct arena *arena, const char *source, uint64_t limit)
{
	uint64_t cost;
	struct cel_value v = evaluate(arena, source, limit, &cost);
	assert_int_equal(v.kind, CEL_ERROR);
	assert_true(v.error->exhausted);
	assert_true(arena->used < (size_t)2 * CEL_MOST_MEMORY);
	assert_true(cost < limit + CEL_MOST_CODE_POINTS);
	return v.error->message;
}

static void
runs_out(const char *source)
{
	CLEANUP(arena_done) struct arena arena = {0};
	const char *message = how_it_runs_out(&arena, source, 50000),
		   *wanted = "takes more than 50000 steps: ";
	assert_memory_equal(message, wanted, strlen(wanted));
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

/* A billion rounds of which none makes anything. */
static void
rounds_that_make_nothing_count(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	const char *loops = "";
	for (int i = 0; i < 9; i++)
		loops = arena_printf(&arena, "%s" TEN ".filter(x%d, ", loops, i);
	runs_out(arena_printf(&arena, "%sfalse%s", loops, repeat(&arena, "", "", ") != []", 9)));
}

static void
the_part_that_reaches_a_limit_is_named(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	assert_string_equal(
	    how_it_runs_out(&arena, "true && [1, 2, 3].all(a, [4, 5, 6].all(b, a < b)) ? 1 : 2",
			    30),
	    "takes more than 30 steps: [4, 5, 6].all(b, a < b)");
	assert_string_equal(how_it_runs_out(&arena, "cel.bind(x, 1, x + x + x)", 3),
			    "takes more than 3 steps: cel.bind(x, 1, x + x + x)");
	assert_string_equal(
	    how_it_runs_out(&arena, "size([" TEN ", " TEN "].map(x, string(x[0])).join('|'))", 5),
	    "takes more than 5 steps: [" TEN ", [1, 2, 3, 4, 5, 6, 7, 8, 9...");
}

/* A round makes four maps: more memory than steps. */
static void
memory_is_bounded(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	const char *message =
	    how_it_runs_out(&arena,
			    TEN ".map(a, " TEN ".map(b, " TEN ".map(c, " TEN ".map(d, " TEN
				".map(e, [{a: 1}, {b: 2}, {c: 3}, {e: 4}])))))",
			    100000000);
	assert_string_equal(message, "takes more than 16 MB of memory: " TEN
				     ".map(e, [{a: 1}, {b: 2}, {c: ...");
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

/* ---- messages ---- */

static void
is_utf8(const char *text)
{
	assert_int_equal(utf8_check(text, strlen(text)), strlen(text));
}

/* Wherever a message is cut: an answer is JSON, and JSON is UTF-8. */
static void
messages_are_cut_between_characters(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	const struct cel_declarations nothing = {0};
	for (size_t n = 0; n < 4; n++) {
		const char *long_text = repeat(&arena, "\xC3\xA9", "", "", 400);
		const char *text = arena_printf(&arena, "%.*s%s", (int)n, "aaaa", long_text);
		is_utf8(mistake_in(&arena, &nothing, arena_printf(&arena, "1 '%s'", text)));
		is_utf8(
		    mistake_in(&arena, &nothing, arena_printf(&arena, "timestamp('%s')", text)));
		is_utf8(value_of(&arena, &nothing, no_bindings,
				 arena_printf(&arena, "duration(dyn('%s'))", text)));
		is_utf8(value_of(&arena, &nothing, no_bindings,
				 arena_printf(&arena, "{'a': 1}['%s']", text)));
		is_utf8(value_of(&arena, &nothing, no_bindings,
				 arena_printf(&arena, "'a'.matches(dyn('%s('))", text)));
	}
}

/* ---- odd sources ---- */

static void
what_is_endless_in_a_source_is_shown_in_part(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	const struct cel_declarations nothing = {0};
	const char *name = repeat(&arena, "n", "", "", CEL_MOST_CODE_POINTS - 2);
	const char *const sources[] = {
	    name,
	    arena_printf(&arena, "%s()", name),
	    arena_printf(&arena, "1 %.90000s", name),
	    arena_printf(&arena, "{}.%.90000s", name),
	    arena_printf(&arena, "'%.90000s", name),
	    arena_printf(&arena, "1.%.90000s()", name),
	    repeat(&arena, "1", "", "", CEL_MOST_CODE_POINTS - 1),
	    arena_printf(&arena, "1e%s", repeat(&arena, "9", "", "", 90000)),
	    arena_printf(&arena, "0x%s", repeat(&arena, "f", "", "", 90000)),
	};
	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		const char *mistake = value_of(&arena, &nothing, no_bindings, sources[i]);
		assert_true(strlen(mistake) > 10 && strlen(mistake) < 1000);
	}
	compiles(repeat(&arena, "1 + ", "1", "", 250000), "longer than 100000 characters");
}

static void
a_nul_stands_in_literals_only_as_an_escape(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	static const char source[] = "'a' == 'b' \0 || true";
	const struct cel_declarations nothing = {0};
	struct cel_issues issues = {.arena = &arena};
	assert_null(cel_compile(&nothing, source, sizeof source - 1, &issues));
	assert_int_equal(issues.items[0].at.column, 12);
	gives("size('a\\u0000b')", "3");
}

static void
numbers_beyond_their_range_are_mistakes(void **state)
{
	(void)state;
	compiles("9223372036854775808", "an integer is from");
	compiles("-9223372036854775809", "an integer is from");
	compiles("18446744073709551616u", "beyond 64 bits");
	compiles("0x10000000000000000", "beyond 64 bits");
	compiles("1e309", "too large for a double");
	gives("[-9223372036854775808, 1e-400]", "[-9223372036854775808, 0.0]");
}

/* ---- texts that grow ---- */

static void
texts_that_grow_end_at_the_limit(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	CLEANUP(buf_done) struct buf format = {0}, joined = {0}, replaced = {0}, listed = {0};
	for (int i = 0; i < 20; i++) {
		buf_printf(&format, "cel.bind(x%d, '%%s%%s%%s%%s'.format([x%d, x%d, x%d, x%d]), ",
			   i + 1, i, i, i, i);
		buf_printf(&joined, "cel.bind(x%d, [x%d, x%d, x%d].join(x%d), ", i + 1, i, i, i, i);
		buf_printf(&replaced, "cel.bind(x%d, x%d.replace('a', 'aaaaaaaa'), ", i + 1, i);
		buf_printf(&listed, "cel.bind(x%d, x%d + x%d, ", i + 1, i, i);
	}
	const char *close = repeat(&arena, ")", "", "", 20);
	runs_out(arena_printf(&arena, "cel.bind(x0, ['aa'][0], %s x20%s)", format.data, close));
	runs_out(arena_printf(&arena, "cel.bind(x0, ['aa'][0], %s x20%s)", joined.data, close));
	runs_out(arena_printf(&arena, "cel.bind(x0, ['aa'][0], %s x20%s)", replaced.data, close));
	runs_out(arena_printf(&arena, "cel.bind(x0, 'ab'.split('').map(c, c), %s size(x20)%s)",
			      listed.data, close));
	runs_out(arena_printf(&arena, "cel.bind(x0, ['aa'][0], %s string(bytes(x20)).reverse()%s)",
			      replaced.data, close));
}

static void
results_as_deep_as_can_be_are_written(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	CLEANUP(buf_done) struct buf bindings = {0};
	for (int i = 0; i < 120; i++)
		buf_printf(&bindings, "cel.bind(x%d, [x%d], ", i + 1, i);
	const char *source = arena_printf(&arena, "cel.bind(x0, [1], %s [x120, {'a': x120}]%s)",
					  bindings.data, repeat(&arena, ")", "", "", 120));
	const struct cel_declarations nothing = {0};
	struct cel_issues issues = {.arena = &arena};
	struct cel_program *p = cel_compile(&nothing, source, strlen(source), &issues);
	struct cel_value v =
	    cel_evaluate(p, no_bindings, CEL_STEPS(EXPRESSION_LIMIT), &arena, NULL);
	struct node n;
	struct err e;
	assert_int_equal(v.kind, CEL_LIST);
	assert_true(cel_to_node(v, &arena, &n, &e) == ERR_OK || e.message[0] != '\0');
	assert_true(cel_equal(v, v));
	cel_program_destroy(p);
}

/* ---- wide documents ---- */

static uint64_t
cost_over(const char *source, const struct node *document)
{
	CLEANUP(arena_done) struct arena arena = {0};
	const struct cel_variable variable = {.name = "p", .type = "dyn"};
	const struct cel_declarations declarations = {.variables = &variable, .variable_count = 1};
	const struct cel_value bindings[] = {cel_from_node(document)};
	struct cel_issues issues = {.arena = &arena};
	struct cel_program *p = cel_compile(&declarations, source, strlen(source), &issues);
	assert_non_null(p);
	uint64_t cost;
	cel_evaluate(p, bindings, CEL_STEPS(UINT64_MAX), &arena, &cost);
	cel_program_destroy(p);
	return cost;
}

/* A map of `members` of which the last is "text", with so many characters. */
static struct node
wide_document(struct arena *arena, size_t members, size_t characters)
{
	CLEANUP(buf_done) struct buf json = {0};
	buf_char(&json, '{');
	for (size_t i = 1; i < members; i++)
		buf_printf(&json, "\"k%zu\": 1, ", i);
	buf_printf(&json, "\"text\": \"%s\"}", repeat(arena, "x", "", "", characters));
	struct node n;
	struct err e;
	assert_int_equal(document_read(DOCUMENT_JSON, json.data, json.length, NULL, arena, &n, &e),
			 ERR_OK);
	return n;
}

/* A step is a bounded time, whatever it looks through. */
static void
what_is_looked_through_counts(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	static const char *const of_members[] = {
	    "p.none || true", "p.?none",     "has(p.none)",           "p['none'] || true",
	    "p[?'none']",     "'none' in p", "has(p.none) && p.none", "p == p"};
	static const char *const of_texts[] = {
	    "p.text == p.text",        "[p.text] == [p.text]",
	    "p.text < p.text",         "p.text.startsWith(p.text)",
	    "p.text.endsWith(p.text)", "{p.text: 1}[p.text]",
	    "p.text.contains('y')",    "size(p.text)"};
	struct node narrow = wide_document(&arena, 3, 10);
	struct node wide = wide_document(&arena, 6400, 10), deep = wide_document(&arena, 3, 6400);
	for (size_t i = 0; i < ARRAY_LEN(of_members); i++)
		assert_true(cost_over(of_members[i], &wide) >=
			    cost_over(of_members[i], &narrow) + 100);
	for (size_t i = 0; i < ARRAY_LEN(of_texts); i++)
		assert_true(cost_over(of_texts[i], &deep) >= cost_over(of_texts[i], &narrow) + 100);
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
	    cmocka_unit_test(rounds_that_make_nothing_count),
	    cmocka_unit_test(the_part_that_reaches_a_limit_is_named),
	    cmocka_unit_test(memory_is_bounded),
	    cmocka_unit_test(running_out_is_never_absorbed),
	    cmocka_unit_test(messages_are_cut_between_characters),
	    cmocka_unit_test(what_is_endless_in_a_source_is_shown_in_part),
	    cmocka_unit_test(a_nul_stands_in_literals_only_as_an_escape),
	    cmocka_unit_test(numbers_beyond_their_range_are_mistakes),
	    cmocka_unit_test(texts_that_grow_end_at_the_limit),
	    cmocka_unit_test(results_as_deep_as_can_be_are_written),
	    cmocka_unit_test(what_is_looked_through_counts),
	    cmocka_unit_test(texts_and_lists_that_double_end_at_the_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
