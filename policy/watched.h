/*
 * watched.h -- the expressions of a policy, one after another, and an edition of it that is
 * watched.
 */
#ifndef WEFT_POLICY_WATCHED_H
#define WEFT_POLICY_WATCHED_H

#include "policy_parts.h"

enum expression_role {
	EXPRESSION_CONDITION, /* of match */
	EXPRESSION_VARIABLE,
	EXPRESSION_VALIDATION,
	EXPRESSION_MESSAGE,
	EXPRESSION_POINTER,
};

struct watched {
	enum expression_role role;
	const char *name;    /* of the variable or the validation; else the policy's */
	const char *pointer; /* to the expression's text in the document */
	const struct cel_program *program;
};

/* watched_list -- all that an edition has, in the order of the document. */
struct watched *watched_list(const struct policy *p, const struct edition *edition,
			     struct arena *arena, size_t *ret_count);

/* watched_find -- the number of the program's, in a list of `count`. */
size_t watched_find(const struct watched *list, size_t count, const struct cel_program *program);

/*
 * policy_values -- the parameters' values for a product of that domain, with those of `own` (a map,
 * or NULL) put in; NULL when they do not fit.
 */
const struct node *policy_values(const struct policy *p, const char *domain, const struct node *own,
				 struct arena *arena, struct violations *violations);

#endif
