/*
 * A ready-made policy taken over: what is changed, what stays, and what is refused.
 */
#include <stdlib.h>

#include "descriptor/descriptor.h"
#include "policy/adoption.h"

#include "policy_text.h"

static const struct policy_context context = {.product = &descriptor_fields};

static const char small[] = "kind: Policy\n"
			    "name: kept # for how long\n"
			    "scope: global\n"
			    "enforcement: deny\n"
			    "parameters:\n"
			    "  minimum: {type: period, default: 1 year, stricter: longer}\n"
			    "  tags: {type: list, default: []}\n"
			    "# what must hold\n"
			    "validations:\n"
			    "  - expression: retention(product) >= period(params.minimum)\n"
			    "    message: too short\n"
			    "tests:\n"
			    "  - {name: a year, product: {retention: 1 year}, expect: pass}\n"
			    "  - name: a day\n"
			    "    product: {retention: 1 day}\n"
			    "    expect: deny\n";

static const char *
adopted(struct bench *b, const char *text, const struct adoption *a)
{
	CLEANUP(buf_done) struct buf out = {0};
	struct err e;
	if (policy_adopt(text, strlen(text), a, &b->arena, &out, &e) != ERR_OK)
		return arena_text(&b->arena, e.message);
	return arena_bytes(&b->arena, out.data, out.length);
}

static void
nothing_changes_but_what_was_asked_for(void **state)
{
	struct bench *b = *state;
	assert_string_equal(adopted(b, small, &(struct adoption){0}), small);
	const char *warned = adopted(b, small, &(struct adoption){.enforcement = "warn"});
	assert_non_null(strstr(warned, "\nname: kept # for how long\nscope: global\n"
				       "enforcement: warn\nparameters:\n"));
	assert_non_null(strstr(warned, "\n# what must hold\nvalidations:\n"));
	assert_non_null(strstr(warned, "\n    expect: warn\n"));
	assert_non_null(strstr(warned, "expect: pass}\n"));
}

static void
values_stand_before_what_needs_them(void **state)
{
	struct bench *b = *state;
	static const char *const settings[] = {"minimum=7 years", "tags=[a, \"b: c\"]"};
	const struct adoption a = {.settings = settings, .setting_count = 2};
	assert_non_null(strstr(adopted(b, small, &a),
			       "# what must hold\nvalues:\n  - scope: global\n    set:\n"
			       "      minimum: \"7 years\"\n      tags: [\"a\",\"b: c\"]\n"
			       "validations:\n"));
}

static void
what_is_no_setting_is_refused_with_a_guess(void **state)
{
	struct bench *b = *state;
	static const struct {
		const char *setting, *complaint;
	} wrong[] = {
	    {"minimum", "'minimum' is no setting: PARAMETER=VALUE, as in minimum=10 years"},
	    {"=1", "'=1' is no setting: PARAMETER=VALUE, as in minimum=10 years"},
	    {"minimun=1", "the policy has no parameter 'minimun'; did you mean 'minimum'?"},
	    {"x=1", "the policy has no parameter 'x'"},
	    {"tags=[a", "the value of 'tags' cannot be read: "},
	};
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		const struct adoption a = {.settings = &wrong[i].setting, .setting_count = 1};
		const char *found = adopted(b, small, &a);
		if (strncmp(found, wrong[i].complaint, strlen(wrong[i].complaint)) != 0)
			fail_msg("'%s': %s", wrong[i].setting, found);
	}
}

static void
a_domains_is_named_after_it_and_has_no_tests(void **state)
{
	struct bench *b = *state;
	const char *setting = "minimum=2 years";
	const struct adoption a = {
	    .domain = "risk.models", .settings = &setting, .setting_count = 1};
	const char *text = adopted(b, small, &a);
	assert_non_null(strstr(text, "\nname: risk.models-kept"));
	assert_non_null(strstr(text, "\nscope: domain:risk.models\n"));
	assert_non_null(strstr(text, "  - scope: domain:risk.models\n"));
	assert_null(strstr(text, "tests:"));
	assert_string_equal(policy_adopted_name("kept", NULL, &b->arena), "kept");
}

