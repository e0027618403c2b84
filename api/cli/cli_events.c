/*
 * cli_events.c -- weft events: the log, one line an event; with --follow for as long as one likes.
 */
#include <string.h>
#include <unistd.h>

#include "base/fetch.h"
#include "base/json.h"

#include "audit.h"
#include "event_stream.h"
#include "families.h"
#include "listing.h"
#include "width.h"

struct events_flags {
	bool follow;
	struct flag_number after, limit;
	const char *kind, *subject;
};

// clang-format off
static const struct flag events_flags[] = {
	{"follow",  'f', FLAG_SWITCH, offsetof(struct events_flags, follow),  NULL,   "go on with what happens from now on (or from --after)"},
	{"after",   0,   FLAG_NUMBER, offsetof(struct events_flags, after),   "N",    "only events behind number N"},
	{"kind",    0,   FLAG_TEXT,   offsetof(struct events_flags, kind),    "KIND", "product.published, or a beginning: product."},
	{"subject", 0,   FLAG_TEXT,   offsetof(struct events_flags, subject), "NAME", "about this product, domain or policy"},
	{"limit",   0,   FLAG_NUMBER, offsetof(struct events_flags, limit),   "N",    "end after so many"},
	{0},
};

/* What of an event's body tells the story in a few words. */
static const struct gist {
	const char *kind;
	const char *keys[5];
} gists[] = {
	{"product.published", {"version", "change", "standing"}},
	{"product.refused",   {"problem/detail"}},
	{"product.judged",    {"version", "standing", "cause/kind", "cause/subject"}},
	{"product.retired",   {"version", "reason"}},
	{"policy.retired",    {"version", "reason"}},
	{"resource.changed",  {"role", "plugin", "name", "state", "error"}},
	{"token.created",     {"id", "role", "domains"}},
	{"token.revoked",     {"id"}},
	{"log.created",       {"verifier"}},
};
// clang-format on

struct reading {
	struct call *call;
	struct arena arena; /* of the event in hand */
	uint64_t after;     /* the last event that was shown */
	uint64_t left;      /* how many more are wanted */
};

/* ---- one event */

static const struct gist *
gist_named(const char *kind)
{
	for (size_t i = 0; i < ARRAY_LEN(gists); i++)
		if (!strcmp(kind, gists[i].kind))
			return &gists[i];
	return NULL;
}

static const char *
gist_of(struct arena *arena, const char *kind, const struct node *body)
{
	CLEANUP(buf_done) struct buf b = {0};
	const struct gist *g = gist_named(kind);
	if (!strcmp(kind, "quality.checked"))
		return node_bool(body, "passed", false) ? "passed" : "failed";
	for (size_t i = 0; g && i < ARRAY_LEN(g->keys) && g->keys[i]; i++) {
		const char *text = node_shown(arena, body, g->keys[i]);
		buf_printf(&b, "%s%s", b.length && *text ? " " : "", text);
	}
	return b.length ? arena_bytes(arena, b.data, b.length) : "";
}

static void
put_column(struct reading *r, enum paint how, const char *text, size_t width)
{
	struct call *c = r->call;
	const char *plain = text_plain_new(&r->arena, text);
	paint(&c->out, &c->page, how, plain);
	size_t used = text_width(plain);
	text_fill(&c->page, used < width ? width - used + 2 : 2);
}

/* Columns of a usual width, since what comes later is not known yet. */
static void
write_event(struct reading *r, const struct node *event)
{
	enum { KIND = 17, SUBJECT = 30, ACTOR = 16 };
	struct call *c = r->call;
	const char *kind = node_text(event, "kind", "");
	buf_printf(&c->page, "%6lld  ", (long long)node_int(event, "seq", 0));
	put_column(r, DIM, time_shown(&r->arena, node_text(event, "time", "")), 0);
	put_column(r, CYAN, kind, KIND);
	put_column(r, BOLD, node_text(event, "subject", ""), SUBJECT);
	put_column(r, PLAIN, node_text(event, "actor", ""), ACTOR);
	paint(&c->out, &c->page, PLAIN, gist_of(&r->arena, kind, node_get(event, "body")));
	while (c->page.length && c->page.data[c->page.length - 1] == ' ')
		c->page.length--;
	buf_char(&c->page, '\n');
}

/* False when no more are wanted. */
static bool
show_event(struct reading *r, const struct node *event)
{
	struct call *c = r->call;
	struct json j = {.out = &c->page};
	r->after = (uint64_t)node_int(event, "seq", (int64_t)r->after);
	if (c->json) {
		json_node(&j, event);
		buf_char(&c->page, '\n');
	} else {
		write_event(r, event);
	}
	return --r->left > 0;
}

static const char *
events_path(struct reading *r, struct arena *arena)
{
	const struct events_flags *flags = r->call->flags;
	const char *path = api_path(arena, "events", NULL);
	path = path_with_number(arena, path, "after", r->after);
	path = path_with(arena, path, "kind", flags->kind);
	return path_with(arena, path, "subject", flags->subject);
}

