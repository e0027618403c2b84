/*
 * trial.c -- the function itself is asked.
 */
#include "cel/trial.h"

#include "cel/eval.h"

enum { TRIAL_LIMIT = 10000 };

const char *
trial_of(const struct cel_expr *call, struct arena *arena)
{
	const struct cel_overload *o = call->overload_count == 1 ? call->overloads[0] : NULL;
	if (!o || !o->tried || call->count == 0)
		return NULL;
	const struct cel_expr *text = call->children[call->count - 1];
	if (text->kind != EXPR_LITERAL || text->literal.kind != CEL_STRING)
		return NULL;
	/* What comes before the text is a moment, if anything: any will do. */
	const struct cel_value arguments[] = {o->count == 1 ? text->literal : cel_timestamp(0, 0),
					      text->literal};
	struct cel_run run = {.arena = arena,
			      .limits = CEL_STEPS(TRIAL_LIMIT),
			      .most_used = arena->used + CEL_MOST_MEMORY};
	struct cel_value v = o->row->call(&run, arguments);
	return cel_is_error(v) ? v.error->message : NULL;
}
