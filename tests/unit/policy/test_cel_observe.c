/*
 * What an observer is told, what an explanation says, and which branches are counted as covered.
 */
#include "policy/coverage.h"
#include "policy/explain.h"

#include "expression.h"

struct scene {
	struct arena arena;
	struct node document;
	struct cel_program *program;
	struct cel_value bindings[2];
};

/* The expression sees `p`, the document, and `limit`, 3. */
static void
scene_open(struct scene *s, const char *source, const char *document)
{
	static const struct cel_variable variables[] = {{.name = "p", .type = "dyn"},
							{.name = "limit", .type = "int"}};
	const struct cel_declarations declarations = {
	    .variables = variables, .variable_count = ARRAY_LEN(variables), .observed = true};
	struct cel_issues issues = {.arena = &s->arena};
	struct err e;
	s->program = cel_compile(&declarations, source, strlen(source), &issues);
	if (!s->program)
		fail_msg("%s: %s", source, issues.items[0].message);
	assert_int_equal(document_read(DOCUMENT_JSON, document, strlen(document), NULL, &s->arena,
				       &s->document, &e),
			 ERR_OK);
	s->bindings[0] = cel_from_node(&s->document);
	s->bindings[1] = cel_int(3);
}

static void
scene_close(struct scene *s)
{
	cel_program_destroy(s->program);
	arena_done(&s->arena);
}

/* ---- what an observer is told ---- */

struct told {
	const struct cel_program *program;
	struct buf text;
};

static void
tell_begin(void *user, uint32_t step)
{
	struct told *told = user;
	size_t count;
	const struct cel_step *s = &cel_steps(told->program, &count)[step];
	assert_true(step < count);
	buf_printf(&told->text, "<%.*s ", (int)(s->end - s->start),
		   cel_program_source(told->program) + s->start);
}

static void
tell_end(void *user, uint32_t step, struct cel_value v)
{
	struct told *told = user;
	(void)step;
	cel_format(v, 100, &told->text);
	buf_text(&told->text, "> ");
}

static void
is_told(const char *source, const char *document, const char *wanted)
{
	struct scene s = {0};
	scene_open(&s, source, document);
	struct told told = {.program = s.program};
	const struct cel_observer observer = {tell_begin, tell_end, &told};
	cel_observe(s.program, s.bindings, CEL_STEPS(EXPRESSION_LIMIT), &s.arena, &observer, NULL);
	assert_string_equal(told.text.data, wanted);
	buf_done(&told.text);
	scene_close(&s);
}

static void
each_step_is_told_as_it_begins_and_ends(void **state)
{
	(void)state;
	is_told("limit + 1", "{}", "<limit + 1 <limit 3> <1 1> 4> ");
	is_told("(limit + 1) * 2", "{}",
		"<(limit + 1) * 2 <limit + 1 <limit 3> <1 1> 4> <2 2> 8> ");
	is_told("has(p.a)", "{\"a\": 1}", "<has(p.a) <p {\"a\": 1}> true> ");
}

static void
what_is_not_needed_is_not_told(void **state)
{
	(void)state;
	is_told("false && limit > 1", "{}", "<false && limit > 1 <false false> false> ");
	is_told("true ? 1 : limit", "{}", "<true ? 1 : limit <true true> <1 1> 1> ");
}

static void
a_loop_tells_every_round(void **state)
{
	(void)state;
	is_told("[1, 2, 3].exists(x, x == 2)", "{}",
		"<[1, 2, 3].exists(x, x == 2) <[1, 2, 3] <1 1> <2 2> <3 3> [1, 2, 3]> "
		"<x == 2 <x 1> <2 2> false> <x == 2 <x 2> <2 2> true> true> ");
}

static void
an_error_is_what_a_step_gave(void **state)
{
	(void)state;
	is_told("p.a || true", "{}",
		"<p.a || true <p.a <p {}> error: there is no 'a'> <true true> true> ");
}

