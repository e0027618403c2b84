/*
 * rule.h -- one validation of a policy, compiled.
 */
#ifndef WEFT_POLICY_RULE_H
#define WEFT_POLICY_RULE_H

#include "cel/cel.h"

#include "policy_document.h"

/* What expressions see, in the order of their bindings. */
enum rule_variable {
	RULE_PRODUCT,
	RULE_PREVIOUS,
	RULE_UPSTREAM,
	RULE_FACTS,
	RULE_PARAMS,
	RULE_NOW,
	RULE_VARIABLES
};

/*
 * More than any sensible rule takes over a large document, and more than all rules of a sensible
 * policy take together; well under a second.
 */
enum { RULE_COST_LIMIT = 1000000, POLICY_COST_LIMIT = 10 * RULE_COST_LIMIT };

struct rule {
	const struct validation *validation;
	struct cel_program *program; /* owned */
};

/*
 * rule_compile -- `map` is where the validation stood.  Complains with rule "expression" and the
 * place of the mistake in the document; false then.  The program points into `parameters`.
 */
bool rule_compile(struct rule *rule, const struct node *map, const struct field_set *product,
		  const struct node *parameters, const char *pointer,
		  struct violations *violations);

#endif
