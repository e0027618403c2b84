/*
 * event_feed.c -- looks at the count of commits, which costs nothing, and reads the log only when
 * that has grown.
 */
#include "event_feed.h"

#include <stdlib.h>

#include "catalog/event_log.h"

#include "handling.h"

enum { BATCH = 32, HEARTBEAT = 15 /* seconds */ };

struct feed {
	const struct services *services;
	struct arena arena; /* of the texts below */
	struct event_filter filter;
	const char *authorization; /* or NULL */
	uint64_t commits;          /* of the store when the end of the log was reached */
	bool at_end;
	moment next_heartbeat; /* clock_monotonic */
};

static void
write_event(const struct event *ev, struct buf *out)
{
	buf_printf(out, "id: %llu\ndata: ", (unsigned long long)ev->seq);
	event_write(ev, &(struct json){.out = out});
	buf_text(out, "\n\n");
}

/* Fewer than were asked for: there are no more behind them, also of those that the filter leaves
 * out. */
static enum err_code
reach_end(struct feed *f, struct session *s, uint64_t commits, struct err *e)
{
	uint64_t size = 0;
	TRY(event_log_size(s, &size, e));
	if (size > f->filter.after)
		f->filter.after = size;
	f->commits = commits;
	f->at_end = true;
	return ERR_OK;
}

static enum err_code
read_batch(struct feed *f, struct buf *out, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	CLEANUP(session_end) struct session *s = NULL;
	struct event_list found;
	uint64_t commits = store_commits(f->services->store);
	TRY(store_read(f->services->store, &s, e));
	TRY(event_list(s, f->filter.after, BATCH, f->filter.kind, f->filter.subject, &arena, &found,
		       e));
	for (size_t i = 0; i < found.count; i++)
		write_event(&found.items[i], out);
	if (found.count > 0)
		f->filter.after = found.items[found.count - 1].seq;
	f->at_end = false;
	return found.count < BATCH && !found.cut ? reach_end(f, s, commits, e) : ERR_OK;
}

/* A token that was revoked or has expired ends what it began. */
static bool
may_go_on(const struct feed *f)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct actor actor;
	struct err e;
	return identity_authenticate(f->services->identity, f->authorization, &arena, &actor, &e) ==
	       ERR_OK;
}

/* Asked before anything is said: what happens after a token's end is not for its bearer. */
static int64_t
next_events(void *state, struct buf *out)
{
	struct feed *f = state;
	struct err e;
	moment now = clock_monotonic();
	bool is_news = !f->at_end || store_commits(f->services->store) != f->commits;
	bool is_quiet = now >= f->next_heartbeat;
	if (!is_news && !is_quiet)
		return 0;
	if (!may_go_on(f) || (is_news && read_batch(f, out, &e) != ERR_OK))
		return -1;
	if (is_quiet) {
		buf_text(out, ": still here\n\n");
		f->next_heartbeat = now + SECONDS(HEARTBEAT);
	}
	return (int64_t)out->length;
}

static void
end_feed(void *state)
{
	struct feed *f = state;
	arena_done(&f->arena);
	free(f);
}

static const char *
copy(struct arena *arena, const char *text)
{
	return text ? arena_text(arena, text) : NULL;
}

void
event_feed_begin(const struct request *rq, const struct event_filter *filter, struct response *rs)
{
	struct feed *f = memory_alloc(sizeof(*f));
	f->services = services_of(rq);
	f->filter = (struct event_filter){.after = filter->after,
					  .kind = copy(&f->arena, filter->kind),
					  .subject = copy(&f->arena, filter->subject)};
	f->authorization = copy(&f->arena, request_header(rq, "Authorization"));
	rs->content_type = "text/event-stream";
	response_header(rs, "Cache-Control", "no-store");
	rs->stream = next_events;
	rs->stream_end = end_feed;
	rs->stream_state = f;
}