static void
an_observed_program_runs_without_an_observer(void **state)
{
	(void)state;
	struct scene s = {0};
	uint64_t cost;
	scene_open(&s, "limit + 1 == 4 && p.a.matches('^x+$')", "{\"a\": \"xx\"}");
	struct cel_value v =
	    cel_evaluate(s.program, s.bindings, CEL_STEPS(EXPRESSION_LIMIT), &s.arena, &cost);
	assert_int_equal(v.kind, CEL_BOOL);
	assert_true(v.boolean);
	assert_true(cost > 0);
	scene_close(&s);
}

static void
steps_know_what_they_are_part_of(void **state)
{
	(void)state;
	struct scene s = {0};
	size_t count;
	scene_open(&s, "p.list.all(i, x, i < x ? true : x == limit) && has(p.a)", "{}");
	const struct cel_step *steps = cel_steps(s.program, &count);
	assert_int_equal(count, 14);
	assert_int_equal(steps[0].kind, STEP_LOGIC);
	assert_string_equal(steps[0].name, "&&");
	assert_int_equal(steps[0].behind, count);
	assert_int_equal(steps[1].kind, STEP_LOOP);
	assert_int_equal(steps[1].role, ROLE_OPERAND);
	assert_string_equal(steps[1].variables[1], "x");
	assert_int_equal(steps[2].role, ROLE_RANGE);
	assert_int_equal(steps[4].kind, STEP_CHOICE);
	assert_int_equal(steps[4].role, ROLE_PREDICATE);
	assert_int_equal(steps[5].role, ROLE_CONDITION);
	assert_int_equal(steps[8].role, ROLE_THEN);
	assert_int_equal(steps[9].role, ROLE_OTHERWISE);
	assert_int_equal(steps[9].parent, 4);
	assert_int_equal(steps[12].kind, STEP_FIELD);
	assert_int_equal(steps[12].parent, 0);
	scene_close(&s);
}

static void
a_program_compiled_as_usual_has_no_steps(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	const struct cel_declarations nothing = {0};
	struct cel_issues issues = {.arena = &arena};
	struct cel_program *p = cel_compile(&nothing, "1 + 1", 5, &issues);
	size_t count = 1;
	assert_null(cel_steps(p, &count));
	assert_int_equal(count, 0);
	cel_program_destroy(p);
}

/* ---- what an explanation says ---- */

static void
write_part(const struct cel_part *part, int depth, struct buf *out)
{
	buf_printf(out, "%*s%s", 2 * depth, "", part->text);
	if (part->kind == PART_REST)
		buf_printf(out, "and %u more", part->count);
	else if (part->kind == PART_SKIPPED)
		buf_text(out, ": -");
	else
		buf_text(out, ": ");
	if (part->kind == PART_STEP || part->kind == PART_ROUND)
		cel_format(part->value, 60, out);
	buf_text(out, part->blamed ? " <-\n" : "\n");
	for (const struct cel_part *p = part->parts; p; p = p->next)
		write_part(p, depth + 1, out);
}

static void
is_explained(const char *source, const char *document, const char *wanted)
{
	struct scene s = {0};
	CLEANUP(buf_done) struct buf out = {0};
	scene_open(&s, source, document);
	write_part(cel_explain(s.program, s.bindings, CEL_STEPS(EXPRESSION_LIMIT), &s.arena, NULL),
		   0, &out);
	assert_string_equal(out.data, wanted);
	scene_close(&s);
}

static void
the_parts_that_fail_are_blamed(void **state)
{
	(void)state;
	is_explained("p.a && !(p.b || p.c)", "{\"a\": true, \"b\": false, \"c\": true}",
		     "p.a && !(p.b || p.c): false\n"
		     "  p.a: true\n"
		     "  !(p.b || p.c): false\n"
		     "    p.b || p.c: true\n"
		     "      p.b: false\n"
		     "      p.c: true <-\n");
	is_explained("p.a ? p.b : p.c", "{\"a\": false, \"b\": true, \"c\": false}",
		     "p.a ? p.b : p.c: false\n"
		     "  p.a: false\n"
		     "  p.b: -\n"
		     "  p.c: false <-\n");
	is_explained("p.a == 1", "{\"a\": 1}", "p.a == 1: true\n  p.a: 1\n");
}

