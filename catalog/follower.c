/*
 * follower.c -- looks at the log's end, waits for news, looks again.
 *
 *     lost --- connected, and the end was read --->  following --- a connection broke ---> lost
 */
#include "follower.h"

#include <sys/eventfd.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/condition.h"
#include "base/log.h"

#include "store_parts.h"

enum { LOOK_EVERY = 1000, TRY_EVERY = 200 /* milliseconds */, EVENTS_AT_ONCE = 1000 };

struct follower {
	struct store *store; /* not owned */
	struct db *db;       /* the thread's own, as the next: NULL while there is none */
	bool told;           /* that it is lost */
	uint64_t seen;       /* the last event that was looked at */
	pthread_t thread;
	int wake; /* an eventfd */

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t changed;
	bool lost, stop;
	moment lost_at;  /* clock_monotonic */
	uint64_t losses; /* grows with each that was noted */
	struct err why;
};

/* --- what others ask --- */

enum err_code
follower_check(struct follower *f, moment since, struct err *e)
{
	if (!f)
		return ERR_OK;
	pthread_mutex_lock(&f->lock);
	bool lost = f->lost && clock_monotonic() - f->lost_at >= since;
	if (lost)
		*e = f->why;
	pthread_mutex_unlock(&f->lock);
	return lost ? ERR_UNAVAILABLE : ERR_OK;
}

static void
wake(struct follower *f)
{
	const uint64_t one = 1;
	ssize_t written = write(f->wake, &one, sizeof one);
	(void)written; /* a full counter wakes, too */
}

void
follower_note_loss(struct follower *f, const struct err *why)
{
	if (!f)
		return;
	pthread_mutex_lock(&f->lock);
	if (!f->lost) {
		f->lost = true;
		f->lost_at = clock_monotonic();
		f->why = *why;
	}
	f->losses++;
	pthread_mutex_unlock(&f->lock);
	wake(f);
}

bool
follower_await(struct follower *f, moment deadline)
{
	if (!f)
		return false;
	pthread_mutex_lock(&f->lock);
	moment end = f->lost && f->lost_at + FOLLOWER_PATIENCE < deadline
			 ? f->lost_at + FOLLOWER_PATIENCE
			 : deadline;
	while (f->lost && !f->stop && condition_wait(&f->changed, &f->lock, end))
		;
	bool there = !f->lost && clock_monotonic() < deadline;
	pthread_mutex_unlock(&f->lock);
	return there;
}

/* --- looking --- */

static enum err_code
connect_again(struct follower *f, struct err *e)
{
	db_close(f->db);
	f->db = NULL;
	CHECK(db_open(f->store->database, DB_READ, &f->db, e));
	return db_listen(f->db, e);
}

/* What readers here have kept, such as compiled policies, is known to hold as long as nothing in it
 * was touched: also by another node. */
static enum err_code
read_piece(struct follower *f, uint64_t *seq, int *ret_count, struct err *e)
{
	static const char sql[] =
	    "SELECT seq, kind, subject FROM events WHERE seq > $1 ORDER BY seq LIMIT $2";
	CLEANUP(arena_done) struct arena arena = {0};
	CLEANUP(query_close) struct query q = {0};
	int count = 0;
	CHECK(db_query(f->db, sql, DB_ARGS(db_int((int64_t)*seq), db_int(EVENTS_AT_ONCE)), &q, e));
	for (; db_next(&q); count++) {
		*seq = (uint64_t)db_column_int(&q, 0);
		touched_note(&f->store->touched, db_column_text(&q, 1, &arena), *seq);
		touched_note(&f->store->touched, db_column_text(&q, 2, &arena), *seq);
	}
	*ret_count = count;
	return query_failed(&q, e) ? e->code : ERR_OK;
}

/* Before anybody's basis is beyond them: a basis says that what was touched up to it is noted. */
static enum err_code
read_news(struct follower *f, uint64_t *ret_seq, struct err *e)
{
	int count = EVENTS_AT_ONCE;
	*ret_seq = f->seen;
	while (count == EVENTS_AT_ONCE)
		CHECK(read_piece(f, ret_seq, &count, e));
	f->seen = *ret_seq;
	return ERR_OK;
}

