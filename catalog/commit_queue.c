/*
 * commit_queue.c -- many wait, one writes.
 *
 * Reads in order: the queue, one transaction for several changes, the thread, and waiting for the
 * end of a change.
 */
#include "commit_queue.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/thread.h"

#include "store_parts.h"

struct meters {
	struct metric *depth, *refused, *size, *commit, *wait;
};

struct commit_queue {
	struct store *store; /* not owned */
	struct meters meters;
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t filled;
	struct pending *first, **last;
	size_t count, room;
	bool stop;
};

static struct meters
make_meters(struct metrics *m)
{
	return (struct meters){
	    .depth = metric_new(m, METRIC_GAUGE, "weft_commit_queue_depth", "",
				"Changes that wait for their commit"),
	    .refused = metric_new(m, METRIC_COUNTER, "weft_commit_queue_refused_total", "",
				  "Changes that found the queue full"),
	    .size = metric_new(m, METRIC_SIZES, "weft_commit_batch_size", "",
			       "Changes that were committed together"),
	    .commit = metric_new(m, METRIC_HISTOGRAM, "weft_commit_seconds", "",
				 "From the first change of a batch written to all of it durable"),
	    .wait = metric_new(m, METRIC_HISTOGRAM, "weft_commit_wait_seconds", "",
			       "From a change queued to its being durable, or refused"),
	};
}

/* --- the queue --- */

enum err_code
commit_queue_put(struct commit_queue *q, struct pending *change, struct err *e)
{
	change->next = NULL;
	change->code = ERR_OK;
	change->queued = clock_monotonic();
	pthread_mutex_lock(&q->lock);
	bool has_room = q->count < q->room && !q->stop;
	if (has_room) {
		*q->last = change;
		q->last = &change->next;
		if (q->count++ == 0)
			pthread_cond_signal(&q->filled);
	}
	pthread_mutex_unlock(&q->lock);
	metric_add(has_room ? q->meters.depth : q->meters.refused, 1);
	return has_room ? ERR_OK
			: ERR(e, BUSY, "%zu changes wait for their commit already", q->room);
}

/* Whatever waits, in the order in which it came; NULL when it is time to stop. */
static struct pending *
take_batch(struct commit_queue *q)
{
	pthread_mutex_lock(&q->lock);
	while (!q->first && !q->stop)
		pthread_cond_wait(&q->filled, &q->lock);
	struct pending *batch = q->first, **end = &q->first;
	size_t taken = 0;
	for (; *end && taken < CHANGES_AT_ONCE; taken++, q->count--)
		end = &(*end)->next;
	q->first = *end;
	*end = NULL;
	if (!q->first)
		q->last = &q->first;
	pthread_mutex_unlock(&q->lock);
	metric_add(q->meters.depth, -(int64_t)taken);
	if (batch)
		metric_observe(q->meters.size, (int64_t)taken);
	return batch;
}

/* --- one transaction --- */

/*
 * Who refuses before it has written anything harms nobody.  Who fails after that would have to be
 * undone alone, and a savepoint for each change, in case, costs every one of them a copy of each
 * page that it touches: so the whole is given up instead, and written again one by one.
 */
static void
write_part(struct session *s, struct pending *c)
{
	uint64_t before = db_runs(s->db);
	c->code = c->write(c, s, &c->e);
	s->broken |= c->code != ERR_OK && db_runs(s->db) != before;
}

static enum err_code
write_together(struct store *store, struct pending *batch, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	bool is_any_good = false;
	CHECK(store_write(store, &s, e));
	for (struct pending *c = batch; c && !s->broken; c = c->next) {
		write_part(s, c);
		thread_let_others();
		is_any_good |= c->code == ERR_OK;
	}
	return is_any_good || s->broken ? session_commit(s, e) : ERR_OK;
}

/* Its own reason, or the transaction's when it had none. */
static void
blame(struct pending *c, const struct err *e)
{
	if (c->code != ERR_OK)
		return;
	c->code = e->code;
	c->e = *e;
}

/* A database that is away for a moment is nobody's fault: nothing has happened, and it is tried
 * again. */
static enum err_code
write_patiently(struct store *store, struct pending *batch, struct err *e)
{
	moment deadline = clock_monotonic() + FOLLOWER_PATIENCE;
	enum err_code code = write_together(store, batch, e);
	while (code == ERR_UNAVAILABLE && follower_await(store->follower, deadline))
		code = write_together(store, batch, e);
	return code;
}

