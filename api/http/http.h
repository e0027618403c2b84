/*
 * http.h -- the HTTP server as its handlers see it (libmicrohttpd behind it).
 *
 * A handler is a plain function: it reads a request, fills a response, and reports failure with a
 * `struct err`, which the server turns into a problem document (RFC 9457).  A request has one
 * arena, which is gone when the answer was sent. A route without a role does not start.
 */
#ifndef WEFT_HTTP_HTTP_H
#define WEFT_HTTP_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/metrics.h"
#include "base/role.h"
#include "base/violation.h"

enum method { GET, POST, PUT, DELETE, METHODS };

/* The name of a method, "GET". */
const char *method_name(enum method m);

struct request;
struct response;

/*
 * GET is handled on the threads that poll the connections, so it must not wait for anybody; all
 * else on threads of its own, since it may take long to read and to judge.  Nobody waits for a
 * commit: see response.hand_on.
 */
typedef enum err_code handler_fn(struct request *rq, struct response *rs, struct err *e);
enum { HTTP_WORKERS = 4, HTTP_WAITERS = 4 };

/* The order of its members is that of a table's columns. */
struct route { /* NOLINT(clang-analyzer-optin.performance.Padding) */
	enum method method;
	const char *path; /* "/api/v1/products/{name}"; {x} is one part of the path, never empty */
	handler_fn *handler;
	enum role role;
	const char *summary;
};

/* What a handler may look at. */
struct request {
	enum method method;
	const char *path,
	    *query;     /* as they were sent; query is without its "?", "" when there is none */
	const char *id; /* X-Request-Id: the client's if it is short and plain, else made here */
	const struct route *route;
	struct arena *arena;
	void *app;         /* http_options.app */
	const char *actor; /* who is asking, as events name it; set by the authorize hook */
	void *identity;    /* whatever the authorize hook left */
	const char *body;  /* NUL-terminated */
	size_t body_length;
	struct violations
	    violations;   /* handlers complain here; they go into the problem document */
	void *connection; /* the server's own */
	const char *const *path_values;
};

/* Part `index` of the path's {…}, percent-decoded. */
const char *request_part(const struct request *rq, size_t index);

/* A query parameter or header, percent-decoded, or NULL; the first one of several. */
const char *request_query(const struct request *rq, const char *name);
const char *request_header(const struct request *rq, const char *name);

/* A number in the query between the bounds.  Fails: ERR_MALFORMED, naming parameter, value and
 * bounds. */
enum err_code request_query_number(const struct request *rq, const char *name, uint64_t least,
				   uint64_t most, uint64_t otherwise, uint64_t *ret_number,
				   struct err *e);
enum err_code request_query_flag(const struct request *rq, const char *name, bool *ret_flag,
				 struct err *e);

/* request_only -- refuse query parameters that are not among `names` (NULL-terminated), suggesting
 * the nearest, and those that are given twice. */
enum err_code request_only(const struct request *rq, const char *const *names, struct err *e);

/*
 * request_media_type -- what the body is, by its Content-Type: "application/json" or
 * "application/yaml" (absent: YAML, of which JSON is a part).  Fails: ERR_MEDIA_TYPE.
 */
enum err_code request_media_type(const struct request *rq, const char **ret_media_type,
				 struct err *e);

/* request_document -- the body as a tree, by its Content-Type (JSON, YAML; absent: YAML, of which
 * JSON is a part). */
enum err_code request_document(struct request *rq, struct node *ret_root,
			       const char **ret_media_type, struct err *e);

/* request_wants -- does Accept prefer this type to JSON?  request_prefers -- to another one? */
bool request_wants(const struct request *rq, const char *media_type);
bool request_prefers(const struct request *rq, const char *media_type, const char *otherwise);

/* What a handler fills.  A status of 0 is 200; a NULL content type is JSON. */
struct response {
	int status;
	const char *content_type;
	struct buf body; /* owned by the response */
	struct arena *arena;
	const char *etag; /* without quotes; If-None-Match is honoured by the server */
	bool replayed;    /* Idempotent-Replayed; a failure keeps it, and no other header */
	struct {
		const char *name, *value;
	} headers[8];
	size_t header_count;

