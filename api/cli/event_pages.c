/*
 * event_pages.c -- GET /events, again and again.
 */
#include "event_pages.h"

enum { PAGE = 500 };

static const char *
path_of(const struct event_pages *p, uint64_t after, uint64_t limit, struct arena *arena)
{
	const char *path = path_with_number(arena, api_path(arena, "events", NULL), "after", after);
	path = path_with_number(arena, path, "limit", limit);
	path = path_with(arena, path, "kind", p->kind);
	return path_with(arena, path, "subject", p->subject);
}

/* A page of large events may be more than one answer holds: then a smaller one is asked for. */
static enum err_code
fetch_page(const struct event_pages *p, uint64_t after, uint64_t *limit, struct arena *arena,
	   struct answer *ret_answer, struct err *e)
{
	for (;;) {
		const struct question q = {.path = path_of(p, after, *limit, arena)};
		enum err_code code = client_ask_in(p->call, arena, &q, ret_answer, e);
		if (code != ERR_TOO_LARGE || *limit == 1)
			return code;
		*limit = *limit / 2;
	}
}

/* `*after` goes on to the last that was visited; `*ret_more` is false behind the last of all. */
static enum err_code
visit_page(const struct event_pages *p, uint64_t *after, uint64_t *limit, event_visit_fn *visit,
	   void *user, bool *ret_more, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct answer a;
	enum err_code code = fetch_page(p, *after, limit, &arena, &a, e);
	const struct node *items = code ? NULL : node_get(&a.root, "items");
	size_t count = items && items->kind == NODE_LIST ? items->count : 0;
	const char *next = code ? NULL : node_text(&a.root, "next", NULL);
	*ret_more = count > 0 && next;
	for (size_t i = 0; !code && i < count; i++) {
		uint64_t seq = (uint64_t)node_int(&items->items[i], "seq", 0);
		if (p->end && seq > p->end) {
			*ret_more = false;
			return ERR_OK;
		}
		*after = seq;
		code = visit(user, &items->items[i], e);
	}
	return code;
}

enum err_code
event_pages_each(const struct event_pages *pages, event_visit_fn *visit, void *user, struct err *e)
{
	uint64_t after = pages->after, limit = PAGE;
	for (bool more = true; more;) {
		enum err_code code = visit_page(pages, &after, &limit, visit, user, &more, e);
		if (code)
			return code;
	}
	return ERR_OK;
}

enum err_code
event_fetch(struct call *c, uint64_t seq, struct arena *arena, const struct node **ret_event,
	    struct err *e)
{
	const struct event_pages one = {.call = c};
	const struct question q = {.path = path_of(&one, seq - 1, 1, arena)};
	struct answer *a = ARENA_NEW(arena, struct answer);
	enum err_code code = client_ask_in(c, arena, &q, a, e);
	if (code)
		return code;
	const struct node *items = node_get(&a->root, "items");
	const struct node *event =
	    items && items->kind == NODE_LIST && items->count ? &items->items[0] : NULL;
	if (!event || (uint64_t)node_int(event, "seq", 0) != seq)
		return ERR(e, NOT_FOUND, "the server does not give event %llu",
			   (unsigned long long)seq);
	*ret_event = event;
	return ERR_OK;
}

/* Times never go back in the log, so halving finds it. */
enum err_code
event_first_since(struct call *c, moment since, uint64_t end, uint64_t *ret_seq, struct err *e)
{
	uint64_t before = 0, at = end + 1;
	while (before + 1 < at) {
		CLEANUP(arena_done) struct arena arena = {0};
		const uint64_t middle = before + (at - before) / 2;
		const struct node *event = NULL;
		moment t = 0;
		enum err_code code = event_fetch(c, middle, &arena, &event, e);
		if (code)
			return code;
		if (clock_parse(node_text(event, "time", ""), &t) && t < since)
			before = middle;
		else
			at = middle;
	}
	*ret_seq = at;
	return ERR_OK;
}
