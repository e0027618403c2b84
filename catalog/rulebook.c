/*
 * rulebook.c -- policy documents: text and version.  What they mean is the judge's business.
 */
#include "rulebook.h"

#include <string.h>

#include "projection.h"
#include "store_parts.h"

/* The same content again keeps its version. */
enum err_code
rule_apply_defined(struct session *s, struct happening *h, struct err *e)
{
	static const char sql[] = "INSERT INTO policies (name, scope, enforcement, source, "
				  "media_type, hash, version, seq, defined_at, defined_by)"
				  " VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9)"
				  " ON CONFLICT (name) DO UPDATE SET scope = excluded.scope, "
				  "enforcement = excluded.enforcement,"
				  " source = excluded.source, media_type = excluded.media_type,"
				  " version = policies.version + CASE WHEN policies.hash = "
				  "excluded.hash THEN 0 ELSE 1 END, hash = excluded.hash,"
				  " seq = excluded.seq, defined_at = excluded.defined_at, "
				  "defined_by = excluded.defined_by";
	const struct event *ev = h->event;
	return db_run(s->db, sql,
		      DB_ARGS(db_text(ev->subject),
			      db_text(node_text(h->document, "scope", "global")),
			      db_text(node_text(h->document, "enforcement", "deny")),
			      db_text(node_text(h->body, "source", "")),
			      db_text(node_text(h->body, "media_type", "application/yaml")),
			      db_text(node_text(h->body, "hash", "")), db_int((int64_t)ev->seq),
			      db_int(ev->time), db_text(ev->actor)),
		      e);
}

#define RULE_COLUMNS                                                                               \
	"name, scope, enforcement, source, media_type, hash, version, seq, defined_at, defined_by"

static struct rule_record
rule_of_row(const struct query *q, struct arena *arena)
{
	struct rule_record r = {
	    .name = db_column_text(q, 0, arena),
	    .scope = db_column_text(q, 1, arena),
	    .enforcement = db_column_text(q, 2, arena),
	    .media_type = db_column_text(q, 4, arena),
	    .hash = db_column_text(q, 5, arena),
	    .version = (uint64_t)db_column_int(q, 6),
	    .seq = (uint64_t)db_column_int(q, 7),
	    .defined_at = db_column_int(q, 8),
	    .defined_by = db_column_text(q, 9, arena),
	};
	r.source = db_column_bytes(q, 3, arena, &r.source_length);
	return r;
}

enum err_code
rule_get(struct session *s, const char *name, struct arena *arena, struct rule_record *ret_rule,
	 struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, "SELECT " RULE_COLUMNS " FROM policies WHERE name = $1",
		       DB_ARGS(db_text(name)), &q, e));
	if (!db_next(&q))
		return query_failed(&q, e) ? e->code
					   : ERR(e, NOT_FOUND, "no policy named '%s'", name);
	*ret_rule = rule_of_row(&q, arena);
	return ERR_OK;
}

enum err_code
rule_list(struct session *s, const char *after, size_t limit, struct arena *arena,
	  struct rule_list *ret_list, struct err *e)
{
	static const char sql[] =
	    "SELECT " RULE_COLUMNS " FROM policies WHERE name > $1 ORDER BY name LIMIT $2";
	struct rule_list list = {0};
	size_t capacity = 0;
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql, DB_ARGS(db_text(after ? after : ""), db_int((int64_t)limit + 1)),
		       &q, e));
	while (list.count < limit && db_next(&q)) {
		list.items =
		    arena_grow(arena, list.items, list.count, &capacity, sizeof *list.items);
		list.items[list.count++] = rule_of_row(&q, arena);
	}
	list.more = list.count == limit && db_next(&q);
	if (query_failed(&q, e))
		return e->code;
	*ret_list = list;
	return ERR_OK;
}

enum err_code
rulebook_version(struct session *s, uint64_t *ret_seq, struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, "SELECT coalesce(max(seq), 0) FROM policies", DB_NO_ARGS, &q, e));
	if (!db_next(&q))
		return query_failed(&q, e) ? e->code
					   : ERR(e, INTERNAL, "the rulebook has no version");
	*ret_seq = (uint64_t)db_column_int(&q, 0);
	return ERR_OK;
}
