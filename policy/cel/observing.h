/*
 * observing.h -- how an observed program is built: each operation in a wrapper that reports it.
 *
 *     [&&] -> [a][b]      becomes      {0: [&&]} -> {1: [a]} {2: [b]}
 */
#ifndef WEFT_POLICY_OBSERVING_H
#define WEFT_POLICY_OBSERVING_H

#include "cel/program.h"
#include "policy/observe.h"

/* What holds the expression that is built next. */
struct step_place {
	uint32_t step;
	const struct cel_expr *holder; /* NULL around the whole */
};

/* The steps of a program that is being built. */
struct step_list {
	struct arena *arena; /* the program's */
	struct cel_step *items;
	size_t count, capacity;
	struct step_place place;
};

/* step_begin -- the expression's number; its parts come next, until step_end(). */
uint32_t step_begin(struct step_list *list, const struct cel_expr *x);
void step_end(struct step_list *list, uint32_t number);

/* Runs its only child and tells of it. */
cel_op_fn eval_observed;

#endif
