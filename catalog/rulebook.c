/*
 * rulebook.c -- policy documents: text and version.  What they mean is the judge's business.
 *
 * Reads in order: those in force, every version of one, what was in force at a time.
 */
#include "rulebook.h"

#include "event_log.h"
#include "store_parts.h"

/* --- in force --- */

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

/* --- versions --- */

#define VERSION_COLUMNS                                                                            \
	"name, version, seq, hash, scope, enforcement, defined_at, defined_by, until_seq,"         \
	" retired_at, retired_by"

static struct rule_version
version_of_row(const struct query *q, struct arena *arena)
{
	return (struct rule_version){
	    .name = db_column_text(q, 0, arena),
	    .version = (uint64_t)db_column_int(q, 1),
	    .seq = (uint64_t)db_column_int(q, 2),
	    .hash = db_column_text(q, 3, arena),
	    .scope = db_column_text(q, 4, arena),
	    .enforcement = db_column_text(q, 5, arena),
	    .defined_at = db_column_int(q, 6),
	    .defined_by = db_column_text(q, 7, arena),
	    .until_seq = (uint64_t)db_column_int(q, 8),
	    .retired_at = db_column_int(q, 9),
	    .retired_by = db_column_text(q, 10, arena),
	};
}

enum err_code
rule_versions(struct session *s, const char *name, uint64_t before, size_t limit,
	      struct arena *arena, struct rule_versions *ret_versions, struct err *e)
{
	static const char sql[] = "SELECT " VERSION_COLUMNS " FROM policy_versions"
				  " WHERE name = $1 AND version < $2 ORDER BY version DESC"
				  " LIMIT $3";
	struct rule_versions found = {0};
	size_t room = 0;
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql,
		       DB_ARGS(db_text(name), db_int(before ? (int64_t)before : INT64_MAX),
			       db_int((int64_t)limit + 1)),
		       &q, e));
	while (found.count < limit && db_next(&q)) {
		found.items =
		    arena_grow(arena, found.items, found.count, &room, sizeof *found.items);
		found.items[found.count++] = version_of_row(&q, arena);
	}
	found.more = found.count == limit && db_next(&q);
	if (query_failed(&q, e))
		return e->code;
	*ret_versions = found;
	return ERR_OK;
}

/* The one row of a query, or ERR_NOT_FOUND without a message. */
static enum err_code
one_version(struct session *s, const char *sql, struct db_args args, struct arena *arena,
	    struct rule_version *ret_version, struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql, args, &q, e));
	if (db_next(&q)) {
		*ret_version = version_of_row(&q, arena);
		return ERR_OK;
	}
	return query_failed(&q, e) ? e->code : ERR_NOT_FOUND;
}

enum err_code
rule_version_get(struct session *s, const char *name, uint64_t version, struct arena *arena,
		 struct rule_version *ret_version, struct err *e)
{
	static const char sql[] =
	    "SELECT " VERSION_COLUMNS " FROM policy_versions WHERE name = $1 AND version = $2";
	enum err_code code = one_version(s, sql, DB_ARGS(db_text(name), db_int((int64_t)version)),
					 arena, ret_version, e);
	if (code == ERR_NOT_FOUND)
		return ERR(e, NOT_FOUND, "no version %llu of the policy '%s'",
			   (unsigned long long)version, name);
	return code;
}

enum err_code
rule_version_by_hash(struct session *s, const char *hash, struct arena *arena,
		     struct rule_version *ret_version, struct err *e)
{
	static const char sql[] = "SELECT " VERSION_COLUMNS " FROM policy_versions WHERE hash = $1"
				  " ORDER BY name, version DESC LIMIT 1";
	enum err_code code = one_version(s, sql, DB_ARGS(db_text(hash)), arena, ret_version, e);
	if (code == ERR_NOT_FOUND)
		return ERR(e, NOT_FOUND, "no policy ever had the hash %.64s", hash);
	return code;
}

enum err_code
rule_source(struct session *s, const struct rule_version *v, struct arena *arena,
	    struct rule_record *ret_rule, struct err *e)
{
	struct rule_record r = {
	    .name = v->name,
	    .scope = v->scope,
	    .enforcement = v->enforcement,
	    .hash = v->hash,
	    .version = v->version,
	    .seq = v->seq,
	    .defined_at = v->defined_at,
	    .defined_by = v->defined_by,
	};
	struct event_source source;
	CHECK(event_document(s, v->seq, "policy.defined", arena, &source, e));
	r.source = source.text;
	r.source_length = source.length;
	r.media_type = source.media_type;
	*ret_rule = r;
	return ERR_OK;
}

/* --- as of --- */

#define IN_FORCE_AFTER(seq) "seq <= " seq " AND (until_seq IS NULL OR until_seq > " seq ")"

enum err_code
rule_as_of(struct session *s, const char *name, uint64_t seq, struct arena *arena,
	   struct rule_version *ret_version, struct err *e)
{
	static const char sql[] = "SELECT " VERSION_COLUMNS " FROM policy_versions"
				  " WHERE name = $1 AND " IN_FORCE_AFTER("$2");
	enum err_code code = one_version(s, sql, DB_ARGS(db_text(name), db_int((int64_t)seq)),
					 arena, ret_version, e);
	if (code == ERR_NOT_FOUND)
		return ERR(e, NOT_FOUND, "the policy '%s' was not in force then", name);
	return code;
}

/* --- the whole --- */

enum err_code
rulebook_version(struct session *s, uint64_t *ret_seq, struct err *e)
{
	static const char sql[] =
	    "SELECT coalesce(max(coalesce(until_seq, seq)), 0) FROM policy_versions";
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql, DB_NO_ARGS, &q, e));
	if (!db_next(&q))
		return query_failed(&q, e) ? e->code
					   : ERR(e, INTERNAL, "the rulebook has no version");
	*ret_seq = (uint64_t)db_column_int(&q, 0);
	return ERR_OK;
}

bool
rulebook_is_touched(const struct session *s, uint64_t since)
{
	return session_is_touched(s, "policy.defined", since) ||
	       session_is_touched(s, "policy.retired", since);
}
