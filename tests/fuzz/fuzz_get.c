/*
 * fuzz_get.c -- everything that can be asked with GET, of a small catalog: the target in the first
 * line, lines of the header, each through router and handler.
 *
 * What comes out is an answer or a complaint about the question; nothing that a reader says is the
 * server's fault.
 */
#include "api/api.h"
#include "base/document.h"

#include "fuzz.h"
#include "one_request.h"
#include "router.h"
#include "scratch.h"

static struct config config = {.dev = true};
static _Atomic bool ready = true;
static struct services services = {.config = &config, .ready = &ready};
static const struct router *router;

static void
start(void)
{
	static struct arena arena;
	struct err e;
	if (router)
		return;
	services.store = scratch_store();
	services.metrics = metrics_create();
	services.identity = identity_create(services.store, true);
	MUST(!governance_create(services.store, &services.governance, &e));
	MUST(!router_create(api_tables, &arena, &router, &e));
}

/* What asks plugins is left out: none are there. */
static const struct route *
find_route(struct one_request *r, struct match *match)
{
	const struct target *t = &r->exchange.target;
	if (!router_match(router, t->parts, t->part_count, match))
		return NULL;
	const struct route *route = match->by_method[GET].route;
	return route && strcmp(route->path, "/api/v1/plugins") != 0 ? route : NULL;
}

static void
check_json(const struct response *rs, struct arena *arena)
{
	const struct document_limits wide = {(size_t)64 << 20, document_default_limits.nodes, 64};
	struct node root;
	struct err e;
	if (rs->later || rs->stream || rs->content_type || rs->body.length == 0)
		return;
	MUST(
	    !document_read(DOCUMENT_JSON, rs->body.data, rs->body.length, &wide, arena, &root, &e));
}

static void
ask(struct one_request *r)
{
	struct match match;
	struct err e = {0};
	struct request *rq = &r->exchange.rq;
	struct response *rs = &r->exchange.rs;
	rq->route = find_route(r, &match);
	if (!rq->route)
		return;
	rq->path_values = match.values;
	rq->path = r->exchange.target.path;
	rq->query = r->exchange.target.query;
	rq->app = &services;
	enum err_code code = api_authorize(rq, &e);
	if (code == ERR_OK)
		code = rq->route->handler(rq, rs, &e);
	MUST(code == ERR_OK || e.message[0]);
	MUST(code != ERR_INTERNAL && code != ERR_CORRUPT && code != ERR_IO && code != ERR_BUSY);
	if (code == ERR_OK)
		check_json(rs, &r->exchange.arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct one_request r;
	struct err e;
	char *text = fuzz_text(bytes, length);
	char *header = text;
	const char *line = strsep(&header, "\n");
	start();
	one_request_init(&r);
	if (header)
		one_request_header_lines(&r, header);
	if (!target_parse(line, &r.exchange.arena, &r.exchange.target, &e))
		ask(&r);
	one_request_done(&r);
	free(text);
	return 0;
}
