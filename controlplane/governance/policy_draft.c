/*
 * policy_draft.c -- compile, run the own tests, and say of what kind the mistakes are.
 */
#include "policy_draft.h"

#include <string.h>

#include "descriptor/descriptor.h"

static void
note_failed_test(struct violations *violations, const struct policy_test *test)
{
	violation_note(violations, "test", "/tests", test->at,
		       "the policy's own test '%s' expects %s and finds %s%s%s", test->name,
		       test->expected, test->found, *test->why ? ": " : "", test->why);
}

static void
run_own_tests(const struct policy *p, struct violations *violations)
{
	struct policy_test *tests;
	size_t count;
	policy_run_tests(p, violations->arena, &tests, &count);
	for (size_t i = 0; i < count; i++)
		if (!tests[i].passed)
			note_failed_test(violations, &tests[i]);
}

/*
 * Form is the sender's mistake; an expression that does not compile, a test that fails, or a value
 * that loosens a global policy, or somebody who may not be asked, is a refusal.
 */
static bool
is_about_meaning(const struct violations *violations)
{
	static const char *const rules[] = {"expression", "test", "tightens", "loosens", "agent"};
	for (size_t i = 0; i < violations->count; i++) {
		bool known = false;
		for (size_t k = 0; k < ARRAY_LEN(rules); k++)
			known |= strcmp(violations->items[i].rule, rules[k]) == 0;
		if (!known)
			return false;
	}
	return true;
}

enum err_code
draft_report(const char *name, struct violations *violations, struct err *e)
{
	enum err_code code = is_about_meaning(violations) ? ERR_REFUSED : ERR_MALFORMED;
	violations_sort(violations);
	const struct violation *first = &violations->items[0];
	err_set_at(e, code, first->at, "'%s' has %zu mistake%s, first: %s", name, violations->count,
		   violations->count == 1 ? "" : "s", first->message);
	return code;
}

enum err_code
policy_draft(const struct node *root, const char *name, const struct rule_set *rules,
	     struct violations *violations, struct policy **ret_policy, struct err *e)
{
	const char *base = policy_base_name(root);
	const struct policy_context context = {
	    .product = &descriptor_fields,
	    .base = base ? rule_set_find(rules, base) : NULL,
	};
	struct policy *p = policy_compile(root, &context, violations);
	if (p)
		run_own_tests(p, violations);
	if (p && violations->count == 0) {
		*ret_policy = p;
		return ERR_OK;
	}
	policy_destroy(p);
	return draft_report(name, violations, e);
}
