/*
 * Policies and domains on their way in, and what they do to the products that come after.
 */
#include "office.h"

#define PRODUCT                                                                                    \
	"name: sales.orders\nowner: sales\ndomain: sales\n"                                        \
	"schema: [{name: id, type: STRING}]\nquality_checks: [{unique: id}]\n"

#define RULE(enforcement, expression)                                                              \
	"kind: Policy\n"                                                                           \
	"name: has-description\n"                                                                  \
	"scope: global\n"                                                                          \
	"enforcement: " enforcement "\n"                                                           \
	"validations:\n"                                                                           \
	"  - expression: " expression "\n"                                                         \
	"    message: A description is needed\n"                                                   \
	"    pointer: /description\n"

static enum err_code
define_rule(struct office *o, const char *text)
{
	const struct submission in = office_paper(text);
	struct outcome out = office_begin(o);
	return office_end(o,
			  policy_define(o->governance, "has-description", &in, &o->arena,
					&o->violations, &out, &o->e),
			  &out);
}

static void
the_ready_made_policies_are_in_force_from_the_first_start(void **state)
{
	struct office *o = *state;
	const struct submission in = office_paper(PRODUCT);
	struct outcome out = office_begin(o);
	assert_int_equal(
	    office_end(o,
		       product_evaluate(o->governance, &in, &o->arena, &o->violations, &out, &o->e),
		       &out),
	    ERR_OK);
	assert_string_equal(office_answer(o, "outcome"), "accepted");
	assert_true(office_log_size(o) >= 4);
}

static void
a_new_policy_judges_the_next_publish(void **state)
{
	struct office *o = *state;
	assert_int_equal(office_publish_text(o, PRODUCT), ERR_OK);
	assert_int_equal(define_rule(o, RULE("warn", "has(product.description)")), ERR_OK);
	assert_int_equal(o->status, 201);
	assert_int_equal(office_publish_text(o, PRODUCT "tags: [x]\n"), ERR_OK);
	assert_non_null(office_complaint(o, "A description is needed"));
	assert_int_equal(define_rule(o, RULE("deny", "has(product.description)")), ERR_OK);
	assert_int_equal(o->status, 200);
	assert_int_equal(office_publish_text(o, PRODUCT "tags: [y]\n"), ERR_REFUSED);
	assert_int_equal(office_publish_text(o, PRODUCT "description: all orders\n"), ERR_OK);
}

static void
compliance_is_judged_by_the_policies_of_now(void **state)
{
	struct office *o = *state;
	assert_int_equal(office_publish_text(o, PRODUCT), ERR_OK);
	assert_int_equal(define_rule(o, RULE("deny", "has(product.description)")), ERR_OK);
	struct outcome out = office_begin(o);
	assert_int_equal(office_end(o,
				    product_compliance(o->governance, "sales.orders", 0, &o->arena,
						       &o->answer, &o->e),
				    &out),
			 ERR_OK);
	assert_string_equal(office_answer(o, "standing"), "violating");
}

static void
a_policy_that_does_not_compile_is_refused_with_its_place(void **state)
{
	struct office *o = *state;
	uint64_t size = office_log_size(o);
	assert_int_equal(define_rule(o, RULE("deny", "has(product.descripton)")), ERR_REFUSED);
	assert_int_equal(o->violations.items[0].at.line, 6);
	assert_non_null(o->violations.items[0].suggestion);
	assert_int_equal(define_rule(o, RULE("deny", "product.name ==")), ERR_REFUSED);
	assert_int_equal(define_rule(o, RULE("forbid", "true")), ERR_MALFORMED);
	assert_int_equal(office_log_size(o), size);
}

static void
a_policy_whose_own_test_fails_is_refused(void **state)
{
	struct office *o = *state;
	assert_int_equal(
	    define_rule(
		o, RULE("deny", "has(product.description)") "tests:\n"
							    "  - name: nothing is needed\n"
							    "    product: "
							    "{name: a.b, owner: o, domain: d, "
							    "schema: [{name: x, type: STRING}]}\n"
							    "    expect: pass\n"),
	    ERR_REFUSED);
	assert_string_equal(o->violations.items[0].rule, "test");
}

static void
the_name_in_the_path_must_be_the_documents(void **state)
{
	struct office *o = *state;
	const struct submission in = office_paper("name: cards\n");
	struct outcome out = office_begin(o);
	assert_int_equal(
	    domain_define(o->governance, "card", &in, &o->arena, &o->violations, &out, &o->e),
	    ERR_MALFORMED);
	assert_string_equal(o->violations.items[0].suggestion, "card");
}

static void
the_same_domain_again_changes_nothing(void **state)
{
	struct office *o = *state;
	const struct submission in = office_paper("name: cards\nteam: cards-team\n");
	for (int i = 0; i < 2; i++) {
		struct outcome out = office_begin(o);
		assert_int_equal(office_end(o,
					    domain_define(o->governance, "cards", &in, &o->arena,
							  &o->violations, &out, &o->e),
					    &out),
				 ERR_OK);
		assert_string_equal(office_answer(o, "outcome"), i ? "unchanged" : "created");
	}
}

int
main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, office_open, office_close)
	const struct CMUnitTest tests[] = {
	    T(the_ready_made_policies_are_in_force_from_the_first_start),
	    T(a_new_policy_judges_the_next_publish),
	    T(compliance_is_judged_by_the_policies_of_now),
	    T(a_policy_that_does_not_compile_is_refused_with_its_place),
	    T(a_policy_whose_own_test_fails_is_refused),
	    T(the_name_in_the_path_must_be_the_documents),
	    T(the_same_domain_again_changes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
