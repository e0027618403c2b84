/*
 * evaluate.c -- judging without changing anything: a document that was sent, or the version in
 * force.
 */
#include <string.h>

#include "catalog/product.h"

#include "facts.h"
#include "judgement.h"
#include "transaction.h"

/* Judge a decoded document as if it were published now. */
static enum err_code
judge_now(struct governance *g, struct session *s, const struct rule_set *rules,
	  const struct descriptor *d, const struct node *previous, struct arena *arena,
	  struct violations *violations, struct judgement *ret_judgement, struct err *e)
{
	struct facts facts;
	enum err_code code = facts_gather(s, d, arena, &facts, e);
	if (code != ERR_OK)
		return code;
	const struct policy_input input = {
	    .product = d->document,
	    .previous = previous,
	    .upstream = &facts.upstream,
	    .facts = &facts.facts,
	    .now = store_now(g->store),
	};
	*ret_judgement = judge(rules, &input, arena, violations);
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
	CLEANUP(session_end) struct session *s = NULL;
	CLEANUP(rule_set_release) struct rule_set *rules = NULL;
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
	code = store_read(g->store, &s, e);
	if (code == ERR_OK)
		code = rules_hold(g->rules, s, &rules, e);
	if (code == ERR_OK)
		code = find_previous(s, d.name, arena, &previous, e);
	if (code == ERR_OK)
		code = judge_now(g, s, rules, &d, previous, arena, violations, &judgement, e);
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
	json_member_text(j, "enforcement", enforcement_name(policy_enforcement(v->policy)));
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
	CLEANUP(session_end) struct session *s = NULL;
	CLEANUP(rule_set_release) struct rule_set *rules = NULL;
	struct violations violations = {.arena = arena};
	struct product p;
	struct descriptor d;
	struct judgement judgement = {0};

	enum err_code code = store_read(g->store, &s, e);
	if (code == ERR_OK)
		code = rules_hold(g->rules, s, &rules, e);
	if (code == ERR_OK)
		code = product_get(s, name, arena, &p, e);
	if (code == ERR_OK)
		code = product_decode(s, p.seq, arena, &d, e);
	if (code == ERR_OK)
		code = judge_now(g, s, rules, &d, d.document, arena, &violations, &judgement, e);
	if (code == ERR_OK)
		write_compliance(&p, &judgement, &violations, out);
	return code;
}
