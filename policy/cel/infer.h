/*
 * infer.h -- which types can stand for which, and what the unknown ones turn out to be.
 *
 * Each call instantiates its function's parameters as fresh unknowns; assigning arguments binds
 * them.  dyn goes with everything.  What is bound in an attempt that fails is unbound again.
 */
#ifndef WEFT_POLICY_INFER_H
#define WEFT_POLICY_INFER_H

#include "cel/type.h"

struct binding_change {
	uint32_t index;
	const struct cel_type *before;
};

struct inference {
	struct arena *arena;
	const struct cel_type **bound; /* by index of the unknown; NULL: not yet */
	size_t count, capacity;
	struct binding_change *trail; /* newest last: how to undo */
	size_t changes, trail_capacity;
};

const struct cel_type *infer_unknown(struct inference *inf);

/* infer_instantiate -- the types with each parameter replaced by one and the same unknown. */
void infer_instantiate(struct inference *inf, const struct cel_type *const *types, size_t count,
		       const struct cel_type **ret_types);

/* infer_assign -- can all of `from` be passed where all of `to` are wanted?  Binds unknowns only if
 * so. */
bool infer_assign(struct inference *inf, const struct cel_type *const *from,
		  const struct cel_type *const *to, size_t count);

/* infer_join -- the type of a list or map that holds both; `a` may be NULL. */
const struct cel_type *infer_join(struct inference *inf, const struct cel_type *a,
				  const struct cel_type *b);

/* infer_resolve -- with what is bound put in; `finally`: unknowns that are left become dyn. */
const struct cel_type *infer_resolve(struct inference *inf, const struct cel_type *t, bool finally);

#endif
