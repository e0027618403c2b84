/*
 * fetch.h -- HTTP as a client (libcurl behind it): one bounded request, its whole answer in memory.
 */
#ifndef WEFT_BASE_FETCH_H
#define WEFT_BASE_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct fetch_request {
	const char *method;         /* NULL is GET */
	const char *url;            /* http:// or https:// */
	const char *const *headers; /* NULL-terminated "Name: value", or NULL */
	const char
	    *bearer; /* token, or NULL; never logged, never sent to another host after a redirect */
	const char *ca; /* file of the authorities to trust, in PEM; NULL: the machine's */
	const void *body;
	size_t body_length;
	size_t most; /* bytes of the answer; 0 is 64 MiB */
	/* microseconds for the whole request; 0 is 30 s, negative is none (a stream) */
	int64_t deadline;

	/*
	 * For streams: called with each piece of a 2xx body instead of gathering it; false stops
	 * the transfer.
	 */
	bool (*on_bytes)(void *user, const char *bytes, size_t length);
	void *user;
};

struct fetch_response {
	int status;
	const char *content_type; /* "" when there is none */
	const char *etag;         /* or NULL */
	const char *body;         /* NUL-terminated, in the arena */
	size_t body_length;
};

/* fetch_start_up -- once, before threads. */
void fetch_start_up(void);

/*
 * fetch -- any status is a success here.  Redirects are followed for a GET or HEAD without a
 * token; else they are the answer.  The environment's proxy (http_proxy, https_proxy, no_proxy) is
 * asked for other machines, never for this one.  Fails: ERR_UNREACHABLE, ERR_TIMEOUT,
 * ERR_TOO_LARGE.
 */
enum err_code fetch(const struct fetch_request *request, struct arena *arena,
		    struct fetch_response *ret_response, struct err *e);

/* fetch_escape -- percent-encoded, for one part of a path or query. */
const char *fetch_escape(struct arena *arena, const char *text);

/*
 * fetch_origin -- "scheme://host:port" in small letters, the port always said: what two addresses
 * of one server have in common.  NULL for what is no address, or one with a user's name in it.
 * fetch_is_loopback -- does such an origin name this machine?
 */
const char *fetch_origin(struct arena *arena, const char *url);
bool fetch_is_loopback(const char *origin);

#endif
