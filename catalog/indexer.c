/*
 * indexer.c -- waits for something to do, gathers for a moment, then works until nothing is left.
 *
 * Its work is a change like any other (pending.h): it takes its turn among the publishes, in pieces
 * that hold none of them up.
 */
#include "indexer.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/condition.h"
#include "base/log.h"
#include "base/thread.h"

#include "pending.h"
#include "search_index.h"
#include "store_parts.h"

enum {
	AT_ONCE = 64,       /* documents in one change */
	GATHERING = 100000, /* microseconds: for so long they come together */
	BREATHER = 1000000, /* microseconds until a failure is tried again */
};

struct indexer {
	struct store *store; /* not owned */
	pthread_t thread;
	pthread_mutex_t lock; /* of the two below */
	pthread_cond_t changed;
	bool is_due, stop;
};

/* Gives false when it is time to stop. */
static bool
wait_until_due(struct indexer *x)
{
	pthread_mutex_lock(&x->lock);
	while (!x->stop && !x->is_due)
		pthread_cond_wait(&x->changed, &x->lock);
	bool go_on = !x->stop;
	pthread_mutex_unlock(&x->lock);
	return go_on;
}

/* The same, early. */
static bool
rest(struct indexer *x, moment micros)
{
	const moment end = clock_monotonic() + micros;
	pthread_mutex_lock(&x->lock);
	while (!x->stop && condition_wait(&x->changed, &x->lock, end))
		;
	bool go_on = !x->stop;
	pthread_mutex_unlock(&x->lock);
	return go_on;
}

static enum err_code
follow(void *user, struct session *s, struct err *e)
{
	return search_index_follow(s, AT_ONCE, user, e);
}

/* Until the index knows all; what is committed meanwhile makes it due again. */
static enum err_code
catch_up(struct indexer *x, struct err *e)
{
	size_t count = AT_ONCE;
	pthread_mutex_lock(&x->lock);
	x->is_due = false;
	pthread_mutex_unlock(&x->lock);
	while (count == AT_ONCE)
		CHECK(store_change(x->store, follow, &count, e));
	return ERR_OK;
}

static void *
run(void *user)
{
	struct indexer *x = user;
	struct err e;
	thread_stand_back();
	while (wait_until_due(x) && rest(x, GATHERING)) {
		if (catch_up(x, &e) == ERR_OK)
			continue;
		LOG(WARN, "the search index is late", "error", e.message);
		rest(x, BREATHER);
		indexer_note(x);
	}
	return NULL;
}

enum err_code
indexer_create(struct store *store, struct indexer **ret_indexer, struct err *e)
{
	struct indexer *x = memory_alloc(sizeof *x);
	*x = (struct indexer){.store = store, .is_due = true};
	pthread_mutex_init(&x->lock, NULL);
	condition_init(&x->changed);
	int number = pthread_create(&x->thread, NULL, run, x);
	if (number != 0) {
		free(x);
		return err_errno(e, number, "starting a thread");
	}
	*ret_indexer = x;
	return ERR_OK;
}

void
indexer_destroy(struct indexer *x)
{
	if (!x)
		return;
	pthread_mutex_lock(&x->lock);
	x->stop = true;
	pthread_cond_signal(&x->changed);
	pthread_mutex_unlock(&x->lock);
	pthread_join(x->thread, NULL);
	pthread_cond_destroy(&x->changed);
	pthread_mutex_destroy(&x->lock);
	free(x);
}

void
indexer_note(struct indexer *x)
{
	if (!x)
		return;
	pthread_mutex_lock(&x->lock);
	x->is_due = true;
	pthread_cond_signal(&x->changed);
	pthread_mutex_unlock(&x->lock);
}
