/*
 * random_expression.h -- expressions that are right, and what they are evaluated over, made from
 * choices.
 *
 * An expression is grown from the type that is wanted: a literal, a variable, a macro, or any row
 * of the function tables whose result fits, with operands grown the same way.
 */
#ifndef WEFT_TESTS_RANDOM_EXPRESSION_H
#define WEFT_TESTS_RANDOM_EXPRESSION_H

#include "policy/cel.h"

/* Where choices come from; when there are no more, each is the first one. */
struct choices {
	const uint8_t *bytes;
	size_t length, next;
};

/* A number below `below`, which is at most 256. */
unsigned choose(struct choices *c, unsigned below);

/* p (dyn), c (list of dyn), k (constant), then one of each simple type, and some that hold others.
 */
enum { RANDOM_VARIABLES = 15 };

struct random_scene {
	struct cel_variable variables[RANDOM_VARIABLES];
	struct cel_value bindings[RANDOM_VARIABLES];
	struct cel_declarations declarations; /* with the governance functions */
	struct node constants;
};

/* random_scene_make -- declarations and bindings, in `arena`; one of the variables has no value. */
void random_scene_make(struct choices *c, struct arena *arena, struct random_scene *ret_scene);

struct random_expression {
	const char *source;
	bool typed; /* nothing in it is dyn or empty: it compiles, and no failure is one of kinds */
};

struct random_expression random_expression_make(struct choices *c, struct arena *arena);

/* random_document -- a map of some of the names that expressions ask for. */
struct node random_document(struct choices *c, struct arena *arena);

#endif
