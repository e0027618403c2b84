/*
 * log_turn.c -- the lock, what came since, and what became of a commit that nobody answered.
 *
 * SQLite needs none of it: the folder's lock makes its process the only one.
 */
#include "log_turn.h"

#include "dialect.h"
#include "log_tree.h"
#include "store_parts.h"

enum { EVENTS_AT_ONCE = 1000 };

static const char *const take_lock[DIALECT_COUNT] = {
    [DIALECT_POSTGRES] = "SELECT id FROM log_lock WHERE id = 1 FOR UPDATE",
};

static const char *const tell_others[DIALECT_COUNT] = {
    [DIALECT_POSTGRES] = "SELECT pg_notify('weft_log', $1)",
};

/* Those of processes that ended long ago; a living one that wrote nothing since writes its anew. */
static enum err_code
forget_writers(struct session *s, struct err *e)
{
	moment then = store_now(s->store) - SECONDS(86400);
	return db_run(s->db, "DELETE FROM writers WHERE at < $1", DB_ARGS(db_int(then)), e);
}

/* In the same transaction, so that it tells whether that happened. */
static enum err_code
note_turn(struct session *s, struct err *e)
{
	static const char sql[] =
	    "INSERT INTO writers (node, turn, at) VALUES ($1, $2, $3)"
	    " ON CONFLICT (node) DO UPDATE SET turn = excluded.turn, at = excluded.at";
	struct store *store = s->store;
	if (store->turn == 0)
		CHECK(forget_writers(s, e));
	s->turn = ++store->turn;
	return db_run(s->db, sql,
		      DB_ARGS(db_text(store->node), db_int(s->turn), db_int(store_now(store))), e);
}

/* --- what came since --- */

/* Its place in the tree is known by its leaf; what it says was applied by who appended it. */
static enum err_code
take_in(struct session *s, const struct query *q, struct arena *arena, struct err *e)
{
	struct store *store = s->store;
	uint64_t seq = (uint64_t)db_column_int(q, 0);
	store->heard_of = seq;
	touched_note(&store->touched, db_column_text(q, 2, arena), seq);
	touched_note(&store->touched, db_column_text(q, 3, arena), seq);
	if (seq <= s->head->edge.size)
		return ERR_OK;
	struct digest leaf = db_column_hash(q, 4);
	if (seq != s->head->edge.size + 1 || db_column_is_null(q, 4))
		return ERR(e, CORRUPT, "the log has a hole before event %llu",
			   (unsigned long long)seq);
	s->head->time = db_column_int(q, 1);
	return merkle_append(&s->head->edge, &leaf, NULL, NULL, e);
}

static enum err_code
catch_up(struct session *s, struct err *e)
{
	static const char sql[] = "SELECT v.seq, v.time, v.kind, v.subject, t.hash FROM events v"
				  " LEFT JOIN log_tree t ON t.seq = v.seq AND t.level = 0"
				  " WHERE v.seq > $1 ORDER BY v.seq LIMIT $2";
	CLEANUP(arena_done) struct arena arena = {0};
	for (int count = EVENTS_AT_ONCE; count == EVENTS_AT_ONCE;) {
		CLEANUP(query_close) struct query q = {0};
		CHECK(db_query(s->db, sql,
			       DB_ARGS(db_int((int64_t)s->store->heard_of), db_int(EVENTS_AT_ONCE)),
			       &q, e));
		for (count = 0; db_next(&q); count++) {
			arena_reset(&arena);
			CHECK(take_in(s, &q, &arena, e));
		}
		if (query_failed(&q, e))
			return e->code;
	}
	return ERR_OK;
}

enum err_code
log_turn_take(struct session *s, struct err *e)
{
	const char *lock = take_lock[db_dialect(s->db)];
	if (!lock)
		return log_head_load(s, e);
	CHECK(db_run(s->db, lock, DB_NO_ARGS, e));
	CHECK(note_turn(s, e));
	CHECK(log_head_load(s, e));
	return catch_up(s, e);
}

enum err_code
log_turn_tell(struct session *s, struct err *e)
{
	const char *tell = tell_others[db_dialect(s->db)];
	return tell ? db_run(s->db, tell, DB_ARGS(db_text(s->store->node)), e) : ERR_OK;
}

/* --- what became of it --- */

/* With the lock held: the transaction in question has ended, one way or the other. */
static enum err_code
read_turn(struct store *store, int64_t *ret_turn, struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	struct db *db = store->writer;
	CHECK(db_run(db, take_lock[db_dialect(db)], DB_NO_ARGS, e));
	CHECK(db_query(db, "SELECT turn FROM writers WHERE node = $1",
		       DB_ARGS(db_text(store->node)), &q, e));
	*ret_turn = db_next(&q) ? db_column_int(&q, 0) : 0;
	return query_failed(&q, e) ? e->code : ERR_OK;
}

static enum err_code
ask(struct store *store, int64_t *ret_turn, struct err *e)
{
	CHECK(writer_open(store, e));
	CHECK(db_begin(store->writer, e));
	enum err_code code = read_turn(store, ret_turn, e);
	db_roll_back(store->writer);
	return code;
}

enum err_code
log_turn_find_out(struct session *s, struct err *e)
{
	struct store *store = s->store;
	moment deadline = clock_monotonic() + FOLLOWER_PATIENCE;
	while (follower_await(store->follower, deadline)) {
		struct err why;
		int64_t turn = 0;
		if (ask(store, &turn, &why) == ERR_OK)
			return turn == s->turn ? ERR_OK : e->code;
		follower_note_loss(store->follower, &why);
	}
	return ERR(e, TIMEOUT,
		   "the database went away within a commit, and whether it happened is not known");
}
