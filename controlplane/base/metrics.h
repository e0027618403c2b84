/*
 * metrics.h -- counters, gauges and histograms, written in Prometheus' text form (exposition
 * format 0.0.4).
 *
 * A metric is a row of metrics' own table or made at start-up with its labels fixed; updating one
 * is an atomic addition, safe from every thread and without a lock.
 */
#ifndef WEFT_BASE_METRICS_H
#define WEFT_BASE_METRICS_H

#include <stdint.h>

#include "base/buf.h"

struct metrics; /* the registry */
struct metric;  /* one series; lives as long as the registry */

struct metrics *metrics_create(void);
void metrics_destroy(struct metrics *m);

/*
 * METRIC_SECONDS is a counter of time: added to in microseconds, written in seconds.
 * METRIC_HISTOGRAM is one of time, in the same units, from 10 us to 10 s.  METRIC_SIZES is a
 * histogram of numbers, from 1 to 256.
 */
enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_SECONDS, METRIC_HISTOGRAM, METRIC_SIZES };

/*
 * metric_new -- one series.  `labels` is what stands between the braces, without them, or "":
 * `method="GET",code="200"`. Series of one name must be of one kind and are written together.
 * Asking again for the same name and labels gives the same series.  Takes a lock: call it at
 * start-up, or rarely.  Without a registry there is no series (NULL), and updates of none do
 * nothing: who counts need not ask whether anybody listens.
 */
struct metric *metric_new(struct metrics *m, enum metric_kind kind, const char *name,
			  const char *labels, const char *help);

void metric_add(struct metric *series, int64_t n);
void metric_set(struct metric *series, int64_t n);
void metric_observe(struct metric *series, int64_t value); /* histograms: micros, or a number */
int64_t metric_value(const struct metric *series);         /* a histogram's count */

void metrics_write(const struct metrics *m, struct buf *out);

#endif
