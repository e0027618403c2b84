/*
 * event_routes.c -- the log: a list from a place on, or followed as it grows.
 */
#include <stdlib.h>
#include <string.h>

#include "catalog/event_log.h"

#include "event_feed.h"
#include "handling.h"
#include "routes.h"

enum { BATCH = 16, MOST_BYTES = 8 << 20 };

/* Who takes a stream up again says how far it came: Last-Event-ID goes before `after`, which is the
 * address it began with. */
static enum err_code
read_after(const struct request *rq, uint64_t *ret_after, struct err *e)
{
	const char *last = request_header(rq, "Last-Event-ID");
	TRY(request_query_number(rq, "after", 0, INT64_MAX, 0, ret_after, e));
	TRY(cursor_number(rq, *ret_after, ret_after, e));
	if (last && *last) {
		size_t length = strlen(last);
		if (length > 18 || strspn(last, "0123456789") != length)
			return ERR(e, MALFORMED,
				   "Last-Event-ID is '%.100s', expected the number of an event",
				   last);
		*ret_after = strtoull(last, NULL, 10);
	}
	return ERR_OK;
}

/*
 * Bodies may be large, so they are read a few at a time, and a page ends when it has become large
 * itself: then `next` says where it goes on.
 */
static enum err_code
write_events(struct session *s, struct event_filter *f, size_t limit, struct json *j,
	     bool *ret_more, struct err *e)
{
	struct event_list found = {.count = BATCH};
	bool full = false;
	while ((found.count == BATCH || found.cut) && limit > 0 && !full) {
		CLEANUP(arena_done) struct arena arena = {0};
		size_t most = limit < BATCH ? limit : BATCH;
		TRY(event_list(s, f->after, most, f->kind, f->subject, &arena, &found, e));
		for (size_t i = 0; i < found.count; i++)
			event_write(&found.items[i], j);
		if (found.count > 0)
			f->after = found.items[found.count - 1].seq;
		limit -= found.count;
		full = j->out->length > MOST_BYTES;
	}
	uint64_t size = 0;
	TRY(event_log_size(s, &size, e));
	*ret_more = (limit == 0 || full) && f->after < size;
	return ERR_OK;
}

static enum err_code
list(const struct request *rq, struct event_filter *filter, struct response *rs, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	struct json j;
	size_t limit;
	bool more;
	TRY(request_limit(rq, &limit, e));
	TRY(session_read(rq, &s, e));
	page_begin(&j, rs);
	TRY(write_events(s, filter, limit, &j, &more, e));
	page_end(&j, rs, more ? number_text(rs->arena, filter->after) : NULL);
	return ERR_OK;
}

static enum err_code
events(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const names[] = {"after", "kind", "subject", "limit", "cursor", NULL};
	struct event_filter filter = {.kind = request_query(rq, "kind"),
				      .subject = request_query(rq, "subject")};
	TRY(request_only(rq, names, e));
	TRY(read_after(rq, &filter.after, e));
	response_header(rs, "Vary", "Accept");
	if (!request_wants(rq, "text/event-stream"))
		return list(rq, &filter, rs, e);
	event_feed_begin(rq, &filter, rs);
	return ERR_OK;
}

// clang-format off
const struct route event_routes[] = {
	{GET, "/api/v1/events", events, ROLE_AUDITOR, "The log, as a list or followed as it grows"},
	{0},
};
// clang-format on
