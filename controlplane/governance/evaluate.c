/*
 * evaluate.c -- judging without changing anything: a document that was sent, or the version in
 * force.
 */
#include <string.h>

#include "catalog/product.h"

#include "facts.h"
#include "judgement.h"
#include "transaction.h"

/* By what is judged, and where the complaints go. */
struct hearing {
	struct governance *g;
	struct session *s;
	struct rule_set *rules; /* held */
	struct arena *arena;
	struct violations *violations;
};

static enum err_code
open_hearing(struct hearing *h, struct err *e)
{
	enum err_code code = store_read(h->g->store, &h->s, e);
	return code == ERR_OK ? rules_hold(h->g->rules, h->s, &h->rules, e) : code;
}

/* Idempotent; for CLEANUP. */
static void
close_hearing(struct hearing *h)
{
	session_end(&h->s);
	rule_set_release(&h->rules);
}

/* Judge a decoded document as if it were published now. */
static enum err_code
judge_now(struct hearing *h, const struct descriptor *d, const struct node *previous,
	  struct judgement *ret_judgement, struct err *e)
{
	struct facts facts;
	enum err_code code = facts_gather(h->s, d, h->arena, &facts, e);
	if (code != ERR_OK)
		return code;
	const struct policy_input input = {
	    .product = d->document,
	    .previous = previous,
	    .upstream = &facts.upstream,
	    .facts = &facts.facts,
	    .now = store_now(h->g->store),
	};
	*ret_judgement = judge(h->rules, &input, h->arena, h->violations);
	return ERR_OK;
}

static enum err_code
find_previous(struct session *s, const char *name, struct arena *arena,
	      const struct node **ret_previous, struct err *e)
{
	struct product before;
	struct descriptor previous;
	enum err_code code = product_get(s, name, arena, &before, e);
	if (code == ERR_NOT_FOUND)
		return ERR_OK;
	if (code == ERR_OK)
		code = product_decode(s, before.seq, arena, &previous, e);
	if (code == ERR_OK)
		*ret_previous = previous.document;
	return code;
}

static void
write_evaluation(const struct judgement *judgement, const char *name, struct violations *violations,
		 struct buf *out)
{
	struct json j = {.out = out};
	violations_sort(violations);
	json_begin_map(&j);
	json_member_text(&j, "name", name);
	json_member_text(&j, "outcome",
			 judgement->denied   ? "refused"
			 : judgement->warned ? "warned"
					     : "accepted");
	json_key(&j, "verdicts");
	judgement_write(judgement, &j);
	json_key(&j, "violations");
	violations_write(violations, &j);
	json_end_map(&j);
}

enum err_code
product_evaluate(struct governance *g, const struct submission *in, struct arena *arena,
		 struct violations *violations, struct outcome *out, struct err *e)
{
	CLEANUP(close_hearing)
	struct hearing h = {.g = g, .arena = arena, .violations = violations};
	struct node root;
	struct descriptor d;
	struct judgement judgement = {0};
	const struct node *previous = NULL;

	enum err_code code = submission_read(in, arena, violations, &root, e);
	if (code != ERR_OK)
		return code;
	if (!descriptor_decode(&root, violations, &d)) {
		violations_sort(violations);
		return ERR_AT(e, MALFORMED, violations->items[0].at, "%s",
			      violations->items[0].message);
	}
	code = open_hearing(&h, e);
	if (code == ERR_OK)
		code = find_previous(h.s, d.name, arena, &previous, e);
	if (code == ERR_OK)
		code = judge_now(&h, &d, previous, &judgement, e);
	if (code != ERR_OK)
		return code;
	out->status = 200;
	write_evaluation(&judgement, d.name, violations, out->body);
	return ERR_OK;
}

/* The complaints of one policy, as a list. */
static void
write_policy_violations(const struct violations *all, const char *policy, struct json *j)
{
	struct violations own = {.arena = all->arena};
	for (size_t i = 0; i < all->count; i++)
		if (all->items[i].policy && strcmp(all->items[i].policy, policy) == 0)
			violation_add(&own, all->items[i]);
	violations_write(&own, j);
}

static void
write_policy(const struct verdict *v, const struct violations *violations, struct json *j)
{
	json_begin_map(j);
	json_member_text(j, "policy", policy_name(v->policy));
	json_member_text(j, "scope", policy_scope(v->policy));
	json_member_text(j, "description", policy_description(v->policy));
	json_member_text(j, "enforcement", enforcement_name(v->enforcement));
	if (v->grace_end)
		json_member_time(j, "grace_end", v->grace_end);
	json_member_text(j, "outcome", policy_outcome_name(v->outcome));
	json_key(j, "violations");
	write_policy_violations(violations, policy_name(v->policy), j);
	json_end_map(j);
}

static void
write_compliance(const struct product *p, const struct judgement *judgement,
		 const struct violations *violations, struct buf *out)
{
	struct json j = {.out = out};
	json_begin_map(&j);
	json_member_text(&j, "name", p->name);
	json_member_text(&j, "version", p->version);
	json_member_text(&j, "standing", judgement_standing(judgement));
	json_key(&j, "policies");
	json_begin_list(&j);
	for (size_t i = 0; i < judgement->count; i++)
		write_policy(&judgement->verdicts[i], violations, &j);
	json_end_list(&j);
	json_end_map(&j);
}

enum err_code
product_compliance(struct governance *g, const char *name, struct arena *arena, struct buf *out,
		   struct err *e)
{
	struct violations violations = {.arena = arena};
	CLEANUP(close_hearing)
	struct hearing h = {.g = g, .arena = arena, .violations = &violations};
	struct product p;
	struct descriptor d;
	struct judgement judgement = {0};

	enum err_code code = open_hearing(&h, e);
	if (code == ERR_OK)
		code = product_get(h.s, name, arena, &p, e);
	if (code == ERR_OK)
		code = product_decode(h.s, p.seq, arena, &d, e);
	if (code == ERR_OK)
		code = judge_now(&h, &d, d.document, &judgement, e);
	if (code == ERR_OK)
		write_compliance(&p, &judgement, &violations, out);
	return code;
}
