/*
 * What policies are made of beyond their conditions: variables, messages that are worked out,
 * grace, and what they look at.
 */
#include <stdlib.h>

#include "policy_text.h"

#define HEAD "kind: Policy\nname: a-policy\nenforcement: deny\n"

static const char product_yaml[] = "name: retail.accounts\n"
				   "domain: retail\n"
				   "owner: team\n"
				   "schema:\n"
				   "  - {name: id, type: STRING}\n"
				   "  - {name: email, type: STRING, pii: true}\n";

static struct policy *
compiled(struct bench *b, const char *yaml)
{
	struct policy *p = compile_policy(b, yaml);
	if (!p)
		fail_msg("%s", b->violations.items[0].message);
	return p;
}

static struct verdict
judge(struct bench *b, const struct policy *p, struct policy_input input)
{
	b->violations = (struct violations){.arena = &b->arena};
	input.product = read_yaml(b, product_yaml, strlen(product_yaml));
	return policy_judge(p, &input, &b->arena, &b->violations);
}

static struct verdict
judge_text(struct bench *b, const char *yaml)
{
	struct policy *p = compiled(b, yaml);
	struct verdict v = judge(b, p, (struct policy_input){0});
	policy_destroy(p);
	return v;
}

/* ---- bounds */

/* Each scope with values of its own has programs of its own: a short text could ask for many. */
static void
a_policy_has_no_more_programs_than_so_many(void **state)
{
	struct bench *b = *state;
	CLEANUP(buf_done) struct buf yaml = {0};
	buf_text(&yaml, HEAD "parameters:\n  least: {type: integer, default: 1, stricter: higher}\n"
			     "validations:\n"
			     "  - {expression: size(product.schema) >= params.least, message: m}\n"
			     "values:\n");
	for (int i = 0; i < 2499; i++)
		buf_printf(&yaml, "  - {scope: 'domain:d%d', set: {least: %d}}\n", i, i);
	policy_destroy(compiled(b, yaml.data));
	buf_text(&yaml, "  - {scope: 'domain:more', set: {least: 1}}\n");
	assert_null(compile_policy(b, yaml.data));
	assert_string_equal(b->violations.items[0].rule, "limit");
	assert_non_null(strstr(b->violations.items[0].message,
			       "2 expressions for each of 2501 scopes and tests"));
}

#define MUCH                                                                                       \
	"cel.bind(x, [1,2,3,4,5,6,7,8,9,10], "                                                     \
	"x.all(a, x.all(b, x.all(c, x.all(d, x.all(e, x.all(f, true)))))))"

static void
tests_end_when_they_took_too_long(void **state)
{
	struct bench *b = *state;
	CLEANUP(buf_done) struct buf yaml = {0};
	struct policy_test *tests;
	size_t count;
	buf_text(&yaml, HEAD "validations:\n");
	for (int i = 0; i < 10; i++)
		buf_text(&yaml, "  - {expression: '" MUCH "', message: m}\n");
	buf_text(&yaml, "tests:\n");
	for (int i = 0; i < 50; i++)
		buf_text(&yaml, "  - {name: a test, product: {name: a.b}, expect: deny}\n");
	struct policy *p = compiled(b, yaml.data);
	policy_run_tests(p, &b->arena, &tests, &count);
	assert_int_equal(count, 50);
	assert_true(tests[0].passed && tests[4].passed);
	assert_false(tests[6].passed || tests[49].passed);
	assert_string_equal(tests[49].why,
			    "it was not run, since those before it took more than 50000000 steps");
	policy_destroy(p);
}

/* ---- variables */

#define VARIABLES                                                                                  \
	HEAD "variables:\n"                                                                        \
	     "  - {name: personal, expression: 'product.schema.filter(c, "                         \
	     "c.?pii.orValue(false))'}\n"                                                          \
	     "  - {name: count, expression: size(variables.personal)}\n"                           \
	     "  - {name: broken, expression: previous.name}\n"

static void
a_variable_is_worked_out_once_and_only_when_needed(void **state)
{
	struct bench *b = *state;
	const char *one = "  - {expression: variables.count == 1, message: m}\n";
	struct verdict none = judge_text(b, VARIABLES "validations:\n"
						      "  - {expression: 'true', message: m}\n");
	struct verdict once =
	    judge_text(b, arena_printf(&b->arena, VARIABLES "validations:\n%s", one));
	struct verdict twice =
	    judge_text(b, arena_printf(&b->arena, VARIABLES "validations:\n%s%s", one, one));
	assert_int_equal(once.outcome, POLICY_SATISFIED);
	assert_int_equal(twice.outcome, POLICY_SATISFIED);
	assert_true(none.cost == 1);
	assert_true(once.cost > 10);
	assert_true(twice.cost - once.cost < 5);
}

static void
a_variable_that_fails_matters_only_where_it_decides(void **state)
{
	struct bench *b = *state;
	struct verdict v = judge_text(
	    b, VARIABLES
	    "validations:\n"
	    "  - {expression: variables.count == 1 || variables.broken == 'x', message: m}\n");
	assert_int_equal(v.outcome, POLICY_SATISFIED);
	v = judge_text(b, VARIABLES "validations:\n"
				    "  - {expression: variables.broken == 'x', message: m}\n");
	assert_int_equal(v.outcome, POLICY_FAILED);
	assert_string_equal(b->violations.items[0].message,
			    "m (cannot be told: null has no field 'name')");
}

