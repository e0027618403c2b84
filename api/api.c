/*
 * api.c -- the list of all tables, and who may pass the doors in them.
 */
#include "api.h"

#include <string.h>

#include "handling.h"
#include "own_site.h"
#include "routes.h"

const struct route *const api_tables[] = {
    operations_routes, product_routes, version_routes,        schema_routes,  domain_routes,
    search_routes,     policy_routes,  policy_version_routes, impact_routes,  lineage_routes,
    event_routes,      audit_routes,   resource_routes,       quality_routes, shortfall_routes,
    token_routes,      NULL,
};

static enum err_code
check_site(const struct request *rq, struct err *e)
{
	const struct site_claims claims = {
	    .host = request_header(rq, "Host"),
	    .origin = request_header(rq, "Origin"),
	    .fetch_site = request_header(rq, "Sec-Fetch-Site"),
	    .changes = rq->method != GET,
	};
	return services_of(rq)->config->dev ? own_site_check(&claims, e) : ERR_OK;
}

static enum err_code
check_role(const struct request *rq, const struct actor *actor, struct err *e)
{
	if (role_includes(actor->role, rq->route->role))
		return ERR_OK;
	if (actor->role == ROLE_ANYBODY)
		return ERR(e, UNAUTHENTICATED, "this needs a token: Authorization: Bearer TOKEN");
	return ERR(e, FORBIDDEN, "'%s' has the role %s, and this needs the role %s", actor->name,
		   role_name(actor->role), role_who(rq->route->role));
}

enum err_code
api_authorize(struct request *rq, struct err *e)
{
	if (rq->route->role == ROLE_ANYBODY)
		return ERR_OK;
	struct actor *actor = ARENA_NEW(rq->arena, struct actor);
	TRY(check_site(rq, e));
	TRY(identity_authenticate(services_of(rq)->identity, request_header(rq, "Authorization"),
				  rq->arena, actor, e));
	TRY(check_role(rq, actor, e));
	rq->actor = actor->name;
	rq->identity = actor;
	return ERR_OK;
}
