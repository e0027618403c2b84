/*
 * pattern.h -- functions whose second argument is a regular expression.
 */
#ifndef WEFT_POLICY_PATTERN_H
#define WEFT_POLICY_PATTERN_H

#include "cel/eval.h"

/*
 * Such a function with its pattern compiled: a program holds patterns that are constant.  The
 * arguments are of any kind, the pattern among them.
 */
typedef struct cel_value cel_pattern_fn(struct cel_run *run, const struct regex *r,
					const struct cel_value *arguments, uint32_t count);

/* pattern_function -- NULL when the function of this name takes no pattern. */
cel_pattern_fn *pattern_function(const char *name);

#endif
