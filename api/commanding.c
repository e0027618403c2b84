/*
 * commanding.c -- commands: what the request says of them, and their answer once they are durable.
 *
 * Reads in order: header and query, commands of governance, changes of a handler's own.
 */
#include "commanding.h"

#include <string.h>

enum { MOST_KEY = 255 };

/* ---- header and query */

/* The key without its quotes: it is a string of RFC 8941, and most clients send it bare. */
static enum err_code
read_key(const struct request *rq, const char **ret_key, struct err *e)
{
	const char *header = request_header(rq, "Idempotency-Key");
	*ret_key = NULL;
	if (!header)
		return ERR_OK;
	size_t length = strlen(header);
	bool quoted = length >= 2 && header[0] == '"' && header[length - 1] == '"';
	char *key = arena_bytes(rq->arena, header + quoted, quoted ? length - 2 : length);
	for (const char *p = key; *p; p++)
		if (*p <= ' ' || *p >= 0x7f)
			length = 0;
	if (length == 0 || *key == '\0' || length > MOST_KEY)
		return ERR(
		    e, MALFORMED,
		    "Idempotency-Key: expected 1 to %d printable ASCII characters without spaces",
		    MOST_KEY);
	*ret_key = key;
	return ERR_OK;
}

/* The same command is the same method, address and body. */
static struct digest
digest_of_request(const struct request *rq)
{
	const char *method = method_name(rq->method);
	const struct digest_part parts[] = {
	    {method, strlen(method)},       {" ", 1},  {rq->path, strlen(rq->path)}, {"?", 1},
	    {rq->query, strlen(rq->query)}, {"\n", 1}, {rq->body, rq->body_length},
	};
	return digest_of_parts(parts, ARRAY_LEN(parts));
}

enum err_code
command_of(const struct request *rq, struct submission *ret_submission, struct err *e)
{
	struct submission in = {
	    .text = rq->body,
	    .length = rq->body_length,
	    .actor = actor_of(rq),
	    .if_match = request_header(rq, "If-Match"),
	    .if_none_match = request_header(rq, "If-None-Match"),
	};
	TRY(request_query_flag(rq, "dry_run", &in.dry_run, e));
	TRY(read_key(rq, &in.idempotency_key, e));
	if (in.idempotency_key)
		in.request = digest_of_request(rq);
	*ret_submission = in;
	return ERR_OK;
}

enum err_code
submission_of(const struct request *rq, struct submission *ret_submission, struct err *e)
{
	TRY(command_of(rq, ret_submission, e));
	return request_media_type(rq, &ret_submission->media_type, e);
}

enum err_code
no_idempotency_key(const struct request *rq, struct err *e)
{
	if (!request_header(rq, "Idempotency-Key"))
		return ERR_OK;
	return ERR(e, MALFORMED,
		   "Idempotency-Key: the answer of this command is not kept, so that it cannot be "
		   "repeated; leave the key out");
}

/* ---- commands of governance */

struct command *
command_begin(struct request *rq, struct response *rs)
{
	struct command *c = ARENA_NEW(rq->arena, struct command);
	*c = (struct command){.rq = rq, .rs = rs, .out = {.body = &rs->body}};
	return c;
}

/* All is said: a refusal, too, may be one of before that is said again. */
static enum err_code
answer(struct command *c, struct err *e)
{
	struct response *rs = c->rs;
	rs->replayed = c->out.replayed;
	TRY(outcome_verdict(&c->out, e));
	rs->status = c->out.status;
	rs->etag = c->out.etag;
	if (c->out.created)
		response_header(rs, "Location",
				arena_printf(rs->arena, "/api/v1/products/%s", c->out.created));
	return ERR_OK;
}

/* What is asked has changed since it was answered. */
static enum err_code
ask_again(struct request *rq, struct response *rs, struct err *e)
{
	(void)rq;
	return command_end(rs->hand_on_state, e);
}

/* On the committer's thread, which has no time to ask. */
static void
finish_command(struct pending *change, enum err_code code, const struct err *e)
{
	struct command *c = change->user;
	if (c->out.asking) {
		request_resume(c->rq, ask_again);
		return;
	}
	struct err refusal;
	if (code == ERR_OK) {
		code = answer(c, &refusal);
		e = &refusal;
	}
	request_finish(c->rq, code, e);
}

static void
submit(struct request *rq, void *state)
{
	struct pending *change = state;
	struct err e;
	enum err_code code = store_submit(services_of(rq)->store, change, &e);
	if (code != ERR_OK)
		request_finish(rq, code, &e);
}

static enum err_code
decide_again(struct request *rq, struct response *rs, struct err *e)
{
	struct command *c = rs->hand_on_state;
	(void)rq;
	TRY(outcome_decide(&c->out, e));
	return command_end(c, e);
}

/* On the thread that asks, which has no time to decide. */
static void
take_answers(void *user)
{
	struct command *c = user;
	request_resume(c->rq, decide_again);
}

/* To those who must be asked, or to the committer; nobody waits for either. */
static void
go_on(struct request *rq, void *state)
{
	struct command *c = state;
	if (c->out.asking) {
		outcome_ask(&c->out, take_answers, c);
		return;
	}
	c->out.pending->done = finish_command;
	c->out.pending->user = c;
	submit(rq, c->out.pending);
}

enum err_code
command_end(struct command *c, struct err *e)
{
	if (!c->out.asking && !c->out.pending)
		return answer(c, e);
	c->rs->hand_on = go_on;
	c->rs->hand_on_state = c;
	return ERR_OK;
}

/* ---- changes of a handler's own */

static void
finish_own(struct pending *change, enum err_code code, const struct err *e)
{
	request_finish(change->user, code, e);
}

void
answer_when_written(struct request *rq, struct response *rs, change_fn *write, void *user)
{
	struct plain_change *own = ARENA_NEW(rq->arena, struct plain_change);
	plain_change_init(own, write, user);
	own->pending.done = finish_own;
	own->pending.user = rq;
	rs->hand_on = submit;
	rs->hand_on_state = &own->pending;
}
