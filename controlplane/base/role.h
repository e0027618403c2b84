/*
 * role.h -- the roles of Weft, and what each includes.
 *
 *     role        includes   may
 *     reader                 read products, lineage, domains, policies, quality; evaluate
 *     publisher   reader     publish, retire and reconcile products of its own domains
 *     auditor     reader     read the log, its proofs, and violations
 *     steward     reader     define domains and policies, retire policies (a publisher those of its
 * domains) admin       all        make and revoke tokens, too
 *
 * Publishers and stewards are both authors: that is a class of routes, nobody's role.
 */
#ifndef WEFT_BASE_ROLE_H
#define WEFT_BASE_ROLE_H

#include <stdbool.h>

/*
 * NOBODY is the zero of a forgotten column in a table of routes and is included in no role;
 * ANYBODY needs no token.
 */
enum role {
	ROLE_NOBODY,
	ROLE_ANYBODY,
	ROLE_AUTHOR,
	ROLE_READER,
	ROLE_PUBLISHER,
	ROLE_AUDITOR,
	ROLE_STEWARD,
	ROLE_ADMIN
};

bool role_includes(enum role has, enum role needed);
const char *role_name(enum role role);
const char *role_who(enum role needed); /* "publisher or steward": what a token has to say */
bool role_from_name(const char *name, enum role *ret_role); /* reader to admin only */

#endif
