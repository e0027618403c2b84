/*
 * quality.c -- the last results of each product's checks: which event holds them.
 */
#include "event_log.h"
#include "projection.h"
#include "resource.h"
#include "store_parts.h"

enum err_code
quality_apply_checked(struct session *s, struct happening *h, struct err *e)
{
	static const char sql[] =
	    "INSERT INTO quality_results (product, seq, checked_at, passed)"
	    " VALUES ($1, $2, $3, $4) ON CONFLICT (product) DO UPDATE SET seq = excluded.seq,"
	    " checked_at = excluded.checked_at, passed = excluded.passed";
	const struct event *ev = h->event;
	return db_run(s->db, sql,
		      DB_ARGS(db_text(ev->subject), db_int((int64_t)ev->seq), db_int(ev->time),
			      db_int(node_bool(h->body, "passed", false))),
		      e);
}

enum err_code
quality_last(struct session *s, const char *product, struct arena *arena, const char **ret_body,
	     moment *ret_time, struct err *e)
{
	static const char sql[] =
	    "SELECT v.body, r.checked_at FROM quality_results r JOIN events v ON v.seq = r.seq"
	    " WHERE r.product = $1";
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql, DB_ARGS(db_text(product)), &q, e));
	bool found = db_next(&q);
	if (query_failed(&q, e))
		return e->code;
	*ret_body = found ? db_column_text(&q, 0, arena) : NULL;
	*ret_time = found ? db_column_int(&q, 1) : 0;
	return ERR_OK;
}
