/*
 * check.h -- what every name and call in the tree means, and whether its types fit (langdef.md,
 * "Gradual Type Checking" and "Name Resolution").
 */
#ifndef WEFT_POLICY_CHECK_H
#define WEFT_POLICY_CHECK_H

#include "cel/expr.h"
#include "cel/function.h"

struct check_request {
	const struct cel_declarations *declarations;
	struct function_set *functions;
	const char *source;
	struct arena *arena;
	struct cel_issues *issues;
};

/*
 * check -- annotate the tree.  Every mistake goes into `issues`; NULL when there is one, else the
 * type of the whole, with how many slots the variables of macros take.
 */
const struct cel_type *check(struct cel_expr *root, const struct check_request *request,
			     uint32_t *ret_slots);

#endif
