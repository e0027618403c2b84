/*
 * handling.c -- from a request to what the services ask for, and back to an answer.
 */
#include "handling.h"

#include <stdlib.h>
#include <string.h>

#include "catalog/event_log.h"

const struct services *
services_of(const struct request *rq)
{
	return rq->app;
}

const struct actor *
actor_of(const struct request *rq)
{
	return rq->identity;
}

enum err_code
session_read(const struct request *rq, struct session **ret_session, struct err *e)
{
	return store_read(services_of(rq)->store, ret_session, e);
}

/* ---- parameters */

enum err_code
query_word(const struct request *rq, const char *name, const char *const *words,
	   const char **ret_word, struct err *e)
{
	const char *text = request_query(rq, name);
	*ret_word = NULL;
	if (!text)
		return ERR_OK;
	CLEANUP(buf_done) struct buf known = {0};
	for (size_t i = 0; words[i]; i++) {
		if (strcmp(words[i], text) == 0) {
			*ret_word = words[i];
			return ERR_OK;
		}
		buf_printf(&known, "%s%s", i ? ", " : "", words[i]);
	}
	return ERR(e, MALFORMED, "the parameter '%s' is '%.100s', expected one of %s", name, text,
		   known.data);
}

enum err_code
query_text(const struct request *rq, const char *name, const char **ret_text, struct err *e)
{
	*ret_text = request_query(rq, name);
	return *ret_text && **ret_text ? ERR_OK
				       : ERR(e, MALFORMED, "the parameter '%s' is missing", name);
}

enum err_code
cursor_number(const struct request *rq, uint64_t otherwise, uint64_t *ret_number, struct err *e)
{
	const char *text;
	TRY(request_cursor(rq, &text, e));
	if (text && (strlen(text) > 19 || text[strspn(text, "0123456789")]))
		return ERR(e, MALFORMED, "the parameter 'cursor' is not of this list");
	*ret_number = text ? strtoull(text, NULL, 10) : otherwise;
	return ERR_OK;
}

/* How many events had happened by `t`: their times never go back, so halving finds it. */
static enum err_code
events_until(struct session *s, moment t, struct arena *arena, uint64_t *ret_seq, struct err *e)
{
	uint64_t known = 0, end = 0;
	TRY(event_log_size(s, &end, e));
	end++;
	while (known + 1 < end) {
		uint64_t middle = known + (end - known) / 2;
		struct event ev;
		TRY(event_get(s, middle, arena, &ev, e));
		if (ev.time <= t)
			known = middle;
		else
			end = middle;
	}
	*ret_seq = known;
	return ERR_OK;
}

enum err_code
query_as_of(const struct request *rq, struct session *s, uint64_t *ret_seq, struct err *e)
{
	const char *text = request_query(rq, "as_of");
	*ret_seq = 0;
	if (!text)
		return ERR_OK;
	moment t;
	if (!clock_parse(text, &t))
		return ERR(e, MALFORMED,
			   "the parameter 'as_of' is '%.100s', expected a time such as "
			   "2026-01-31T12:00:00Z",
			   text);
	TRY(events_until(s, t, rq->arena, ret_seq, e));
	return *ret_seq ? ERR_OK : ERR(e, NOT_FOUND, "the log begins after %.100s", text);
}

/* ---- answers */

void
page_begin(struct json *j, struct response *rs)
{
	*j = (struct json){.out = &rs->body};
	json_begin_map(j);
	json_key(j, "items");
	json_begin_list(j);
}

void
page_end(struct json *j, const struct response *rs, const char *next)
{
	json_end_list(j);
	json_member_text(j, "next", next ? cursor_encode(rs->arena, next) : NULL);
	json_end_map(j);
}

const char *
number_text(struct arena *arena, uint64_t number)
{
	return arena_printf(arena, "%llu", (unsigned long long)number);
}

void
json_member_raw(struct json *j, const char *key, const char *json)
{
	json_key(j, key);
	if (json)
		json_raw(j, json, strlen(json));
	else
		json_null(j);
}

const char *
etag_of_bytes(struct arena *arena, const void *bytes, size_t length)
{
	struct digest d = digest_of(bytes, length);
	char text[DIGEST_TEXT_SIZE];
	digest_format(&d, text);
	return arena_bytes(arena, text, 16);
}

enum err_code
event_source(struct session *s, uint64_t seq, struct arena *arena, const char **ret_source,
	     struct err *e)
{
	struct event ev;
	struct node body;
	TRY(event_get(s, seq, arena, &ev, e));
	if (!ev.body)
		return ERR(e, NOT_FOUND, "the document of event %llu was redacted",
			   (unsigned long long)seq);
	TRY(event_body(&ev, arena, &body, e));
	*ret_source = node_text(&body, "source", NULL);
	return *ret_source ? ERR_OK
			   : ERR(e, CORRUPT, "event %llu has no source", (unsigned long long)seq);
}
