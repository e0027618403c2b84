/*
 * policy_retire.c -- a policy on its way out of force.  Its versions stay, and so does every
 * decision that was made by it; defined again, it goes on with the next version.
 */
#include <string.h>

#include "catalog/event_log.h"
#include "catalog/rulebook.h"

#include "policy_author.h"
#include "transaction.h"

struct withdrawal {
	const char *name, *reason;
	struct rule_version newest;
	uint64_t event; /* 0: none */
};

/* The newest version, in force or not. */
static enum err_code
find_newest(struct transaction *t, struct withdrawal *w, struct session *s, struct err *e)
{
	struct rule_versions found;
	enum err_code code = rule_versions(s, w->name, 0, 1, t->arena, &found, e);
	if (code != ERR_OK)
		return code;
	if (found.count == 0)
		return ERR(e, NOT_FOUND, "no policy named '%s'", w->name);
	w->newest = found.items[0];
	return ERR_OK;
}

/* What ETag and If-Match call the policy: the event that put it in force as it is. */
static enum err_code
check_precondition(struct transaction *t, const struct withdrawal *w, struct session *s,
		   struct err *e)
{
	struct rule_record in_force;
	const char *etag = NULL;
	enum err_code code = rule_get(s, w->name, t->arena, &in_force, e);
	if (code == ERR_OK)
		etag = arena_printf(t->arena, "%llu", (unsigned long long)in_force.seq);
	else if (code != ERR_NOT_FOUND)
		return code;
	return preconditions_allow(t->in, etag, e);
}

static enum err_code
check_author(const struct transaction *t, const struct withdrawal *w, struct err *e)
{
	const struct policy *in_force = rule_set_find(t->rules, w->name);
	return in_force ? policy_author_may(t->in->actor, w->name, policy_scope(in_force), e)
			: policy_author_may(t->in->actor, w->name, w->newest.scope, e);
}

/* What others tighten stays as long as they do. */
static enum err_code
check_tightenings(const struct transaction *t, const struct withdrawal *w, struct err *e)
{
	for (size_t i = 0; i < t->rules->count; i++) {
		const struct policy *other = t->rules->policies[i];
		const char *base = policy_tightens(other);
		if (base && strcmp(base, w->name) == 0)
			return ERR(e, CONFLICT, "'%s' (%s) tightens '%s': retire that one first",
				   policy_name(other), policy_scope(other), w->name);
	}
	return ERR_OK;
}

static enum err_code
decide_withdrawal(struct transaction *t, struct session *s, struct err *e)
{
	struct withdrawal *w = t->state;
	w->event = 0;
	enum err_code code = find_newest(t, w, s, e);
	if (code == ERR_OK)
		code = check_author(t, w, e);
	if (code == ERR_OK)
		code = check_precondition(t, w, s, e);
	if (code == ERR_OK)
		code = check_tightenings(t, w, e);
	t->nothing_to_do = code == ERR_OK && w->newest.until_seq != 0;
	return code;
}

static bool
withdrawal_is_current(const struct transaction *t, struct session *s)
{
	const struct withdrawal *w = t->state;
	return !session_is_touched(s, w->name, t->basis);
}

static enum err_code
record_withdrawal(struct transaction *t, struct session *s, struct err *e)
{
	struct withdrawal *w = t->state;
	CLEANUP(buf_done) struct buf body = {0};
	struct json j = {.out = &body};
	struct event ev;
	json_begin_map(&j);
	json_member_int(&j, "version", (int64_t)w->newest.version);
	json_member_text(&j, "hash", w->newest.hash);
	json_member_text(&j, "reason", w->reason);
	json_end_map(&j);
	enum err_code code =
	    event_append(s, t->in->actor->name, "policy.retired", w->name, &body, &ev, e);
	if (code == ERR_OK)
		w->event = ev.seq;
	return code;
}

static enum err_code
answer_withdrawal(struct transaction *t, struct session *s, struct err *e)
{
	(void)s, (void)e;
	const struct withdrawal *w = t->state;
	struct json j = {.out = t->out->body};
	json_begin_map(&j);
	json_member_text(&j, "name", w->name);
	json_member_int(&j, "version", (int64_t)w->newest.version);
	json_member_text(&j, "outcome",
			 w->event           ? "retired"
			 : t->nothing_to_do ? "unchanged"
					    : "checked");
	json_key(&j, "event");
	if (w->event)
		json_int(&j, (int64_t)w->event);
	else
		json_null(&j);
	json_end_map(&j);
	return ERR_OK;
}

static const struct transaction_steps withdraw_steps = {
    .decide = decide_withdrawal,
    .is_current = withdrawal_is_current,
    .record = record_withdrawal,
    .answer = answer_withdrawal,
};

enum err_code
policy_retire(struct governance *g, const char *name, const char *reason,
	      const struct submission *in, struct arena *arena, struct outcome *out, struct err *e)
{
	struct violations *none = ARENA_NEW(arena, struct violations);
	struct withdrawal *w = ARENA_NEW(arena, struct withdrawal);
	struct transaction *t = transaction_new(g, in, arena, none, out);
	none->arena = arena;
	*w = (struct withdrawal){.name = name, .reason = reason};
	t->state = w;
	return transaction_run(t, &withdraw_steps, e);
}
