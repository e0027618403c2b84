/*
 * What the policies of domains may take together: each gets what is left, and fails beyond it.
 */
#include <stdlib.h>

#include "policy_text.h"

#define HEAD   "kind: Policy\nname: a-policy\nenforcement: deny\n"
#define DOMAIN HEAD "scope: domain:retail\n"
#define GLOBAL HEAD "scope: global\n"
#define RULES                                                                                      \
	"validations:\n"                                                                           \
	"  - {name: first, expression: 'product.schema.all(c, c.name != \"\")', message: One}\n"   \
	"  - {name: second, expression: 'product.schema.all(c, c.type != \"\")', message: Two}\n"
#define TOGETHER "of the 20000000 that the policies of domains may take together on one product"

static const char product_yaml[] =
    "name: retail.accounts\n"
    "domain: retail\n"
    "owner: team\n"
    "schema: [{name: id, type: STRING}, {name: email, type: STRING}]\n";

/* By a policy with this text, where so much is left; NULL: nothing is shared. */
static struct verdict
judge(struct bench *b, const char *yaml, const uint64_t *left)
{
	struct policy *p = compile_policy(b, yaml);
	if (!p)
		fail_msg("%s", b->violations.items[0].message);
	b->violations = (struct violations){.arena = &b->arena};
	const struct policy_input input = {
	    .product = read_yaml(b, product_yaml, strlen(product_yaml)), .domain_steps = left};
	struct verdict v = policy_judge(p, &input, &b->arena, &b->violations);
	policy_destroy(p);
	return v;
}

static struct verdict
judge_with(struct bench *b, const char *yaml, uint64_t left)
{
	return judge(b, yaml, &left);
}

static uint64_t
cost_of(struct bench *b, const char *yaml)
{
	struct verdict v = judge(b, yaml, NULL);
	assert_int_equal(v.most_steps, POLICY_MOST_STEPS);
	return v.cost;
}

static void
complains(const struct bench *b, size_t i, const char *rule, const char *message)
{
	assert_true(i < b->violations.count);
	assert_string_equal(b->violations.items[i].rule, rule);
	assert_string_equal(b->violations.items[i].message, message);
}

static void
what_is_left_is_enough_to_the_last_step(void **state)
{
	struct bench *b = *state;
	const uint64_t cost = cost_of(b, DOMAIN RULES);
	struct verdict v = judge_with(b, DOMAIN RULES, cost);
	assert_int_equal(v.outcome, POLICY_SATISFIED);
	assert_int_equal(v.cost, cost);
	assert_int_equal(v.most_steps, cost);
	assert_int_equal(judge_with(b, DOMAIN RULES, cost - 1).outcome, POLICY_FAILED);
}

/* Each rule that comes too late, and none that came in time. */
static void
beyond_what_is_left_every_rule_fails_and_says_why(void **state)
{
	struct bench *b = *state;
	const uint64_t cost = cost_of(b, DOMAIN RULES);
	struct verdict v = judge_with(b, DOMAIN RULES, cost / 2);
	assert_int_equal(v.outcome, POLICY_FAILED);
	assert_int_equal(v.enforcement, ENFORCE_DENY);
	assert_int_equal(b->violations.count, 1);
	complains(b, 0, "second",
		  "Two (cannot be told: takes more than 0 steps: c.type != \"\", and no more steps "
		  "are left " TOGETHER ")");
	v = judge_with(b, DOMAIN RULES, 3);
	assert_int_equal(v.outcome, POLICY_FAILED);
	assert_int_equal(b->violations.count, 2);
	assert_non_null(strstr(b->violations.items[0].message, "takes more than 3 steps: "));
	assert_non_null(strstr(b->violations.items[0].message, TOGETHER));
	complains(b, 1, "second",
		  "Two (cannot be told: takes more than 0 steps: c.type != \"\", and no more steps "
		  "are left " TOGETHER ")");
}

static void
where_nothing_is_left_one_complaint_says_so_and_nothing_is_tried(void **state)
{
	struct bench *b = *state;
	static const char message[] =
	    "what the policy 'a-policy' says of it cannot be told: no steps are left " TOGETHER;
	static const char *const policies[] = {
	    DOMAIN RULES,
	    DOMAIN "match: {condition: 'product.owner == \"nobody\"'}\n" RULES,
	};
	for (size_t i = 0; i < ARRAY_LEN(policies); i++) {
		struct verdict v = judge_with(b, policies[i], 0);
		assert_int_equal(v.outcome, POLICY_FAILED);
		assert_int_equal(v.cost, 0);
		assert_int_equal(v.most_steps, 0);
		assert_int_equal(b->violations.count, 1);
		complains(b, 0, "a-policy", message);
	}
}

/* Of another domain, or left out by match: that takes no steps. */
static void
whom_it_does_not_concern_it_does_not_fail(void **state)
{
	struct bench *b = *state;
	static const char *const policies[] = {
	    HEAD "scope: domain:cards\n" RULES,
	    DOMAIN "match: {tags: [gdpr]}\n" RULES,
	};
	for (size_t i = 0; i < ARRAY_LEN(policies); i++)
		assert_int_equal(judge_with(b, policies[i], 0).outcome, POLICY_NOT_CONCERNED);
	assert_int_equal(b->violations.count, 0);
}

