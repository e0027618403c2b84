/*
 * coverage.h -- which ways through an expression some evaluations took.
 *
 * A branch is a step that decides something and can come out as true or as false: the whole (where
 * it is a bool), each operand of && and ||, each condition of ? and each predicate of a loop.  It
 * is covered when both were seen.  A branch that is known ahead (`true || x`) is none.
 */
#ifndef WEFT_POLICY_COVERAGE_H
#define WEFT_POLICY_COVERAGE_H

#include "policy/observe.h"

struct cel_branch {
	uint32_t step;
	uint32_t seen[2]; /* how often it was false, and true */
	uint32_t failed;  /* how often an error */
};

/* Lives in the arena that it was made in; not thread-safe. */
struct cel_coverage {
	const struct cel_program *program;
	struct cel_branch *branches; /* in the order of the source */
	size_t count;
	uint32_t *branch_of; /* by step: its number + 1, or 0 */
	uint32_t runs;
};

/* cel_coverage_new -- of an observed program, nothing seen yet. */
struct cel_coverage *cel_coverage_new(const struct cel_program *p, struct arena *arena);

/* cel_cover -- cel_evaluate(), and count what is seen. */
struct cel_value cel_cover(struct cel_coverage *c, const struct cel_value *bindings,
			   struct cel_limits limits, struct arena *arena, uint64_t *ret_cost);

#endif