/* The fault is the database's, or nobody knows whether it has happened. */
static bool
is_the_end(enum err_code code)
{
	return code == ERR_UNAVAILABLE || code == ERR_TIMEOUT;
}

/* Each on its own when they cannot be written together: then only who is to blame fails. */
static void
write_batch(struct store *store, struct pending *batch)
{
	struct err e;
	enum err_code code = write_patiently(store, batch, &e);
	if (code == ERR_OK)
		return;
	const bool is_alone = !batch->next || is_the_end(code);
	for (struct pending *c = batch; c; c = c->next) {
		struct pending *rest = c->next;
		c->next = NULL;
		if (is_alone || write_patiently(store, c, &e) != ERR_OK)
			blame(c, &e);
		c->next = rest;
	}
}

/* A change may be gone once it is told. */
static void
tell(const struct meters *meters, struct pending *batch)
{
	const moment now = clock_monotonic();
	for (struct pending *c = batch, *next; c; c = next) {
		next = c->next;
		metric_observe(meters->wait, now - c->queued);
		c->done(c, c->code, &c->e);
		thread_let_others();
	}
}

/* --- the thread --- */

static void *
commit_on(void *user)
{
	struct commit_queue *q = user;
	struct pending *batch;
	thread_stand_back();
	while ((batch = take_batch(q))) {
		const moment begun = clock_monotonic();
		write_batch(q->store, batch);
		metric_observe(q->meters.commit, clock_monotonic() - begun);
		tell(&q->meters, batch);
	}
	return NULL;
}

enum err_code
commit_queue_create(struct store *store, size_t room, struct commit_queue **ret_queue,
		    struct err *e)
{
	struct commit_queue *q = memory_alloc(sizeof *q);
	*q = (struct commit_queue){.store = store, .room = room, .last = &q->first};
	q->meters = make_meters(store->metrics);
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->filled, NULL);
	int number = pthread_create(&q->thread, NULL, commit_on, q);
	if (number != 0) {
		free(q);
		return err_errno(e, number, "starting a thread");
	}
	*ret_queue = q;
	return ERR_OK;
}

void
commit_queue_destroy(struct commit_queue *q)
{
	if (!q)
		return;
	pthread_mutex_lock(&q->lock);
	q->stop = true;
	pthread_cond_signal(&q->filled);
	pthread_mutex_unlock(&q->lock);
	pthread_join(q->thread, NULL);
	pthread_cond_destroy(&q->filled);
	pthread_mutex_destroy(&q->lock);
	free(q);
}

/* --- submitting --- */

enum err_code
store_submit(struct store *store, struct pending *change, struct err *e)
{
	if (!store->queue)
		return ERR(e, REFUSED, "the folder '%s' was opened to be read only", store->folder);
	CHECK(follower_check(store->follower, FOLLOWER_PATIENCE, e));
	return commit_queue_put(store->queue, change, e);
}

struct wait {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool is_done;
};

static void
end_wait(struct pending *self, enum err_code code, const struct err *e)
{
	struct wait *w = self->user;
	(void)code, (void)e; /* they stay in the change */
	pthread_mutex_lock(&w->lock);
	w->is_done = true;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
}

static void
wait_for_end(struct wait *w)
{
	pthread_mutex_lock(&w->lock);
	while (!w->is_done)
		pthread_cond_wait(&w->changed, &w->lock);
	pthread_mutex_unlock(&w->lock);
}

enum err_code
store_run(struct store *store, struct pending *change, struct err *e)
{
	struct wait w = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};
	change->user = &w;
	change->done = end_wait;
	enum err_code code = store_submit(store, change, e);
	if (code == ERR_OK) {
		wait_for_end(&w);
		code = change->code;
		if (code != ERR_OK)
			*e = change->e;
	}
	change->user = NULL;
	pthread_cond_destroy(&w.changed);
	pthread_mutex_destroy(&w.lock);
	return code;
}

static enum err_code
write_plain(struct pending *self, struct session *s, struct err *e)
{
	struct plain_change *p = (struct plain_change *)self;
	return p->write(p->user, s, e);
}

void
plain_change_init(struct plain_change *c, change_fn *write, void *user)
{
	*c = (struct plain_change){.pending = {.write = write_plain}, .write = write, .user = user};
}

enum err_code
store_change(struct store *store, change_fn *write, void *user, struct err *e)
{
	struct plain_change c;
	plain_change_init(&c, write, user);
	return store_run(store, &c.pending, e);
}
