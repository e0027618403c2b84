/*
 * What is hardly meant in a policy, and the expressions of one that is wrong otherwise.
 */
#include <stdlib.h>

#include "policy/policy_review.h"

#include "policy_text.h"

static const char tests_of_both[] =
    "tests:\n"
    "  - {name: short, product: {name: a, retention: 1 day}, expect: deny}\n"
    "  - {name: long, product: {name: a, retention: 9 years}, expect: pass}\n";

/* The warnings as "line:column rule message", one a line; of a policy that compiles. */
static const char *
warnings(struct bench *b, const char *yaml)
{
	CLEANUP(buf_done) struct buf out = {0};
	struct policy *p = compile_policy(b, yaml);
	if (!p)
		fail_msg("%s", b->violations.items[0].message);
	policy_review(p, NULL, 0, &b->violations);
	violations_sort(&b->violations);
	for (size_t i = 0; i < b->violations.count; i++) {
		const struct violation *v = &b->violations.items[i];
		assert_string_equal(v->enforcement, "warn");
		buf_printf(&out, "%u:%u %s: %s\n", v->at.line, v->at.column, v->rule, v->message);
	}
	policy_destroy(p);
	return out.data ? arena_bytes(&b->arena, out.data, out.length) : "";
}

static const char *
with_expression(struct bench *b, const char *expression)
{
	return arena_printf(&b->arena,
			    "kind: Policy\nname: p\nenforcement: deny\nvalidations:\n"
			    "  - expression: %s\n    message: m\n%s",
			    expression, tests_of_both);
}

static void
a_sound_policy_has_no_warnings(void **state)
{
	struct bench *b = *state;
	assert_string_equal(
	    warnings(b, with_expression(b, "retention(product) > period('1 year')")), "");
}

/* They are not decoded, and a test that says nothing passes. */
static void
what_no_product_and_no_fact_has_is_warned_of_in_tests(void **state)
{
	struct bench *b = *state;
	struct policy *p = compile_policy(
	    b, "kind: Policy\nname: p\nenforcement: deny\n"
	       "validations: [{expression: has(product.name), message: m}]\n"
	       "tests:\n"
	       "  - name: t\n"
	       "    product: {name: a, retension: 1 day, x-own: 1, schema: [{nam: b}]}\n"
	       "    previous: {ownr: a}\n"
	       "    facts: {quality: {scor: 1.0}, domain: {tags: [a]}}\n"
	       "    upstream: [{name: a, columns: [{name: c, personel: true}]}, nothing]\n"
	       "    expect: pass\n");
	assert_non_null(p);
	const struct policy_cases own = policy_own_cases(p);
	policy_review_cases(p, &own, &b->violations);
	static const struct {
		const char *pointer, *message, *suggestion;
		uint32_t line;
	} wanted[] = {
	    {"/tests/0/product/retension", "unknown key 'retension' in a test's product",
	     "retention", 7},
	    {"/tests/0/product/schema/0/nam", "unknown key 'nam' in a test's product", "name", 7},
	    {"/tests/0/previous/ownr", "unknown key 'ownr' in a test's previous product", "owner",
	     8},
	    {"/tests/0/facts/quality/scor", "unknown key 'scor' in a test's facts", "score", 9},
	    {"/tests/0/upstream/0/columns/0/personel",
	     "unknown key 'personel' in a test's upstream", "personal", 10},
	};
	assert_int_equal(b->violations.count, ARRAY_LEN(wanted));
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		const struct violation *v = &b->violations.items[i];
		assert_string_equal(v->pointer, wanted[i].pointer);
		assert_string_equal(v->message, wanted[i].message);
		assert_string_equal(v->suggestion, wanted[i].suggestion);
		assert_string_equal(v->enforcement, "warn");
		assert_int_equal(v->at.line, wanted[i].line);
	}
	policy_destroy(p);
}

static void
what_is_settled_ahead_is_warned_of(void **state)
{
	static const struct {
		const char *expression;
		int value; /* -1: not settled */
	} cases[] = {
	    {"1 < 2", 1},
	    {"has(product.name) || true", 1},
	    {"has(product.name) && 1 > 2", 0},
	    {"'!(has(product.name) && false)'", 1},
	    {"'true ? false : has(product.name)'", 0},
	    {"has(product.name) || false", -1},
	    {"has(product.name)", -1},
	};
	struct bench *b = *state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *found = warnings(b, with_expression(b, cases[i].expression));
		const char *wanted =
		    cases[i].value < 0 ? ""
		    : cases[i].value
			? "5:17 always: this is always true, whatever the product is: it refuses "
			  "nothing\n"
			: "5:17 always: this is never true, whatever the product is: it refuses "
			  "everything\n";
		assert_string_equal(found, wanted);
	}
}

