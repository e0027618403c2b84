/*
 * match.h -- which products a policy concerns.
 */
#ifndef WEFT_POLICY_MATCH_H
#define WEFT_POLICY_MATCH_H

#include "policy_document.h"

/* match_takes_all -- is no product left out, so that none need be looked at? */
bool match_takes_all(const struct policy_document *policy);

/* match_concerns -- do the policy's scope and match take the product in? */
bool match_concerns(const struct policy_document *policy, const struct node *product);

#endif
