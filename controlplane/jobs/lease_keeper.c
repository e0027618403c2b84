/*
 * lease_keeper.c -- see lease_keeper.h.
 */
#include "lease_keeper.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/condition.h"
#include "base/log.h"
#include "catalog/pending.h"

enum { RENEWALS = 3 }; /* tries within a lease: one may fail, and one be late */

struct lease_keeper {
	struct store *store;
	int64_t seconds;
	pthread_mutex_t lock; /* of the rest */
	pthread_cond_t stopped;
	bool stop;
	struct held_job *held; /* the workers' */
	pthread_t thread;
};

/* False when it is to stop. */
static bool
rest(struct lease_keeper *k)
{
	const moment end = clock_monotonic() + SECONDS(k->seconds) / RENEWALS;
	pthread_mutex_lock(&k->lock);
	while (!k->stop && condition_wait(&k->stopped, &k->lock, end))
		;
	bool go_on = !k->stop;
	pthread_mutex_unlock(&k->lock);
	return go_on;
}

/* What is in hand now, as copies: a worker need not wait until its lease is renewed. */
static struct held_job *
copy_held(struct lease_keeper *k, struct arena *arena)
{
	struct held_job *copies = NULL;
	pthread_mutex_lock(&k->lock);
	for (const struct held_job *h = k->held; h; h = h->next) {
		struct job *job = ARENA_NEW(arena, struct job);
		*job = (struct job){.kind = arena_text(arena, h->job->kind),
				    .subject = arena_text(arena, h->job->subject),
				    .claim = h->job->claim};
		struct held_job *copy = ARENA_NEW(arena, struct held_job);
		*copy = (struct held_job){.job = job, .next = copies};
		copies = copy;
	}
	pthread_mutex_unlock(&k->lock);
	return copies;
}

struct renewal {
	const struct held_job *held;
	moment lease;
};

static enum err_code
renew_all(void *user, struct session *s, struct err *e)
{
	const struct renewal *r = user;
	enum err_code code = ERR_OK;
	for (const struct held_job *h = r->held; h && code == ERR_OK; h = h->next)
		code = job_renew(s, h->job, session_now(s) + r->lease, e);
	return code;
}

static void
renew(struct lease_keeper *k)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct err e;
	struct renewal r = {.held = copy_held(k, &arena), .lease = SECONDS(k->seconds)};
	if (r.held && store_change(k->store, renew_all, &r, &e) != ERR_OK)
		LOG(WARN, "leases not renewed", "error", e.message);
}

static void *
run(void *user)
{
	struct lease_keeper *k = user;
	while (rest(k))
		renew(k);
	return NULL;
}

enum err_code
lease_keeper_create(struct store *store, int64_t seconds, struct lease_keeper **ret_keeper,
		    struct err *e)
{
	struct lease_keeper *k = memory_alloc(sizeof *k);
	*k = (struct lease_keeper){.store = store, .seconds = seconds};
	pthread_mutex_init(&k->lock, NULL);
	condition_init(&k->stopped);
	int number = pthread_create(&k->thread, NULL, run, k);
	if (number != 0) {
		free(k);
		return err_errno(e, number, "starting a thread");
	}
	*ret_keeper = k;
	return ERR_OK;
}

void
lease_keeper_destroy(struct lease_keeper *k)
{
	if (!k)
		return;
	pthread_mutex_lock(&k->lock);
	k->stop = true;
	pthread_cond_signal(&k->stopped);
	pthread_mutex_unlock(&k->lock);
	pthread_join(k->thread, NULL);
	pthread_cond_destroy(&k->stopped);
	pthread_mutex_destroy(&k->lock);
	free(k);
}

void
lease_keeper_take(struct lease_keeper *k, struct held_job *held)
{
	pthread_mutex_lock(&k->lock);
	held->next = k->held;
	k->held = held;
	pthread_mutex_unlock(&k->lock);
}

void
lease_keeper_drop(struct lease_keeper *k, struct held_job *held)
{
	pthread_mutex_lock(&k->lock);
	struct held_job **place = &k->held;
	while (*place != held)
		place = &(*place)->next;
	*place = held->next;
	pthread_mutex_unlock(&k->lock);
}
