/*
 * idempotency.c -- answers kept for a day, found by who asked and with which key.
 */
#include "idempotency.h"

#include "store_parts.h"

static const moment KEPT_FOR = SECONDS(86400);

/*
 * At most so many old ones go with each new one: the table does not grow, and no command waits
 * for a day's worth.
 */
enum { DROP_AT_ONCE = 20 };

enum err_code
idempotency_find(struct session *s, const char *actor, const char *key, struct arena *arena,
		 struct kept_answer *ret_answer, struct err *e)
{
	static const char sql[] = "SELECT request, status, content_type, body FROM kept_answers"
				  " WHERE actor = $1 AND key = $2 AND kept_at > $3";
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql,
		       DB_ARGS(db_text(actor), db_text(key), db_int(session_now(s) - KEPT_FOR)), &q,
		       e));
	if (!db_next(&q))
		return query_failed(&q, e) ? e->code
					   : ERR(e, NOT_FOUND, "no answer is kept for this key");
	struct kept_answer a = {
	    .request = db_column_hash(&q, 0),
	    .status = (int)db_column_int(&q, 1),
	    .content_type = db_column_text(&q, 2, arena),
	};
	a.body = db_column_bytes(&q, 3, arena, &a.body_length);
	*ret_answer = a;
	return ERR_OK;
}

static enum err_code
drop_old(struct session *s, struct err *e)
{
	static const char sql[] =
	    "DELETE FROM kept_answers WHERE (actor, key) IN"
	    " (SELECT actor, key FROM kept_answers WHERE kept_at <= $1 ORDER BY kept_at LIMIT $2)";
	return db_run(s->db, sql, DB_ARGS(db_int(session_now(s) - KEPT_FOR), db_int(DROP_AT_ONCE)),
		      e);
}

enum err_code
idempotency_keep(struct session *s, const char *actor, const char *key, const struct kept_answer *a,
		 struct err *e)
{
	static const char sql[] =
	    "INSERT INTO kept_answers (actor, key, request, status, content_type, body, kept_at)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7)"
	    " ON CONFLICT (actor, key) DO UPDATE SET request = excluded.request, status = "
	    "excluded.status,"
	    " content_type = excluded.content_type, body = excluded.body, kept_at = "
	    "excluded.kept_at";
	CHECK(drop_old(s, e));
	return db_run(s->db, sql,
		      DB_ARGS(db_text(actor), db_text(key), db_hash(&a->request), db_int(a->status),
			      db_text(a->content_type), db_bytes(a->body, a->body_length),
			      db_int(session_now(s))),
		      e);
}
