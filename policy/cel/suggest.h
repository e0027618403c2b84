/*
 * suggest.h -- what would be right where something does not fit: for the checker's messages.
 */
#ifndef WEFT_POLICY_SUGGEST_H
#define WEFT_POLICY_SUGGEST_H

#include "cel/expr.h"
#include "cel/function.h"
#include "cel/infer.h"

struct suggesting {
	struct arena *arena; /* holds what comes back */
	const char *source;
	struct inference *inference;
	struct function_set *functions;
};

/*
 * suggest_call -- for a call of which no overload takes arguments of these types (the receiver
 * among them): the call as it may have been meant, else overloads that come near; or NULL.
 */
const char *suggest_call(const struct suggesting *s, const struct cel_expr *x,
			 const struct cel_overload *first, const struct cel_type *const *types,
			 uint32_t count);

/* suggest_condition -- a condition on what is no bool: "size(names) > 0"; or NULL. */
const char *suggest_condition(const struct suggesting *s, const struct cel_expr *x,
			      const struct cel_type *type);

/* suggest_function -- of a function that is not there. */
const char *suggest_function(const struct suggesting *s, const struct cel_expr *x);

/* suggest_name -- of a name that is not there, among those that are. */
const char *suggest_name(const struct suggesting *s, const char *name, const char *const *names,
			 size_t count);

/* suggest_member -- the function that a field of such a value was meant to be: "size()"; or NULL.
 */
const char *suggest_member(const struct suggesting *s, const char *name,
			   const struct cel_type *type);

#endif
