/*
 * column_apply.c -- the columns of products over time: a row holds from the event that brought the
 * column, as it is there, until the event that changed it or took it away.  What did not change is
 * not touched.
 */
#include <string.h>

#include "base/map.h"

#include "projection.h"
#include "store_parts.h"

/* A column as its row says it. */
struct held_column {
	const char *name, *type, *classification;
	bool personal;
	int64_t since;
	bool stays;
};

static const char *
own_classification(const struct column *c)
{
	return classification_name(c->classification);
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool
is_same(const struct held_column *held, const struct column *c)
{
	return strcmp(held->type, c->type ? c->type : "") == 0 &&
	       held->personal == column_is_personal(c) &&
	       same_text(held->classification, own_classification(c));
}

static enum err_code
read_held(struct session *s, struct happening *h, struct map *by_name, struct err *e)
{
	static const char sql[] =
	    "SELECT name, type, classification, personal, since_seq FROM product_columns"
	    " WHERE id = $1 AND until_seq IS NULL";
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql, DB_ARGS(db_int(h->product_id)), &q, e));
	while (db_next(&q)) {
		struct held_column *held = ARENA_NEW(h->arena, struct held_column);
		held->name = db_column_text(&q, 0, h->arena);
		held->type = db_column_text(&q, 1, h->arena);
		held->classification = db_column_text(&q, 2, h->arena);
		held->personal = db_column_int(&q, 3) != 0;
		held->since = db_column_int(&q, 4);
		map_put(by_name, held->name, held);
	}
	return query_failed(&q, e) ? e->code : ERR_OK;
}

static enum err_code
begin_column(struct session *s, struct happening *h, const struct column *c, struct err *e)
{
	static const char sql[] =
	    "INSERT INTO product_columns (id, name, since_seq, type, personal, classification)"
	    " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id, name, since_seq) DO NOTHING";
	return db_run(s->db, sql,
		      DB_ARGS(db_int(h->product_id), db_text(c->name),
			      db_int((int64_t)h->event->seq), db_text(c->type ? c->type : ""),
			      db_int(column_is_personal(c)), db_text(own_classification(c))),
		      e);
}

static enum err_code
end_column(struct session *s, struct happening *h, const struct held_column *held, struct err *e)
{
	static const char sql[] = "UPDATE product_columns SET until_seq = $1"
				  " WHERE id = $2 AND name = $3 AND since_seq = $4";
	return db_run(s->db, sql,
		      DB_ARGS(db_int((int64_t)h->event->seq), db_int(h->product_id),
			      db_text(held->name), db_int(held->since)),
		      e);
}

enum err_code
column_apply_published(struct session *s, struct happening *h, struct err *e)
{
	struct map held_columns = {.arena = h->arena};
	const struct column *columns = h->product->columns.items;
	if (!h->product_is_new)
		CHECK(read_held(s, h, &held_columns, e));
	for (size_t i = 0; i < h->product->columns.count; i++) {
		if (!columns[i].name)
			continue;
		struct held_column *held = map_get(&held_columns, columns[i].name);
		if (held && is_same(held, &columns[i]))
			held->stays = true;
		else
			CHECK(begin_column(s, h, &columns[i], e));
	}
	for (size_t i = 0; i < held_columns.capacity; i++) {
		const struct held_column *held = held_columns.slots[i].value;
		if (held && !held->stays)
			CHECK(end_column(s, h, held, e));
	}
	return ERR_OK;
}
