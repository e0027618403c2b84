/*
 * process_metrics.h -- what the kernel says of this process, under the names that Prometheus' own
 * clients give it, so that ready-made boards know them.
 */
#ifndef WEFT_API_PROCESS_METRICS_H
#define WEFT_API_PROCESS_METRICS_H

#include "base/metrics.h"

/* process_measure -- look now.  What cannot be read keeps its last value. */
void process_measure(struct metrics *m);

#endif
