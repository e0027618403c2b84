/*
 * trial.h -- literals that a function cannot make anything of: known when the expression is
 * compiled.
 */
#ifndef WEFT_POLICY_TRIAL_H
#define WEFT_POLICY_TRIAL_H

#include "cel/expr.h"

/*
 * trial_of -- why a call, whose overload is chosen, always fails because of the text that is its
 * last argument; NULL when it does not, or its overload is not tried.
 */
const char *trial_of(const struct cel_expr *call, struct arena *arena);

#endif
