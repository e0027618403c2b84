/*
 * explanation.h -- why a policy says what it says of a product: each of its expressions, with the
 * values of its parts.
 */
#ifndef WEFT_POLICY_EXPLANATION_H
#define WEFT_POLICY_EXPLANATION_H

#include "policy/explain.h"
#include "policy/policy.h"

struct explained {
	const char *role;    /* "condition", "variable", "validation", "message", "pointer" */
	const char *name;    /* of the validation, "variables.NAME", else the policy's */
	const char *pointer; /* to its text in the document: "/validations/0/expression" */
	const struct cel_part *whole; /* NULL: it was not needed */
};

struct edition;

struct explanation {
	struct verdict verdict; /* that of policy_judge() */
	/* why it does not concern the product ("the product is in the domain 'retail'"), or NULL */
	const char *left_out;
	const struct node *parameters; /* a map: the values that it was judged by */
	struct explained *items;       /* in the order of the document */
	size_t count;
	struct edition *edition; /* owned: what values point into */
};

/*
 * policy_explain -- judge the product, as policy_judge() does, and tell how.  All of it lives in
 * `arena`; explanation_done() it before that goes.
 */
void policy_explain(const struct policy *p, const struct policy_input *input, struct arena *arena,
		    struct violations *violations, struct explanation *ret_explanation);
void explanation_done(struct explanation *x);

#endif
