/*
 * traffic.c -- the series are found by a route's number; one more stands for requests that no route
 * took.
 *
 * A status is counted under its own code.  A route rarely has more than three, so that series are
 * made when they are first needed.
 */
#include "traffic.h"

#include <stdio.h>

#include "base/log.h"

/* Every status that an answer can have. */
static const int statuses[] = {
    200, 304, 201, 202, 204,
#define X(code, http, exit, title) http,
#include "base/err.def"
#undef X
};

struct series {
	const char *labels; /* method and route */
	struct metric *latency;
	_Atomic(struct metric *) answers[ARRAY_LEN(statuses)];
};

struct traffic {
	struct metrics *metrics;
	struct metric *connections, *streams, *in_flight;
	size_t count;
	struct series series[]; /* `count` of routes, and the one of no route */
};

static const char help_latency[] = "From the whole request received to its answer handed over";
static const char help_answers[] = "Requests by route and status";

static void
begin_series(struct traffic *t, struct series *s, const char *labels)
{
	s->labels = labels;
	s->latency = metric_new(t->metrics, METRIC_HISTOGRAM, "weft_http_request_seconds", labels,
				help_latency);
}

struct traffic *
traffic_create(struct metrics *metrics, const struct route *const *tables, size_t count,
	       struct arena *arena)
{
	if (!metrics)
		return NULL;
	struct traffic *t = arena_alloc(arena, sizeof(*t) + (count + 1) * sizeof(t->series[0]));
	*t = (struct traffic){.metrics = metrics, .count = count};
	t->connections =
	    metric_new(metrics, METRIC_GAUGE, "weft_http_connections", "", "Open connections");
	t->streams =
	    metric_new(metrics, METRIC_GAUGE, "weft_http_streams", "", "Streams being followed");
	t->in_flight =
	    metric_new(metrics, METRIC_GAUGE, "weft_http_requests_in_flight", "",
		       "Requests that were begun and are not answered, streams among them");
	struct series *s = t->series;
	for (; *tables; tables++)
		for (const struct route *route = *tables; route->path; route++)
			begin_series(t, s++,
				     arena_printf(arena, "method=\"%s\",route=\"%s\"",
						  method_name(route->method), route->path));
	begin_series(t, s, "method=\"\",route=\"\"");
	return t;
}

static void
count_status(struct traffic *t, struct series *s, int status)
{
	size_t i = 0;
	while (i < ARRAY_LEN(statuses) - 1 && statuses[i] != status)
		i++;
	struct metric *metric = atomic_load_explicit(&s->answers[i], memory_order_acquire);
	if (!metric) {
		char labels[600];
		snprintf(labels, sizeof(labels), "%s,code=\"%d\"", s->labels, statuses[i]);
		metric = metric_new(t->metrics, METRIC_COUNTER, "weft_http_requests_total", labels,
				    help_answers);
		atomic_store_explicit(&s->answers[i], metric, memory_order_release);
	}
	metric_add(metric, 1);
}

/* Reads that went well are many and say little; an operator looks for writes and failures. */
static enum log_level
level_of(const struct exchange *x)
{
	if (x->rs.status >= 500)
		return LOG_LEVEL_WARN;
	return x->endpoint && x->rq.method == GET && x->rs.status < 400 ? LOG_LEVEL_DEBUG
									: LOG_LEVEL_INFO;
}

static void
log_answer(const struct exchange *x, moment took)
{
	enum log_level level = level_of(x);
	if (!log_is_on(level))
		return;
	char status[16], millis[32];
	snprintf(status, sizeof(status), "%d", x->rs.status);
	snprintf(millis, sizeof(millis), "%.3f", (double)took / 1000);
	log_event(level, "request", "id", x->rq.id, "method", x->method, "path", x->rq.path,
		  "status", status, "ms", millis, "actor", x->rq.actor, (const char *)NULL);
}

void
traffic_answered(struct traffic *t, const struct exchange *x)
{
	moment took = clock_monotonic() - x->answering;
	log_answer(x, took);
	if (!t)
		return;
	struct series *s = &t->series[x->endpoint ? x->endpoint->number : t->count];
	count_status(t, s, x->rs.status);
	metric_observe(s->latency, took);
}

void
traffic_connections(struct traffic *t, int change)
{
	if (t)
		metric_add(t->connections, change);
}

void
traffic_streams(struct traffic *t, int change)
{
	if (t)
		metric_add(t->streams, change);
}

void
traffic_in_flight(struct traffic *t, int change)
{
	if (t)
		metric_add(t->in_flight, change);
}
