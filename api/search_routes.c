/*
 * search_routes.c -- full text over data products.
 */
#include "catalog/search.h"

#include "handling.h"
#include "routes.h"

static void
write_hit(const struct search_hit *h, struct json *j)
{
	json_begin_map(j);
	json_member_text(j, "name", h->name);
	json_member_text(j, "domain", h->domain);
	json_member_text(j, "owner", h->owner);
	json_member_text(j, "description", h->description);
	json_member_text(j, "version", h->version);
	json_member_text(j, "standing", h->standing);
	json_member_text(j, "snippet", h->snippet);
	json_key(j, "score");
	json_real(j, h->score);
	json_end_map(j);
}

static void
write_facets(const struct search_result *found, struct json *j)
{
	json_begin_list(j);
	for (size_t i = 0; i < found->facet_count; i++) {
		const struct search_facet *f = &found->facets[i];
		json_begin_map(j);
		json_member_text(j, "key", f->key);
		json_member_text(j, "value", f->value);
		json_member_int(j, "count", (int64_t)f->count);
		json_end_map(j);
	}
	json_end_list(j);
}

static void
write_result(const struct search_question *question, const struct search_result *found,
	     struct response *rs)
{
	const char *next =
	    found->more ? number_text(rs->arena, question->skip + found->count) : NULL;
	struct json j = {.out = &rs->body};
	json_begin_map(&j);
	json_key(&j, "items");
	json_begin_list(&j);
	for (size_t i = 0; i < found->count; i++)
		write_hit(&found->hits[i], &j);
	json_end_list(&j);
	json_key(&j, "facets");
	write_facets(found, &j);
	json_member_text(&j, "next", next ? cursor_encode(rs->arena, next) : NULL);
	json_end_map(&j);
}

/* The cursor is how many hits came before; the ranking looks at a bounded number, so it stays
 * small. */
static enum err_code
find(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const names[] = {"q", "domain", "limit", "cursor", NULL};
	CLEANUP(session_end) struct session *s = NULL;
	struct search_question question = {.domain = request_query(rq, "domain")};
	struct search_result found;
	uint64_t skip;
	TRY(request_only(rq, names, e));
	TRY(query_text(rq, "q", &question.words, e));
	TRY(cursor_number(rq, 0, &skip, e));
	TRY(request_limit(rq, &question.limit, e));
	question.skip = (size_t)skip;
	TRY(session_read(rq, &s, e));
	TRY(search(s, &question, rq->arena, &found, e));
	write_result(&question, &found, rs);
	return ERR_OK;
}

// clang-format off
const struct route search_routes[] = {
	{GET, "/api/v1/search", find, ROLE_READER, "Full text over data products, ranked, with facets"},
	{0},
};
// clang-format on
