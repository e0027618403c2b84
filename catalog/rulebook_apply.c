/*
 * rulebook_apply.c -- policy.defined and policy.retired as rows: the policies in force, and every
 * version that there ever was.
 */
#include <string.h>

#include "projection.h"
#include "rulebook_fill.h"
#include "store_parts.h"

/* --- versions --- */

/* What is replaced by other content; the same content again goes on. */
static enum err_code
end_replaced(struct db *db, const struct event *ev, const char *hash, struct err *e)
{
	static const char sql[] = "UPDATE policy_versions SET until_seq = $2"
				  " WHERE name = $1 AND until_seq IS NULL AND hash <> $3";
	return db_run(db, sql,
		      DB_ARGS(db_text(ev->subject), db_int((int64_t)ev->seq), db_text(hash)), e);
}

static enum err_code
begin_version(struct db *db, const struct happening *h, const char *hash, struct err *e)
{
	static const char sql[] =
	    "INSERT INTO policy_versions (name, version, seq, hash, scope, enforcement, defined_at,"
	    " defined_by) SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5, $6, $7"
	    " FROM policy_versions WHERE name = $1"
	    " HAVING count(*) = count(until_seq)"; /* none is in force */
	const struct event *ev = h->event;
	return db_run(db, sql,
		      DB_ARGS(db_text(ev->subject), db_int((int64_t)ev->seq), db_text(hash),
			      db_text(node_text(h->document, "scope", "global")),
			      db_text(node_text(h->document, "enforcement", "deny")),
			      db_int(ev->time), db_text(ev->actor)),
		      e);
}

static enum err_code
note_version(struct db *db, const struct happening *h, struct err *e)
{
	const char *hash = node_text(h->body, "hash", "");
	CHECK(end_replaced(db, h->event, hash, e));
	return begin_version(db, h, hash, e);
}

/* --- events --- */

enum err_code
rule_apply_defined(struct session *s, struct happening *h, struct err *e)
{
	static const char sql[] =
	    "INSERT INTO policies (name, scope, enforcement, source, media_type, hash, version,"
	    " seq, defined_at, defined_by)"
	    " SELECT $1, $2, $3, $4, $5, $6, version, $7, $8, $9"
	    " FROM policy_versions WHERE name = $1 AND until_seq IS NULL"
	    " ON CONFLICT (name) DO UPDATE SET scope = excluded.scope,"
	    " enforcement = excluded.enforcement, source = excluded.source,"
	    " media_type = excluded.media_type, hash = excluded.hash, version = excluded.version,"
	    " seq = excluded.seq, defined_at = excluded.defined_at,"
	    " defined_by = excluded.defined_by";
	const struct event *ev = h->event;
	CHECK(note_version(s->db, h, e));
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

enum err_code
rule_apply_retired(struct session *s, struct happening *h, struct err *e)
{
	static const char end[] = "UPDATE policy_versions SET until_seq = $2, retired_at = $3,"
				  " retired_by = $4 WHERE name = $1 AND until_seq IS NULL";
	const struct event *ev = h->event;
	CHECK(db_run(s->db, end,
		     DB_ARGS(db_text(ev->subject), db_int((int64_t)ev->seq), db_int(ev->time),
			     db_text(ev->actor)),
		     e));
	return db_run(s->db, "DELETE FROM policies WHERE name = $1", DB_ARGS(db_text(ev->subject)),
		      e);
}

/* --- a database of before --- */

struct old_events {
	struct event *items;
	size_t count;
};

/* Nothing was ever retired there: every policy is still in the table. */
static enum err_code
find_definitions(struct db *db, struct arena *arena, struct old_events *ret_found, struct err *e)
{
	static const char sql[] =
	    "SELECT e.seq, e.time, e.actor, e.subject, e.body FROM policies p"
	    " JOIN events e ON e.subject = p.name WHERE e.kind = 'policy.defined'"
	    " AND e.body IS NOT NULL ORDER BY e.seq";
	struct old_events found = {0};
	size_t room = 0;
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(db, sql, DB_NO_ARGS, &q, e));
	while (db_next(&q)) {
		found.items =
		    arena_grow(arena, found.items, found.count, &room, sizeof *found.items);
		struct event *ev = &found.items[found.count++];
		*ev = (struct event){
		    .seq = (uint64_t)db_column_int(&q, 0),
		    .time = db_column_int(&q, 1),
		    .actor = db_column_text(&q, 2, arena),
		    .kind = "policy.defined",
		    .subject = db_column_text(&q, 3, arena),
		};
		ev->body = db_column_bytes(&q, 4, arena, &ev->body_length);
	}
	if (query_failed(&q, e))
		return e->code;
	*ret_found = found;
	return ERR_OK;
}

static enum err_code
fill_version(struct db *db, const struct event *ev, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct happening h = {.event = ev, .arena = &arena};
	CHECK(happening_read(&h, e));
	return note_version(db, &h, e);
}

enum err_code
rulebook_fill_versions(struct db *db, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct old_events found = {0};
	CHECK(find_definitions(db, &arena, &found, e));
	for (size_t i = 0; i < found.count; i++)
		if (fill_version(db, &found.items[i], e) != ERR_OK)
			return err_while(e, "event %llu, the policy '%s'",
					 (unsigned long long)found.items[i].seq,
					 found.items[i].subject);
	return ERR_OK;
}
