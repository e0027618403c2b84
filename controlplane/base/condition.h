/*
 * condition.h -- a condition variable whose deadlines are moments of clock_monotonic(): no clock
 * that somebody sets makes a wait longer or shorter.
 */
#ifndef WEFT_BASE_CONDITION_H
#define WEFT_BASE_CONDITION_H

#include <pthread.h>
#include <stdbool.h>

#include "base/clock.h"

/* condition_init -- pthread_cond_destroy() ends it. */
void condition_init(pthread_cond_t *c);

/* condition_wait -- as pthread_cond_wait(); false once the deadline has passed. */
bool condition_wait(pthread_cond_t *c, pthread_mutex_t *lock, moment deadline);

#endif
