/*
 * define.c -- policies and domains on their way in: documents that are kept under the name in their
 * path.
 *
 * Both are the same change but for how a document is checked and which row is before it: a row of
 * `kinds` each.
 */
#include <string.h>

#include "catalog/domain.h"
#include "catalog/event_log.h"
#include "catalog/rulebook.h"
#include "descriptor/descriptor.h"

#include "policy_author.h"
#include "policy_draft.h"
#include "transaction.h"

/* Of one domain: whoever publishes there may define them, and every node holds them compiled. */
enum { MOST_POLICIES_OF_DOMAIN = 500 };

struct definition;

struct kind {
	const char *event;
	/*
	 * Complains into the transaction's violations and fails when the document is not good, or
	 * not this actor's to define.
	 */
	enum err_code (*check)(struct transaction *t, struct definition *d, struct err *e);
	/* The version in force: its event's seq and its hash; 0 when there is none. */
	enum err_code (*find)(struct session *s, const char *name, struct arena *arena,
			      uint64_t *ret_seq, const char **ret_hash, struct err *e);
};

struct definition {
	const struct kind *kind;
	const char *name; /* of the path */
	struct node root;
	char hash[DIGEST_TEXT_SIZE];
	uint64_t before; /* seq of what is in force; 0: nothing */
	uint64_t event;  /* 0: none */
};

/* ---- what is particular to a policy */

/* Whoever replaces a policy must be allowed to define both. */
static enum err_code
check_author(const struct transaction *t, const struct definition *d, struct err *e)
{
	const struct policy *before = rule_set_find(t->rules, d->name);
	enum err_code code =
	    before ? policy_author_may(t->in->actor, d->name, policy_scope(before), e) : ERR_OK;
	return code == ERR_OK ? policy_author_may(t->in->actor, d->name,
						  node_text(&d->root, "scope", "global"), e)
			      : code;
}

static enum err_code
check_number(const struct transaction *t, const struct definition *d, struct err *e)
{
	const char *scope = node_text(&d->root, "scope", "global");
	size_t others = 0;
	for (size_t i = 0; i < t->rules->count; i++)
		others += strcmp(policy_scope(t->rules->policies[i]), scope) == 0 &&
			  strcmp(policy_name(t->rules->policies[i]), d->name) != 0;
	if (others < MOST_POLICIES_OF_DOMAIN || strcmp(scope, "global") == 0)
		return ERR_OK;
	return ERR(e, REFUSED, "'%s' has %d policies already, and may not have more: retire one",
		   scope, MOST_POLICIES_OF_DOMAIN);
}

/* Policies that tighten this one must still make sense with it. */
static void
check_tightenings(struct transaction *t, const struct definition *d, const struct policy *p)
{
	for (size_t i = 0; i < t->rules->count; i++) {
		const struct policy *other = t->rules->policies[i];
		const char *base = policy_tightens(other);
		struct violations complaints = {.arena = t->arena};
		const struct policy_context context = {
		    .product = &descriptor_fields, .base = p, .accepted = true};
		if (!base || strcmp(base, d->name) != 0)
			continue;
		struct policy *again = policy_compile(policy_root(other), &context, &complaints);
		if (!again)
			violation_note(t->violations, "tightens", "", d->root.at,
				       "'%s' (%s) tightens this policy, and would not any more: %s",
				       policy_name(other), policy_scope(other),
				       complaints.items[0].message);
		policy_destroy(again);
	}
}

/* It would fail for every product. */
static void
check_agent(struct transaction *t, const struct definition *d, const struct policy *p)
{
	const struct policy_question *q = policy_question(p);
	struct position at = d->root.at;
	struct err e;
	if (!q || !t->g->agents || agents_allow(t->g->agents, q->url, &e) == ERR_OK)
		return;
	pointer_place(&d->root, "/opa/url", &at);
	violation_note(t->violations, "agent", "/opa/url", at, "%s", e.message);
}

static enum err_code
check_policy(struct transaction *t, struct definition *d, struct err *e)
{
	struct policy *p = NULL;
	if (check_author(t, d, e) != ERR_OK || check_number(t, d, e) != ERR_OK)
		return e->code;
	enum err_code code = policy_draft(&d->root, d->name, t->rules, t->violations, &p, e);
	if (code != ERR_OK)
		return code;
	check_tightenings(t, d, p);
	check_agent(t, d, p);
	policy_destroy(p);
	return t->violations->count ? draft_report(d->name, t->violations, e) : ERR_OK;
}

static enum err_code
find_policy(struct session *s, const char *name, struct arena *arena, uint64_t *ret_seq,
	    const char **ret_hash, struct err *e)
{
	struct rule_record rule;
	enum err_code code = rule_get(s, name, arena, &rule, e);
	if (code == ERR_OK) {
		*ret_seq = rule.seq;
		*ret_hash = rule.hash;
	}
	return code == ERR_NOT_FOUND ? ERR_OK : code;
}

/* ---- what is particular to a domain */

static enum err_code
check_domain(struct transaction *t, struct definition *d, struct err *e)
{
	struct domain_document document;
	if (domain_decode(&d->root, t->violations, &document))
		return ERR_OK;
	return draft_report(d->name, t->violations, e);
}

