/*
 * policy_test.c -- the tests that a policy document brings along.
 */
#include <string.h>

#include "policy_parts.h"

static const char *
join_messages(const struct violations *violations, struct arena *arena)
{
	const char *text = "";
	for (size_t i = 0; i < violations->count; i++)
		text = arena_printf(arena, "%s%s%s", text, i ? "; " : "",
				    violations->items[i].message);
	return text;
}

static struct policy_test
run_test(const struct policy *p, const struct test_case *t, struct arena *arena)
{
	struct violations violations = {.arena = arena};
	struct policy_input input = {t->product, t->previous, t->upstream, t->facts, 0};
	if (t->now)
		clock_parse(t->now, &input.now);
	struct verdict verdict = policy_judge(p, &input, arena, &violations);
	bool refused = verdict.outcome == POLICY_VIOLATED || verdict.outcome == POLICY_FAILED;
	struct policy_test result = {
	    .name = t->name,
	    .at = t->at,
	    .expected = policy_expectations[t->expect],
	    .found = refused ? enforcement_name(policy_enforcement(p)) : "pass",
	    .why = join_messages(&violations, arena),
	};
	result.passed = strcmp(result.expected, result.found) == 0;
	return result;
}

void
policy_run_tests(const struct policy *p, struct arena *arena, struct policy_test **ret_tests,
		 size_t *ret_count)
{
	const struct test_case *cases = p->document.tests.items;
	size_t count = p->document.tests.count;
	struct policy_test *tests = ARENA_ARRAY(arena, struct policy_test, count);
	for (size_t i = 0; i < count; i++)
		tests[i] = run_test(p, &cases[i], arena);
	*ret_tests = tests;
	*ret_count = count;
}
