/*
 * operations_routes.c -- for who runs Weft: is it alive, is it ready, how is it doing, and what
 * does it speak.
 */
#include <stdio.h>

#include "base/embedded.h"
#include "base/log.h"
#include "catalog/event_log.h"
#include "catalog/job.h"
#include "catalog/product.h"
#include "catalog/search.h"

#include "handling.h"
#include "process_metrics.h"
#include "routes.h"

extern const struct embedded_file api_files[];

static const char *const none[] = {NULL};

static enum err_code
health(struct request *rq, struct response *rs, struct err *e)
{
	TRY(request_only(rq, none, e));
	struct json j = {.out = &rs->body};
	json_begin_map(&j);
	json_member_text(&j, "status", "ok");
	json_member_text(&j, "version", WEFT_VERSION);
	json_end_map(&j);
	return ERR_OK;
}

/* Ready is who would serve a request now: everything has started, nothing is stopping, and the
 * catalog can be read. */
static enum err_code
readiness(struct request *rq, struct response *rs, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	TRY(request_only(rq, none, e));
	if (!*services_of(rq)->ready)
		return ERR(e, BUSY, "the server is starting or stopping");
	TRY(session_read(rq, &s, e));
	buf_text(&rs->body, "{\"status\":\"ready\"}");
	return ERR_OK;
}

static void
set_gauge(struct metrics *m, const char *name, const char *help, uint64_t n)
{
	metric_set(metric_new(m, METRIC_GAUGE, name, "", help), (int64_t)n);
}

/*
 * What follows the log does so now and then: checkpoints are signed a few times a minute, a node
 * hears of the others' commits.  It may have heard of later ones than this reader sees.
 */
static void
measure_lag(struct metrics *m, const char *follower, uint64_t size, uint64_t seen)
{
	char labels[40];
	uint64_t events = size > seen ? size - seen : 0;
	snprintf(labels, sizeof labels, "follower=\"%s\"", follower);
	metric_set(metric_new(m, METRIC_GAUGE, "weft_log_lag_events", labels,
			      "Events in the log that its followers have not seen yet"),
		   (int64_t)events);
}

static void
measure_build(struct metrics *m)
{
	metric_set(metric_new(m, METRIC_GAUGE, "weft_build_info",
			      "version=\"" WEFT_VERSION "\",compiler=\"" __VERSION__ "\"",
			      "What is running; always 1"),
		   1);
}

/*
 * What the catalog holds is counted when somebody asks, not with every commit.  While the catalog
 * cannot be read the last figures stand: who watches is told all the same what else there is to
 * say.
 */
static enum err_code
measure_catalog(const struct request *rq, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	struct metrics *m = services_of(rq)->metrics;
	uint64_t products, events, waiting, failing, is_signed, late;
	TRY(session_read(rq, &s, e));
	TRY(product_count(s, &products, e));
	TRY(event_log_size(s, &events, e));
	TRY(job_counts(s, &waiting, &failing, e));
	TRY(event_log_signed(s, &is_signed, e));
	TRY(search_late(s, &late, e));
	set_gauge(m, "weft_products", "Data products in force", products);
	set_gauge(m, "weft_log_events", "Events in the log", events);
	measure_lag(m, "checkpoints", events, is_signed);
	measure_lag(m, "node", events, store_followed(services_of(rq)->store));
	set_gauge(m, "weft_search_pending_documents",
		  "Documents that the search index does not know yet; searches read them beside it",
		  late);
	set_gauge(m, "weft_jobs_waiting", "Jobs in the queue", waiting);
	set_gauge(m, "weft_jobs_failing", "Jobs in the queue whose last attempt failed", failing);
	return ERR_OK;
}

static enum err_code
metrics(struct request *rq, struct response *rs, struct err *e)
{
	struct err unread;
	TRY(request_only(rq, none, e));
	if (measure_catalog(rq, &unread) != ERR_OK)
		LOG(DEBUG, "the catalog is not measured", "error", unread.message);
	process_measure(services_of(rq)->metrics);
	measure_build(services_of(rq)->metrics);
	rs->content_type = "text/plain; version=0.0.4; charset=utf-8";
	metrics_write(services_of(rq)->metrics, &rs->body);
	return ERR_OK;
}

static enum err_code
contract(struct request *rq, struct response *rs, struct err *e)
{
	TRY(request_only(rq, none, e));
	const struct embedded_file *file = &api_files[0];
	rs->content_type = "application/yaml";
	rs->etag = etag_of_bytes(rs->arena, file->data, file->size);
	buf_append(&rs->body, file->data, file->size);
	return ERR_OK;
}

// clang-format off
const struct route operations_routes[] = {
	{GET, "/healthz",      health,    ROLE_ANYBODY, "Is the process alive?"},
	{GET, "/readyz",       readiness, ROLE_ANYBODY, "Would it serve a request now?"},
	{GET, "/metrics",      metrics,   ROLE_READER,  "Counters, gauges and latency, for Prometheus"},
	{GET, "/openapi.yaml", contract,  ROLE_ANYBODY, "This contract"},
	{0},
};
// clang-format on
