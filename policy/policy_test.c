/*
 * policy_test.c -- the tests that a policy document brings along.
 */
#include <string.h>

#include "match.h"
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

static struct verdict
judge_case(const struct policy *p, const struct test_case *t, const struct policy_input *input,
	   struct violations *violations)
{
	if (!t->parameters)
		return policy_judge(p, input, violations->arena, violations);
	struct arena *arena = violations->arena;
	struct verdict verdict = {
	    .policy = p, .outcome = POLICY_FAILED, .enforcement = policy_enforcement(p)};
	struct edition own = {0};
	const char *domain = node_text(input->product, "domain", "");
	const struct edition *usual = policy_edition(p, domain);
	const struct node *values = parameters_set(&p->parameters, usual->parameters, t->parameters,
						   "/parameters", arena, violations);
	if (values &&
	    edition_compile(&own, p->rules, p->rules_root, p->product, usual->scope, values, arena,
			    violations) &&
	    violations->count == 0)
		verdict = match_concerns(p->document.scope, &p->rules->match, input->product)
			      ? policy_judge_by(p, &own, input, arena, violations)
			      : (struct verdict){.policy = p, .enforcement = policy_enforcement(p)};
	edition_done(&own);
	return verdict;
}

static struct policy_test
run_test(const struct policy *p, const struct test_case *t, struct arena *arena)
{
	struct violations violations = {.arena = arena};
	struct policy_input input = {t->product, t->previous, t->upstream, t->facts, 0};
	if (t->now)
		clock_parse(t->now, &input.now);
	struct verdict verdict = judge_case(p, t, &input, &violations);
	bool refused = verdict.outcome == POLICY_VIOLATED || verdict.outcome == POLICY_FAILED;
	struct policy_test result = {
	    .name = t->name,
	    .at = t->at,
	    .expected = policy_expectations[t->expect],
	    .found = refused ? enforcement_name(verdict.enforcement) : "pass",
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
