/*
 * policy_coverage.h -- which ways through a policy's expressions its cases took.
 *
 * Every branch (cel/coverage.h) has two sides, true and false; an expression without branches has
 * one, being worked out at all.
 */
#ifndef WEFT_POLICY_POLICY_COVERAGE_H
#define WEFT_POLICY_POLICY_COVERAGE_H

#include "policy/policy_cases.h"

struct covered_branch {
	uint32_t start, end; /* bytes of the expression */
	const char *text;    /* in one line */
	uint32_t times_true, times_false, times_failed;
};

struct covered_expression {
	const char *name;    /* of the validation, "variables.NAME", else the policy's */
	const char *pointer; /* to its text: "/validations/0/expression" */
	const char *source;
	uint32_t runs;
	struct covered_branch *branches;
	size_t count;
};

/* Lives in the arena that it was made in; counts up with every case. */
struct policy_coverage {
	struct arena *arena;
	struct covered_expression *items;
	size_t count;
	size_t sides, seen; /* in all */
};

/* policy_coverage_new -- nothing is seen yet. */
struct policy_coverage *policy_coverage_new(const struct policy *p, struct arena *arena);

/* policy_cover -- run the cases once more, watched, and count. */
void policy_cover(const struct policy *p, const struct policy_cases *cases,
		  struct policy_coverage *coverage);

#endif
