/*
 * looks.h -- which parts of the product and the facts a policy's expressions name.
 */
#ifndef WEFT_POLICY_LOOKS_H
#define WEFT_POLICY_LOOKS_H

#include "policy/policy.h"

/*
 * policy_looks -- each once: "retention", "sla.freshness"; facts begin with "facts.".  What
 * functions look at within (retention(product)) is not among them.
 */
const char **policy_looks(const struct policy *p, struct arena *arena, size_t *ret_count);

#endif
