/*
 * session.c -- who reads and who writes.
 *
 * Readers take a connection from the pool and begin a snapshot; there are never more idle ones than
 * the store keeps. The writer's connection is one, and the writer's session is who holds
 * writer_gate.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "search_index.h"
#include "store_parts.h"

/* --- readers --- */

enum err_code
reader_open(struct store *store, struct db **ret_db, struct err *e)
{
	pthread_mutex_lock(&store->pool_lock);
	struct db *db = store->idle_count > 0 ? store->idle[--store->idle_count] : NULL;
	pthread_mutex_unlock(&store->pool_lock);
	if (!db)
		CHECK(db_open(store->database, DB_READ, &db, e));
	*ret_db = db;
	return ERR_OK;
}

static void
reader_give_back(struct store *store, struct db *db)
{
	pthread_mutex_lock(&store->pool_lock);
	if (store->idle_count < store->idle_room) {
		store->idle[store->idle_count++] = db;
		db = NULL;
	}
	pthread_mutex_unlock(&store->pool_lock);
	db_close(db);
}

void
readers_close(struct store *store)
{
	while (store->idle_count > 0)
		db_close(store->idle[--store->idle_count]);
	free(store->idle);
	store->idle = NULL;
}

enum err_code
store_read(struct store *store, struct session **ret_session, struct err *e)
{
	struct db *db = NULL;
	CHECK(reader_open(store, &db, e));
	uint64_t committed = atomic_load(&store->committed); /* before the snapshot */
	if (db_begin(db, e) != ERR_OK) {
		db_close(db);
		return e->code;
	}
	struct session *s = memory_alloc(sizeof *s);
	*s = (struct session){
	    .store = store, .db = db, .basis = committed, .now = clock_now(&store->clock)};
	*ret_session = s;
	return ERR_OK;
}

/* --- the writer --- */

/* Nothing of the transaction has happened, in the database or in memory. */
static void
roll_back(struct session *s)
{
	s->head->loaded = false;
	db_roll_back(s->db);
}

static void
leave_writer(struct session *s)
{
	s->db = NULL;
	writer_gate_leave(&s->store->writer_gate);
}

/* Time does not go back in the log, even when the machine's clock does. */
static moment
writers_moment(const struct session *s)
{
	moment now = clock_now(&s->store->clock);
	return now > s->head->time ? now : s->head->time;
}

enum err_code
store_write(struct store *store, struct session **ret_session, struct err *e)
{
	if (!store->writer)
		return ERR(e, REFUSED, "the folder '%s' was opened to be read only", store->folder);
	/* Files that nobody can find any more still take what is written, and lose it. */
	if (!folder_is_locked_by(store->folder, store->lock))
		return ERR(e, IO, "the folder '%s' was moved or removed", store->folder);
	writer_gate_enter(&store->writer_gate);
	struct session *s = memory_alloc(sizeof *s);
	*s = (struct session){.store = store, .db = store->writer, .head = &store->head};
	enum err_code code = db_begin(s->db, e);
	if (code == ERR_OK) {
		code = log_head_load(s, e);
		if (code != ERR_OK)
			roll_back(s);
	}
	if (code != ERR_OK) {
		leave_writer(s);
		free(s);
		return code;
	}
	s->now = writers_moment(s);
	*ret_session = s;
	return ERR_OK;
}

static void
tell_waiters(struct store *store, uint64_t *counter)
{
	pthread_mutex_lock(&store->commit_lock);
	++*counter;
	pthread_cond_broadcast(&store->changed);
	pthread_mutex_unlock(&store->commit_lock);
}

/* Still in the gate. */
static void
note_committed(struct session *s)
{
	struct store *store = s->store;
	atomic_store(&store->committed, s->head->edge.size);
	store->index_debt += s->index_debt;
	if (store->index_debt < 0)
		store->index_debt = 0;
}

enum err_code
session_commit(struct session *s, struct err *e)
{
	assert(s->head && s->db);
	struct store *store = s->store;
	enum err_code code = s->broken
				 ? ERR(e, INTERNAL, "a change failed half-way: nothing is kept")
				 : search_index_pay(s, e);
	atomic_fetch_add(&store->committing, 1);
	if (code == ERR_OK)
		code = db_commit(s->db, e);
	uint32_t waiting = db_waiting(s->db);
	if (code == ERR_OK)
		note_committed(s);
	else
		roll_back(s);
	leave_writer(s);
	if (code == ERR_OK) {
		settler_note(store->settler, waiting);
		metric_set(store->journal, waiting);
		tell_waiters(store, &store->commits);
		if (s->index_debt > 0)
			indexer_note(store->indexer);
	}
	atomic_fetch_sub(&store->committing, 1);
	return code;
}

static void
end_reader(struct session *s)
{
	struct err ignored;
	struct db *db = s->db;
	if (db_commit(db, &ignored) == ERR_OK)
		reader_give_back(s->store, db);
	else
		db_close(db);
}

void
session_end(struct session **s)
{
	struct session *session = *s;
	*s = NULL;
	if (!session)
		return;
	if (session->db && session->head) {
		roll_back(session);
		leave_writer(session);
	} else if (session->db) {
		end_reader(session);
	}
	free(session);
}

moment
session_now(const struct session *s)
{
	return s->now;
}

uint64_t
session_basis(const struct session *s)
{
	return s->head ? s->head->edge.size : s->basis;
}

bool
session_writes(const struct session *s)
{
	return s->head != NULL;
}

bool
session_is_touched(const struct session *s, const char *key, uint64_t since)
{
	return touched_since(&s->store->touched, key, since);
}

/* --- waiting for commits --- */

uint64_t
store_commits(struct store *store)
{
	pthread_mutex_lock(&store->commit_lock);
	uint64_t commits = store->commits;
	pthread_mutex_unlock(&store->commit_lock);
	return commits;
}

bool
store_is_committing(struct store *store)
{
	return atomic_load(&store->committing) > 0;
}

uint64_t
store_wait(struct store *store, uint64_t seen, moment deadline)
{
	struct timespec until = {.tv_sec = deadline / 1000000,
				 .tv_nsec = deadline % 1000000 * 1000};
	pthread_mutex_lock(&store->commit_lock);
	uint64_t wakes = store->wakes;
	while (store->commits == seen && store->wakes == wakes)
		if (pthread_cond_timedwait(&store->changed, &store->commit_lock, &until) ==
		    ETIMEDOUT)
			break;
	uint64_t commits = store->commits;
	pthread_mutex_unlock(&store->commit_lock);
	return commits;
}

void
store_wake(struct store *store)
{
	tell_waiters(store, &store->wakes);
}
