/*
 * impact_routes.c -- what a policy would do to the mesh: as lines while it is worked out, or as one
 * answer when it has been.
 *
 * Neither holds a thread of the server's: lines are taken from the impact as a stream asks for
 * them, and the one answer waits as a change waits for its commit.
 */
#include "governance/impact.h"

#include "handling.h"
#include "routes.h"

struct asking {
	struct request *rq;
	struct response *rs;
	struct submission in;
	struct impact_plan plan;
};

static bool
is_serving(const struct services *services)
{
	return *services->ready;
}

/* ---- lines */

static bool
may_stream(void *user)
{
	return is_serving(user);
}

static int64_t
next_lines(void *state, struct buf *out)
{
	size_t before = out->length;
	return impact_take(state, out) ? (int64_t)(out->length - before) : -1;
}

static void
end_lines(void *state)
{
	impact_end(state);
}

static enum err_code
answer_lines(struct asking *a, struct err *e)
{
	struct request *rq = a->rq;
	struct impact *impact;
	a->plan.may_go_on = may_stream;
	a->plan.user = rq->app;
	TRY(impact_begin(services_of(rq)->governance, &a->plan, rq->arena, &rq->violations, &impact,
			 e));
	a->rs->content_type = "application/x-ndjson";
	response_header(a->rs, "Cache-Control", "no-store");
	a->rs->stream = next_lines;
	a->rs->stream_end = end_lines;
	a->rs->stream_state = impact;
	return ERR_OK;
}

/* ---- one answer */

static bool
is_awaited(void *user)
{
	const struct asking *a = user;
	return is_serving(services_of(a->rq)) && !request_is_abandoned(a->rq);
}

/* On a thread of the impact's. */
static void
finish(void *user, struct impact *impact)
{
	struct asking *a = user;
	struct err e = {.code = ERR_OK};
	enum err_code code = impact_result(impact, &a->rs->body, &e);
	impact_end(impact);
	request_finish(a->rq, code, &e);
}

/* The request may have come to its end when this returns. */
static void
work_out(struct request *rq, void *state)
{
	struct asking *a = state;
	struct impact *impact;
	struct err e = {.code = ERR_OK};
	enum err_code code = impact_begin(services_of(rq)->governance, &a->plan, rq->arena,
					  &rq->violations, &impact, &e);
	if (code != ERR_OK)
		request_finish(rq, code, &e);
}

static enum err_code
answer_whole(struct asking *a)
{
	a->plan.whole = true;
	a->plan.may_go_on = is_awaited;
	a->plan.done = finish;
	a->plan.user = a;
	a->rs->hand_on = work_out;
	a->rs->hand_on_state = a;
	return ERR_OK;
}

/* ---- asking */

static enum err_code
read_plan(struct asking *a, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	struct request *rq = a->rq;
	a->in =
	    (struct submission){.text = rq->body, .length = rq->body_length, .actor = actor_of(rq)};
	a->plan.document = &a->in;
	a->plan.domain = request_query(rq, "domain");
	TRY(request_media_type(rq, &a->in.media_type, e));
	TRY(request_limit(rq, &a->plan.most, e));
	TRY(session_read(rq, &s, e));
	TRY(query_as_of(rq, s, &a->plan.as_of, e));
	if (a->plan.as_of)
		clock_parse(request_query(rq, "as_of"), &a->plan.as_of_time);
	return ERR_OK;
}

static enum err_code
impact(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const names[] = {"as_of", "domain", "limit", NULL};
	struct asking *a = ARENA_NEW(rq->arena, struct asking);
	a->rq = rq;
	a->rs = rs;
	TRY(request_only(rq, names, e));
	TRY(read_plan(a, e));
	response_header(rs, "Vary", "Accept");
	return request_wants(rq, "application/x-ndjson") ? answer_lines(a, e) : answer_whole(a);
}

// clang-format off
const struct route impact_routes[] = {
	{POST, "/api/v1/policies/impact", impact, ROLE_READER, "What a policy would do to the mesh"},
	{0},
};
// clang-format on