static void
a_condition_that_cannot_be_told_fails(void **state)
{
	struct bench *b = *state;
	static const char policy[] =
	    DOMAIN "match: {condition: 'product.owner == \"nobody\"'}\n" RULES;
	assert_int_equal(judge_with(b, policy, 100).outcome, POLICY_NOT_CONCERNED);
	assert_int_equal(judge_with(b, policy, 1).outcome, POLICY_FAILED);
	assert_string_equal(b->violations.items[0].rule, "condition");
	assert_non_null(strstr(b->violations.items[0].message, TOGETHER));
}

/* A mistake of its own is said as it is. */
static void
another_failure_is_not_blamed_on_the_steps(void **state)
{
	struct bench *b = *state;
	judge_with(b, DOMAIN "validations: [{expression: 'product.schema[7].pii', message: No}]\n",
		   1000);
	assert_int_equal(b->violations.count, 1);
	assert_null(strstr(b->violations.items[0].message, "steps"));
}

static void
who_asks_somebody_else_needs_none(void **state)
{
	struct bench *b = *state;
	judge_with(b, DOMAIN "engine: opa\nopa: {url: http://localhost:8181, path: a/deny}\n", 0);
	assert_int_equal(b->violations.count, 1);
	assert_null(strstr(b->violations.items[0].message, "steps"));
}

static void
a_global_policy_has_its_own_limit(void **state)
{
	struct bench *b = *state;
	struct verdict v = judge_with(b, GLOBAL RULES, 0);
	assert_int_equal(v.outcome, POLICY_SATISFIED);
	assert_int_equal(v.most_steps, POLICY_MOST_STEPS);
}

/* As before anything was shared, to the letter: the limit of its own comes first. */
static void
more_than_its_own_limit_changes_nothing(void **state)
{
	struct bench *b = *state;
	CLEANUP(buf_done) struct buf yaml = {0};
	buf_text(&yaml, DOMAIN "validations:\n");
	for (int i = 0; i < 11; i++)
		buf_text(&yaml,
			 "  - expression: 'lists.range(1000).all(x, lists.range(1000).all(y, "
			 "x + y >= 0))'\n    message: No\n");
	struct verdict alone = judge(b, yaml.data, NULL);
	const struct violations said = b->violations;
	struct verdict shared = judge_with(b, yaml.data, POLICY_MOST_STEPS);
	assert_int_equal(alone.outcome, POLICY_FAILED);
	assert_true(alone.cost > POLICY_MOST_STEPS);
	assert_int_equal(shared.cost, alone.cost);
	assert_int_equal(shared.most_steps, POLICY_MOST_STEPS);
	assert_int_equal(b->violations.count, said.count);
	for (size_t i = 0; i < said.count; i++)
		assert_string_equal(b->violations.items[i].message, said.items[i].message);
	assert_null(strstr(said.items[10].message, "domains"));
}

#define FALSE_RULES                                                                                \
	"validations:\n"                                                                           \
	"  - {expression: 'product.owner == \"\"', message: One}\n"                                \
	"  - {expression: 'product.owner == \"team\"', message: Two}\n"                            \
	"  - {expression: '1 / 0 == 1', message: Three}\n"

static void
each_complaint_of_a_rule_is_counted(void **state)
{
	struct bench *b = *state;
	assert_int_equal(judge(b, DOMAIN FALSE_RULES, NULL).complaints, 2);
	assert_int_equal(judge(b, DOMAIN RULES, NULL).complaints, 0);
}

static void
what_a_verdict_cost_is_taken_off_once_and_never_below_nothing(void **state)
{
	struct bench *b = *state;
	struct policy *own = compile_policy(b, DOMAIN RULES),
		      *global = compile_policy(b, GLOBAL RULES);
	struct verdict v = {.policy = own, .outcome = POLICY_NOT_CONCERNED, .cost = 60};
	uint64_t left = 100;
	policy_charge(&v, &left);
	assert_int_equal(left, 40);
	policy_charge(&(struct verdict){.policy = global, .cost = 60}, &left);
	assert_int_equal(left, 40);
	policy_charge(&v, &left);
	assert_int_equal(left, 0);
	policy_charge(&v, &left);
	assert_int_equal(left, 0);
	left = 10100;
	v.complaints = 1;
	policy_charge(&v, &left);
	assert_int_equal(left, 40);
	policy_destroy(own);
	policy_destroy(global);
}

int
main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, bench_set_up, bench_tear_down)
	const struct CMUnitTest tests[] = {
	    T(what_is_left_is_enough_to_the_last_step),
	    T(beyond_what_is_left_every_rule_fails_and_says_why),
	    T(where_nothing_is_left_one_complaint_says_so_and_nothing_is_tried),
	    T(whom_it_does_not_concern_it_does_not_fail),
	    T(a_condition_that_cannot_be_told_fails),
	    T(another_failure_is_not_blamed_on_the_steps),
	    T(who_asks_somebody_else_needs_none),
	    T(a_global_policy_has_its_own_limit),
	    T(more_than_its_own_limit_changes_nothing),
	    T(each_complaint_of_a_rule_is_counted),
	    T(what_a_verdict_cost_is_taken_off_once_and_never_below_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
