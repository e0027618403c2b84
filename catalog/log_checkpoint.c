/*
 * log_checkpoint.c -- signed statements about the whole log: made when asked for, kept for ever.
 */
#include "event_log.h"
#include "pending.h"
#include "store_parts.h"

/* The newest note, when it covers all of the log; NULL otherwise. */
static enum err_code
find_current(struct session *s, struct arena *arena, const char **ret_note, struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	uint64_t size = 0;
	CHECK(event_log_size(s, &size, e));
	CHECK(db_query(s->db, "SELECT note FROM checkpoints WHERE size = $1",
		       DB_ARGS(db_int((int64_t)size)), &q, e));
	*ret_note = db_next(&q) ? db_column_text(&q, 0, arena) : NULL;
	return query_failed(&q, e) ? e->code : ERR_OK;
}

enum err_code
event_log_signed(struct session *s, uint64_t *ret_size, struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, "SELECT coalesce(max(size), 0) FROM checkpoints", DB_NO_ARGS, &q, e));
	*ret_size = db_next(&q) ? (uint64_t)db_column_int(&q, 0) : 0;
	return query_failed(&q, e) ? e->code : ERR_OK;
}

static enum err_code
keep(struct session *s, const struct checkpoint *c, const char *note, struct err *e)
{
	return db_run(s->db,
		      "INSERT INTO checkpoints (size, root, note, time) VALUES ($1, $2, $3, $4)",
		      DB_ARGS(db_int((int64_t)c->size), db_hash(&c->root), db_text(note),
			      db_int(session_now(s))),
		      e);
}

struct signing {
	struct arena *arena;
	const char *note;
};

static enum err_code
sign_current(void *user, struct session *s, struct err *e)
{
	struct signing *signing = user;
	CHECK(find_current(s, signing->arena, &signing->note, e));
	if (signing->note) /* another thread was faster */
		return ERR_OK;
	const struct checkpoint c = {
	    .origin = s->store->origin,
	    .size = s->head->edge.size,
	    .root = merkle_edge_root(&s->head->edge),
	};
	signing->note = checkpoint_sign(&c, &s->store->key, signing->arena);
	return keep(s, &c, signing->note, e);
}

enum err_code
checkpoint_latest(struct store *store, struct arena *arena, const char **ret_note, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	struct signing signing = {.arena = arena};
	CHECK(store_read(store, &s, e));
	CHECK(find_current(s, arena, &signing.note, e));
	session_end(&s);
	if (!signing.note)
		CHECK(store_change(store, sign_current, &signing, e));
	*ret_note = signing.note;
	return ERR_OK;
}

enum err_code
checkpoint_stored(struct store *store, struct arena *arena, const char **ret_note, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	CLEANUP(query_close) struct query q = {0};
	CHECK(store_read(store, &s, e));
	CHECK(db_query(s->db, "SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1", DB_NO_ARGS,
		       &q, e));
	const char *note = db_next(&q) ? db_column_text(&q, 0, arena) : NULL;
	if (query_failed(&q, e))
		return e->code;
	*ret_note = note;
	return ERR_OK;
}
