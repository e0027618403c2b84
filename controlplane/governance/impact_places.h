/*
 * impact_places.h -- how many impacts may go on at a time, and the end of all of them.
 */
#ifndef WEFT_GOVERNANCE_IMPACT_PLACES_H
#define WEFT_GOVERNANCE_IMPACT_PLACES_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct impact_places {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned taken, alive;
	atomic_bool closing; /* whoever has a place gives it back soon */
};

void impact_places_init(struct impact_places *p);

/* impact_places_done -- waits until all have left. */
void impact_places_done(struct impact_places *p);

/*
 * impact_places_take -- false when all are taken.  Whoever took one gives it back when its work is
 * done, and leaves at its very end.
 */
bool impact_places_take(struct impact_places *p, unsigned most);
void impact_places_give_back(struct impact_places *p);
void impact_places_leave(struct impact_places *p);

#endif
