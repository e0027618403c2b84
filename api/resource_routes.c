/*
 * resource_routes.c -- what products asked for, what became of it, and the plugins that make it so.
 */
#include "catalog/job.h"
#include "catalog/product.h"
#include "catalog/resource.h"

#include "acting.h"
#include "commanding.h"
#include "routes.h"

static const char *const none[] = {NULL};

static enum err_code
plugins(struct request *rq, struct response *rs, struct err *e)
{
	TRY(request_only(rq, none, e));
	struct json j = {.out = &rs->body};
	json_begin_map(&j);
	json_key(&j, "items");
	plugins_write(services_of(rq)->provision, &j);
	json_member_text(&j, "next", NULL);
	json_end_map(&j);
	return ERR_OK;
}

static void
write_resource(const struct resource *r, struct json *j)
{
	json_begin_map(j);
	json_member_text(j, "role", r->role);
	json_member_text(j, "plugin", r->plugin);
	json_member_text(j, "name", r->name);
	json_member_text(j, "state", r->state);
	json_member_raw(j, "wish", r->wish);
	json_member_raw(j, "detail", r->detail);
	json_member_text(j, "error", r->error);
	json_member_time(j, "changed_at", r->changed_at);
	json_member_int(j, "event", (int64_t)r->seq);
	json_member_int(j, "product_event", (int64_t)r->product_seq);
	json_end_map(j);
}

static enum err_code
list(struct request *rq, struct response *rs, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	struct resource_list found;
	struct product p;
	struct json j;
	TRY(request_only(rq, none, e));
	TRY(session_read(rq, &s, e));
	TRY(product_get(s, request_part(rq, 0), rq->arena, &p, e));
	TRY(resource_list(s, p.name, rq->arena, &found, e));
	page_begin(&j, rs);
	for (size_t i = 0; i < found.count; i++)
		write_resource(&found.items[i], &j);
	page_end(&j, rs, NULL);
	return ERR_OK;
}

/* What is asked for is remembered, also when the server stops now. */
static enum err_code
want_reconciling(void *user, struct session *s, struct err *e)
{
	const struct request *rq = user;
	return job_want(s, "reconcile", request_part(rq, 0), session_now(s), e);
}

static enum err_code
reconcile(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const names[] = {"dry_run", NULL};
	const char *name = request_part(rq, 0);
	bool dry_run;
	TRY(request_only(rq, names, e));
	TRY(request_query_flag(rq, "dry_run", &dry_run, e));
	TRY(may_act_on(rq, name, e));
	if (!dry_run)
		answer_when_written(rq, rs, want_reconciling, rq);
	rs->status = dry_run ? 200 : 202;
	write_outcome(name, dry_run ? "checked" : "queued", rs);
	return ERR_OK;
}

static enum err_code
ask_plugins(struct request *rq, struct response *rs, struct err *e)
{
	struct json j = {.out = &rs->body};
	json_begin_map(&j);
	json_key(&j, "items");
	TRY(provision_plan(services_of(rq)->provision, request_part(rq, 0), rq->arena, &j, e));
	json_member_text(&j, "next", NULL);
	json_end_map(&j);
	return ERR_OK;
}

static enum err_code
plan(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const names[] = {"dry_run", NULL};
	bool dry_run; /* a plan is one already */
	TRY(request_only(rq, names, e));
	TRY(request_query_flag(rq, "dry_run", &dry_run, e));
	TRY(may_act_on(rq, request_part(rq, 0), e));
	rs->later = ask_plugins;
	return ERR_OK;
}

// clang-format off
const struct route resource_routes[] = {
	{GET,  "/api/v1/plugins",                   plugins,   ROLE_READER,    "The plugins that provide storage and compute"},
	{GET,  "/api/v1/products/{name}/resources", list,      ROLE_READER,    "Storage and compute of a data product"},
	{POST, "/api/v1/products/{name}/reconcile", reconcile, ROLE_PUBLISHER, "Make what it asks for real, soon"},
	{POST, "/api/v1/products/{name}/plan",      plan,      ROLE_PUBLISHER, "What reconciling would change now"},
	{0},
};
// clang-format on
