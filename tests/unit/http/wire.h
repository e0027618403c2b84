/*
 * wire.h -- a client that says exactly what it is told, byte for byte: for tests of the server's
 * manners.
 */
#ifndef WEFT_TESTS_WIRE_H
#define WEFT_TESTS_WIRE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "http/http.h"

struct wire {
	int fd;
	struct buf unread; /* came in, and no answer has taken it */
};

struct answer {
	int status;      /* 0: the connection ended, or nothing came in time */
	struct buf head; /* status line and header */
	struct buf body; /* chunks put together */
};

void wire_open(struct wire *w, unsigned port);
void wire_close(struct wire *w);

/* wire_send -- false when the server does not take it any more. */
bool wire_send(struct wire *w, const char *bytes, size_t length);
bool wire_say(struct wire *w, const char *text);

/* wire_read -- one answer; that of a HEAD has no body. */
void wire_read(struct wire *w, bool is_head, struct answer *a);

/* wire_read_more -- whatever comes, until `wanted` is in `unread`; false when the end or `seconds`
 * come first. */
bool wire_read_more(struct wire *w, const char *wanted, int seconds);

/* wire_ends_within -- does the server close, within so many seconds? */
bool wire_ends_within(struct wire *w, int seconds);

/* wire_ask -- one request on a connection of its own. */
void wire_ask(unsigned port, const char *text, struct answer *a);

void answer_done(struct answer *a);

/* answer_header -- the value, in a buffer that the next call takes again; NULL when it is not
 * there. */
const char *answer_header(const struct answer *a, const char *name);

/* serve -- a server on a free port with these routes; everybody may. */
struct http *serve(const struct route *routes, void (*change)(struct http_options *options));

#endif
