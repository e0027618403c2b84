/*
 * shortfall_routes.c -- what falls short of the policies, over the whole mesh.
 */
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

/* Over all that the filter lets through, not over the page. */
static enum err_code
write_facets(struct session *s, const struct shortfall_filter *f, struct arena *arena,
	     struct json *j, struct err *e)
{
	static const char *const keys[] = {[SHORTFALL_BY_POLICY] = "policy",
					   [SHORTFALL_BY_DOMAIN] = "domain",
					   [SHORTFALL_BY_ENFORCEMENT] = "enforcement"};
	json_key(j, "facets");
	json_begin_list(j);
	for (size_t key = 0; key < ARRAY_LEN(keys); key++) {
		struct shortfall_counts counts;
		TRY(shortfall_counts(s, f, (enum shortfall_key)key, arena, &counts, e));
		for (size_t i = 0; i < counts.count; i++) {
			json_begin_map(j);
			json_member_text(j, "key", keys[key]);
			json_member_text(j, "value", counts.items[i].name);
			json_member_int(j, "count", (int64_t)counts.items[i].count);
			json_end_map(j);
		}
	}
	json_end_list(j);
	return ERR_OK;
}

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

/* Counting looks at every row: not for the threads that poll the connections. */
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
