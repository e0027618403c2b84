/*
 * own_site.c -- three header fields, in the order in which they are trusted less.
 */
#include "own_site.h"

#include <string.h>
#include <strings.h>

/*
 * An address of loopback, or a name of one part ("localhost", "x"): those are not sold, so nobody
 * else answers for them.
 */
static bool
is_local_name(const char *host)
{
	if (host[0] == '[')
		return strncmp(host, "[::1]", 5) == 0;
	size_t length = strcspn(host, ":");
	if (strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") == length)
		return true;
	return length > 0 && memchr(host, '.', length) == NULL;
}

static bool
is_origin_of(const char *origin, const char *host)
{
	return strncasecmp(origin, "http://", 7) == 0 && host && strcasecmp(origin + 7, host) == 0;
}

static bool
is_own(const char *fetch_site)
{
	return strcmp(fetch_site, "same-origin") == 0 || strcmp(fetch_site, "none") == 0;
}

enum err_code
own_site_check(const struct site_claims *claims, struct err *e)
{
	if (claims->host && !is_local_name(claims->host))
		return ERR(e, FORBIDDEN, "--dev answers only under a local name, not as '%.100s'",
			   claims->host);
	if (!claims->changes)
		return ERR_OK;
	if ((claims->origin && !is_origin_of(claims->origin, claims->host)) ||
	    (claims->fetch_site && !is_own(claims->fetch_site)))
		return ERR(e, FORBIDDEN, "--dev lets no page of another site change anything");
	return ERR_OK;
}
