/*
 * random_scene.h -- what random expressions are evaluated over, made from choices.
 */
#ifndef WEFT_TESTS_RANDOM_SCENE_H
#define WEFT_TESTS_RANDOM_SCENE_H

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

extern const struct cel_variable random_variables[RANDOM_VARIABLES];

struct random_scene {
	struct cel_variable variables[RANDOM_VARIABLES];
	struct cel_value bindings[RANDOM_VARIABLES];
	struct cel_declarations declarations; /* with the governance functions */
	struct node constants;
};

/* random_scene_make -- declarations and bindings, in `arena`; one of the variables may have no
 * value. */
void random_scene_make(struct choices *c, struct arena *arena, struct random_scene *ret_scene);

/* random_document -- a map of some of the names that expressions ask for. */
struct node random_document(struct choices *c, struct arena *arena);

#endif
