/*
 * A policy looked into: why it says what it says, which ways its cases take, what it depends on.
 */
#include <stdlib.h>

#include "policy/explanation.h"
#include "policy/mutation.h"
#include "policy/policy_coverage.h"

#include "policy_text.h"

static const char retention_policy[] =
    "kind: Policy\n"
    "name: kept\n"
    "enforcement: deny\n"
    "match: {domains: [\"fin*\"], condition: \"product.status != 'draft'\"}\n"
    "parameters:\n"
    "  minimum: {type: period, default: 7 years, stricter: longer}\n"
    "values:\n"
    "  - {scope: \"domain:finance.trading\", set: {minimum: 10 years}}\n"
    "variables:\n"
    "  - {name: kept, expression: retention(product)}\n"
    "validations:\n"
    "  - name: long-enough\n"
    "    expression: variables.kept >= period(params.minimum) || 'exempt' in product.tags\n"
    "    message: too short\n"
    "    messageExpression: \"'less than ' + params.minimum\"\n"
    "tests:\n"
    "  - name: six years are too short\n"
    "    product: {name: a, domain: finance, owner: o, status: active, tags: [x], retention: 6 "
    "years}\n"
    "    expect: deny\n"
    "  - name: seven years pass\n"
    "    product: {name: a, domain: finance, owner: o, status: active, tags: [x], retention: 7 "
    "years}\n"
    "    expect: pass\n";

/* The input points to the product, which is read into the bench's arena. */
static struct policy_input
input_of(struct bench *b, const char *product)
{
	return (struct policy_input){.product = read_yaml(b, product, strlen(product))};
}

static const struct explained *
find(const struct explanation *x, const char *role)
{
	for (size_t i = 0; i < x->count; i++)
		if (strcmp(x->items[i].role, role) == 0)
			return &x->items[i];
	fail_msg("no %s", role);
	return NULL;
}

static const char *
shown(struct bench *b, struct cel_value v)
{
	CLEANUP(buf_done) struct buf out = {0};
	cel_format(v, 100, &out);
	return arena_bytes(&b->arena, out.data, out.length);
}

/* ---- explanations ---- */

static void
every_expression_is_explained(void **state)
{
	struct bench *b = *state;
	struct policy *p = compile_policy(b, retention_policy);
	struct policy_input in =
	    input_of(b, "{name: a, domain: finance, status: active, tags: [], retention: 6 years}");
	struct explanation x;
	struct violations complaints = {.arena = &b->arena};
	policy_explain(p, &in, &b->arena, &complaints, &x);
	assert_int_equal(x.verdict.outcome, POLICY_VIOLATED);
	assert_null(x.left_out);
	assert_int_equal(complaints.count, 1);
	assert_int_equal(x.count, 4);
	assert_string_equal(shown(b, find(&x, "condition")->whole->value), "true");
	assert_string_equal(find(&x, "variable")->name, "variables.kept");
	assert_string_equal(find(&x, "validation")->pointer, "/validations/0/expression");
	assert_string_equal(shown(b, find(&x, "message")->whole->value), "\"less than 7 years\"");
	const struct cel_part *whole = find(&x, "validation")->whole;
	assert_string_equal(whole->parts->text, "variables.kept >= period(params.minimum)");
	assert_true(whole->parts->blamed);
	explanation_done(&x);
	policy_destroy(p);
}

static void
what_was_not_needed_is_not_explained(void **state)
{
	struct bench *b = *state;
	struct policy *p = compile_policy(b, retention_policy);
	struct policy_input in =
	    input_of(b, "{name: a, domain: finance, status: active, tags: [], retention: 8 years}");
	struct explanation x;
	policy_explain(p, &in, &b->arena, &(struct violations){.arena = &b->arena}, &x);
	assert_int_equal(x.verdict.outcome, POLICY_SATISFIED);
	assert_null(find(&x, "message")->whole);
	assert_non_null(find(&x, "variable")->whole);
	explanation_done(&x);
	policy_destroy(p);
}

static void
the_values_of_the_product_s_domain_count(void **state)
{
	struct bench *b = *state;
	struct policy *p = compile_policy(b, retention_policy);
	struct policy_input in = input_of(
	    b, "{name: a, domain: finance.trading, status: active, tags: [], retention: 8 years}");
	struct explanation x;
	policy_explain(p, &in, &b->arena, &(struct violations){.arena = &b->arena}, &x);
	assert_int_equal(x.verdict.outcome, POLICY_VIOLATED);
	assert_string_equal(node_text(x.parameters, "minimum", ""), "10 years");
	explanation_done(&x);
	policy_destroy(p);
}

