/*
 * event_log.c -- appending to the log, reading it, and the proofs of its stored tree.
 *
 * A complete subtree is stored under the event that completes it: (level, index) is row ((index +
 * 1) * 2^level, level). So the tree, too, only grows at its end.
 */
#include <string.h>

#include "log_tree.h"
#include "projection.h"
#include "store_parts.h"

/* --- the end of the log --- */

static enum err_code
read_last(struct session *s, struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, "SELECT seq, time FROM events ORDER BY seq DESC LIMIT 1", DB_NO_ARGS,
		       &q, e));
	*s->head = (struct log_head){0};
	if (db_next(&q)) {
		s->head->edge.size = (uint64_t)db_column_int(&q, 0);
		s->head->time = db_column_int(&q, 1);
	}
	return query_failed(&q, e) ? e->code : ERR_OK;
}

enum err_code
log_head_load(struct session *s, struct err *e)
{
	if (s->head->loaded)
		return ERR_OK;
	CHECK(read_last(s, e));
	struct merkle_source tree = log_tree_source(s);
	CHECK(merkle_edge_load(&tree, s->head->edge.size, &s->head->edge, e));
	s->head->loaded = true;
	return ERR_OK;
}

enum err_code
event_log_size(struct session *s, uint64_t *ret_size, struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	if (s->head && s->head->loaded) {
		*ret_size = s->head->edge.size;
		return ERR_OK;
	}
	CHECK(db_query(s->db, "SELECT max(seq) FROM events", DB_NO_ARGS, &q, e));
	uint64_t size = db_next(&q) ? (uint64_t)db_column_int(&q, 0) : 0;
	if (query_failed(&q, e))
		return e->code;
	*ret_size = size;
	return ERR_OK;
}

/* --- appending --- */

/* Each has its own line in the leaf: a line feed could make two different events look the same. */
static enum err_code
check_line(const char *what, const char *text, struct err *e)
{
	if (!text || !*text)
		return ERR(e, MALFORMED, "an event needs its %s", what);
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return ERR(e, MALFORMED, "the %s of an event holds a control character",
				   what);
	return ERR_OK;
}

static enum err_code
insert_event(struct session *s, const struct event *ev, struct err *e)
{
	static const char sql[] =
	    "INSERT INTO events (seq, time, actor, kind, subject, body_hash, body)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7)";
	struct db_value body = {.kind = DB_TEXT, .bytes = ev->body, .length = ev->body_length};
	if (!ev->body) /* redacted */
		body = db_text(NULL);
	return db_run(s->db, sql,
		      DB_ARGS(db_int((int64_t)ev->seq), db_int(ev->time), db_text(ev->actor),
			      db_text(ev->kind), db_text(ev->subject), db_hash(&ev->body_hash),
			      body),
		      e);
}

static enum err_code
write_event(struct session *s, const struct event *ev, const struct product_draft *draft,
	    struct err *e)
{
	struct digest leaf = event_leaf(ev);
	CHECK(insert_event(s, ev, e));
	CHECK(merkle_append(&s->head->edge, &leaf, log_tree_store, s, e));
	s->head->time = ev->time;
	touched_note(&s->store->touched, ev->subject, ev->seq);
	touched_note(&s->store->touched, ev->kind, ev->seq);
	return projection_apply(s, ev, draft, e);
}

/* `ev` has what the caller says of it; the rest is the log's. */
static enum err_code
append(struct session *s, struct event *ev, const struct product_draft *draft, struct err *e)
{
	CHECK(check_line("actor", ev->actor, e));
	CHECK(check_line("kind", ev->kind, e));
	CHECK(check_line("subject", ev->subject, e));
	CHECK(log_head_load(s, e));
	ev->seq = s->head->edge.size + 1;
	ev->time = s->now > s->head->time ? s->now : s->head->time;
	ev->body_hash = draft ? draft->body_hash : digest_of(ev->body, ev->body_length);
	enum err_code code = write_event(s, ev, draft, e);
	if (code != ERR_OK)
		s->broken = true; /* half of it may be written: only undoing helps */
	return code;
}

enum err_code
event_append_as_it_is(struct session *s, const struct event *ev, struct err *e)
{
	CHECK(log_head_load(s, e));
	if (ev->seq != s->head->edge.size + 1)
		return ERR(e, CORRUPT, "event %llu is missing",
			   (unsigned long long)s->head->edge.size + 1);
	enum err_code code = write_event(s, ev, NULL, e);
	if (code != ERR_OK)
		s->broken = true;
	return code;
}

