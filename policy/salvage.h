/*
 * salvage.h -- the expressions of a document that is wrong otherwise.
 */
#ifndef WEFT_POLICY_SALVAGE_H
#define WEFT_POLICY_SALVAGE_H

#include "policy_expression.h"

/*
 * salvage_complaints -- compile what can be told to be an expression, so that its author hears of
 * all mistakes at once.  Says nothing where a complaint may only follow from another one.
 */
void salvage_complaints(const struct node *root, const struct field_set *product,
			struct arena *arena, struct violations *violations);

#endif