static void
a_variable_has_the_type_of_its_expression(void **state)
{
	struct bench *b = *state;
	assert_null(compile_policy(
	    b, VARIABLES
	    "validations:\n"
	    "  - {expression: 'variables.personal.all(c, c.nmae != \"\")', message: m}\n"));
	assert_string_equal(b->violations.items[0].suggestion, "name");
	assert_null(compile_policy(b, VARIABLES
				   "validations:\n"
				   "  - {expression: variables.count == 'one', message: m}\n"));
	assert_null(compile_policy(b, HEAD
				   "variables:\n"
				   "  - {name: a, expression: '1'}\n"
				   "  - {name: a, expression: '2'}\n"
				   "validations: [{expression: variables.a == 1, message: m}]\n"));
	assert_string_equal(b->violations.items[0].message, "there are two variables 'a'");
}

/* ---- messages and pointers */

static void
message_and_pointer_may_be_worked_out(void **state)
{
	struct bench *b = *state;
	judge_text(b, VARIABLES
		   "validations:\n"
		   "  - expression: variables.count == 0\n"
		   "    message: fixed\n"
		   "    messageExpression: '\"personal: \" + variables.personal[0].name'\n"
		   "    pointerExpression: '\"/schema/\" + string(variables.count)'\n");
	assert_string_equal(b->violations.items[0].message, "personal: email");
	assert_string_equal(b->violations.items[0].pointer, "/schema/1");
	assert_int_equal(b->violations.items[0].at.line, 6);
	judge_text(b, VARIABLES "validations:\n"
				"  - expression: variables.count == 0\n"
				"    message: fixed\n"
				"    messageExpression: variables.broken\n"
				"    pointer: /owner\n"
				"    pointerExpression: '\"no pointer\"'\n");
	assert_string_equal(b->violations.items[0].message, "fixed");
	assert_string_equal(b->violations.items[0].pointer, "/owner");
}

/* ---- grace */

static void
grace_is_for_products_that_are_older_than_the_policy(void **state)
{
	static const char yaml[] =
	    HEAD "grace: 30 days\nvalidations: [{expression: 'false', message: m}]\n";
	struct bench *b = *state;
	const moment day = SECONDS(86400);
	const struct policy_context context = {.product = &product_table, .since = 100 * day};
	struct policy *p =
	    policy_compile(read_yaml(b, yaml, strlen(yaml)), &context, &b->violations);
	const struct node *old = read_yaml(b, "published_at: 1970-02-01", 24),
			  *new = read_yaml(b, "published_at: 1970-04-20", 24);
	struct verdict v = judge(b, p, (struct policy_input){.facts = old, .now = 129 * day});
	assert_int_equal(v.enforcement, ENFORCE_WARN);
	assert_int_equal(v.grace_end, 130 * day);
	assert_string_equal(b->violations.items[0].message, "m (refused from 1970-05-11 on)");
	assert_string_equal(b->violations.items[0].enforcement, "warn");
	v = judge(b, p, (struct policy_input){.facts = old, .now = 130 * day});
	assert_int_equal(v.enforcement, ENFORCE_DENY);
	assert_int_equal(v.grace_end, 0);
	v = judge(b, p, (struct policy_input){.facts = new, .now = 120 * day});
	assert_int_equal(v.enforcement, ENFORCE_DENY);
	v = judge(b, p, (struct policy_input){.now = 120 * day});
	assert_int_equal(v.enforcement, ENFORCE_DENY);
	policy_destroy(p);
}

/* ---- what it looks at */

static void
needs(struct bench *b, const char *expression, unsigned wanted)
{
	struct policy *p = compiled(
	    b, arena_printf(&b->arena, HEAD "validations: [{expression: \"%s\", message: m}]\n",
			    expression));
	assert_int_equal(policy_needs(p), wanted);
	policy_destroy(p);
}

static void
a_policy_says_what_it_looks_at(void **state)
{
	struct bench *b = *state;
	needs(b, "product.owner == 'x'", 0);
	needs(b, "previous == null", POLICY_NEEDS_PREVIOUS);
	needs(b, "upstream.all(u, u.known)", POLICY_NEEDS_UPSTREAM);
	needs(b, "facts.quality.passed || now > timestamp('2026-01-01T00:00:00Z')",
	      POLICY_NEEDS_FACTS | POLICY_NEEDS_NOW);
	struct policy *p = compiled(
	    b, HEAD
	    "variables: [{name: d, expression: facts.domain}]\n"
	    "validations: [{expression: 'facts.?quality.?passed.orValue(true)', message: m}]\n");
	assert_true(policy_needs_fact(p, "domain"));
	assert_true(policy_needs_fact(p, "quality"));
	assert_false(policy_needs_fact(p, "downstream"));
	policy_destroy(p);
	p = compiled(b, HEAD "validations: [{expression: 'size(facts) > 0', message: m}]\n");
	assert_true(policy_needs_fact(p, "downstream"));
	policy_destroy(p);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(a_policy_has_no_more_programs_than_so_many),
	    TEST(tests_end_when_they_took_too_long),
	    TEST(a_variable_is_worked_out_once_and_only_when_needed),
	    TEST(a_variable_that_fails_matters_only_where_it_decides),
	    TEST(a_variable_has_the_type_of_its_expression),
	    TEST(message_and_pointer_may_be_worked_out),
	    TEST(grace_is_for_products_that_are_older_than_the_policy),
	    TEST(a_policy_says_what_it_looks_at),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