static void
leaves_out(struct bench *b, const char *yaml, const char *product, const char *why)
{
	struct policy *p = compile_policy(b, yaml);
	struct policy_input in = input_of(b, product);
	struct explanation x;
	policy_explain(p, &in, &b->arena, &(struct violations){.arena = &b->arena}, &x);
	assert_int_equal(x.verdict.outcome, POLICY_NOT_CONCERNED);
	assert_string_equal(x.left_out, why);
	explanation_done(&x);
	policy_destroy(p);
}

static void
whom_it_does_not_concern_is_told_why(void **state)
{
	struct bench *b = *state;
	leaves_out(b, retention_policy, "{name: a, domain: retail}",
		   "the product's domain is \"retail\", which 'match' leaves out");
	leaves_out(b, retention_policy, "{name: a, domain: finance, status: draft}",
		   "the condition of 'match' is not true of it");
	leaves_out(b,
		   "{kind: Policy, name: p, scope: \"domain:risk\", enforcement: deny,\n"
		   " validations: [{expression: 'true', message: m}]}",
		   "{name: a, domain: retail}",
		   "its scope is domain:risk, and the product's domain is 'retail'");
	leaves_out(b,
		   "{kind: Policy, name: p, enforcement: deny, match: {statuses: [draft]},\n"
		   " validations: [{expression: 'true', message: m}]}",
		   "{name: a, domain: retail}",
		   "the product's status is \"active\", which 'match' leaves out");
}

/* ---- coverage ---- */

static void
what_no_case_takes_is_not_covered(void **state)
{
	struct bench *b = *state;
	struct policy *p = compile_policy(b, retention_policy);
	struct policy_coverage *c = policy_coverage_new(p, &b->arena);
	const struct policy_cases own = policy_own_cases(p);
	assert_int_equal(c->seen, 0);
	policy_cover(p, &own, c);
	/* condition, variable, three branches, message */
	assert_int_equal(c->count, 4);
	assert_int_equal(c->sides, 2 + 1 + 6 + 1);
	assert_int_equal(c->seen, 1 + 1 + 2 + 2 + 1 + 1);
	const struct covered_expression *rule = &c->items[2];
	assert_string_equal(rule->pointer, "/validations/0/expression");
	assert_int_equal(rule->count, 3);
	assert_string_equal(rule->branches[2].text, "'exempt' in product.tags");
	assert_int_equal(rule->branches[2].times_true, 0);
	assert_int_equal(rule->branches[2].times_false, 1);
	assert_int_equal(rule->branches[1].times_true, 1);
	policy_destroy(p);
}

static void
further_cases_add_to_the_coverage(void **state)
{
	static const char yaml[] =
	    "kind: PolicyCases\n"
	    "policy: kept\n"
	    "cases:\n"
	    "  - {name: exempt, product: {name: a, domain: finance, status: active, tags: "
	    "[exempt]}, expect: "
	    "pass}\n"
	    "  - {name: draft, product: {name: a, domain: finance, status: draft}, expect: pass}\n"
	    "  - name: by values of its own\n"
	    "    product: {name: a, domain: finance, status: active, retention: 1 year}\n"
	    "    parameters: {minimum: 6 months}\n"
	    "    expect: pass\n";
	struct bench *b = *state;
	struct policy *p = compile_policy(b, retention_policy);
	struct policy_coverage *c = policy_coverage_new(p, &b->arena);
	const struct policy_cases own = policy_own_cases(p);
	struct policy_cases more;
	const struct node *document = read_yaml(b, yaml, strlen(yaml));
	assert_true(policy_cases_is(document));
	assert_true(policy_cases_decode(document, &b->arena, &b->violations, &more));
	assert_string_equal(more.policy, "kept");
	const struct policy_test *tests = policy_run_cases(p, &more, &b->arena);
	policy_cover(p, &own, c);
	policy_cover(p, &more, c);
	assert_int_equal(more.items.count, 3);
	for (size_t i = 0; i < more.items.count; i++)
		assert_true(tests[i].passed);
	assert_int_equal(c->items[2].branches[2].times_true, 1);
	policy_destroy(p);
}

static void
what_is_wrong_with_cases_is_said(void **state)
{
	static const char yaml[] =
	    "{kind: PolicyCases, polcy: p, cases: [{name: x, product: {}, expect: maybe}]}";
	struct bench *b = *state;
	struct policy_cases cases;
	assert_false(policy_cases_decode(read_yaml(b, yaml, strlen(yaml)), &b->arena,
					 &b->violations, &cases));
	assert_true(b->violations.count >= 3);
}

