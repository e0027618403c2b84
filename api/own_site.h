/*
 * own_site.h -- under --dev whoever reaches the port is the administrator; web pages of others must
 * not.
 *
 * A browser runs pages of every site on the developer's machine, and they can send requests to
 * loopback.  Those that say that they come from another site are refused when they would change
 * something; and so is every request whose Host is a name that somebody else's DNS could have
 * pointed here (DNS rebinding).
 */
#ifndef WEFT_API_OWN_SITE_H
#define WEFT_API_OWN_SITE_H

#include <stdbool.h>

#include "base/err.h"

/* The header fields that tell; each may be NULL. */
struct site_claims {
	const char *host, *origin, *fetch_site; /* Host, Origin, Sec-Fetch-Site */
	bool changes;                           /* the method is no GET */
};

/* own_site_check -- Fails: ERR_FORBIDDEN. */
enum err_code own_site_check(const struct site_claims *claims, struct err *e);

#endif
