/*
 * log_checkpoint.c -- signed statements about the whole log: made when asked for, kept for ever.
 */
#include "event_log.h"
#include "store_parts.h"

/* The newest note, when it covers all of the log; NULL otherwise. */
static enum err_code
find_current(struct session *s, struct arena *arena, const char **ret_note, struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, "SELECT note FROM checkpoints WHERE size = $1",
		       DB_ARGS(db_int((int64_t)event_log_size(s))), &q, e));
	*ret_note = db_next(&q) ? db_column_text(&q, 0, arena) : NULL;
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

static enum err_code
sign_current(struct store *store, struct arena *arena, const char **ret_note, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	CHECK(store_write(store, &s, e));
	const char *note = NULL;
	CHECK(find_current(s, arena, &note, e)); /* another thread may have been faster */
	if (!note) {
		struct checkpoint c = {
		    .origin = store->origin,
		    .size = s->head->edge.size,
		    .root = merkle_edge_root(&s->head->edge),
		};
		note = checkpoint_sign(&c, &store->key, arena);
		CHECK(keep(s, &c, note, e));
		CHECK(session_commit(s, e));
	}
	*ret_note = note;
	return ERR_OK;
}

enum err_code
checkpoint_latest(struct store *store, struct arena *arena, const char **ret_note, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	const char *note = NULL;
	CHECK(store_read(store, &s, e));
	CHECK(find_current(s, arena, &note, e));
	session_end(&s);
	if (!note)
		return sign_current(store, arena, ret_note, e);
	*ret_note = note;
	return ERR_OK;
}
