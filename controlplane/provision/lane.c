/*
 * lane.c -- see lane.h.
 */
#include "lane.h"

#include "base/condition.h"

void
lane_init(struct lane *lane)
{
	*lane = (struct lane){.taken = false};
	pthread_mutex_init(&lane->lock, NULL);
	condition_init(&lane->left);
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
		if (clock_monotonic() >= until)
			return false;
		condition_wait(&lane->left, &lane->lock, until);
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
