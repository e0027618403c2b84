/*
 * lane.c -- see lane.h.
 */
#include "lane.h"

#include <errno.h>
#include <time.h>

void
lane_init(struct lane *lane)
{
	pthread_condattr_t attributes;
	*lane = (struct lane){.taken = false};
	pthread_mutex_init(&lane->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&lane->left, &attributes);
	pthread_condattr_destroy(&attributes);
}

void
lane_done(struct lane *lane)
{
	pthread_cond_destroy(&lane->left);
	pthread_mutex_destroy(&lane->lock);
}

/* `since` is read again after each wait: it may be another one inside by now. */
static bool
wait_until_free(struct lane *lane, int64_t patience)
{
	while (lane->taken) {
		moment until = lane->since + patience;
		struct timespec t = {.tv_sec = until / 1000000, .tv_nsec = until % 1000000 * 1000};
		if (clock_monotonic() >= until)
			return false;
		pthread_cond_timedwait(&lane->left, &lane->lock, &t);
	}
	return true;
}

bool
lane_enter(struct lane *lane, int64_t patience)
{
	pthread_mutex_lock(&lane->lock);
	bool free = wait_until_free(lane, patience);
	if (free) {
		lane->taken = true;
		lane->since = clock_monotonic();
	}
	pthread_mutex_unlock(&lane->lock);
	return free;
}

void
lane_leave(struct lane *lane)
{
	pthread_mutex_lock(&lane->lock);
	lane->taken = false;
	pthread_cond_signal(&lane->left);
	pthread_mutex_unlock(&lane->lock);
}
