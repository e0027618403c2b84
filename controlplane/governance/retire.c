/*
 * retire.c -- a data product on its way out.  Nothing is erased: its versions stay, its resources
 * are kept until the retention ends.
 */
#include <string.h>

#include "catalog/event_log.h"
#include "catalog/job.h"
#include "catalog/product.h"

#include "transaction.h"

struct retirement {
	const char *name, *reason;
	struct product before;
	uint64_t event; /* 0: none */
};

static enum err_code
decide_retirement(struct transaction *t, struct session *s, struct err *e)
{
	struct retirement *r = t->state;
	r->event = 0;
	enum err_code code = product_get(s, r->name, t->arena, &r->before, e);
	if (code == ERR_OK)
		code = actor_may_publish(t->in->actor, r->before.domain, e);
	if (code == ERR_OK)
		code = preconditions_allow(t->in, product_etag(&r->before, t->arena), e);
	t->nothing_to_do = code == ERR_OK && strcmp(r->before.status, "retired") == 0;
	return code;
}

static bool
retirement_is_current(const struct transaction *t, struct session *s)
{
	const struct retirement *r = t->state;
	return !session_is_touched(s, r->name, t->basis);
}

static enum err_code
record_retirement(struct transaction *t, struct session *s, struct err *e)
{
	struct retirement *r = t->state;
	CLEANUP(buf_done) struct buf body = {0};
	struct json j = {.out = &body};
	struct event ev;
	json_begin_map(&j);
	json_member_text(&j, "version", r->before.version);
	json_member_text(&j, "reason", r->reason);
	json_end_map(&j);
	enum err_code code =
	    event_append(s, t->in->actor->name, "product.retired", r->name, &body, &ev, e);
	if (code != ERR_OK)
		return code;
	r->event = ev.seq;
	return job_want(s, "reconcile", r->name, session_now(s), e);
}

static enum err_code
answer_retirement(struct transaction *t, struct session *s, struct err *e)
{
	(void)s, (void)e;
	const struct retirement *r = t->state;
	struct json j = {.out = t->out->body};
	json_begin_map(&j);
	json_member_text(&j, "name", r->name);
	json_member_text(&j, "version", r->before.version);
	json_member_text(&j, "outcome",
			 r->event           ? "retired"
			 : t->nothing_to_do ? "unchanged"
					    : "checked");
	json_key(&j, "event");
	if (r->event)
		json_int(&j, (int64_t)r->event);
	else
		json_null(&j);
	json_end_map(&j);
	return ERR_OK;
}

static const struct transaction_steps retire_steps = {
    .decide = decide_retirement,
    .is_current = retirement_is_current,
    .record = record_retirement,
    .answer = answer_retirement,
};

enum err_code
product_retire(struct governance *g, const char *name, const char *reason,
	       const struct submission *in, struct arena *arena, struct outcome *out, struct err *e)
{
	struct violations *none = ARENA_NEW(arena, struct violations);
	struct retirement *r = ARENA_NEW(arena, struct retirement);
	struct transaction *t = transaction_new(g, in, arena, none, out);
	none->arena = arena;
	*r = (struct retirement){.name = name, .reason = reason};
	t->state = r;
	return transaction_run(t, &retire_steps, e);
}
