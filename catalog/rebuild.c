/*
 * rebuild.c -- projections emptied and made again from the log, in one transaction; and their
 * digests, to compare.
 */
#include "rebuild.h"

#include "event_log.h"
#include "projection.h"
#include "search_index.h"
#include "store_parts.h"

/* --- making again --- */

enum { PROGRESS_EVERY = 1000 };

struct replay {
	struct session *s;
	uint64_t done, of;
	void (*progress)(void *user, uint64_t done, uint64_t of);
	void *user;
	enum err_code failed;
	struct err *e;
};

static bool
apply_again(void *user, const struct event *ev, const struct digest *stored_leaf)
{
	(void)stored_leaf;
	struct replay *r = user;
	r->failed = projection_apply(r->s, ev, NULL, r->e);
	r->done++;
	if (r->progress && (r->done % PROGRESS_EVERY == 0 || r->done == r->of))
		r->progress(r->user, r->done, r->of);
	return r->failed == ERR_OK;
}

static enum err_code
clear_all(struct session *s, struct err *e)
{
	for (const struct projection_table *t = projection_tables; t->name; t++)
		CHECK(db_run(s->db, t->clear, DB_NO_ARGS, e));
	return ERR_OK;
}

enum err_code
rebuild(struct store *store, void (*progress)(void *user, uint64_t done, uint64_t of), void *user,
	struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	CHECK(store_write(store, &s, e));
	CHECK(db_take_time(s->db, e));
	s->rebuilding = true;
	struct replay r = {.s = s, .progress = progress, .user = user, .e = e};
	CHECK(event_log_size(s, &r.of, e));
	CHECK(clear_all(s, e));
	CHECK(event_each(s, 0, UINT64_MAX, apply_again, &r, e));
	if (r.failed != ERR_OK)
		return r.failed;
	CHECK(search_index_rebuild(s, e));
	return session_commit(s, e);
}

/* --- digests --- */

/* Each value with its kind and length before it, so that no two rows look the same to the hash. */
static void
add_value(struct buf *out, const struct query *q, int column, struct arena *arena)
{
	enum db_kind kind = db_column_kind(q, column);
	size_t length = 0;
	const char *bytes = db_column_bytes(q, column, arena, &length);
	buf_printf(out, "%d:%zu:", (int)kind, length);
	if (bytes)
		buf_append(out, bytes, length);
}

/* A row's digest is chained to the one before: a table of any size takes little memory. */
static enum err_code
digest_table(struct session *s, const struct projection_table *table,
	     struct projection_digest *ret_digest, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	CLEANUP(buf_done) struct buf row = {0};
	CLEANUP(query_close) struct query q = {0};
	struct projection_digest d = {.table = table->name};
	CHECK(db_scan(s->db, table->read, DB_NO_ARGS, &q, e));
	while (db_next(&q)) {
		arena_reset(&arena);
		buf_clear(&row);
		buf_append(&row, d.digest.bytes, DIGEST_SIZE);
		for (int i = 0; i < db_column_count(&q); i++)
			add_value(&row, &q, i, &arena);
		d.digest = digest_of(row.data, row.length);
		d.rows++;
	}
	if (query_failed(&q, e))
		return e->code;
	*ret_digest = d;
	return ERR_OK;
}

enum err_code
projection_digests(struct session *s, struct arena *arena, struct projection_digests *ret_digests,
		   struct err *e)
{
	struct projection_digests all = {0};
	while (projection_tables[all.count].name)
		all.count++;
	all.items = ARENA_ARRAY(arena, struct projection_digest, all.count);
	for (size_t i = 0; i < all.count; i++)
		CHECK(digest_table(s, &projection_tables[i], &all.items[i], e));
	*ret_digests = all;
	return ERR_OK;
}