static void
lengths_of_time_that_are_compared_as_texts_are_warned_of(void **state)
{
	static const struct {
		const char *expression, *suggestion; /* NULL: nothing is warned of */
	} cases[] = {
	    {"product.retention >= '7 years'", "period(product.retention) >= period('7 years')"},
	    {"\"'1 day' < product.sla.freshness\"",
	     "period('1 day') < period(product.sla.freshness)"},
	    {"product.?retention.orValue('') > params.p",
	     "period(product.?retention.orValue('')) > period(params.p)"},
	    {"product.owner > params.p", "period(product.owner) > period(params.p)"},
	    {"retention(product) > period(params.p)", NULL},
	    {"period(product.retention) > period(params.p)", NULL},
	    {"product.retention == params.p", NULL},
	    {"product.owner > 'a' && size(product.retention) > 3", NULL},
	};
	struct bench *b = *state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct policy *p = compile_policy(
		    b,
		    arena_printf(&b->arena, "%sparameters: {p: {type: period, default: 7 years}}\n",
				 with_expression(b, cases[i].expression)));
		assert_non_null(p);
		policy_review(p, NULL, 0, &b->violations);
		const struct violation *found = NULL;
		for (size_t k = 0; k < b->violations.count; k++)
			if (strcmp(b->violations.items[k].rule, "lengths") == 0)
				found = &b->violations.items[k];
		assert_int_equal(found != NULL, cases[i].suggestion != NULL);
		if (found)
			assert_string_equal(found->suggestion, cases[i].suggestion);
		policy_destroy(p);
	}
}

static void
what_nothing_uses_is_warned_of(void **state)
{
	struct bench *b = *state;
	assert_string_equal(
	    warnings(b, arena_printf(&b->arena,
				     "kind: Policy\nname: p\nenforcement: deny\n"
				     "parameters:\n  used: 1 year\n  said: x\n  idle: 3\n"
				     "variables:\n"
				     "  - {name: base, expression: retention(product)}\n"
				     "  - {name: kept, expression: variables.base}\n"
				     "  - {name: idle, expression: product.name}\n"
				     "validations:\n"
				     "  - expression: variables.kept > period(params.used)\n"
				     "    message: m\n"
				     "    messageExpression: \"'less than ' + params.said\"\n%s",
				     tests_of_both)),
	    "7:3 unused: nothing uses the parameter 'idle'\n"
	    "11:5 unused: nothing uses the variable 'idle'\n");
}

static void
what_a_parameter_switches_off_is_meant_to_be_off(void **state)
{
	struct bench *b = *state;
	assert_string_equal(
	    warnings(b,
		     arena_printf(
			 &b->arena,
			 "kind: Policy\nname: p\nenforcement: deny\n"
			 "parameters: {wanted: false}\n"
			 "validations:\n"
			 "  - {expression: \"!params.wanted || has(product.name)\", message: m}\n"
			 "  - {expression: \"retention(product) > period('1 year')\", message: m}\n"
			 "%s",
			 tests_of_both)),
	    "");
}

/* `params` as a whole may be looked at in any way. */
static void
parameters_that_are_used_together_are_used(void **state)
{
	struct bench *b = *state;
	assert_string_equal(
	    warnings(b,
		     arena_printf(
			 &b->arena,
			 "kind: Policy\nname: p\nenforcement: deny\n"
			 "parameters: {one: a, two: b}\n"
			 "validations:\n"
			 "  - {expression: \"params.exists(k, k == product.name)\", message: m}\n"
			 "%s",
			 tests_of_both)),
	    "");
}

static void
a_match_that_matches_nothing_is_warned_of(void **state)
{
	struct bench *b = *state;
	const char *rest = arena_printf(
	    &b->arena, "validations: [{expression: has(product.name), message: m}]\n%s",
	    tests_of_both);
	assert_string_equal(
	    warnings(b, arena_printf(&b->arena,
				     "kind: Policy\nname: p\nenforcement: deny\n"
				     "scope: domain:retail\nmatch: {domains: [fin*]}\n%s",
				     rest)),
	    "5:18 nothing-matches: none of these domains is within the policy's scope, "
	    "'domain:retail'\n");
	assert_string_equal(
	    warnings(b, arena_printf(&b->arena,
				     "kind: Policy\nname: p\nenforcement: deny\n"
				     "scope: domain:retail\n"
				     "match: {domains: [\"re*\", retail.cards]}\n%s",
				     rest)),
	    "");
	assert_string_equal(
	    warnings(b, arena_printf(&b->arena,
				     "kind: Policy\nname: p\nenforcement: deny\n"
				     "match: {condition: 1 > 2}\n%s",
				     rest)),
	    "4:20 nothing-matches: this condition is never true: the policy concerns nothing\n");
}

