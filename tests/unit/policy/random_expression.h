/*
 * random_expression.h -- expressions that are right, made from choices.
 *
 * An expression is grown from the type that is wanted: a literal, a variable of the scene, a macro,
 * or any row of the function tables whose result fits, with operands grown the same way.
 */
#ifndef WEFT_TESTS_RANDOM_EXPRESSION_H
#define WEFT_TESTS_RANDOM_EXPRESSION_H

#include "policy/random_scene.h"

struct random_expression {
	const char *source;
	bool typed; /* nothing in it is dyn or empty: it compiles, and no failure is one of kinds */
};

struct random_expression random_expression_make(struct choices *c, struct arena *arena);

#endif
