/*
 * session.c -- who reads and who writes.
 *
 * A reader has a connection of its own (readers.c).  The writer's connection is one, and the
 * writer's session is who holds writer_gate.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/condition.h"

#include "log_turn.h"
#include "search_index.h"
#include "store_parts.h"

enum err_code
store_read(struct store *store, struct session **ret_session, struct err *e)
{
	struct db *db = NULL;
	uint64_t committed = atomic_load(&store->committed); /* before the snapshot */
	uint64_t number = 0;
	CHECK(reader_open(store, &db, &number, e));
	struct session *s = memory_alloc(sizeof *s);
	*s = (struct session){.store = store,
			      .db = db,
			      .reader = number,
			      .basis = committed,
			      .now = store_now(store)};
	*ret_session = s;
	return ERR_OK;
}

/* --- the writer --- */

/* Nothing of the transaction has happened, in the database or in memory. */
static void
roll_back(struct session *s)
{
	*s->head = s->store->before;
	db_roll_back(s->db);
}

/* A server that was left behind by others takes no more writes: its connection is lost, too. */
enum err_code
writer_open(struct store *store, struct err *e)
{
	if (store->writer && !db_is_lost(store->writer, NULL))
		return ERR_OK;
	db_close(store->writer);
	store->writer = NULL;
	return db_open(store->database, DB_WRITE, &store->writer, e);
}

static void
leave_writer(struct session *s)
{
	struct err why;
	if (s->db && db_is_lost(s->db, &why))
		follower_note_loss(s->store->follower, &why);
	s->db = NULL;
	writer_gate_leave(&s->store->writer_gate);
}

/* Time does not go back in the log, even when another node's clock is ahead. */
static moment
writers_moment(const struct session *s)
{
	moment now = store_now(s->store);
	return now > s->head->time ? now : s->head->time;
}

/* In the gate. */
static enum err_code
begin_writing(struct session *s, struct err *e)
{
	struct store *store = s->store;
	enum err_code code = writer_open(store, e);
	if (code == ERR_OK) {
		s->db = store->writer;
		store->before = store->head;
		code = db_begin(s->db, e);
	} else if (code == ERR_UNAVAILABLE) {
		follower_note_loss(store->follower, e);
	}
	if (code == ERR_OK && (code = log_turn_take(s, e)) != ERR_OK)
		roll_back(s);
	store->before = store->head; /* what others have appended stays when this is rolled back */
	return code;
}

enum err_code
store_write(struct store *store, struct session **ret_session, struct err *e)
{
	if (store->mode == STORE_VERIFY)
		return ERR(e, REFUSED, "the folder '%s' was opened to be read only", store->folder);
	/* Files that nobody can find any more still take what is written, and lose it. */
	if (!folder_is_locked_by(store->folder, store->lock))
		return ERR(e, IO, "the folder '%s' was moved or removed", store->folder);
	CHECK(follower_check(store->follower, 0, e));
	writer_gate_enter(&store->writer_gate);
	struct session *s = memory_alloc(sizeof *s);
	*s = (struct session){.store = store, .head = &store->head};
	enum err_code code = begin_writing(s, e);
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

void
store_tell_commit(struct store *store)
{
	tell_waiters(store, &store->commits);
}

bool
store_note_committed(struct store *store, uint64_t seq)
{
	uint64_t before = atomic_load(&store->committed);
	while (before < seq && !atomic_compare_exchange_weak(&store->committed, &before, seq))
		;
	return before < seq;
}

/* Still in the gate. */
static void
note_committed(struct session *s)
{
	struct store *store = s->store;
	store->heard_of = s->head->edge.size;
	store_note_committed(store, s->head->edge.size);
	store->index_debt += s->index_debt;
	if (store->index_debt < 0)
		store->index_debt = 0;
}

/* After a commit that failed nobody knows what the database has: it is read again. */
static enum err_code
commit(struct session *s, struct err *e)
{
	if (s->broken)
		return ERR(e, INTERNAL, "a change failed half-way: nothing is kept");
	CHECK(search_index_pay(s, e));
	CHECK(log_turn_tell(s, e));
	enum err_code code = db_commit(s->db, e);
	s->store->before.loaded = false;
	return code != ERR_OK && db_commit_unknown(s->db) ? log_turn_find_out(s, e) : code;
}

enum err_code
session_commit(struct session *s, struct err *e)
{
	assert(s->head && s->db);
	struct store *store = s->store;
	enum err_code code = commit(s, e);
	s->db = store->writer; /* it may be another one now */
	uint32_t waiting = s->db ? db_waiting(s->db) : 0;
	if (code == ERR_OK)
		note_committed(s);
	else if (s->db)
		roll_back(s);
	else
		*s->head = store->before;
	leave_writer(s);
	if (code == ERR_OK) {
		store_clock_note(&store->clock, s->now);
		settler_note(store->settler, waiting);
		metric_set(store->journal, waiting);
		store_tell_commit(store);
		if (s->index_debt > 0)
			indexer_note(store->indexer);
	}
	return code;
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
		reader_close(session->store, session->db, session->reader);
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

bool
store_is_touched(struct store *store, const char *key, uint64_t since)
{
	struct err ignored;
	return touched_since(&store->touched, key, since) ||
	       follower_check(store->follower, 0, &ignored) != ERR_OK;
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

uint64_t
store_wait(struct store *store, uint64_t seen, moment deadline)
{
	pthread_mutex_lock(&store->commit_lock);
	uint64_t wakes = store->wakes;
	while (store->commits == seen && store->wakes == wakes &&
	       condition_wait(&store->changed, &store->commit_lock, deadline))
		;
	uint64_t commits = store->commits;
	pthread_mutex_unlock(&store->commit_lock);
	return commits;
}

void
store_wake(struct store *store)
{
	tell_waiters(store, &store->wakes);
}
