/*
 * policy_routes.c -- policy documents, and judging a document by those in force without storing it.
 */
#include <string.h>

#include "catalog/rulebook.h"

#include "commanding.h"
#include "routes.h"

static void
write_members(const struct rule_record *r, struct json *j)
{
	json_member_text(j, "name", r->name);
	json_member_text(j, "scope", r->scope);
	json_member_text(j, "enforcement", r->enforcement);
	json_member_int(j, "version", (int64_t)r->version);
	json_member_time(j, "defined_at", r->defined_at);
	json_member_text(j, "defined_by", r->defined_by);
	json_member_int(j, "event", (int64_t)r->seq);
	json_member_text(j, "hash", r->hash);
}

static enum err_code
list(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const names[] = {"limit", "cursor", NULL};
	CLEANUP(session_end) struct session *s = NULL;
	struct rule_list found;
	struct json j;
	const char *after;
	size_t limit;
	TRY(request_only(rq, names, e));
	TRY(request_cursor(rq, &after, e));
	TRY(request_limit(rq, &limit, e));
	TRY(session_read(rq, &s, e));
	TRY(rule_list(s, after, limit, rq->arena, &found, e));
	page_begin(&j, rs);
	for (size_t i = 0; i < found.count; i++) {
		json_begin_map(&j);
		write_members(&found.items[i], &j);
		json_end_map(&j);
	}
	page_end(&j, rs, found.more ? found.items[found.count - 1].name : NULL);
	return ERR_OK;
}

static enum err_code
write_rule(const struct rule_record *r, struct response *rs, struct err *e)
{
	struct node document;
	bool json = strcmp(r->media_type, "application/json") == 0;
	TRY(document_read(json ? DOCUMENT_JSON : DOCUMENT_YAML, r->source, r->source_length, NULL,
			  rs->arena, &document, e));
	struct json j = {.out = &rs->body};
	json_begin_map(&j);
	json_key(&j, "policy");
	json_node(&j, &document);
	write_members(r, &j);
	json_end_map(&j);
	return ERR_OK;
}

static enum err_code
get(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const none[] = {NULL};
	CLEANUP(session_end) struct session *s = NULL;
	struct rule_record r;
	TRY(request_only(rq, none, e));
	TRY(session_read(rq, &s, e));
	TRY(rule_get(s, request_part(rq, 0), rq->arena, &r, e));
	response_header(rs, "Vary", "Accept");
	rs->etag = number_text(rs->arena, r.seq);
	if (!request_wants(rq, "application/yaml"))
		return write_rule(&r, rs, e);
	rs->content_type = "application/yaml";
	buf_append(&rs->body, r.source, r.source_length);
	return ERR_OK;
}

static enum err_code
define(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const names[] = {"dry_run", NULL};
	struct command *c = command_begin(rq, rs);
	TRY(request_only(rq, names, e));
	TRY(submission_of(rq, &c->in, e));
	TRY(policy_define(services_of(rq)->governance, request_part(rq, 0), &c->in, rq->arena,
			  &rq->violations, &c->out, e));
	return command_end(c);
}

static enum err_code
evaluate(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const none[] = {NULL};
	struct command *c = command_begin(rq, rs);
	TRY(request_only(rq, none, e));
	TRY(submission_of(rq, &c->in, e));
	TRY(product_evaluate(services_of(rq)->governance, &c->in, rq->arena, &rq->violations,
			     &c->out, e));
	return command_end(c);
}

// clang-format off
const struct route policy_routes[] = {
	{GET,  "/api/v1/policies",        list,     ROLE_READER,  "The policies"},
	{GET,  "/api/v1/policies/{name}", get,      ROLE_READER,  "One policy"},
	{PUT,  "/api/v1/policies/{name}", define,   ROLE_STEWARD, "Define a policy"},
	{POST, "/api/v1/evaluate",        evaluate, ROLE_READER,  "Judge a data product without storing it"},
	{0},
};
// clang-format on
