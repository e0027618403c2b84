/*
 * standing_mark.c -- the one row of the table standing.
 */
#include "standing_mark.h"

#include <string.h>

#include "store_parts.h"

enum err_code
standing_mark_read(struct session *s, struct standing_mark *ret_mark, struct err *e)
{
	static const char sql[] = "SELECT seq, swept_at, CASE WHEN holder = $1 THEN 0 ELSE"
				  " lease_ends END FROM standing WHERE id = 1";
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql, DB_ARGS(db_text(s->store->holder)), &q, e));
	if (!db_next(&q))
		return query_failed(&q, e) ? e->code
					   : ERR(e, CORRUPT, "the table standing has no row");
	*ret_mark = (struct standing_mark){
	    .seq = (uint64_t)db_column_int(&q, 0),
	    .swept_at = db_column_int(&q, 1),
	    .lease_ends = db_column_int(&q, 2),
	};
	return ERR_OK;
}

/* Asked before anything is written, so that a no harms nobody in the same transaction. */
static enum err_code
check_free(struct session *s, struct err *e)
{
	struct standing_mark mark = {0};
	CHECK(standing_mark_read(s, &mark, e));
	return mark.lease_ends > session_now(s)
		   ? ERR(e, STALE, "another node judges the products again")
		   : ERR_OK;
}

enum err_code
standing_mark_claim(struct session *s, moment lease_ends, struct err *e)
{
	static const char sql[] = "UPDATE standing SET holder = $1, lease_ends = $2 WHERE id = 1";
	CHECK(check_free(s, e));
	return db_run(s->db, sql, DB_ARGS(db_text(s->store->holder), db_int(lease_ends)), e);
}

enum err_code
standing_mark_move(struct session *s, const struct standing_mark *to, moment lease_ends,
		   struct err *e)
{
	static const char sql[] = "UPDATE standing SET holder = $1, lease_ends = $2, seq = $3,"
				  " swept_at = $4 WHERE id = 1";
	CHECK(check_free(s, e));
	return db_run(s->db, sql,
		      DB_ARGS(db_text(s->store->holder), db_int(lease_ends),
			      db_int((int64_t)to->seq), db_int(to->swept_at)),
		      e);
}
