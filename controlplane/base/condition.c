/*
 * condition.c -- CLOCK_MONOTONIC, which clock_monotonic() reads.
 */
#include "condition.h"

#include <errno.h>
#include <time.h>

void
condition_init(pthread_cond_t *c)
{
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(c, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

bool
condition_wait(pthread_cond_t *c, pthread_mutex_t *lock, moment deadline)
{
	const struct timespec until = {.tv_sec = deadline / SECONDS(1),
				       .tv_nsec = deadline % SECONDS(1) * 1000};
	return pthread_cond_timedwait(c, lock, &until) != ETIMEDOUT;
}