static void
what_is_in_force_for_all_is_tightened(void **state)
{
	struct bench *b = *state;
	CLEANUP(buf_done) struct buf out = {0};
	struct err e;
	const char *setting = "minimum=2 years";
	const struct node *base = read_yaml(b, small, strlen(small));
	struct adoption a = {.domain = "risk"};
	assert_int_equal(policy_tighten(base, &a, &b->arena, &out, &e), ERR_USAGE);
	assert_non_null(strstr(e.message, "'kept' is in force for the whole mesh"));
	a.settings = &setting;
	a.setting_count = 1;
	assert_int_equal(policy_tighten(base, &a, &b->arena, &out, &e), ERR_OK);
	assert_string_equal(out.data, "kind: Policy\nname: risk-kept\nscope: domain:risk\n"
				      "enforcement: deny\ntightens: kept\nparameters:\n"
				      "  minimum: \"2 years\"\n");
}

static void
compiles_and_passes(struct bench *b, const char *name, const char *text, const char *expected)
{
	struct policy *p =
	    policy_compile(read_yaml(b, text, strlen(text)), &context, &b->violations);
	for (size_t i = 0; i < b->violations.count; i++)
		print_error("%s: %s\n", name, b->violations.items[i].message);
	assert_non_null(p);
	assert_string_equal(enforcement_name(policy_enforcement(p)), expected);
	struct policy_test *tests;
	size_t count;
	policy_run_tests(p, &b->arena, &tests, &count);
	for (size_t i = 0; i < count; i++)
		if (!tests[i].passed)
			fail_msg("%s: %s", name, tests[i].name);
	policy_destroy(p);
}

static void
each_of_the_library_can_be_taken_over_in_every_way(void **state)
{
	struct bench *b = *state;
	static const char *const ways[] = {"audit", "warn", "deny"};
	for (const struct embedded_file *f = policy_library; f->name; f++) {
		const char *text = arena_bytes(&b->arena, f->data, f->size);
		for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
			struct adoption a = {.enforcement = ways[i]};
			compiles_and_passes(b, f->name, adopted(b, text, &a), ways[i]);
			a.domain = "risk";
			compiles_and_passes(b, f->name, adopted(b, text, &a), ways[i]);
		}
	}
}

/* The tests are about the rule, whatever values a council chooses. */
static void
other_values_leave_the_tests_of_the_library_true(void **state)
{
	struct bench *b = *state;
	static const char *const settings[][2] = {
	    {"financial-data-retention", "minimum=10 years"},
	    {"classification-covers-columns", "required=false"},
	    {"retention-by-classification",
	     "minimum={restricted: 20 years, confidential: 9 years}"},
	    {"personal-data-maximum-retention", "maximum=1 year"},
	    {"quality-checks-cover-keys", "key_required=true"},
	    {"quality-score-threshold", "thresholds={gold: 0.5, silver: 0.4, bronze: 0.1}"},
	    {"freshness-and-availability-declared", "oldest=10 years"},
	    {"freshness-and-availability-declared", "availability=10"},
	    {"owner-and-contact", "roles=[steward]"},
	    {"deprecation-names-successor", "successor_required=false"},
	    {"breaking-change-needs-notice", "notice=0 days"},
	    {"cross-domain-inputs-granted", "roles={risk-analytics: [retail-analysts]}"},
	    {"access-expires-and-is-reviewed", "expires_from=public"},
	    {"access-expires-and-is-reviewed", "cadence={confidential: 90 years}"},
	    {"naming-convention", "column=[A-Z]+"},
	    {"naming-convention", "product=.*"},
	    {"no-unowned-upstream", "datasets=true"},
	};
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		const struct adoption a = {.settings = &settings[i][1], .setting_count = 1};
		for (const struct embedded_file *f = policy_library; f->name; f++)
			if (strstr(f->name, settings[i][0]))
				compiles_and_passes(
				    b, settings[i][1],
				    adopted(b, arena_bytes(&b->arena, f->data, f->size), &a),
				    "deny");
	}
}

#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, bench_set_up, bench_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_BENCH(nothing_changes_but_what_was_asked_for),
	    WITH_BENCH(values_stand_before_what_needs_them),
	    WITH_BENCH(what_is_no_setting_is_refused_with_a_guess),
	    WITH_BENCH(a_domains_is_named_after_it_and_has_no_tests),
	    WITH_BENCH(what_is_in_force_for_all_is_tightened),
	    WITH_BENCH(each_of_the_library_can_be_taken_over_in_every_way),
	    WITH_BENCH(other_values_leave_the_tests_of_the_library_true),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
