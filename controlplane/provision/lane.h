/*
 * lane.h -- one at a time, and nobody waits long behind someone slow.
 *
 * Who comes while the lane is taken waits, but only until the one inside has been there for the
 * patience of who waits: behind quick calls one stands in line, behind a slow one one turns away at
 * once.  So a slow plugin holds up one worker, not all of them.
 */
#ifndef WEFT_PROVISION_LANE_H
#define WEFT_PROVISION_LANE_H

#include <pthread.h>
#include <stdbool.h>

#include "base/clock.h"

struct lane {
	pthread_mutex_t lock;
	pthread_cond_t left; /* signalled when the one inside leaves */
	bool taken;
	moment since; /* clock_monotonic: when the one inside came in */
};

void lane_init(struct lane *lane);
void lane_done(struct lane *lane);

/* lane_enter -- False when it was given up.  `patience` is in microseconds. */
bool lane_enter(struct lane *lane, int64_t patience);
void lane_leave(struct lane *lane);

#endif