enum err_code
event_append(struct session *s, const char *actor, const char *kind, const char *subject,
	     const struct buf *body, struct event *ret_event, struct err *e)
{
	struct event ev = {.actor = actor,
			   .kind = kind,
			   .subject = subject,
			   .body = body->data,
			   .body_length = body->length};
	CHECK(append(s, &ev, NULL, e));
	if (ret_event)
		*ret_event = ev;
	return ERR_OK;
}

enum err_code
product_append(struct session *s, const char *actor, const struct product_draft *draft,
	       struct event *ret_event, struct err *e)
{
	struct event ev = {
	    .actor = actor,
	    .kind = draft->kind,
	    .subject = draft->name,
	    .body = draft->body,
	    .body_length = draft->body_length,
	};
	CHECK(append(s, &ev, draft, e));
	if (ret_event)
		*ret_event = ev;
	return ERR_OK;
}

/* --- reading --- */

#define EVENT_COLUMNS "v.seq, v.time, v.actor, v.kind, v.subject, v.body_hash, v.body"

static struct event
event_of_row(const struct query *q, struct arena *arena)
{
	struct event ev = {
	    .seq = (uint64_t)db_column_int(q, 0),
	    .time = db_column_int(q, 1),
	    .actor = db_column_text(q, 2, arena),
	    .kind = db_column_text(q, 3, arena),
	    .subject = db_column_text(q, 4, arena),
	    .body_hash = db_column_hash(q, 5),
	};
	ev.body = db_column_bytes(q, 6, arena, &ev.body_length);
	return ev;
}

enum err_code
event_get(struct session *s, uint64_t seq, struct arena *arena, struct event *ret_event,
	  struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	static const char sql[] = "SELECT " EVENT_COLUMNS " FROM events v WHERE v.seq = $1";
	CHECK(db_query(s->db, sql, DB_ARGS(db_int((int64_t)seq)), &q, e));
	if (!db_next(&q))
		return query_failed(&q, e)
			   ? e->code
			   : ERR(e, NOT_FOUND, "no event %llu in the log", (unsigned long long)seq);
	*ret_event = event_of_row(&q, arena);
	return ERR_OK;
}

enum err_code
event_document(struct session *s, uint64_t seq, const char *kind, struct arena *arena,
	       struct event_source *ret_source, struct err *e)
{
	struct event ev = {.kind = ""};
	struct node body;
	CHECK(event_get(s, seq, arena, &ev, e));
	if (strcmp(ev.kind, kind) != 0)
		return ERR(e, NOT_FOUND, "event %llu is %s, not %s", (unsigned long long)seq,
			   ev.kind, kind);
	if (!ev.body)
		return ERR(e, NOT_FOUND, "the document of event %llu was redacted",
			   (unsigned long long)seq);
	CHECK(event_body(&ev, arena, &body, e));
	const struct node *source = node_get(&body, "source");
	if (!source || source->kind != NODE_TEXT)
		return ERR(e, CORRUPT, "event %llu has no source", (unsigned long long)seq);
	*ret_source = (struct event_source){
	    .text = source->text,
	    .media_type = node_text(&body, "media_type", "application/yaml"),
	    .length = source->count,
	};
	return ERR_OK;
}

static int64_t
as_limit(uint64_t n)
{
	return n > INT64_MAX ? INT64_MAX : (int64_t)n;
}

enum err_code
event_each(struct session *s, uint64_t after, uint64_t limit, event_visit_fn *visit, void *user,
	   struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	CLEANUP(query_close) struct query q = {0};
	static const char sql[] = "SELECT " EVENT_COLUMNS ", t.hash FROM events v"
				  " LEFT JOIN log_tree t ON t.seq = v.seq AND t.level = 0"
				  " WHERE v.seq > $1 ORDER BY v.seq LIMIT $2";
	CHECK(
	    db_scan(s->db, sql, DB_ARGS(db_int(as_limit(after)), db_int(as_limit(limit))), &q, e));
	while (db_next(&q)) {
		arena_reset(&arena);
		struct event ev = event_of_row(&q, &arena);
		struct digest leaf = db_column_hash(&q, 7);
		if (!visit(user, &ev, db_column_is_null(&q, 7) ? NULL : &leaf))
			return ERR_OK;
	}
	return query_failed(&q, e) ? e->code : ERR_OK;
}

