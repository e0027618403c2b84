/*
 * policy_author.h -- who may define and retire which policies.
 */
#ifndef WEFT_GOVERNANCE_POLICY_AUTHOR_H
#define WEFT_GOVERNANCE_POLICY_AUTHOR_H

#include "base/err.h"
#include "identity/identity.h"

/*
 * policy_author_may -- a steward any; whoever may publish into a domain those of the domain's own
 * scope.  `scope` is "global" or "domain:NAME".  Fails: ERR_FORBIDDEN.
 */
enum err_code policy_author_may(const struct actor *actor, const char *name, const char *scope,
				struct err *e);

#endif
