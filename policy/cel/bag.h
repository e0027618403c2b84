/*
 * bag.h -- which values there are, by the language's ==: what distinct() and sets need.
 */
#ifndef WEFT_POLICY_BAG_H
#define WEFT_POLICY_BAG_H

#include "cel/eval.h"

/* Those that can be keys of a map are found as such, the others by comparing with each. */
struct cel_bag {
	struct cel_map keys;
	struct cel_value *others;
	size_t count, capacity; /* of the others */
};

/* bag_holds -- null, with the answer in `*ret_held`; an error when comparing takes too many steps.
 */
struct cel_value bag_holds(struct cel_run *run, const struct cel_bag *bag, struct cel_value v,
			   bool *ret_held);

/* bag_add -- only what is not held. */
void bag_add(struct cel_run *run, struct cel_bag *bag, struct cel_value v);

#endif
