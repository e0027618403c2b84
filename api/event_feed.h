/*
 * event_feed.h -- the log as it grows, for who follows it: server-sent events.
 *
 * Source: HTML Living Standard, section 9.2.  One event is
 *
 *     id: 42
 *     data: {"seq":42,...}
 *
 * and a comment every now and then tells proxies, and us, that somebody is still there.
 */
#ifndef WEFT_API_EVENT_FEED_H
#define WEFT_API_EVENT_FEED_H

#include "http/http.h"

/* What of the log is asked for. */
struct event_filter {
	uint64_t after;
	const char *kind, *subject; /* or NULL */
};

/* event_feed_begin -- make the response a stream of what comes behind filter->after; it ends when
 * the token does. */
void event_feed_begin(const struct request *rq, const struct event_filter *filter,
		      struct response *rs);

#endif
