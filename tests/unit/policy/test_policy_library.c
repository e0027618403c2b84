/*
 * The ready-made policies: each compiles, brings tests for both verdicts, and passes them all.
 */
#include <stdio.h>
#include <stdlib.h>

#include "descriptor/descriptor.h"

#include "policy_text.h"

static const struct policy_context context = {.product = &descriptor_fields};

static struct policy *
compile(struct bench *b, const struct embedded_file *f)
{
	struct policy *p = policy_compile(read_yaml(b, f->data, f->size), &context, &b->violations);
	for (size_t i = 0; i < b->violations.count; i++)
		print_error("%s: %s\n", f->name, b->violations.items[i].message);
	assert_non_null(p);
	return p;
}

static struct policy *
ready_made(struct bench *b, const char *name)
{
	for (const struct embedded_file *f = policy_library; f->name; f++)
		if (strstr(f->name, name))
			return compile(b, f);
	fail_msg("there is no %s", name);
	return NULL;
}

static void
passes_its_tests(struct bench *b, const struct policy *p)
{
	struct policy_test *tests;
	size_t count, refused = 0;
	policy_run_tests(p, &b->arena, &tests, &count);
	for (size_t i = 0; i < count; i++) {
		if (!tests[i].passed)
			print_error("%s: %s: expected %s, found %s (%s)\n", policy_name(p),
				    tests[i].name, tests[i].expected, tests[i].found, tests[i].why);
		assert_true(tests[i].passed);
		refused += strcmp(tests[i].expected, "deny") == 0;
	}
	assert_true(refused >= 3 && count - refused >= 2);
}

static void
says_what_it_is_for(const struct policy *p, const struct embedded_file *f)
{
	assert_non_null(policy_description(p));
	assert_non_null(policy_purpose(p));
	assert_non_null(policy_source(p));
	assert_non_null(strstr(f->name, policy_name(p)));
	assert_string_equal(policy_scope(p), "global");
	assert_int_equal(policy_enforcement(p), ENFORCE_DENY);
}

static void
each_says_what_it_is_for_and_passes_its_tests(void **state)
{
	struct bench *b = *state;
	size_t count = 0;
	for (const struct embedded_file *f = policy_library; f->name; f++, count++) {
		struct policy *p = compile(b, f);
		says_what_it_is_for(p, f);
		passes_its_tests(b, p);
		policy_destroy(p);
	}
	assert_true(count >= 16);
}

/* Who adopts one changes these lines, and puts values before what the validations need. */
static void
each_can_be_adopted_line_by_line(void **state)
{
	struct bench *b = *state;
	static const char *const once[] = {"\nname: ", "\nscope: global\n", "\nenforcement: deny\n",
					   "\nvalidations:\n", "\ntests:\n"};
	for (const struct embedded_file *f = policy_library; f->name; f++) {
		const char *text = arena_bytes(&b->arena, f->data, f->size);
		for (size_t i = 0; i < ARRAY_LEN(once); i++) {
			const char *found = strstr(text, once[i]);
			assert_non_null(found);
			assert_null(strstr(found + 1, once[i]));
		}
		const struct node *root = read_yaml(b, f->data, f->size);
		assert_null(node_get(root, "values"));
		assert_string_equal(root->members[root->count - 1].key, "tests");
	}
}

/* The case study's, and they are among all of them. */
static void
three_are_in_force_from_the_first_start(void **state)
{
	(void)state;
	static const char *const names[] = {"library/pii-requires-access-controls.yaml",
					    "library/financial-data-retention.yaml",
					    "library/quality-checks-required.yaml", NULL};
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *first = policy_library_at_start[i].name;
		assert_true(first && names[i] ? strcmp(first, names[i]) == 0 : first == names[i]);
		assert_true(!first || strcmp(policy_library[i].name, first) == 0);
	}
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
	refuses_with(b, "pii-requires-access-controls",
		     "{name: a.b, schema: [{name: x, pii: true}]}",
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

/* As wide as a product may be, with an input as wide: every policy tells, within its steps. */
static void
none_gives_up_on_a_wide_product(void **state)
{
	struct bench *b = *state;
	CLEANUP(buf_done) struct buf text = {0}, wide = {0};
	buf_text(&text, "{\"name\": \"a.b\", \"owner\": \"o\", \"domain\": \"d\", \"retention\": "
			"\"7 years\", \"access\": [], \"schema\": [");
	buf_text(&wide,
		 "[{\"name\": \"c.d\", \"kind\": \"product\", \"known\": true, \"domain\": \"d\", "
		 "\"owner\": \"o\", \"status\": \"active\", \"access\": [], \"columns\": [");
	for (int i = 0; i < DESCRIPTOR_MOST_COLUMNS; i++) {
		buf_printf(&text,
			   "%s{\"name\": \"n%d\", \"type\": \"STRING\", \"pii\": %s, "
			   "\"classification\": \"internal\", \"from\": [\"c.d#n%d\"]}",
			   i ? "," : "", i, i ? "true" : "false", DESCRIPTOR_MOST_COLUMNS - 1 - i);
		buf_printf(&wide, "%s{\"name\": \"n%d\", \"personal\": true}", i ? "," : "", i);
	}
	buf_text(&text, "]}");
	buf_text(&wide, "]}]");
	const struct node *product = read_yaml(b, text.data, text.length);
	const struct policy_input input = {
	    .product = product,
	    .previous = product,
	    .upstream = read_yaml(b, wide.data, wide.length),
	    .facts = read_yaml(b, "{downstream: []}", strlen("{downstream: []}")),
	};
	for (const struct embedded_file *f = policy_library; f->name; f++) {
		struct policy *p = compile(b, f);
		struct verdict v = policy_judge(p, &input, &b->arena, &b->violations);
		if (v.outcome == POLICY_FAILED)
			fail_msg("%s: %s", f->name, b->violations.items[0].message);
		b->violations.count = 0;
		policy_destroy(p);
	}
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
	    WITH_BENCH(each_says_what_it_is_for_and_passes_its_tests),
	    WITH_BENCH(each_can_be_adopted_line_by_line),
	    WITH_BENCH(three_are_in_force_from_the_first_start),
	    WITH_BENCH(each_refuses_with_the_case_studys_words),
	    WITH_BENCH(none_gives_up_on_a_wide_product),
	    WITH_BENCH(a_violation_is_placed_where_the_value_stands),
	    WITH_BENCH(judging_what_keeps_the_three_rules_takes_no_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
