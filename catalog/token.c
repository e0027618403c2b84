/*
 * token.c -- the tokens' table.  Secrets' hashes stay out of the log: it is shown to auditors.
 */
#include "token.h"

#include <string.h>

#include "base/json.h"

#include "event_log.h"
#include "store_parts.h"

static enum err_code
say_created(struct session *s, const char *actor, const struct token_record *t,
	    struct event *ret_event, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	CLEANUP(buf_done) struct buf body = {0};
	struct node domains;
	if (document_read(DOCUMENT_JSON, t->domains, strlen(t->domains), NULL, &arena, &domains,
			  e) != ERR_OK)
		return err_while(e, "the token's domains");
	struct json j = {.out = &body};
	json_begin_map(&j);
	json_member_text(&j, "id", t->id);
	json_member_text(&j, "role", t->role);
	json_key(&j, "domains");
	json_node(&j, &domains);
	json_member_time(&j, "expires", t->expires_at);
	json_end_map(&j);
	return event_append(s, actor, "token.created", t->name, &body, ret_event, e);
}

enum err_code
token_add(struct session *s, const char *actor, const struct token_record *t,
	  const struct digest *secret_hash, struct err *e)
{
	static const char sql[] = "INSERT INTO tokens (id, secret_hash, name, role, domains, "
				  "created_at, expires_at, revoked, seq)"
				  " VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8)";
	struct event ev = {0};
	CHECK(say_created(s, actor, t, &ev, e));
	return db_run(s->db, sql,
		      DB_ARGS(db_text(t->id), db_hash(secret_hash), db_text(t->name),
			      db_text(t->role), db_text(t->domains), db_int(ev.time),
			      db_int(t->expires_at), db_int((int64_t)ev.seq)),
		      e);
}

/* --- reading --- */

#define TOKEN_COLUMNS "id, name, role, domains, created_at, expires_at, revoked"

static struct token_record
token_of_row(const struct query *q, struct arena *arena)
{
	return (struct token_record){
	    .id = db_column_text(q, 0, arena),
	    .name = db_column_text(q, 1, arena),
	    .role = db_column_text(q, 2, arena),
	    .domains = db_column_text(q, 3, arena),
	    .created_at = db_column_int(q, 4),
	    .expires_at = db_column_int(q, 5),
	    .revoked = db_column_int(q, 6) != 0,
	};
}

enum err_code
token_find(struct session *s, const struct digest *secret_hash, struct arena *arena,
	   struct token_record *ret_token, struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, "SELECT " TOKEN_COLUMNS " FROM tokens WHERE secret_hash = $1",
		       DB_ARGS(db_hash(secret_hash)), &q, e));
	if (!db_next(&q))
		return query_failed(&q, e) ? e->code : ERR(e, NOT_FOUND, "no such token");
	*ret_token = token_of_row(&q, arena);
	return ERR_OK;
}

enum err_code
token_list(struct session *s, struct arena *arena, struct token_list *ret_list, struct err *e)
{
	struct token_list list = {0};
	size_t capacity = 0;
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, "SELECT " TOKEN_COLUMNS " FROM tokens ORDER BY created_at, id",
		       DB_NO_ARGS, &q, e));
	while (db_next(&q)) {
		list.items =
		    arena_grow(arena, list.items, list.count, &capacity, sizeof *list.items);
		list.items[list.count++] = token_of_row(&q, arena);
	}
	if (query_failed(&q, e))
		return e->code;
	*ret_list = list;
	return ERR_OK;
}

enum err_code
token_version(struct session *s, uint64_t *ret_version, struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, "SELECT coalesce(max(seq), 0) FROM tokens", DB_NO_ARGS, &q, e));
	if (!db_next(&q))
		return query_failed(&q, e) ? e->code
					   : ERR(e, INTERNAL, "the tokens have no version");
	*ret_version = (uint64_t)db_column_int(&q, 0);
	return ERR_OK;
}

/* --- revoking --- */

static enum err_code
name_of(struct session *s, const char *id, struct arena *arena, const char **ret_name,
	struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, "SELECT name, revoked FROM tokens WHERE id = $1",
		       DB_ARGS(db_text(id)), &q, e));
	if (!db_next(&q))
		return query_failed(&q, e) ? e->code : ERR(e, NOT_FOUND, "no token '%s'", id);
	if (db_column_int(&q, 1) != 0)
		return ERR(e, CONFLICT, "token '%s' is already revoked", id);
	*ret_name = db_column_text(&q, 0, arena);
	return ERR_OK;
}

enum err_code
token_revoke(struct session *s, const char *actor, const char *id, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	CLEANUP(buf_done) struct buf body = {0};
	const char *name = NULL;
	struct event ev = {0};
	CHECK(name_of(s, id, &arena, &name, e));
	struct json j = {.out = &body};
	json_begin_map(&j);
	json_member_text(&j, "id", id);
	json_end_map(&j);
	CHECK(event_append(s, actor, "token.revoked", name, &body, &ev, e));
	return db_run(s->db, "UPDATE tokens SET revoked = 1, seq = $2 WHERE id = $1",
		      DB_ARGS(db_text(id), db_int((int64_t)ev.seq)), e);
}