static void
missing_tests_are_warned_of(void **state)
{
	static const char without[] =
	    "kind: Policy\nname: p\nenforcement: deny\n"
	    "validations: [{expression: has(product.name), message: m}]\n";
	struct bench *b = *state;
	assert_non_null(strstr(warnings(b, without), "tests: it has no tests"));
	assert_non_null(strstr(
	    warnings(b, arena_printf(&b->arena, "%stests: [{name: t, product: {}, expect: deny}]\n",
				     without)),
	    "no test shows a product that passes"));
	assert_non_null(strstr(
	    warnings(b, arena_printf(&b->arena,
				     "%stests: [{name: t, product: {name: x}, expect: pass}]\n",
				     without)),
	    "no test shows a product that falls short"));
}

static void
further_cases_count_as_tests(void **state)
{
	static const char yaml[] = "kind: PolicyCases\npolicy: p\ncases:\n"
				   "  - {name: t, product: {}, expect: deny}\n"
				   "  - {name: u, product: {name: x}, expect: pass}\n";
	struct bench *b = *state;
	struct policy *p =
	    compile_policy(b, "kind: Policy\nname: p\nenforcement: deny\n"
			      "validations: [{expression: has(product.name), message: m}]\n");
	struct policy_cases cases;
	assert_true(policy_cases_decode(read_yaml(b, yaml, strlen(yaml)), &b->arena, &b->violations,
					&cases));
	policy_review(p, &cases, 1, &b->violations);
	assert_int_equal(b->violations.count, 0);
	policy_destroy(p);
}

/* ---- documents that are wrong otherwise ---- */

static void
complains(struct bench *b, const char *yaml, const char *wanted)
{
	CLEANUP(buf_done) struct buf out = {0};
	assert_null(compile_policy(b, yaml));
	violations_sort(&b->violations);
	for (size_t i = 0; i < b->violations.count; i++)
		buf_printf(&out, "%u:%u %s\n", b->violations.items[i].at.line,
			   b->violations.items[i].at.column, b->violations.items[i].rule);
	assert_string_equal(out.data, wanted);
}

static void
all_mistakes_are_told_at_once(void **state)
{
	struct bench *b = *state;
	complains(b,
		  "kind: Policy\nname: p\nenforcement: denny\n"
		  "validations:\n"
		  "  - expression: product.nam == 'x'\n"
		  "    message: m\n"
		  "  - expression: has(product.name)\n"
		  "    mesage: n\n"
		  "    messageExpression: 1 + 1\n",
		  "3:14 word\n5:25 expression\n7:5 required\n8:5 unknown-key\n9:24 expression\n");
}

/* A variable that is wrong would make everything wrong that looks at it; so would parameters. */
static void
what_only_follows_is_not_told(void **state)
{
	struct bench *b = *state;
	complains(b,
		  "kind: Policy\nname: p\nenforcement: denny\n"
		  "variables: [{name: v, expression: product.nam}]\n"
		  "validations:\n"
		  "  - {expression: variables.v == 'x', message: m}\n",
		  "3:14 word\n4:43 expression\n");
	complains(b,
		  "kind: Policy\nname: p\nenforcement: denny\n"
		  "parameters: {least: {type: nonsense}}\n"
		  "validations:\n"
		  "  - {expression: params.least == 'x', message: m}\n",
		  "3:14 word\n");
	complains(b, "kind: Policy\nname: p\nenforcement: denny\nvalidations: x\nvariables: [1]\n",
		  "3:14 word\n4:14 type\n5:13 type\n");
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)
	const struct CMUnitTest tests[] = {
	    T(a_sound_policy_has_no_warnings),
	    T(what_no_product_and_no_fact_has_is_warned_of_in_tests),
	    T(what_is_settled_ahead_is_warned_of),
	    T(lengths_of_time_that_are_compared_as_texts_are_warned_of),
	    T(what_nothing_uses_is_warned_of),
	    T(what_a_parameter_switches_off_is_meant_to_be_off),
	    T(parameters_that_are_used_together_are_used),
	    T(a_match_that_matches_nothing_is_warned_of),
	    T(missing_tests_are_warned_of),
	    T(further_cases_count_as_tests),
	    T(all_mistakes_are_told_at_once),
	    T(what_only_follows_is_not_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
