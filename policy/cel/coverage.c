/*
 * coverage.c -- branches are counted as their steps end.
 */
#include "cel/coverage.h"

#include <string.h>

/* A logic around other logic is decided by what is inside: what counts are the operands. */
static bool
is_branch(const struct cel_step *steps, uint32_t step, bool whole_is_bool)
{
	switch (steps[step].role) {
	case ROLE_WHOLE:
		return whole_is_bool;
	case ROLE_OPERAND:
	case ROLE_CONDITION:
	case ROLE_PREDICATE:
		return cel_step_has_names(steps, step);
	default:
		return false;
	}
}

struct cel_coverage *
cel_coverage_new(const struct cel_program *p, struct arena *arena)
{
	size_t count;
	const struct cel_step *steps = cel_steps(p, &count);
	struct cel_coverage *c = ARENA_NEW(arena, struct cel_coverage);
	const char *type = cel_program_type(p);
	bool whole_is_bool = strcmp(type, "bool") == 0 || strcmp(type, "dyn") == 0;
	c->program = p;
	c->branches = ARENA_ARRAY(arena, struct cel_branch, count);
	c->branch_of = ARENA_ARRAY(arena, uint32_t, count);
	for (uint32_t i = 0; i < count; i++) {
		if (!is_branch(steps, i, whole_is_bool))
			continue;
		c->branches[c->count].step = i;
		c->branch_of[i] = (uint32_t)++c->count;
	}
	return c;
}

static void
begin(void *user, uint32_t step)
{
	(void)user;
	(void)step;
}

static void
count_outcome(void *user, uint32_t step, struct cel_value v)
{
	struct cel_coverage *c = user;
	if (c->branch_of[step] == 0)
		return;
	struct cel_branch *b = &c->branches[c->branch_of[step] - 1];
	if (v.kind == CEL_BOOL)
		b->seen[v.boolean]++;
	else
		b->failed++;
}

struct cel_value
cel_cover(struct cel_coverage *c, const struct cel_value *bindings, struct cel_limits limits,
	  struct arena *arena, uint64_t *ret_cost)
{
	const struct cel_observer observer = {begin, count_outcome, c};
	c->runs++;
	return cel_observe(c->program, bindings, limits, arena, &observer, ret_cost);
}
