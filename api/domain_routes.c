/*
 * domain_routes.c -- domains: who owns them, how many products they have.
 */
#include <string.h>

#include "catalog/domain.h"

#include "commanding.h"
#include "routes.h"

/* The members of the document stand beside what the catalog knows; a domain that only products name
 * has none. */
static enum err_code
write_domain(const struct domain *d, struct arena *arena, struct json *j, struct err *e)
{
	struct node document = {.kind = NODE_MAP};
	if (d->document)
		TRY(document_read(DOCUMENT_JSON, d->document, strlen(d->document), NULL, arena,
				  &document, e));
	json_begin_map(j);
	json_member_text(j, "name", d->name);
	for (uint32_t i = 0; i < document.count; i++) {
		const struct member *m = &document.members[i];
		if (strcmp(m->key, "name") == 0)
			continue;
		json_key(j, m->key);
		json_node(j, &m->value);
	}
	json_member_int(j, "products", (int64_t)d->products);
	json_member_bool(j, "defined", d->document != NULL);
	if (d->document) {
		json_member_int(j, "event", (int64_t)d->seq);
		json_member_text(j, "hash", d->hash);
	}
	json_end_map(j);
	return ERR_OK;
}

static enum err_code
list(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const names[] = {"limit", "cursor", NULL};
	CLEANUP(session_end) struct session *s = NULL;
	struct domain_list found;
	struct json j;
	const char *after;
	size_t limit;
	TRY(request_only(rq, names, e));
	TRY(request_cursor(rq, &after, e));
	TRY(request_limit(rq, &limit, e));
	TRY(session_read(rq, &s, e));
	TRY(domain_list(s, after, limit, rq->arena, &found, e));
	page_begin(&j, rs);
	for (size_t i = 0; i < found.count; i++)
		TRY(write_domain(&found.items[i], rq->arena, &j, e));
	page_end(&j, rs, found.more ? found.items[found.count - 1].name : NULL);
	return ERR_OK;
}

static enum err_code
write_source(struct session *s, const struct domain *d, struct response *rs, struct err *e)
{
	const char *source;
	if (!d->document)
		return ERR(e, NOT_FOUND, "the domain '%s' has no document: only products name it",
			   d->name);
	TRY(event_source(s, d->seq, rs->arena, &source, e));
	rs->content_type = "application/yaml";
	buf_text(&rs->body, source);
	return ERR_OK;
}

static enum err_code
get(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const none[] = {NULL};
	CLEANUP(session_end) struct session *s = NULL;
	struct domain d;
	TRY(request_only(rq, none, e));
	TRY(session_read(rq, &s, e));
	TRY(domain_get(s, request_part(rq, 0), rq->arena, &d, e));
	response_header(rs, "Vary", "Accept");
	if (request_wants(rq, "application/yaml"))
		return write_source(s, &d, rs, e);
	/* Its etag is for If-Match, so it names the document; the number of products changes
	 * without it. */
	if (d.document)
		response_header(rs, "ETag",
				arena_printf(rs->arena, "\"%llu\"", (unsigned long long)d.seq));
	return write_domain(&d, rq->arena, &(struct json){.out = &rs->body}, e);
}

static enum err_code
define(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const names[] = {"dry_run", NULL};
	struct command *c = command_begin(rq, rs);
	TRY(request_only(rq, names, e));
	TRY(submission_of(rq, &c->in, e));
	TRY(domain_define(services_of(rq)->governance, request_part(rq, 0), &c->in, rq->arena,
			  &rq->violations, &c->out, e));
	return command_end(c, e);
}

// clang-format off
const struct route domain_routes[] = {
	{GET, "/api/v1/domains",        list,   ROLE_READER,  "The domains of the mesh"},
	{GET, "/api/v1/domains/{name}", get,    ROLE_READER,  "One domain"},
	{PUT, "/api/v1/domains/{name}", define, ROLE_STEWARD, "Define a domain"},
	{0},
};
// clang-format on
