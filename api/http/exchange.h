/*
 * exchange.h -- one request and its answer, as the server's own files see it.
 *
 * A connection has one exchange, which serves its requests one after another:
 *
 *     exchange_start   the request line was read
 *     exchange_begin   the header was read: find the route, ask who it is, judge the size
 *     exchange_body    a piece of the body came in
 *     exchange_answer  all of it is there: call the handler, or have it called on a thread that
 *                      may wait; queue what it says
 *     exchange_done    the answer was sent, or the connection broke
 *
 * What is found wrong in the header is kept as `refusal` and answered once the body has been read
 * over, since who is still sending does not listen.
 */
#ifndef WEFT_HTTP_EXCHANGE_H
#define WEFT_HTTP_EXCHANGE_H

#include <microhttpd.h>
#include <stdatomic.h>

#include "base/clock.h"

#include "http.h"
#include "router.h"
#include "target.h"

enum stage {
	STAGE_IDLE, /* between requests: only the keeper's deadline counts */
	STAGE_HEADER,
	STAGE_BODY,
	STAGE_WORK, /* suspended, on a worker's thread; or that has the answer, and nobody took it
		     */
	STAGE_ANSWER,
};

struct exchange {
	struct request rq;
	struct response rs;
	struct http *http;
	struct MHD_Connection *connection;
	enum stage stage;
	struct arena arena; /* emptied after each request, kept for the next */

	const char *line;   /* the request target as it came in; NULL when there was none */
	const char *method; /* likewise; libmicrohttpd's */
	struct target target;
	const struct endpoint *endpoint; /* NULL: no route */
	unsigned allowed;                /* bit set of methods, for Allow */
	struct err refusal;
	bool must_close; /* where the body ends is not known */
	bool is_resumed; /* came back from others' hands, and its `later` is to be brought to its
			    end */
	bool answered;   /* ahead of the body's end, past libmicrohttpd */

	struct buf body;
	uint64_t received; /* of the body, kept or not */
	moment answering;  /* clock_monotonic when the handler began */

	/* A streamed answer: what the handler gave and the client has not taken yet. */
	struct buf pending;
	size_t pending_sent;
	bool streams; /* counted as one of the server's streams */

	/* The keeper's, under its lock. */
	struct exchange *next, **link;
	struct exchange *next_task; /* the workers' */
	bool asleep;
	_Atomic moment deadline; /* clock_monotonic; the connection is cut after it */
};

struct exchange *exchange_create(struct http *http, struct MHD_Connection *connection);
void exchange_destroy(struct exchange *x);

void exchange_start(struct exchange *x, const char *line);
enum MHD_Result exchange_begin(struct exchange *x, const char *method, size_t target_length);
enum MHD_Result exchange_body(struct exchange *x, const char *bytes, size_t length);
enum MHD_Result exchange_answer(struct exchange *x);
void exchange_done(struct exchange *x);

/* exchange_work -- call the handler, or the rest of it, on a thread that may wait. */
void exchange_work(struct exchange *x);

/* exchange_is_abandoned -- has the client closed the connection while nobody reads from it? */
bool exchange_is_abandoned(const struct exchange *x);

/* The exchange behind a handler's request. */
struct exchange *exchange_of(const struct request *rq);

/* response_queue -- hand the filled response to libmicrohttpd. */
enum MHD_Result response_queue(struct exchange *x);

/* stream_response -- an answer whose bytes come from rs.stream. */
struct MHD_Response *stream_response(struct exchange *x);

/* response_send_now -- write it to the socket in the middle of a body, which libmicrohttpd has no
 * way to do. */
void response_send_now(struct exchange *x);

/* problem_write -- make the response a problem document of `e` and the request's violations. */
void problem_write(struct exchange *x, const struct err *e);

/* precondition_not_modified -- does If-None-Match name what is about to be answered? */
bool precondition_not_modified(const struct request *rq, const struct response *rs);

#endif
