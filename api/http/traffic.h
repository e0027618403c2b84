/*
 * traffic.h -- what was answered, for the operator: counters and latency for each route, and the
 * access log.
 */
#ifndef WEFT_HTTP_TRAFFIC_H
#define WEFT_HTTP_TRAFFIC_H

#include "exchange.h"

struct traffic;

/* traffic_create -- the series of `tables`, in the order in which the router numbers them.
 * `metrics` may be NULL. */
struct traffic *traffic_create(struct metrics *metrics, const struct route *const *tables,
			       size_t count, struct arena *arena);

/* traffic_answered -- an answer was queued. */
void traffic_answered(struct traffic *t, const struct exchange *x);

void traffic_connections(struct traffic *t, int change);
void traffic_streams(struct traffic *t, int change);
void traffic_in_flight(struct traffic *t, int change);

#endif
