/*
 * evaluate.c -- judging a document that was sent without changing anything, and what a judgement
 * would be made by.
 */
#include <string.h>

#include "catalog/product.h"
#include "descriptor/compat.h"

#include "facts.h"
#include "hearing.h"

/* The version in force; zero, with exists false, for a new product. */
struct before {
	bool exists;
	struct product product;
	struct descriptor descriptor;
	struct changes changes; /* that would follow */
};

static enum err_code
find_before(struct hearing *h, const char *name, struct before *ret_before, struct err *e)
{
	struct before before = {0};
	enum err_code code = product_get(h->s, name, h->arena, &before.product, e);
	before.exists = code == ERR_OK;
	if (before.exists)
		code = product_decode(h->s, before.product.seq, h->arena, &before.descriptor, e);
	if (code == ERR_OK || code == ERR_NOT_FOUND)
		*ret_before = before;
	return code == ERR_NOT_FOUND ? ERR_OK : code;
}

/* A version that does not announce the changes is no matter of policies. */
static enum err_code
prepare_sent(struct hearing *h, const struct descriptor *d, struct hearing_case *ret_case,
	     struct err *e)
{
	struct before *before = ARENA_NEW(h->arena, struct before);
	struct violations ignored = {.arena = h->arena};
	struct fact_question question = {.product = d};
	enum err_code code = find_before(h, d->name, before, e);
	if (code != ERR_OK)
		return code;
	if (before->exists) {
		before->changes = descriptor_compare(&before->descriptor, d, h->arena);
		question.changes = &before->changes;
		question.version =
		    version_choose(before->product.version, &before->changes, d, &ignored);
	}
	return hearing_prepare(h, &question, before->exists ? before->descriptor.document : NULL,
			       ret_case, e);
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

/* In the arena of its command. */
struct evaluation {
	struct governance *g;
	struct node root;
	struct descriptor d;
	struct arena *arena;
	struct violations *violations;
	struct outcome *out;
	struct asking asking;
};

static enum err_code
judge_sent(struct evaluation *ev, struct err *e)
{
	CLEANUP(hearing_close)
	struct hearing h = {.g = ev->g, .arena = ev->arena, .asking = &ev->asking};
	struct hearing_case given;
	enum err_code code = hearing_open(&h, e);
	if (code == ERR_OK)
		code = prepare_sent(&h, &ev->d, &given, e);
	if (code != ERR_OK)
		return code;
	const struct judgement judgement = judge(h.rules, &given.input, ev->arena, ev->violations);
	code = asking_wanted(&ev->asking, &ev->out->asking, e);
	if (code == ERR_OK && !ev->out->asking)
		write_evaluation(&judgement, ev->d.name, ev->violations, ev->out->body);
	return code;
}

static enum err_code
evaluate(void *command, struct err *e)
{
	struct evaluation *ev = command;
	ev->out->asking = NULL;
	ev->violations->count = 0;
	asking_begin(&ev->asking);
	return judge_sent(ev, e);
}

enum err_code
product_evaluate(struct governance *g, const struct submission *in, struct arena *arena,
		 struct violations *violations, struct outcome *out, struct err *e)
{
	struct evaluation *ev = ARENA_NEW(arena, struct evaluation);
	*ev = (struct evaluation){.g = g, .arena = arena, .violations = violations, .out = out};
	asking_init(&ev->asking, g->agents, arena);
	enum err_code code = submission_read(in, arena, violations, &ev->root, e);
	if (code != ERR_OK)
		return code;
	if (!descriptor_decode(&ev->root, violations, &ev->d)) {
		violations_sort(violations);
		return ERR_AT(e, MALFORMED, violations->items[0].at, "%s",
			      violations->items[0].message);
	}
	out->status = 200;
	out->decide = evaluate;
	out->command = ev;
	return evaluate(ev, e);
}

/* ---- what it would be judged by ---- */

static void
write_facts(const struct node *previous, const struct facts *facts, moment now, struct buf *out)
{
	struct json j = {.out = out};
	json_begin_map(&j);
	json_key(&j, "previous");
	json_node(&j, previous);
	json_key(&j, "upstream");
	json_node(&j, &facts->upstream);
	json_key(&j, "facts");
	json_node(&j, &facts->facts);
	json_member_time(&j, "now", now);
	json_end_map(&j);
}

enum err_code
product_facts(struct governance *g, const char *name, struct arena *arena, struct buf *out,
	      struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	struct product p;
	struct descriptor d;
	struct facts facts;
	const struct fact_question question = {.needs = FACT_ALL, .product = &d};
	enum err_code code = store_read(g->store, &s, e);
	if (code == ERR_OK)
		code = product_get(s, name, arena, &p, e);
	if (code == ERR_OK)
		code = product_decode(s, p.seq, arena, &d, e);
	if (code == ERR_OK)
		code = facts_gather(s, &question, arena, &facts, e);
	if (code == ERR_OK)
		write_facts(d.document, &facts, store_now(g->store), out);
	return code;
}
