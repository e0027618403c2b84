/*
 * explain.h -- why an expression gives what it gives: its parts with their values, as a tree.
 *
 *     product.schema.exists(c, c.pii) && is_given(product.?access)      false
 *     ├─ product.schema.exists(c, c.pii)                                true
 *     │  ├─ product.schema                                              [{...}, {...}]
 *     │  └─ c = {"name": "email", "pii": true}                          true
 *     │     └─ c.pii                                                    true
 *     └─ is_given(product.?access)                                      false   <- blamed
 *        └─ product.?access                                             optional.none()
 *
 * Left out is what a reader knows already: literals, whole documents, the parts of a selection.
 */
#ifndef WEFT_POLICY_EXPLAIN_H
#define WEFT_POLICY_EXPLAIN_H

#include "policy/observe.h"

enum cel_part_kind {
	PART_STEP,    /* a sub-expression */
	PART_ROUND,   /* a round of a loop: `text` is its variables, the value that of the round */
	PART_SKIPPED, /* was not needed: no value */
	PART_REST,    /* `count` rounds that are not shown */
};

struct cel_part {
	enum cel_part_kind kind;
	const char *text; /* the source in one line */
	uint32_t step;    /* of cel_steps(); of a round: its predicate, or its transform */
	struct cel_value value;
	bool blamed;            /* here it is decided that the whole is not true */
	uint32_t count;         /* of PART_REST */
	struct cel_part *parts; /* the first one inside, or NULL */
	struct cel_part *next;
};

/*
 * cel_explain -- evaluate an observed program, in `arena`.  Gives the whole expression, with
 * `ret_cost` (may be NULL) as cel_evaluate().
 */
struct cel_part *cel_explain(const struct cel_program *p, const struct cel_value *bindings,
			     struct cel_limits limits, struct arena *arena, uint64_t *ret_cost);

#endif
