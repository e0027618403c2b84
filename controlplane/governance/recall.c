/*
 * recall.c -- complaints of before as an agent's answer.
 */
#include "recall.h"

#include <string.h>

#include "fact_map.h"

/* What was said of a failure, and would be said once more around it. */
static const char *
failure_in(const char *message)
{
	static const char between[] = " is kept cannot be told: ";
	const char *why =
	    strncmp(message, "whether the policy '", 20) == 0 ? strstr(message, between) : NULL;
	return why ? why + strlen(between) : NULL;
}

/* Without what is said of the grace, which is judged anew. */
static const char *
message_of(const struct violation *v, struct arena *arena)
{
	const char *end = v->grace_end ? strstr(v->message, " (refused from ") : NULL;
	return end ? arena_bytes(arena, v->message, (size_t)(end - v->message)) : v->message;
}

static struct node
complaint(const struct violation *v, struct arena *arena)
{
	struct fact_map m = fact_map_new(arena, 3);
	fact_text(&m, "message", message_of(v, arena));
	fact_text(&m, "rule", v->rule);
	fact_text(&m, "pointer", v->pointer);
	return fact_map_node(&m);
}

static enum err_code
remember(const struct recall *r, const struct policy *p, struct policy_answer *ret_answer,
	 struct err *e)
{
	struct node *items = ARENA_ARRAY(r->arena, struct node, r->rows->count);
	struct node *list = ARENA_NEW(r->arena, struct node);
	size_t count = 0;
	for (size_t i = 0; i < r->rows->count; i++) {
		const struct violation *v = &r->rows->items[i].violation;
		if (!v->policy || strcmp(v->policy, policy_name(p)) != 0)
			continue;
		const char *failure = failure_in(message_of(v, r->arena));
		if (failure)
			return ERR(e, UNREACHABLE, "%s", failure);
		items[count++] = complaint(v, r->arena);
	}
	*list = fact_list(items, count);
	*ret_answer = (struct policy_answer){.result = list};
	return ERR_OK;
}

static enum err_code
ask(struct recall *r, const struct policy *p, const char *input, size_t length,
    struct policy_answer *ret_answer, struct err *e)
{
	if (r->asking)
		return asking_ask(r->asking, p, input, length, ret_answer, e);
	return ERR(e, UNREACHABLE,
		   "the Open Policy Agent at '%s' was not asked, since others had no answer a "
		   "moment ago",
		   policy_question_address(policy_question(p), r->arena));
}

enum err_code
recall_ask(void *asker, const struct policy *p, const char *input, size_t length,
	   struct policy_answer *ret_answer, struct err *e)
{
	struct recall *r = asker;
	enum err_code code = ask(r, p, input, length, ret_answer, e);
	bool is_new = r->new_policy && strcmp(r->new_policy, policy_name(p)) == 0;
	if (code == ERR_OK || (is_new && code != ERR_BUSY))
		return code;
	return remember(r, p, ret_answer, e);
}