	/*
	 * For the rest of a handler that may take seconds, such as a question to a plugin: set it
	 * and succeed, and it is called on a thread of which there are HTTP_WAITERS.
	 */
	handler_fn *later;

	/*
	 * For a change that others make durable: set it and succeed.  Called once the handler has
	 * returned, with the request in nobody's hands but its own, so that it can hand it on;
	 * whoever has it then calls request_finish() once, from any thread.  Not for GET.
	 */
	void (*hand_on)(struct request *rq, void *state);
	void *hand_on_state;

	/*
	 * For an endless answer (text/event-stream): called again and again for more bytes, on a
	 * thread of the server's. Gives the bytes appended to `out` (0: none yet, call again soon),
	 * or a negative number to end. `stream_end` is called once, also when nothing was ever
	 * sent.
	 */
	int64_t (*stream)(void *state, struct buf *out);
	void (*stream_end)(void *state);
	void *stream_state;
};

/*
 * request_finish -- the end of a request that was handed on: what its handler would have returned.
 * Neither request nor response may be touched any more.
 */
void request_finish(struct request *rq, enum err_code code, const struct err *e);

/*
 * request_is_abandoned -- has the client of a request that was handed on closed its connection?  On
 * any thread, until request_finish().
 */
bool request_is_abandoned(const struct request *rq);

/*
 * request_resume -- instead of that: the request comes back, and `handler` goes on with it as its
 * own did, on one of the threads that do such work.
 */
void request_resume(struct request *rq, handler_fn *handler);

void response_header(struct response *rs, const char *name, const char *value);

/* Cursors are opaque to clients: base64url of what the handler gave.  Fails: ERR_MALFORMED. */
const char *cursor_encode(struct arena *arena, const char *text);
enum err_code request_cursor(const struct request *rq, const char **ret_text,
			     struct err *e); /* NULL when absent */

/* `limit`: 50 unless told, 1 to 1000. */
enum err_code request_limit(const struct request *rq, size_t *ret_limit, struct err *e);

/* if_match_holds -- If-Match (RFC 9110, section 13.1.1) against the present etag (NULL: there is
 * none). */
bool if_match_holds(const struct request *rq, const char *etag);

struct http_options {
	const char *listen; /* "127.0.0.1:8080", "[::1]:8080"; port 0 takes a free one */
	unsigned threads, max_connections, timeout_seconds;
	unsigned drain_seconds; /* how long http_stop() waits for answers; 0 is timeout_seconds */
	const char *certificate, *key; /* files in PEM for TLS 1.2 and later, or NULL: no TLS */
	size_t max_body;
	const struct route *const
	    *tables; /* NULL-terminated; each table ends with a row of zeros */
	void *app;
	struct metrics *metrics;

	/* Called before every handler, for every route: fills actor and identity, or fails
	 * (UNAUTHENTICATED, FORBIDDEN). */
	enum err_code (*authorize)(struct request *rq, struct err *e);
};

struct http;

/* http_start -- Fails: ERR_USAGE (address), ERR_IO (taken), ERR_INTERNAL (a route without a role,
 * or twice). */
enum err_code http_start(const struct http_options *options, struct http **ret_http, struct err *e);
unsigned http_port(const struct http *h);
bool is_loopback_address(const char *listen);

/*
 * http_reload_certificate -- read the files again; new connections are shown what they hold now.
 * `ret_is_new` is false when they hold what they held.  On failure (ERR_USAGE) the one in use
 * stays. http_certificate_expires -- 0 without TLS.
 */
enum err_code http_reload_certificate(struct http *h, const char *certificate, const char *key,
				      bool *ret_is_new, struct err *e);
moment http_certificate_expires(const struct http *h);

/*
 * http_stop -- no new connections; whose request came before is answered, whose comes later is told
 * that the server is stopping (503) and loses the connection; streams are ended.
 */
void http_stop(struct http *h);

#endif
