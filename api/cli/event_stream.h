/*
 * event_stream.h -- text/event-stream, read as it comes (WHATWG HTML, section 9.2.6).
 *
 * Bytes go in as they arrive, cut anywhere; each event's data comes out whole.  Comments (the
 * heartbeats of a quiet stream), `id`, `event` and `retry` are read over: an event of Weft carries
 * its own number.
 */
#ifndef WEFT_CLI_EVENT_STREAM_H
#define WEFT_CLI_EVENT_STREAM_H

#include <stdbool.h>

#include "base/buf.h"

/* The data of one event, its lines joined by line feeds.  False ends the reading. */
typedef bool event_data_fn(void *user, const char *data, size_t length);

struct event_stream {
	event_data_fn *take;
	void *user;
	struct buf line, data;
	bool after_return; /* the last byte was CR: an LF belongs to it */
	bool ended;
};

/* event_stream_feed -- False once `take` gave false. */
bool event_stream_feed(struct event_stream *s, const char *bytes, size_t length);
void event_stream_done(struct event_stream *s);

#endif
