/*
 * case_run.h -- one case, judged: for those that run cases once and those that run them changed.
 */
#ifndef WEFT_POLICY_CASE_RUN_H
#define WEFT_POLICY_CASE_RUN_H

#include "policy_document.h"

/* case_input -- what it gives to the judge. */
struct policy_input case_input(const struct test_case *t);

/* case_judge -- that input, or another one, by the values of the case. */
struct verdict case_judge(const struct policy *p, const struct test_case *t,
			  const struct policy_input *input, struct violations *violations);

/* case_found -- "pass", or the enforcement. */
const char *case_found(const struct verdict *v);

#endif
