/*
 * A document before all policies: those of domains share their steps, in the order of their names.
 */
#include <stdlib.h>
#include <string.h>

#include "descriptor/descriptor.h"

#include "judgement.h"
#include "unit.h"

enum { RULES = 9, MOST_POLICIES = 8 };

#define PRODUCT "name: %s.orders\ndomain: %s\nowner: team\nschema: [{name: id, type: STRING}]\n"

/* Policies in the order of their names, as a rule set has them. */
struct court {
	struct arena arena;
	struct policy *policies[MOST_POLICIES];
	struct rule_set rules;
	struct violations violations;
};

static int
court_open(void **state)
{
	struct err e;
	struct court *c = calloc(1, sizeof *c);
	c->rules.policies = c->policies;
	*state = c;
	return digest_start_up(&e) == ERR_OK ? 0 : -1;
}

static int
court_close(void **state)
{
	struct court *c = *state;
	for (size_t i = 0; i < c->rules.count; i++)
		policy_destroy(c->policies[i]);
	arena_done(&c->arena);
	free(c);
	return 0;
}

static struct node *
read_text(struct court *c, const char *text)
{
	struct err e = {0};
	struct node *root = ARENA_NEW(&c->arena, struct node);
	if (document_read(DOCUMENT_YAML, text, strlen(text), NULL, &c->arena, root, &e) != ERR_OK)
		fail_msg("%s", e.message);
	return root;
}

static void
enact(struct court *c, const char *text)
{
	struct violations complaints = {.arena = &c->arena};
	const struct policy_context context = {.product = &descriptor_fields};
	struct policy *p = policy_compile(read_text(c, text), &context, &complaints);
	if (!p)
		fail_msg("%s", complaints.items[0].message);
	assert_true(c->rules.count < MOST_POLICIES);
	c->policies[c->rules.count++] = p;
}

#define HEAD "kind: Policy\nname: %s\nscope: %s\nenforcement: deny\n"

/* Nearly as many steps as one policy may take; `match` is a line, or "". */
static void
enact_greedy(struct court *c, const char *name, const char *scope, const char *match)
{
	CLEANUP(buf_done) struct buf text = {0};
	buf_printf(&text, HEAD "%svalidations:\n", name, scope, match);
	for (int i = 0; i < RULES; i++)
		buf_printf(&text,
			   "  - {name: rule-%d, expression: 'lists.range(430).all(x, "
			   "lists.range(430).all(y, product.name != \"\"))', message: It holds}\n",
			   i);
	enact(c, text.data);
}

static void
enact_modest(struct court *c, const char *name, const char *scope)
{
	enact(c,
	      arena_printf(&c->arena,
			   HEAD "validations: [{expression: product.owner != '', message: No}]\n",
			   name, scope));
}

static struct judgement
judge_product(struct court *c, const char *domain)
{
	const struct policy_input input = {
	    .product = read_text(c, arena_printf(&c->arena, PRODUCT, domain, domain))};
	c->violations = (struct violations){.arena = &c->arena};
	return judge_again(&c->rules, &input, &c->arena, &c->violations);
}

/* As the log has it. */
static const struct node *
written(struct court *c, const struct judgement *judgement)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct json j = {.out = &text};
	judgement_write(judgement, &j);
	return read_text(c, arena_bytes(&c->arena, text.data, text.length));
}

static int64_t
recorded(const struct node *verdicts, uint32_t i, const char *key)
{
	return node_int(&verdicts->items[i], key, -1);
}

static void
each_gets_what_those_before_it_left(void **state)
{
	struct court *c = *state;
	enact_greedy(c, "a-greedy", "domain:sales", "");
	enact_greedy(c, "b-greedy", "domain:sales", "");
	enact_modest(c, "c-modest", "domain:sales");
	enact_greedy(c, "d-greedy", "domain:sales", "");
	enact_modest(c, "e-modest", "domain:sales");
	struct judgement j = judge_product(c, "sales");
	static const enum policy_outcome wanted[] = {
	    POLICY_SATISFIED, POLICY_SATISFIED, POLICY_SATISFIED, POLICY_FAILED, POLICY_FAILED};
	assert_int_equal(j.count, ARRAY_LEN(wanted));
	assert_int_equal(j.denied, 2);
	for (size_t i = 0; i < j.count; i++)
		assert_int_equal(j.verdicts[i].outcome, wanted[i]);
	const struct node *log = written(c, &j);
	int64_t left = DOMAINS_MOST_STEPS;
	for (uint32_t i = 0; i < log->count; i++) {
		assert_int_equal(recorded(log, i, "steps"), left < POLICY_MOST_STEPS ? left : -1);
		const int64_t cost = recorded(log, i, "cost");
		left = cost < left ? left - cost : 0;
	}
	assert_int_equal(recorded(log, 4, "steps"), 0);
	assert_int_equal(recorded(log, 4, "cost"), 0);
}

