/*
 * answering.c -- a whole request, and who works on it.
 *
 *     GET                on the connection's own thread
 *     all else           by a worker, since it may take long to read and to judge
 *     response.later     by a waiter, since it may wait for a plugin
 *     response.hand_on   by nobody here, until request_finish(), or by a worker again after
 *                        request_resume()
 *
 * Both kinds of threads are few, and neither kind waits for the other: a plugin that does not
 * answer delays no publish, and a publish delays no reader.
 */
#include <assert.h>

#include "server.h"

/* Streams hold a connection each; half of them stay free for everybody else. */
static enum err_code
admit_stream(struct exchange *x, struct err *e)
{
	unsigned most = x->http->options.max_connections / 2;
	if (atomic_fetch_add(&x->http->streams, 1) >= most) {
		atomic_fetch_sub(&x->http->streams, 1);
		return ERR(e, BUSY, "%u streams are being followed already", most);
	}
	x->streams = true;
	traffic_streams(x->http->traffic, 1);
	return ERR_OK;
}

static void
complete(struct exchange *x, enum err_code code, const struct err *e)
{
	if (code != ERR_OK) {
		problem_write(x, e);
	} else if (precondition_not_modified(&x->rq, &x->rs)) {
		x->rs.status = 304;
		buf_clear(&x->rs.body);
	}
	if (x->rs.status == 0)
		x->rs.status = 200;
}

static void
say_stopping(struct exchange *x)
{
	struct err e = {.at = {0}};
	complete(x, ERR(&e, BUSY, "the server is stopping"), &e);
}

/* False when the handler leaves a rest that may take long. */
static bool
run(struct exchange *x, handler_fn *handler)
{
	struct err e;
	e.at.line = 0;
	x->rs.later = NULL;
	x->rs.hand_on = NULL;
	enum err_code code = handler(&x->rq, &x->rs, &e);
	if (code == ERR_OK && (x->rs.later || x->rs.hand_on))
		return false;
	if (code == ERR_OK && x->rs.stream)
		code = admit_stream(x, &e);
	complete(x, code, &e);
	return true;
}

/* A connection in other hands has no deadline: what is waited for has its own. */
static bool
hand_over(struct exchange *x, struct workers *w)
{
	keeper_allow_forever(x);
	x->stage = STAGE_WORK;
	return workers_put(w, x, true);
}

/* False when somebody else has the request now: then it must not be touched any more. */
static bool
answer_here(struct exchange *x)
{
	struct http *h = x->http;
	if (x->refusal.code != ERR_OK) {
		complete(x, x->refusal.code, &x->refusal);
		return true;
	}
	if (x->rq.method == GET && run(x, x->rq.route->handler))
		return true;
	assert(!x->rs.hand_on);
	if (hand_over(x, x->rq.method == GET ? &h->waiters : &h->workers))
		return false;
	say_stopping(x);
	return true;
}

/* Counted first: from then on the request may come to its end at any moment. */
static void
hand_on(struct exchange *x)
{
	keeper_away(&x->http->keeper, 1);
	x->rs.hand_on(&x->rq, x->rs.hand_on_state);
}

/* After the connection is resumed its own thread goes on with it, to its end perhaps. */
void
exchange_work(struct exchange *x)
{
	struct http *h = x->http;
	handler_fn *rest = x->rs.later;
	bool is_resumed = x->is_resumed; /* then it is to be brought to its end */
	x->is_resumed = false;
	if (rest && !is_resumed && keeper_is_stopping(&h->keeper)) {
		say_stopping(x);
	} else if (!run(x, rest ? rest : x->rq.route->handler)) {
		if (x->rs.hand_on) {
			hand_on(x);
			return;
		}
		if (workers_put(&h->waiters, x, false))
			return;
		say_stopping(x);
	}
	MHD_resume_connection(x->connection);
}

void
request_finish(struct request *rq, enum err_code code, const struct err *e)
{
	struct exchange *x = exchange_of(rq);
	struct keeper *k = &x->http->keeper;
	complete(x, code, e);
	MHD_resume_connection(x->connection);
	keeper_away(k, -1);
}

bool
request_is_abandoned(const struct request *rq)
{
	return exchange_is_abandoned(exchange_of(rq));
}

void
request_resume(struct request *rq, handler_fn *handler)
{
	struct exchange *x = exchange_of(rq);
	struct keeper *k = &x->http->keeper;
	x->rs.later = handler;
	x->is_resumed = true;
	if (!workers_put(&x->http->workers, x, false)) {
		say_stopping(x);
		MHD_resume_connection(x->connection);
	}
	keeper_away(k, -1);
}

static void
begin_answer(struct exchange *x)
{
	x->answering = clock_monotonic();
	if (x->body.length > 0)
		x->rq.body = x->body.data;
	x->rq.body_length = x->body.length;
}

enum MHD_Result
exchange_answer(struct exchange *x)
{
	if (x->answered)
		return MHD_NO;
	if (x->stage != STAGE_WORK) {
		begin_answer(x);
		if (!answer_here(x))
			return MHD_YES;
	}
	x->stage = STAGE_ANSWER;
	enum MHD_Result queued = response_queue(x);
	traffic_answered(x->http->traffic, x);
	return queued;
}