static void
an_error_is_followed_to_where_it_came_from(void **state)
{
	(void)state;
	is_explained("size(p.a.b) > 0 && p.c", "{\"c\": true}",
		     "size(p.a.b) > 0 && p.c: error: there is no 'a'\n"
		     "  size(p.a.b) > 0: error: there is no 'a'\n"
		     "    size(p.a.b): error: there is no 'a'\n"
		     "      p.a.b: error: there is no 'a'\n"
		     "        p.a: error: there is no 'a' <-\n"
		     "  p.c: true\n");
}

static void
a_selection_is_one_part(void **state)
{
	(void)state;
	is_explained("p.a.b.c >= limit", "{\"a\": {\"b\": {\"c\": 7}}}",
		     "p.a.b.c >= limit: true\n  p.a.b.c: 7\n  limit: 3\n");
	is_explained("p.?a.?b.orValue(1) == 1 || limit > 4", "{}",
		     "p.?a.?b.orValue(1) == 1 || limit > 4: true\n"
		     "  p.?a.?b.orValue(1) == 1: true\n"
		     "    p.?a.?b.orValue(1): 1\n"
		     "      p.?a.?b: optional.none()\n"
		     "  limit > 4: -\n");
}

static void
the_round_that_decides_is_shown(void **state)
{
	(void)state;
	is_explained("p.list.all(x, x.a < limit)",
		     "{\"list\": [{\"a\": 1}, {\"a\": 2}, {\"a\": 5}, {\"a\": 1}]}",
		     "p.list.all(x, x.a < limit): false\n"
		     "  p.list: [{\"a\": 1}, {\"a\": 2}, {\"a\": 5}, {\"a\": 1}]\n"
		     "  and 2 more\n"
		     "  x = {\"a\": 5}: false <-\n"
		     "    x.a: 5\n"
		     "    limit: 3\n");
	is_explained("!p.map.exists(k, v, v == 2 && k != '')", "{\"map\": {\"b\": 2}}",
		     "!p.map.exists(k, v, v == 2 && k != ''): false\n"
		     "  p.map.exists(k, v, v == 2 && k != ''): true\n"
		     "    p.map: {\"b\": 2}\n"
		     "    k = \"b\", v = 2: true\n"
		     "      v == 2: true <-\n"
		     "      k != '': true <-\n");
}

static void
of_many_rounds_a_few_are_shown(void **state)
{
	(void)state;
	is_explained("p.exists(x, x > limit)", "[0, 1, 2, 0, 1, 2]",
		     "p.exists(x, x > limit): false <-\n"
		     "  x = 0: false\n"
		     "    limit: 3\n"
		     "  x = 1: false\n"
		     "    limit: 3\n"
		     "  x = 2: false\n"
		     "    limit: 3\n"
		     "  and 3 more\n");
	is_explained("p.map(x, x > 1, x * 2) == []", "[1, 2]",
		     "p.map(x, x > 1, x * 2) == []: false <-\n"
		     "  p.map(x, x > 1, x * 2): [4]\n"
		     "    x = 1: false\n"
		     "    x = 2: 4\n"
		     "      x * 2: 4\n");
}

static void
a_binding_shows_what_is_bound(void **state)
{
	(void)state;
	is_explained("cel.bind(n, size(p.list), n > limit)", "{\"list\": [1]}",
		     "cel.bind(n, size(p.list), n > limit): false\n"
		     "  n = size(p.list): 1\n"
		     "    p.list: [1]\n"
		     "  n > limit: false <-\n"
		     "    limit: 3\n");
	is_explained("p.?a.optMap(x, x + 1).orValue(0) == 0", "{\"a\": 1}",
		     "p.?a.optMap(x, x + 1).orValue(0) == 0: false <-\n"
		     "  p.?a.optMap(x, x + 1).orValue(0): 2\n"
		     "    p.?a.optMap(x, x + 1): optional.of(2)\n"
		     "      x = p.?a: optional.of(1)\n"
		     "      x + 1: 2\n");
}

static void
a_long_source_is_told_in_one_line(void **state)
{
	(void)state;
	is_explained("p.a ==\n\t  1  ||\n p.b", "{\"a\": 2, \"b\": false}",
		     "p.a == 1 || p.b: false\n"
		     "  p.a == 1: false <-\n"
		     "    p.a: 2\n"
		     "  p.b: false <-\n");
}

