/*
 * product_functions.h -- what the expression language knows of data products beyond the standard
 * functions.
 */
#ifndef WEFT_POLICY_PRODUCT_FUNCTIONS_H
#define WEFT_POLICY_PRODUCT_FUNCTIONS_H

#include "cel/cel.h"

/* Ends with a row without a name. */
extern const struct cel_library governance_libraries[];

#endif
