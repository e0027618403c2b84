/*
 * policy_routes.c -- policy documents, and judging a document by those in force without storing it.
 */
#include "commanding.h"
#include "policy_answer.h"
#include "routes.h"

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
		policy_write(&found.items[i], &j);
		json_end_map(&j);
	}
	page_end(&j, rs, found.more ? found.items[found.count - 1].name : NULL);
	return ERR_OK;
}

static enum err_code
get_present(struct request *rq, struct session *s, struct response *rs, struct err *e)
{
	struct rule_record r;
	TRY(rule_get(s, request_part(rq, 0), rq->arena, &r, e));
	rs->etag = number_text(rs->arena, r.seq);
	return policy_answer(rq, &r, rs, e);
}

static enum err_code
get(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const names[] = {"as_of", NULL};
	CLEANUP(session_end) struct session *s = NULL;
	struct rule_version v;
	uint64_t as_of;
	TRY(request_only(rq, names, e));
	TRY(session_read(rq, &s, e));
	TRY(query_as_of(rq, s, &as_of, e));
	if (!as_of)
		return get_present(rq, s, rs, e);
	TRY(rule_as_of(s, request_part(rq, 0), as_of, rq->arena, &v, e));
	return policy_version_answer(rq, s, &v, rs, e);
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
	return command_end(c, e);
}

static enum err_code
retire(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const names[] = {"reason", "dry_run", NULL};
	struct command *c = command_begin(rq, rs);
	TRY(request_only(rq, names, e));
	TRY(command_of(rq, &c->in, e));
	TRY(policy_retire(services_of(rq)->governance, request_part(rq, 0),
			  request_query(rq, "reason"), &c->in, rq->arena, &c->out, e));
	return command_end(c, e);
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
	return command_end(c, e);
}

// clang-format off
const struct route policy_routes[] = {
	{GET,    "/api/v1/policies",        list,     ROLE_READER,  "The policies"},
	{GET,    "/api/v1/policies/{name}", get,      ROLE_READER,  "One policy"},
	{PUT,    "/api/v1/policies/{name}", define,   ROLE_AUTHOR,  "Define a policy"},
	{DELETE, "/api/v1/policies/{name}", retire,   ROLE_AUTHOR,  "Retire a policy"},
	{POST,   "/api/v1/evaluate",        evaluate, ROLE_READER,  "Judge a data product without storing it"},
	{0},
};
// clang-format on
