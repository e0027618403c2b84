/*
 * fetch.c -- libcurl's easy interface, one handle a request; and addresses taken apart.
 */
#include "fetch.h"

#include <stdlib.h>
#include <string.h>

#include "fetch_transfer.h"

void
fetch_start_up(void)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		abort(); /* no memory, or no TLS: nothing can be fetched ever */
}

enum err_code
fetch(const struct fetch_request *request, struct arena *arena, struct fetch_response *ret_response,
      struct err *e)
{
	CLEANUP(transfer_done) struct transfer t = {0};
	enum err_code code = transfer_begin(&t, request, e);
	return code == ERR_OK ? transfer_end(&t, curl_easy_perform(t.curl), arena, ret_response, e)
			      : code;
}

/* RFC 3986, section 2.3: all but the unreserved characters. */
static bool
is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("-._~", c));
}

const char *
fetch_escape(struct arena *arena, const char *text)
{
	static const char digits[] = "0123456789ABCDEF";
	char *escaped = arena_alloc(arena, 3 * strlen(text) + 1), *p = escaped;
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		if (is_unreserved(*text)) {
			*p++ = *text;
			continue;
		}
		*p++ = '%';
		*p++ = digits[c >> 4];
		*p++ = digits[c & 15];
	}
	return escaped;
}

/* ---- addresses ---- */

static void
free_address(CURLU **u)
{
	curl_url_cleanup(*u);
}

static void
free_part(char **part)
{
	curl_free(*part);
}

static bool
has_part(CURLU *u, CURLUPart part)
{
	CLEANUP(free_part) char *found = NULL;
	return curl_url_get(u, part, &found, 0) == CURLUE_OK;
}

const char *
fetch_origin(struct arena *arena, const char *url)
{
	CLEANUP(free_address) CURLU *u = curl_url();
	CLEANUP(free_part) char *scheme = NULL;
	CLEANUP(free_part) char *host = NULL;
	CLEANUP(free_part) char *port = NULL;
	if (!u || curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK ||
	    has_part(u, CURLUPART_USER) || has_part(u, CURLUPART_PASSWORD) ||
	    curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) != CURLUE_OK)
		return NULL;
	char *origin = arena_printf(arena, "%s://%s:%s", scheme, host, port);
	for (char *p = origin; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return origin;
}

bool
fetch_is_loopback(const char *origin)
{
	static const char *const hosts[] = {"127.0.0.1", "localhost", "[::1]"};
	const char *host = strstr(origin, "://") + 3, *port = strrchr(host, ':');
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++)
		if (strlen(hosts[i]) == (size_t)(port - host) &&
		    memcmp(host, hosts[i], strlen(hosts[i])) == 0)
			return true;
	return false;
}
