/*
 * sort.h -- the order of a list: for sort() and the macro sortBy.
 */
#ifndef WEFT_POLICY_SORT_H
#define WEFT_POLICY_SORT_H

#include "cel/eval.h"

/*
 * sort_by_keys -- the values of the entries as a list, in the order of their keys; what has the
 * same key keeps its order.  An error when the keys have no order among them: all are of one kind
 * that has one, and none is NaN.
 */
struct cel_value sort_by_keys(struct cel_run *run, const char *name, struct cel_entry *entries,
			      uint32_t count);

#endif
