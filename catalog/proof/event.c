/*
 * event.c -- an event as the lines of a leaf, and as JSON.
 */
#include "event.h"

#include <string.h>

#include "merkle.h"

struct digest
event_leaf(const struct event *ev)
{
	char time[CLOCK_TEXT_SIZE], body_hash[DIGEST_TEXT_SIZE];
	clock_format(ev->time, time);
	digest_format(&ev->body_hash, body_hash);
	CLEANUP(buf_done) struct buf lines = {0};
	buf_printf(&lines, "weft-event/1\n%llu\n%s\n%s\n%s\n%s\n%s\n", (unsigned long long)ev->seq,
		   time, ev->actor, ev->kind, ev->subject, body_hash);
	return merkle_leaf(lines.data, lines.length);
}

/* A publish holds the document as text within JSON, beside its verdicts: larger than a document may
 * be. */
enum err_code
event_body(const struct event *ev, struct arena *arena, struct node *ret_body, struct err *e)
{
	static const struct document_limits limits = {
	    .bytes = 256 << 20, .nodes = 4000000, .depth = 80};
	return document_read_compact(ev->body, ev->body_length, &limits, arena, ret_body, e);
}

static void
write_digest(struct json *j, const char *key, const struct digest *d)
{
	char text[DIGEST_TEXT_SIZE];
	digest_format(d, text);
	json_member_text(j, key, text);
}

void
event_write(const struct event *ev, struct json *j)
{
	char time[CLOCK_TEXT_SIZE];
	clock_format(ev->time, time);
	struct digest leaf = event_leaf(ev);

	json_begin_map(j);
	json_member_int(j, "seq", (int64_t)ev->seq);
	json_member_text(j, "time", time);
	json_member_text(j, "actor", ev->actor);
	json_member_text(j, "kind", ev->kind);
	json_member_text(j, "subject", ev->subject);
	json_key(j, "body");
	if (ev->body)
		json_raw(j, ev->body, ev->body_length);
	else
		json_null(j);
	write_digest(j, "body_sha256", &ev->body_hash);
	write_digest(j, "leaf", &leaf);
	json_end_map(j);
}

/* A member that must be there, and of that kind; NULL, and `e` filled, when it is not. */
static const struct node *
read_member(const struct node *map, const char *key, enum node_kind kind, struct err *e)
{
	const struct node *value = node_get(map, key);
	if (!value) {
		ERR_AT(e, MALFORMED, map->at, "an event needs '%s'", key);
		return NULL;
	}
	if (value->kind != kind) {
		ERR_AT(e, MALFORMED, value->at, "'%s' of an event is %s, found %s", key,
		       node_kind_name(kind), node_kind_name(value->kind));
		return NULL;
	}
	return value;
}

/* The leaf has one line for each: a control character could make one text pass for two. */
static enum err_code
read_line(const struct node *map, const char *key, const char **ret_text, struct err *e)
{
	const struct node *value = read_member(map, key, NODE_TEXT, e);
	if (!value)
		return e->code;
	for (const char *p = value->text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return ERR_AT(e, MALFORMED, value->at,
				      "'%s' of an event holds a control character", key);
	*ret_text = value->text;
	return ERR_OK;
}

static enum err_code
read_digest(const struct node *map, const char *key, struct digest *ret_digest, struct err *e)
{
	const struct node *value = read_member(map, key, NODE_TEXT, e);
	if (!value)
		return e->code;
	if (!digest_parse(value->text, ret_digest))
		return ERR_AT(e, MALFORMED, value->at,
			      "'%s' of an event is no SHA-256 in hexadecimal", key);
	return ERR_OK;
}

static enum err_code
read_seq(const struct node *map, uint64_t *ret_seq, struct err *e)
{
	const struct node *value = read_member(map, "seq", NODE_INT, e);
	if (!value)
		return e->code;
	if (value->integer < 1)
		return ERR_AT(e, MALFORMED, value->at, "events are numbered from 1, found %lld",
			      (long long)value->integer);
	*ret_seq = (uint64_t)value->integer;
	return ERR_OK;
}

/* The leaf holds the time as text, so there is one text for a time. */
static enum err_code
read_time(const struct node *map, moment *ret_time, struct err *e)
{
	const struct node *value = read_member(map, "time", NODE_TEXT, e);
	char text[CLOCK_TEXT_SIZE];
	if (!value)
		return e->code;
	if (clock_parse(value->text, ret_time)) {
		clock_format(*ret_time, text);
		if (strcmp(text, value->text) == 0)
			return ERR_OK;
	}
	return ERR_AT(e, MALFORMED, value->at,
		      "'%s' is no time in UTC with six digits behind the point", value->text);
}

/*
 * A body that is there is hashed, whatever the map states; of a redacted one the stated hash is
 * all there is.
 */
static enum err_code
read_body(const struct node *map, struct arena *arena, struct event *ev, struct err *e)
{
	const struct node *body = node_get(map, "body");
	if (!body)
		return ERR_AT(e, MALFORMED, map->at, "an event needs 'body'");
	if (body->kind == NODE_NULL)
		return read_digest(map, "body_sha256", &ev->body_hash, e);
	CLEANUP(buf_done) struct buf bytes = {0};
	json_node(&(struct json){.out = &bytes}, body);
	ev->body = arena_bytes(arena, bytes.data, bytes.length);
	ev->body_length = bytes.length;
	ev->body_hash = digest_of(bytes.data, bytes.length);
	return ERR_OK;
}

enum err_code
event_read(const struct node *map, struct arena *arena, struct event *ret_event,
	   struct digest *ret_stated_leaf, struct err *e)
{
	struct event ev = {0};
	struct digest stated;
	if (map->kind != NODE_MAP)
		return ERR_AT(e, MALFORMED, map->at, "an event is a map, found %s",
			      node_kind_name(map->kind));
	if (read_seq(map, &ev.seq, e) || read_time(map, &ev.time, e) ||
	    read_line(map, "actor", &ev.actor, e) || read_line(map, "kind", &ev.kind, e) ||
	    read_line(map, "subject", &ev.subject, e) || read_body(map, arena, &ev, e) ||
	    read_digest(map, "leaf", &stated, e))
		return e->code;
	*ret_event = ev;
	*ret_stated_leaf = stated;
	return ERR_OK;
}
