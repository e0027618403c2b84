/*
 * hearing.c -- session, rules and facts of one judgement.
 */
#include "hearing.h"

#include "catalog/rulebook.h"

enum err_code
hearing_open(struct hearing *h, struct err *e)
{
	enum err_code code = h->is_guest ? ERR_OK : store_read(h->g->store, &h->s, e);
	return code == ERR_OK ? rules_hold(h->g->rules, h->s, &h->rules, e) : code;
}

void
hearing_close(struct hearing *h)
{
	if (!h->is_guest)
		session_end(&h->s);
	rule_set_release(&h->rules);
}

enum err_code
hearing_prepare(struct hearing *h, const struct fact_question *question,
		const struct node *previous, struct hearing_case *ret_case, struct err *e)
{
	const moment now = store_now(h->g->store);
	ret_case->question = *question;
	ret_case->question.needs = h->rules->facts;
	ret_case->input = (struct policy_input){
	    .product = question->product->document,
	    .previous = previous,
	    .upstream = &ret_case->facts.upstream,
	    .facts = &ret_case->facts.facts,
	    .now = h->asking ? asking_moment(h->asking, now) : now,
	    .ask = h->asking ? asking_ask : NULL,
	    .asker = h->asking,
	};
	return facts_gather(h->s, &ret_case->question, h->arena, &ret_case->facts, e);
}

void
hearing_recall(struct hearing *h, struct hearing_case *c, const struct shortfall_list *rows,
	       const char *new_policy)
{
	c->recall = (struct recall){
	    .asking = h->asking, .rows = rows, .new_policy = new_policy, .arena = h->arena};
	c->input.ask = recall_ask;
	c->input.asker = &c->recall;
}

bool
hearing_case_is_current(const struct hearing_case *c, struct session *s, uint64_t since)
{
	return !rulebook_is_touched(s, since) &&
	       !session_is_touched(s, c->question.product->name, since) &&
	       !facts_are_touched(s, &c->question, &c->facts, since);
}