/* ---- page by page */

static enum err_code
show_page(struct reading *r, bool *ret_more, struct err *e)
{
	enum { PAGE = 500 };
	struct answer a;
	arena_reset(&r->arena);
	const char *path = path_with_number(&r->arena, events_path(r, &r->arena), "limit",
					    r->left < PAGE ? r->left : PAGE);
	enum err_code code =
	    client_ask_in(r->call, &r->arena, &(struct question){.path = path}, &a, e);
	if (code)
		return code;
	const struct node *items = node_get(&a.root, "items"), *next = node_get(&a.root, "next");
	size_t count = items && items->kind == NODE_LIST ? items->count : 0;
	*ret_more = count > 0 && !(next && next->kind == NODE_NULL);
	bool wanted = true;
	for (size_t i = 0; i < count && wanted; i++)
		wanted = show_event(r, &items->items[i]);
	call_flush(r->call);
	*ret_more = *ret_more && wanted && !r->call->out.broken;
	return ERR_OK;
}

static enum err_code
show_pages(struct reading *r, struct err *e)
{
	for (bool more = true; more;) {
		enum err_code code = show_page(r, &more, e);
		if (code)
			return code;
	}
	return ERR_OK;
}

/* ---- following */

static bool
take_event(void *user, const char *data, size_t length)
{
	struct reading *r = user;
	struct node event;
	struct err e;
	arena_reset(&r->arena);
	if (document_read(DOCUMENT_JSON, data, length, &client_limits, &r->arena, &event, &e)) {
		note(r->call, "an event that cannot be read: %s", e.message);
		return true;
	}
	bool goes_on = show_event(r, &event);
	call_flush(r->call);
	return goes_on && !r->call->out.broken;
}

static bool
take_bytes(void *user, const char *bytes, size_t length)
{
	return event_stream_feed(user, bytes, length);
}

static enum err_code
follow_once(struct reading *r, struct arena *arena, bool *ret_ended, struct err *e)
{
	struct call *c = r->call;
	CLEANUP(event_stream_done) struct event_stream stream = {.take = take_event, .user = r};
	const char *const headers[] = {"Accept: text/event-stream", NULL};
	struct fetch_request request = {
	    .url = arena_printf(arena, "%s%s", c->server, events_path(r, arena)),
	    .headers = headers,
	    .bearer = c->token,
	    .ca = c->ca,
	    .deadline = -1,
	    .on_bytes = take_bytes,
	    .user = &stream,
	};
	struct fetch_response response;
	enum err_code code = fetch(&request, arena, &response, e);
	*ret_ended = stream.ended;
	if (code || stream.ended)
		return code;
	if (response.status >= 300)
		return client_read(c, arena, &response, &(struct answer){0}, e);
	if (strncmp(response.content_type, "text/event-stream", 17) != 0)
		return ERR(e, INTERNAL, "%s does not stream its events", c->server);
	return ERR_OK;
}

/*
 * A stream that breaks off is taken up again behind the last event, as soon as the server is there.
 */
static enum err_code
follow(struct reading *r, struct err *e)
{
	enum { SHORTEST_WAIT = 1, LONGEST_WAIT = 30 };
	bool ended = false, connected = false;
	unsigned wait = SHORTEST_WAIT;
	while (!ended) {
		CLEANUP(arena_done) struct arena arena = {0};
		uint64_t before = r->after;
		enum err_code code = follow_once(r, &arena, &ended, e);
		connected = connected || !code || r->after != before;
		if (ended)
			break;
		if (code && (code != ERR_UNREACHABLE || !connected))
			return code;
		wait = code && r->after == before ? wait * 2 : SHORTEST_WAIT;
		wait = wait > LONGEST_WAIT ? LONGEST_WAIT : wait;
		note(r->call, "the stream ended; taking it up again in %u s", wait);
		sleep(wait);
	}
	return ERR_OK;
}

static enum err_code
find_start(struct reading *r, struct err *e)
{
	const struct events_flags *flags = r->call->flags;
	r->after = flags->after.value;
	if (!flags->follow || flags->after.given)
		return ERR_OK;
	const char *signed_note;
	struct checkpoint newest;
	enum err_code code = audit_fetch_checkpoint(r->call, &signed_note, &newest, e);
	r->after = code ? 0 : newest.size;
	return code;
}

static enum err_code
events(struct call *c, struct err *e)
{
	const struct events_flags *flags = c->flags;
	struct reading r = {.call = c,
			    .left = flags->limit.given ? flags->limit.value : UINT64_MAX};
	if (r.left == 0)
		return ERR_OK;
	enum err_code code = find_start(&r, e);
	if (!code)
		code = flags->follow ? follow(&r, e) : show_pages(&r, e);
	arena_done(&r.arena);
	return code;
}

const struct verb events_verbs[] = {
    {.flags = events_flags, .size = sizeof(struct events_flags), .run = events},
    {0},
};
