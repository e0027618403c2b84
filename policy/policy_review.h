/*
 * policy_review.h -- what is not wrong with a policy and yet hardly meant.
 *
 * A validation that is always true, lengths of time that are compared as texts, a variable that
 * nobody uses, a match that nothing can match, a test that is missing, or about what no product
 * has: each a complaint of enforcement "warn" with its place in the document.
 */
#ifndef WEFT_POLICY_POLICY_REVIEW_H
#define WEFT_POLICY_POLICY_REVIEW_H

#include "policy/policy_cases.h"

/*
 * policy_review -- `cases` are further tests of it, beside its own; may be NULL.  Rules: "always",
 * "unused", "lengths", "nothing-matches", "tests".
 */
void policy_review(const struct policy *p, const struct policy_cases *cases, size_t case_count,
		   struct violations *violations);

/*
 * policy_review_cases -- keys that no product and no fact has, in cases for it: of its own
 * document, or of a file.  Rule: "unknown-key".
 */
void policy_review_cases(const struct policy *p, const struct policy_cases *cases,
			 struct violations *violations);

#endif