static enum err_code
find_domain(struct session *s, const char *name, struct arena *arena, uint64_t *ret_seq,
	    const char **ret_hash, struct err *e)
{
	struct domain domain;
	enum err_code code = domain_find(s, name, arena, &domain, e);
	if (code == ERR_OK) {
		*ret_seq = domain.seq;
		*ret_hash = domain.hash;
	}
	return code == ERR_NOT_FOUND ? ERR_OK : code;
}

static const struct kind policy_kind = {"policy.defined", check_policy, find_policy};
static const struct kind domain_kind = {"domain.defined", check_domain, find_domain};

/* ---- the change that both are */

static const char *
etag_of(uint64_t seq, struct arena *arena)
{
	return seq ? arena_printf(arena, "%llu", (unsigned long long)seq) : NULL;
}

static enum err_code
decide_definition(struct transaction *t, struct session *s, struct err *e)
{
	struct definition *d = t->state;
	const char *hash = "";
	d->before = d->event = 0;
	enum err_code code = d->kind->check(t, d, e);
	if (code == ERR_OK)
		code = d->kind->find(s, d->name, t->arena, &d->before, &hash, e);
	if (code == ERR_OK)
		code = preconditions_allow(t->in, etag_of(d->before, t->arena), e);
	t->nothing_to_do = code == ERR_OK && d->before && strcmp(hash, d->hash) == 0;
	return code;
}

static bool
definition_is_current(const struct transaction *t, struct session *s)
{
	const struct definition *d = t->state;
	return !session_is_touched(s, d->name, t->basis);
}

static enum err_code
record_definition(struct transaction *t, struct session *s, struct err *e)
{
	struct definition *d = t->state;
	CLEANUP(buf_done) struct buf body = {0};
	struct json j = {.out = &body};
	struct event ev;
	json_begin_map(&j);
	json_member_text(&j, "media_type", t->in->media_type);
	json_member_text(&j, "hash", d->hash);
	json_member_text(&j, "source", arena_bytes(t->arena, t->in->text, t->in->length));
	json_end_map(&j);
	enum err_code code =
	    event_append(s, t->in->actor->name, d->kind->event, d->name, &body, &ev, e);
	if (code == ERR_OK)
		d->event = ev.seq;
	return code;
}

static const char *
outcome_name(const struct transaction *t, const struct definition *d)
{
	if (t->nothing_to_do)
		return "unchanged";
	if (!d->event)
		return "checked";
	return d->before ? "updated" : "created";
}

static enum err_code
answer_definition(struct transaction *t, struct session *s, struct err *e)
{
	(void)s, (void)e;
	const struct definition *d = t->state;
	struct json j = {.out = t->out->body};
	json_begin_map(&j);
	json_member_text(&j, "name", d->name);
	json_member_text(&j, "outcome", outcome_name(t, d));
	json_key(&j, "event");
	if (d->event)
		json_int(&j, (int64_t)d->event);
	else
		json_null(&j);
	json_end_map(&j);
	t->out->status = d->event && !d->before ? 201 : 200;
	t->out->etag = etag_of(d->event ? d->event : d->before, t->arena);
	return ERR_OK;
}

static const struct transaction_steps define_steps = {
    .decide = decide_definition,
    .is_current = definition_is_current,
    .record = record_definition,
    .answer = answer_definition,
};

/* ---- the doors */

static enum err_code
check_name(struct transaction *t, const struct definition *d, struct err *e)
{
	const struct node *name = node_get(&d->root, "name");
	if (!name || name->kind != NODE_TEXT || strcmp(name->text, d->name) == 0)
		return ERR_OK; /* a missing name is the document's own complaint */
	struct violation *v =
	    violation_note(t->violations, "name", "/name", name->at,
			   "the document is named '%s', its path says '%s'", name->text, d->name);
	v->suggestion = d->name;
	return ERR_AT(e, MALFORMED, name->at, "%s", v->message);
}

static enum err_code
define(struct transaction *t, const struct kind *kind, const char *name, struct err *e)
{
	struct definition *d = ARENA_NEW(t->arena, struct definition);
	*d = (struct definition){.kind = kind, .name = name};
	t->state = d;
	enum err_code code = submission_read(t->in, t->arena, t->violations, &d->root, e);
	if (code == ERR_OK)
		code = check_name(t, d, e);
	if (code != ERR_OK)
		return code;
	struct digest hash = descriptor_hash(&d->root, t->arena);
	digest_format(&hash, d->hash);
	return transaction_run(t, &define_steps, e);
}

enum err_code
policy_define(struct governance *g, const char *name, const struct submission *in,
	      struct arena *arena, struct violations *violations, struct outcome *out,
	      struct err *e)
{
	return define(transaction_new(g, in, arena, violations, out), &policy_kind, name, e);
}

enum err_code
domain_define(struct governance *g, const char *name, const struct submission *in,
	      struct arena *arena, struct violations *violations, struct outcome *out,
	      struct err *e)
{
	return define(transaction_new(g, in, arena, violations, out), &domain_kind, name, e);
}