/* Two texts: with a subject its index leads, without one the log itself does. */
static const char list_of_all[] =
    "SELECT " EVENT_COLUMNS " FROM events v"
    " WHERE v.seq > $1 AND ($3 IS NULL OR substr(v.kind, 1, length($3)) = $3)"
    " ORDER BY v.seq LIMIT $2";
static const char list_of_subject[] = "SELECT " EVENT_COLUMNS " FROM events v"
				      " WHERE v.subject = $4 AND v.seq > $1"
				      " AND ($3 IS NULL OR substr(v.kind, 1, length($3)) = $3)"
				      " ORDER BY v.seq LIMIT $2";

enum err_code // NOLINTNEXTLINE(readability-function-size): a list's conditions are its parameters
event_list(struct session *s, uint64_t after, uint64_t limit, const char *kind_prefix,
	   const char *subject, struct arena *arena, struct event_list *ret_list, struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	struct event_list list = {0};
	size_t capacity = 0, bytes = 0;
	CHECK(db_query(s->db, subject ? list_of_subject : list_of_all,
		       DB_ARGS(db_int(as_limit(after)), db_int(as_limit(limit)),
			       db_text(kind_prefix), db_text(subject)),
		       &q, e));
	while (!list.cut && db_next(&q)) {
		list.items =
		    arena_grow(arena, list.items, list.count, &capacity, sizeof *list.items);
		list.items[list.count] = event_of_row(&q, arena);
		bytes += list.items[list.count++].body_length;
		list.cut = bytes >= EVENT_LIST_BYTES;
	}
	if (!list.cut && query_failed(&q, e))
		return e->code;
	*ret_list = list;
	return ERR_OK;
}

enum err_code
event_heads(struct session *s, uint64_t after, uint64_t limit, struct arena *arena,
	    struct event_list *ret_list, struct err *e)
{
	static const char sql[] =
	    "SELECT seq, time, kind, subject FROM events WHERE seq > $1 ORDER BY seq LIMIT $2";
	CLEANUP(query_close) struct query q = {0};
	struct event_list list = {0};
	size_t capacity = 0;
	CHECK(
	    db_query(s->db, sql, DB_ARGS(db_int(as_limit(after)), db_int(as_limit(limit))), &q, e));
	while (db_next(&q)) {
		list.items =
		    arena_grow(arena, list.items, list.count, &capacity, sizeof *list.items);
		list.items[list.count++] = (struct event){
		    .seq = (uint64_t)db_column_int(&q, 0),
		    .time = db_column_int(&q, 1),
		    .kind = db_column_text(&q, 2, arena),
		    .subject = db_column_text(&q, 3, arena),
		};
	}
	if (query_failed(&q, e))
		return e->code;
	*ret_list = list;
	return ERR_OK;
}

/* --- roots and proofs --- */

static enum err_code
check_size(struct session *s, uint64_t size, struct err *e)
{
	uint64_t events = 0;
	CHECK(event_log_size(s, &events, e));
	if (size > events)
		return ERR(e, USAGE, "the log has %llu events, not %llu",
			   (unsigned long long)events, (unsigned long long)size);
	return ERR_OK;
}

enum err_code
event_log_root(struct session *s, uint64_t size, struct digest *ret_root, struct err *e)
{
	CHECK(check_size(s, size, e));
	struct merkle_source tree = log_tree_source(s);
	return merkle_root(&tree, size, ret_root, e);
}

enum err_code
event_log_inclusion(struct session *s, uint64_t seq, uint64_t size, struct merkle_proof *ret_proof,
		    struct err *e)
{
	CHECK(check_size(s, size, e));
	if (seq == 0 || seq > size)
		return ERR(e, USAGE, "event %llu is not among the first %llu",
			   (unsigned long long)seq, (unsigned long long)size);
	struct merkle_source tree = log_tree_source(s);
	return merkle_inclusion(&tree, seq - 1, size, ret_proof, e);
}

enum err_code
event_log_consistency(struct session *s, uint64_t from, uint64_t to, struct merkle_proof *ret_proof,
		      struct err *e)
{
	CHECK(check_size(s, to, e));
	struct merkle_source tree = log_tree_source(s);
	return merkle_consistency(&tree, from, to, ret_proof, e);
}
