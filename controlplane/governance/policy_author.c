/*
 * policy_author.c -- global policies are the council's; a domain's own are its publishers' as well.
 */
#include "policy_author.h"

#include <string.h>

enum err_code
policy_author_may(const struct actor *actor, const char *name, const char *scope, struct err *e)
{
	static const char domain[] = "domain:";
	if (role_includes(actor->role, ROLE_STEWARD))
		return ERR_OK;
	if (strncmp(scope, domain, strlen(domain)) == 0)
		return actor_may_publish(actor, scope + strlen(domain), e);
	return ERR(e, FORBIDDEN,
		   "the policy '%s' is global: only a steward may change it; a domain makes it "
		   "stricter for itself with a policy of its own that tightens it",
		   name);
}
