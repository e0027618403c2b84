/*
 * The ready-made policies: each compiles, brings tests for both verdicts, and passes them all.
 */
#include <stdio.h>
#include <stdlib.h>

#include "policy_text.h"

static struct policy *
ready_made(struct bench *b, const char *name)
{
	for (const struct embedded_file *f = policy_library; f->name; f++)
		if (strstr(f->name, name)) {
			const struct policy_context context = {.product = &product_table};
			struct policy *p = policy_compile(read_yaml(b, f->data, f->size), &context,
							  &b->violations);
			for (size_t i = 0; i < b->violations.count; i++)
				print_error("%s: %s\n", f->name, b->violations.items[i].message);
			return p;
		}
	return NULL;
}

static void
passes_its_tests(struct bench *b, const char *name)
{
	struct policy *p = ready_made(b, name);
	assert_non_null(p);
	assert_string_equal(policy_name(p), name);
	assert_int_equal(policy_enforcement(p), ENFORCE_DENY);
	assert_non_null(policy_description(p));
	struct policy_test *tests;
	size_t count, refused = 0;
	policy_run_tests(p, &b->arena, &tests, &count);
	for (size_t i = 0; i < count; i++) {
		if (!tests[i].passed)
			fail_msg("%s: %s: expected %s, found %s (%s)", name, tests[i].name,
				 tests[i].expected, tests[i].found, tests[i].why);
		refused += strcmp(tests[i].expected, "deny") == 0;
	}
	assert_true(refused >= 3 && count - refused >= 3);
	policy_destroy(p);
}

static void
the_case_studys_three_rules_pass_their_tests(void **state)
{
	passes_its_tests(*state, "pii-requires-access-controls");
	passes_its_tests(*state, "financial-data-retention");
	passes_its_tests(*state, "quality-checks-required");
}

static void
refuses_with(struct bench *b, const char *name, const char *product, const char *message,
	     const char *pointer)
{
	struct policy *p = ready_made(b, name);
	assert_non_null(p);
	const struct policy_input input = {.product = read_yaml(b, product, strlen(product))};
	assert_int_equal(policy_judge(p, &input, &b->arena, &b->violations).outcome,
			 POLICY_VIOLATED);
	assert_int_equal(b->violations.count, 1);
	assert_string_equal(b->violations.items[0].message, message);
	assert_string_equal(b->violations.items[0].pointer, pointer);
	b->violations.count = 0;
	policy_destroy(p);
}

static void
each_refuses_with_the_case_studys_words(void **state)
{
	struct bench *b = *state;
	refuses_with(b, "pii-requires-access-controls", "schema: [{name: x, pii: true}]",
		     "PII data requires access controls", "/access");
	refuses_with(b, "financial-data-retention", "{domain: finance, retention: 2555 days}",
		     "Financial data requires 7-year retention", "/retention");
	refuses_with(b, "quality-checks-required", "{domain: finance}", "Quality checks required",
		     "/quality_checks");
}

static void
a_violation_is_placed_where_the_value_stands(void **state)
{
	struct bench *b = *state;
	const char *product = "domain: finance\nretention: 6 years\n";
	refuses_with(b, "financial-data-retention", product,
		     "Financial data requires 7-year retention", "/retention");
	assert_int_equal(b->violations.items[0].at.line, 2);
	assert_int_equal(b->violations.items[0].at.column, 12);
}

#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, bench_set_up, bench_tear_down)

/* Also where the rule of financial data has something to compare. */
static void
judging_what_keeps_the_three_rules_takes_no_memory(void **state)
{
	struct bench *b = *state;
	static const char *const names[] = {"pii-requires-access-controls",
					    "financial-data-retention", "quality-checks-required"};
	static const char product[] = "name: finance.ledger\n"
				      "domain: finance\n"
				      "retention: 10 years\n"
				      "schema: [{name: id}, {name: email, pii: true}]\n"
				      "access: [{role: analysts}]\n"
				      "quality_checks: [{unique: id}]\n";
	const struct policy_input input = {.product = read_yaml(b, product, strlen(product)),
					   .facts = read_yaml(b, "domain: {tags: [finance]}", 25)};
	struct arena scratch = {0};
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct policy *p = ready_made(b, names[i]);
		assert_non_null(p);
		assert_int_equal(policy_judge(p, &input, &scratch, &b->violations).outcome,
				 POLICY_SATISFIED);
		policy_destroy(p);
	}
	assert_null(scratch.blocks);
	assert_int_equal(b->violations.count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_BENCH(the_case_studys_three_rules_pass_their_tests),
	    WITH_BENCH(each_refuses_with_the_case_studys_words),
	    WITH_BENCH(a_violation_is_placed_where_the_value_stands),
	    WITH_BENCH(judging_what_keeps_the_three_rules_takes_no_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