/* More rounds than are recorded: still an answer, in bounded memory. */
static void
an_explanation_of_a_long_loop_is_bounded(void **state)
{
	(void)state;
	struct scene s = {0};
	scene_open(&s, "p.all(a, p.all(b, p.all(c, p.all(d, a + b + c + d < 40))))",
		   "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]");
	struct cel_part *whole =
	    cel_explain(s.program, s.bindings, CEL_STEPS(10000000), &s.arena, NULL);
	assert_int_equal(whole->value.kind, CEL_BOOL);
	assert_false(whole->value.boolean);
	assert_true(s.arena.used < 100000000);
	scene_close(&s);
}

/* ---- which branches are covered ---- */

static void
write_coverage(const struct cel_coverage *c, struct buf *out)
{
	size_t count;
	const struct cel_step *steps = cel_steps(c->program, &count);
	for (size_t i = 0; i < c->count; i++) {
		const struct cel_branch *b = &c->branches[i];
		const struct cel_step *s = &steps[b->step];
		buf_printf(out, "%.*s: %u/%u/%u\n", (int)(s->end - s->start),
			   cel_program_source(c->program) + s->start, b->seen[1], b->seen[0],
			   b->failed);
	}
}

static void
is_covered(const char *source, const char *document, const char *wanted)
{
	struct scene s = {0};
	CLEANUP(buf_done) struct buf out = {0};
	scene_open(&s, source, document);
	struct cel_coverage *c = cel_coverage_new(s.program, &s.arena);
	cel_cover(c, s.bindings, CEL_STEPS(EXPRESSION_LIMIT), &s.arena, NULL);
	write_coverage(c, &out);
	assert_string_equal(out.data ? out.data : "", wanted);
	assert_int_equal(c->runs, 1);
	scene_close(&s);
}

/* Behind each: how often true, false and an error. */
static void
operands_conditions_and_predicates_are_branches(void **state)
{
	(void)state;
	is_covered("p.a || (p.b && p.c)", "{\"a\": false, \"b\": true, \"c\": true}",
		   "p.a || (p.b && p.c): 1/0/0\n"
		   "p.a: 0/1/0\n"
		   "p.b && p.c: 1/0/0\n"
		   "p.b: 1/0/0\n"
		   "p.c: 1/0/0\n");
	is_covered("p.list.exists(x, x > limit) ? p.a : true", "{\"list\": [1, 5]}",
		   "p.list.exists(x, x > limit) ? p.a : true: 0/0/1\n"
		   "p.list.exists(x, x > limit): 1/0/0\n"
		   "x > limit: 1/1/0\n");
}

static void
what_is_known_ahead_is_no_branch(void **state)
{
	(void)state;
	is_covered("true || p.a", "{}", "true || p.a: 1/0/0\np.a: 0/0/0\n");
	is_covered("'text ' + string(limit)", "{}", "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_step_is_told_as_it_begins_and_ends),
	    cmocka_unit_test(what_is_not_needed_is_not_told),
	    cmocka_unit_test(a_loop_tells_every_round),
	    cmocka_unit_test(an_error_is_what_a_step_gave),
	    cmocka_unit_test(an_observed_program_runs_without_an_observer),
	    cmocka_unit_test(steps_know_what_they_are_part_of),
	    cmocka_unit_test(a_program_compiled_as_usual_has_no_steps),
	    cmocka_unit_test(the_parts_that_fail_are_blamed),
	    cmocka_unit_test(an_error_is_followed_to_where_it_came_from),
	    cmocka_unit_test(a_selection_is_one_part),
	    cmocka_unit_test(the_round_that_decides_is_shown),
	    cmocka_unit_test(of_many_rounds_a_few_are_shown),
	    cmocka_unit_test(a_binding_shows_what_is_bound),
	    cmocka_unit_test(a_long_source_is_told_in_one_line),
	    cmocka_unit_test(an_explanation_of_a_long_loop_is_bounded),
	    cmocka_unit_test(operands_conditions_and_predicates_are_branches),
	    cmocka_unit_test(what_is_known_ahead_is_no_branch),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