static uint64_t
count_losses(struct follower *f)
{
	pthread_mutex_lock(&f->lock);
	uint64_t losses = f->losses;
	pthread_mutex_unlock(&f->lock);
	return losses;
}

/* What was lost is there again, unless somebody lost another connection since we began to look. */
static void
note_found(struct follower *f, uint64_t losses)
{
	pthread_mutex_lock(&f->lock);
	bool again = f->lost && f->losses == losses;
	if (again)
		f->lost = false;
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
	if (again)
		readers_forget(f->store);
	metric_set(f->store->available, 1);
	if (f->told)
		LOG(INFO, "the database is there again", "store", f->store->shown);
	f->told = false;
}

static void
note_lost(struct follower *f, const struct err *why)
{
	db_close(f->db);
	f->db = NULL;
	follower_note_loss(f, why);
	if (f->told)
		return;
	f->told = true;
	metric_set(f->store->available, 0);
	LOG(WARN, "the database is lost", "store", f->store->shown, "error", why->message);
	store_tell_commit(f->store); /* what is kept of it cannot be trusted any more */
}

/* Gives false when the database cannot be reached. */
static bool
look(struct follower *f, bool noticed)
{
	struct err e;
	uint64_t seq = 0, losses = count_losses(f);
	bool is_new = !f->db || db_is_lost(f->db, NULL);
	if ((is_new && connect_again(f, &e) != ERR_OK) || read_news(f, &seq, &e) != ERR_OK) {
		note_lost(f, &e);
		return false;
	}
	/* A notice may be of what is no event: a job, a kept answer. */
	bool has_news = store_note_committed(f->store, seq) || f->told || noticed;
	note_found(f, losses);
	if (has_news)
		store_tell_commit(f->store);
	return true;
}

/* --- the thread --- */

static bool
is_to_stop(struct follower *f)
{
	pthread_mutex_lock(&f->lock);
	bool stop = f->stop;
	pthread_mutex_unlock(&f->lock);
	return stop;
}

/* Gives true for news of another node. */
static bool
rest(struct follower *f, int milliseconds)
{
	uint64_t woken;
	struct pollfd fd = {.fd = f->wake, .events = POLLIN};
	bool noticed = false;
	if (f->db)
		noticed = db_await_notice(f->db, f->store->node, f->wake, milliseconds);
	else
		poll(&fd, 1, milliseconds);
	ssize_t got = read(f->wake, &woken, sizeof woken);
	(void)got; /* it may not have been woken */
	return noticed;
}

static void *
follow(void *user)
{
	struct follower *f = user;
	for (bool noticed = false; !is_to_stop(f);)
		noticed = rest(f, look(f, noticed) ? LOOK_EVERY : TRY_EVERY);
	return NULL;
}

/* --- beginning and end --- */

static void
follower_free(struct follower *f)
{
	db_close(f->db);
	pthread_cond_destroy(&f->changed);
	pthread_mutex_destroy(&f->lock);
	if (f->wake >= 0)
		close(f->wake);
	free(f);
}

static struct follower *
follower_new(struct store *store)
{
	struct follower *f = memory_alloc(sizeof *f);
	*f = (struct follower){.store = store, .seen = atomic_load(&store->committed)};
	f->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&f->lock, NULL);
	condition_init(&f->changed);
	return f;
}

enum err_code
follower_create(struct store *store, struct follower **ret_follower, struct err *e)
{
	struct follower *f = follower_new(store);
	int number = f->wake < 0 ? errno : pthread_create(&f->thread, NULL, follow, f);
	if (number != 0) {
		follower_free(f);
		return err_errno(e, number, "starting a thread");
	}
	*ret_follower = f;
	return ERR_OK;
}

void
follower_destroy(struct follower *f)
{
	if (!f)
		return;
	pthread_mutex_lock(&f->lock);
	f->stop = true;
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
	wake(f);
	pthread_join(f->thread, NULL);
	follower_free(f);
}
