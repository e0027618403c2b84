/*
 * quality_routes.c -- quality checks: what they found last, and running them now.
 */
#include <string.h>

#include "catalog/product.h"
#include "catalog/resource.h"

#include "acting.h"
#include "commanding.h"
#include "routes.h"

/* {name, checked_at, plugin, passed, checks}; `result` is NULL when nothing was ever checked. */
static enum err_code
write_quality(const char *name, const char *result, moment checked_at, struct response *rs,
	      struct err *e)
{
	struct node root = {.kind = NODE_MAP};
	struct json j = {.out = &rs->body};
	if (result)
		TRY(document_read(DOCUMENT_JSON, result, strlen(result), NULL, rs->arena, &root,
				  e));
	const struct node *passed = node_get(&root, "passed"), *checks = node_get(&root, "checks");
	json_begin_map(&j);
	json_member_text(&j, "name", name);
	json_member_time(&j, "checked_at", checked_at);
	json_member_text(&j, "plugin", node_text(&root, "plugin", NULL));
	json_key(&j, "passed");
	json_node(&j, passed ? passed : &(struct node){.kind = NODE_NULL});
	json_key(&j, "checks");
	json_node(&j, checks ? checks : &(struct node){.kind = NODE_LIST});
	json_end_map(&j);
	return ERR_OK;
}

static enum err_code
write_last(const struct request *rq, struct response *rs, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	const char *result = NULL;
	struct product p;
	moment checked_at = 0;
	TRY(session_read(rq, &s, e));
	TRY(product_get(s, request_part(rq, 0), rq->arena, &p, e));
	TRY(quality_last(s, p.name, rq->arena, &result, &checked_at, e));
	return write_quality(p.name, result, result ? checked_at : 0, rs, e);
}

static enum err_code
last(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const none[] = {NULL};
	TRY(request_only(rq, none, e));
	return write_last(rq, rs, e);
}

/* What was recorded is what is answered, its moment included. */
static enum err_code
check_now(struct request *rq, struct response *rs, struct err *e)
{
	CLEANUP(buf_done) struct buf result = {0};
	struct json j = {.out = &result};
	TRY(provision_check(services_of(rq)->provision, rq->actor, request_part(rq, 0), rq->arena,
			    &j, e));
	return write_last(rq, rs, e);
}

static enum err_code
run(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const names[] = {"dry_run", NULL};
	const char *name = request_part(rq, 0);
	bool dry_run;
	TRY(request_only(rq, names, e));
	TRY(request_query_flag(rq, "dry_run", &dry_run, e));
	TRY(no_idempotency_key(rq, e));
	TRY(may_act_on(rq, name, e));
	if (dry_run)
		write_outcome(name, "checked", rs);
	else
		rs->later = check_now;
	return ERR_OK;
}

// clang-format off
const struct route quality_routes[] = {
	{GET,  "/api/v1/products/{name}/quality", last, ROLE_READER,    "What its quality checks found last"},
	{POST, "/api/v1/products/{name}/quality", run,  ROLE_PUBLISHER, "Run its quality checks now"},
	{0},
};
// clang-format on