static void
what_one_was_given_makes_its_verdict_again(void **state)
{
	struct court *c = *state;
	enact_greedy(c, "a-greedy", "domain:sales", "");
	enact_greedy(c, "b-greedy", "domain:sales", "");
	enact_greedy(c, "c-greedy", "domain:sales", "");
	struct judgement j = judge_product(c, "sales");
	const struct violations then = c->violations;
	const struct verdict *failed = &j.verdicts[2];
	assert_int_equal(failed->outcome, POLICY_FAILED);
	const uint64_t given = failed->most_steps;
	const struct policy_input input = {
	    .product = read_text(c, arena_printf(&c->arena, PRODUCT, "sales", "sales")),
	    .domain_steps = &given};
	c->violations = (struct violations){.arena = &c->arena};
	struct verdict again = policy_judge(failed->policy, &input, &c->arena, &c->violations);
	assert_int_equal(again.outcome, POLICY_FAILED);
	assert_int_equal(again.cost, failed->cost);
	assert_int_equal(c->violations.count, then.count);
	for (size_t i = 0; i < then.count; i++)
		assert_string_equal(c->violations.items[i].message, then.items[i].message);
}

static void
global_policies_neither_take_of_it_nor_fail_for_want_of_it(void **state)
{
	struct court *c = *state;
	enact_greedy(c, "a-council", "global", "");
	enact_greedy(c, "b-greedy", "domain:sales", "");
	enact_greedy(c, "c-council", "global", "");
	enact_greedy(c, "d-greedy", "domain:sales", "");
	enact_greedy(c, "e-greedy", "domain:sales", "");
	enact_greedy(c, "f-council", "global", "");
	struct judgement j = judge_product(c, "sales");
	const struct node *log = written(c, &j);
	assert_int_equal(j.count, 6);
	for (size_t i = 0; i < j.count; i++)
		assert_int_equal(j.verdicts[i].outcome, i == 4 ? POLICY_FAILED : POLICY_SATISFIED);
	assert_int_equal(recorded(log, 5, "steps"), -1);
}

static void
another_domain_has_its_own(void **state)
{
	struct court *c = *state;
	enact_greedy(c, "a-greedy", "domain:sales", "");
	enact_greedy(c, "b-greedy", "domain:sales", "");
	enact_greedy(c, "c-greedy", "domain:sales", "");
	enact_greedy(c, "d-cards", "domain:cards", "");
	struct judgement j = judge_product(c, "cards");
	assert_int_equal(j.count, 1);
	assert_int_equal(j.denied, 0);
	assert_int_equal(j.verdicts[0].most_steps, POLICY_MOST_STEPS);
}

#define GREEDY_MATCH                                                                               \
	"match: {condition: 'lists.range(430).all(x, lists.range(430).all(y, product.name != "     \
	"\"\")) && product.owner == \"nobody\"'}\n"

/* It had to be found out. */
static void
conditions_of_those_that_it_does_not_concern_take_of_it(void **state)
{
	struct court *c = *state;
	enact_greedy(c, "a-greedy", "domain:sales", "");
	enact_greedy(c, "b-greedy", "domain:sales", "");
	enact_greedy(c, "c-elsewhere", "domain:sales", GREEDY_MATCH);
	enact_greedy(c, "d-greedy", "domain:sales", "");
	struct judgement j = judge_product(c, "sales");
	assert_int_equal(j.count, 3);
	const uint64_t left = DOMAINS_MOST_STEPS - j.verdicts[0].cost - j.verdicts[1].cost;
	assert_in_range(j.verdicts[2].most_steps, left - 1000000, left - 500000);
}

int
main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, court_open, court_close)
	const struct CMUnitTest tests[] = {
	    T(each_gets_what_those_before_it_left),
	    T(what_one_was_given_makes_its_verdict_again),
	    T(global_policies_neither_take_of_it_nor_fail_for_want_of_it),
	    T(another_domain_has_its_own),
	    T(conditions_of_those_that_it_does_not_concern_take_of_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
