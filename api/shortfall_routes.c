/*
 * shortfall_routes.c -- what falls short of the policies, over the whole mesh.
 */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "catalog/shortfall.h"

#include "handling.h"
#include "routes.h"

static const char *const enforcement_words[] = {"deny", "warn", "audit", NULL};

static enum err_code
read_filter(const struct request *rq, struct shortfall_filter *f, struct err *e)
{
	static const char *const names[] = {"product",     "domain", "owner",  "policy",
					    "enforcement", "limit",  "cursor", NULL};
	TRY(request_only(rq, names, e));
	f->product = request_query(rq, "product");
	f->domain = request_query(rq, "domain");
	f->owner = request_query(rq, "owner");
	f->policy = request_query(rq, "policy");
	TRY(query_word(rq, "enforcement", enforcement_words, &f->enforcement, e));
	TRY(request_cursor(rq, &f->after, e));
	return request_limit(rq, &f->limit, e);
}

static void
write_item(const struct shortfall *s, struct json *j)
{
	const struct violation *v = &s->violation;
	json_begin_map(j);
	json_member_text(j, "product", s->product);
	json_member_text(j, "domain", s->domain);
	json_member_text(j, "owner", s->owner);
	json_member_text(j, "policy", v->policy);
	json_member_text(j, "rule", v->rule);
	json_member_text(j, "enforcement", v->enforcement);
	json_member_text(j, "message", v->message);
	json_member_text(j, "pointer", v->pointer);
	if (v->at.line) {
		json_member_int(j, "line", v->at.line);
		json_member_int(j, "column", v->at.column);
	}
	if (v->suggestion)
		json_member_text(j, "suggestion", v->suggestion);
	json_member_time(j, "since", s->since);
	json_member_int(j, "since_event", (int64_t)s->since_seq);
	json_member_time(j, "grace_end", v->grace_end);
	json_member_int(j, "event", (int64_t)s->seq);
	json_end_map(j);
}

/* ---- facets */

/* What several counts have in common, and their sum. */
struct facet {
	const char *value;
	uint64_t count;
};

static void
add_to_facet(struct map *facets, const char *value, uint64_t count)
{
	struct facet *f = map_get(facets, value);
	if (!f) {
		f = ARENA_NEW(facets->arena, struct facet);
		f->value = value;
		map_put(facets, value, f);
	}
	f->count += count;
}

/* The largest first. */
static int
compare_facets(const void *a, const void *b)
{
	const struct facet *x = *(struct facet *const *)a, *y = *(struct facet *const *)b;
	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return strcmp(x->value, y->value);
}

static void
write_facet(const struct map *facets, const char *key, struct json *j)
{
	struct facet **sorted = ARENA_ARRAY(facets->arena, struct facet *, facets->count);
	size_t count = 0;
	for (size_t i = 0; i < facets->capacity; i++)
		if (facets->slots[i].value)
			sorted[count++] = facets->slots[i].value;
	if (count > 0)
		qsort(sorted, count, sizeof(struct facet *), compare_facets);
	for (size_t i = 0; i < count; i++) {
		const struct facet *f = sorted[i];
		json_begin_map(j);
		json_member_text(j, "key", key);
		json_member_text(j, "value", f->value);
		json_member_int(j, "count", (int64_t)f->count);
		json_end_map(j);
	}
}

static void
write_sums(const struct shortfall_counts *counts, struct arena *arena, struct json *j)
{
	struct map policies = {.arena = arena}, domains = policies, enforcements = policies;
	for (size_t i = 0; i < counts->count; i++) {
		const struct shortfall_count *c = &counts->items[i];
		add_to_facet(&policies, c->policy, c->count);
		add_to_facet(&domains, c->domain, c->count);
		add_to_facet(&enforcements, c->enforcement, c->count);
	}
	write_facet(&policies, "policy", j);
	write_facet(&domains, "domain", j);
	write_facet(&enforcements, "enforcement", j);
}

/* Over all that the filter lets through, not over the page: so the first one has them all. */
static enum err_code
write_facets(struct session *s, const struct shortfall_filter *f, struct arena *arena,
	     struct json *j, struct err *e)
{
	struct shortfall_counts counts = {0};
	if (!f->after)
		TRY(shortfall_counts(s, f, arena, &counts, e));
	json_key(j, "facets");
	json_begin_list(j);
	write_sums(&counts, arena, j);
	json_end_list(j);
	return ERR_OK;
}

/* ---- the list */

static enum err_code
write_list(struct request *rq, struct response *rs, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	struct shortfall_filter filter = {0};
	struct shortfall_list found;
	struct json j = {.out = &rs->body};
	TRY(read_filter(rq, &filter, e));
	TRY(session_read(rq, &s, e));
	TRY(shortfall_list(s, &filter, rq->arena, &found, e));
	json_begin_map(&j);
	json_key(&j, "items");
	json_begin_list(&j);
	for (size_t i = 0; i < found.count; i++)
		write_item(&found.items[i], &j);
	json_end_list(&j);
	TRY(write_facets(s, &filter, rq->arena, &j, e));
	const char *next =
	    found.more ? shortfall_cursor(&found.items[found.count - 1], rq->arena) : NULL;
	json_member_text(&j, "next", next ? cursor_encode(rs->arena, next) : NULL);
	json_end_map(&j);
	return ERR_OK;
}

/* A filter may pass over many rows: not for the threads that poll the connections. */
static enum err_code
list(struct request *rq, struct response *rs, struct err *e)
{
	struct shortfall_filter ignored;
	TRY(read_filter(rq, &ignored, e));
	rs->later = write_list;
	return ERR_OK;
}

// clang-format off
const struct route shortfall_routes[] = {
	{GET, "/api/v1/violations", list, ROLE_READER, "What falls short of the policies, and since when"},
	{0},
};
// clang-format on
