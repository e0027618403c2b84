/*
 * policy_expression.h -- an expression that stands in a policy document, compiled.
 */
#ifndef WEFT_POLICY_POLICY_EXPRESSION_H
#define WEFT_POLICY_POLICY_EXPRESSION_H

#include "cel/cel.h"

#include "policy_document.h"

/* What expressions see, in the order of their bindings; the policy's own variables follow. */
enum {
	SEES_PRODUCT,
	SEES_PREVIOUS,
	SEES_UPSTREAM,
	SEES_FACTS,
	SEES_PARAMS,
	SEES_NOW,
	SEES_VARIABLES, /* the first of them */
	MOST_VARIABLES = 32,
	MOST_BINDINGS = SEES_VARIABLES + MOST_VARIABLES
};

/* A variable of the policy. */
struct variable {
	const char *name;            /* "variables.NAME" */
	struct cel_program *program; /* owned */
	uint64_t needs;              /* variables that must be worked out before it, a bit each */
};

/* What the expressions of one edition of a policy know. */
struct surroundings {
	const struct field_set *product;
	const struct node *parameters; /* a map: constants */
	const struct variable *variables;
	size_t variable_count; /* of those made so far */
	bool observed;         /* programs are made to be watched */
	bool open;             /* parameters are not constant: nothing is folded for their sake */
	bool stored;           /* types that do not fit are left to evaluation */
};

/* Where an expression stands: under `key` of `map`, whose pointer is given. */
struct expression_place {
	const struct node *map;
	const char *key, *pointer;
};

/*
 * expression_compile -- the text under place->key as a program that gives `result` (a type, or NULL
 * for any).  Complains with rule "expression" and the place of the mistake in the document; NULL
 * then.  The program points into the parameters.
 */
struct cel_program *expression_compile(const struct surroundings *around, const char *result,
				       const struct expression_place *place,
				       struct violations *violations);

/* expression_needs -- the variables that it looks at, and those that they look at, a bit each. */
uint64_t expression_needs(const struct surroundings *around, const struct cel_program *program);

#endif
