/*
 * evaluate.c -- judging a document that was sent without changing anything, and what a judgement
 * would be made by.
 */
#include <string.h>

#include "catalog/product.h"

#include "facts.h"
#include "hearing.h"

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
	CLEANUP(hearing_close)
	struct hearing h = {.g = g, .arena = arena};
	struct node root;
	struct descriptor d;
	struct hearing_case given;
	const struct node *previous = NULL;

	enum err_code code = submission_read(in, arena, violations, &root, e);
	if (code != ERR_OK)
		return code;
	if (!descriptor_decode(&root, violations, &d)) {
		violations_sort(violations);
		return ERR_AT(e, MALFORMED, violations->items[0].at, "%s",
			      violations->items[0].message);
	}
	code = hearing_open(&h, e);
	if (code == ERR_OK)
		code = find_previous(h.s, d.name, arena, &previous, e);
	if (code == ERR_OK)
		code = hearing_prepare(&h, &d, previous, &given, e);
	if (code != ERR_OK)
		return code;
	const struct judgement judgement = judge(h.rules, &given.input, arena, violations);
	out->status = 200;
	write_evaluation(&judgement, d.name, violations, out->body);
	return ERR_OK;
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
	enum err_code code = store_read(g->store, &s, e);
	if (code == ERR_OK)
		code = product_get(s, name, arena, &p, e);
	if (code == ERR_OK)
		code = product_decode(s, p.seq, arena, &d, e);
	if (code == ERR_OK)
		code = facts_gather(s, &d, arena, &facts, e);
	if (code == ERR_OK)
		write_facts(d.document, &facts, store_now(g->store), out);
	return code;
}
