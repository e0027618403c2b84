/*
 * policy_version_routes.c -- every version that a policy ever had: who brought it, what ended it,
 * and its document as it was sent.
 */
#include <stdlib.h>
#include <string.h>

#include "handling.h"
#include "policy_answer.h"
#include "routes.h"

/* A policy without versions was never defined. */
static enum err_code
check_known(const struct rule_versions *found, uint64_t before, const char *name, struct err *e)
{
	if (found->count > 0 || before > 0)
		return ERR_OK;
	return ERR(e, NOT_FOUND, "no policy named '%s'", name);
}

static enum err_code
list(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const names[] = {"limit", "cursor", NULL};
	CLEANUP(session_end) struct session *s = NULL;
	struct rule_versions found;
	struct json j;
	uint64_t before;
	size_t limit;
	TRY(request_only(rq, names, e));
	TRY(cursor_number(rq, 0, &before, e));
	TRY(request_limit(rq, &limit, e));
	TRY(session_read(rq, &s, e));
	TRY(rule_versions(s, request_part(rq, 0), before, limit, rq->arena, &found, e));
	TRY(check_known(&found, before, request_part(rq, 0), e));
	page_begin(&j, rs);
	for (size_t i = 0; i < found.count; i++) {
		json_begin_map(&j);
		policy_version_write(&found.items[i], &j);
		json_end_map(&j);
	}
	page_end(&j, rs,
		 found.more ? number_text(rs->arena, found.items[found.count - 1].version) : NULL);
	return ERR_OK;
}

static enum err_code
read_number(const char *text, const char *name, uint64_t *ret_version, struct err *e)
{
	size_t length = strlen(text);
	if (length > 9 || strspn(text, "0123456789") != length)
		return ERR(e, NOT_FOUND,
			   "no version '%.100s' of the policy '%s': they are numbered 1, 2 ...",
			   text, name);
	*ret_version = strtoull(text, NULL, 10);
	return ERR_OK;
}

static enum err_code
get(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const none[] = {NULL};
	CLEANUP(session_end) struct session *s = NULL;
	struct rule_version v;
	uint64_t number = 0;
	TRY(request_only(rq, none, e));
	TRY(read_number(request_part(rq, 1), request_part(rq, 0), &number, e));
	TRY(session_read(rq, &s, e));
	TRY(rule_version_get(s, request_part(rq, 0), number, rq->arena, &v, e));
	return policy_version_answer(rq, s, &v, rs, e);
}

// clang-format off
const struct route policy_version_routes[] = {
	{GET, "/api/v1/policies/{name}/versions",           list, ROLE_READER, "A policy's versions, newest first"},
	{GET, "/api/v1/policies/{name}/versions/{version}", get,  ROLE_READER, "One version of a policy"},
	{0},
};
// clang-format on