/* ---- mutations ---- */

static const struct mutated *
part(const struct mutations *m, const char *path)
{
	for (size_t i = 0; i < m->count; i++)
		if (strcmp(m->items[i].path, path) == 0)
			return &m->items[i];
	fail_msg("%s was not tried", path);
	return NULL;
}

static void
parts_that_change_a_verdict_matter(void **state)
{
	struct bench *b = *state;
	struct policy *p = compile_policy(b, retention_policy);
	const struct policy_cases own = policy_own_cases(p);
	struct mutations m;
	mutations_init(&m, &b->arena);
	policy_mutate(p, &own, &m);
	const struct mutated *retention = part(&m, "retention");
	assert_true(mutated_matters(retention));
	assert_int_equal(retention->by[MUTATION_REMOVED].tried, 2);
	assert_int_equal(retention->by[MUTATION_REMOVED].refused, 1);
	assert_string_equal(retention->example, "seven years pass");
	assert_true(mutated_matters(part(&m, "domain")));
	assert_int_equal(part(&m, "domain")->by[MUTATION_REMOVED].passed, 1);
	assert_false(mutated_matters(part(&m, "owner")));
	assert_false(mutated_matters(part(&m, "tags[]")));
	assert_true(m.judgements > 10);
	policy_destroy(p);
}

static void
parts_of_lists_of_maps_are_one_part(void **state)
{
	static const char yaml[] =
	    "kind: Policy\n"
	    "name: personal\n"
	    "enforcement: deny\n"
	    "validations:\n"
	    "  - expression: \"!product.schema.exists(c, c.?pii.orValue(false)) || "
	    "facts.?quality.?passed.orValue(false)\"\n"
	    "    message: m\n"
	    "tests:\n"
	    "  - name: personal\n"
	    "    product: {schema: [{name: a}, {name: b, pii: true}]}\n"
	    "    expect: deny\n"
	    "  - name: checked\n"
	    "    product: {schema: [{name: b, pii: true}]}\n"
	    "    facts: {quality: {passed: true}}\n"
	    "    expect: pass\n";
	struct bench *b = *state;
	struct policy *p = compile_policy(b, yaml);
	const struct policy_cases own = policy_own_cases(p);
	struct mutations m;
	mutations_init(&m, &b->arena);
	policy_mutate(p, &own, &m);
	const struct mutated *pii = part(&m, "schema[].pii");
	assert_int_equal(pii->by[MUTATION_NEGATED].tried, 2);
	assert_int_equal(pii->by[MUTATION_NEGATED].passed, 1);
	assert_int_equal(pii->by[MUTATION_REMOVED].passed, 1);
	assert_false(mutated_matters(part(&m, "schema[].name")));
	assert_int_equal(part(&m, "facts.quality.passed")->by[MUTATION_NEGATED].refused, 1);
	policy_destroy(p);
}

/* The last of many is tried, and what is in between is not. */
static void
a_long_list_is_tried_at_its_ends(void **state)
{
	struct bench *b = *state;
	CLEANUP(buf_done) struct buf yaml = {0};
	buf_text(&yaml, "kind: Policy\nname: p\nenforcement: deny\n"
			"validations:\n  - {expression: \"!product.schema.exists(c, "
			"c.?pii.orValue(false))\", message: m}\n"
			"tests:\n  - name: last\n    expect: deny\n    product:\n      schema:\n");
	for (int i = 0; i < 2000; i++)
		buf_printf(&yaml, "        - {name: c%d%s}\n", i, i == 1999 ? ", pii: true" : "");
	struct policy *p = compile_policy(b, yaml.data);
	const struct policy_cases own = policy_own_cases(p);
	struct mutations m;
	mutations_init(&m, &b->arena);
	policy_mutate(p, &own, &m);
	assert_int_equal(part(&m, "schema[]")->by[MUTATION_REMOVED].tried, 100);
	assert_int_equal(part(&m, "schema[].pii")->by[MUTATION_REMOVED].passed, 1);
	policy_destroy(p);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)
	const struct CMUnitTest tests[] = {
	    T(every_expression_is_explained),
	    T(what_was_not_needed_is_not_explained),
	    T(the_values_of_the_product_s_domain_count),
	    T(whom_it_does_not_concern_is_told_why),
	    T(what_no_case_takes_is_not_covered),
	    T(further_cases_add_to_the_coverage),
	    T(what_is_wrong_with_cases_is_said),
	    T(parts_that_change_a_verdict_matter),
	    T(parts_of_lists_of_maps_are_one_part),
	    T(a_long_list_is_tried_at_its_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
