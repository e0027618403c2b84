/*
 * hearing.c -- session, rules and facts of one judgement.
 */
#include "hearing.h"

#include "facts.h"

enum err_code
hearing_open(struct hearing *h, struct err *e)
{
	enum err_code code = store_read(h->g->store, &h->s, e);
	return code == ERR_OK ? rules_hold(h->g->rules, h->s, &h->rules, e) : code;
}

void
hearing_close(struct hearing *h)
{
	session_end(&h->s);
	rule_set_release(&h->rules);
}

enum err_code
hearing_judge(struct hearing *h, const struct descriptor *d, const struct node *previous,
	      struct judgement *ret_judgement, struct err *e)
{
	struct facts facts;
	enum err_code code = facts_gather(h->s, d, h->arena, &facts, e);
	if (code != ERR_OK)
		return code;
	h->now = store_now(h->g->store);
	const struct policy_input input = {
	    .product = d->document,
	    .previous = previous,
	    .upstream = &facts.upstream,
	    .facts = &facts.facts,
	    .now = h->now,
	};
	*ret_judgement = judge(h->rules, &input, h->arena, h->violations);
	return ERR_OK;
}
