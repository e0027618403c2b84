/*
 * agent_answer.c -- somebody else's words: not more of them than a person would read.
 */
#include "agent_answer.h"

#include <string.h>

#include "base/utf8.h"

#include "agents.h"

enum { MOST_SAID = 300, LONGEST_DECISION_ID = 200 }; /* bytes */

static const struct document_limits limits = {
    .bytes = AGENTS_LARGEST_ANSWER, .nodes = 100000, .depth = 64};

static enum err_code
complain_of_status(const char *address, const struct fetch_response *r, struct arena *arena,
		   struct err *e)
{
	struct node body;
	struct err ignored;
	const char *said = "";
	if (document_read(DOCUMENT_JSON, r->body, r->body_length, &limits, arena, &body,
			  &ignored) == ERR_OK)
		said = node_text(&body, "message", "");
	return ERR(e, UNREACHABLE, "the Open Policy Agent at '%s' answered with status %d%s%.*s",
		   address, r->status, *said ? ": " : "", utf8_cut(said, strlen(said), MOST_SAID),
		   said);
}

enum err_code
agent_answer_read(const char *address, const struct fetch_response *r, struct arena *arena,
		  struct policy_answer *ret_answer, struct err *e)
{
	struct node *body = ARENA_NEW(arena, struct node);
	struct err ignored;
	if (r->status != 200)
		return complain_of_status(address, r, arena, e);
	if (document_read(DOCUMENT_JSON, r->body, r->body_length, &limits, arena, body, &ignored) !=
		ERR_OK ||
	    body->kind != NODE_MAP)
		return ERR(e, UNREACHABLE,
			   "the Open Policy Agent at '%s' answered with what is no map in JSON",
			   address);
	const char *id = node_text(body, "decision_id", NULL);
	*ret_answer = (struct policy_answer){.result = node_get(body, "result")};
	if (id)
		ret_answer->decision_id =
		    arena_printf(arena, "%.*s", utf8_cut(id, strlen(id), LONGEST_DECISION_ID), id);
	return ERR_OK;
}
