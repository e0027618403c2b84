/*
 * policy_cases.h -- products and the verdicts that a policy must give: the tests in its document,
 * and those in files beside it.
 *
 *     kind: PolicyCases
 *     policy: financial-data-retention
 *     cases:
 *       - name: six years are too short
 *         product: {...}
 *         expect: deny
 */
#ifndef WEFT_POLICY_POLICY_CASES_H
#define WEFT_POLICY_POLICY_CASES_H

#include "policy/policy.h"

struct policy_cases {
	const char *policy; /* the name of the policy that they are for */
	struct list items;  /* as the tests of a policy document */
};

/* policy_cases_decode -- false when something was complained of; all of it lives in `arena`. */
bool policy_cases_decode(const struct node *document, struct arena *arena,
			 struct violations *violations, struct policy_cases *ret_cases);

/* Is it a document of cases, by its kind? */
bool policy_cases_is(const struct node *document);

/* policy_own_cases -- those of its own document; they live as long as the policy. */
struct policy_cases policy_own_cases(const struct policy *p);

enum { CASES_MOST_STEPS = 50000000 }; /* of all cases together; some seconds */

/* policy_run_cases -- one result a case, in `arena`; those for which no steps are left fail. */
struct policy_test *policy_run_cases(const struct policy *p, const struct policy_cases *cases,
				     struct arena *arena);

extern const struct field_set policy_cases_fields;

#endif
