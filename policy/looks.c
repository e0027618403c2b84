/*
 * looks.c -- selections that begin at `product` or `facts`, from the steps of an observed edition.
 */
#include "looks.h"

#include <string.h>

#include "cel/observe.h"

#include "watched.h"

struct looking {
	struct arena *arena;
	const struct cel_step *steps;
	const char **paths;
	size_t count, capacity;
};

/* "a.b" of product.a.b, "facts.a" of facts.a; NULL for any other selection. */
static const char *
path_of(const struct looking *l, uint32_t step)
{
	const struct cel_step *s = &l->steps[step];
	if (s->kind == STEP_NAME && strcmp(s->name, "product") == 0)
		return "";
	if (s->kind == STEP_NAME && strcmp(s->name, "facts") == 0)
		return "facts";
	const char *before = s->kind == STEP_FIELD ? path_of(l, step + 1) : NULL;
	if (!before)
		return NULL;
	return arena_printf(l->arena, "%s%s%s", before, *before ? "." : "", s->name);
}

static void
add(struct looking *l, const char *path)
{
	for (size_t i = 0; i < l->count; i++)
		if (strcmp(l->paths[i], path) == 0)
			return;
	l->paths = arena_grow(l->arena, l->paths, l->count, &l->capacity, sizeof(void *));
	l->paths[l->count++] = path;
}

/* The longest selections only. */
static void
look_at(struct looking *l, const struct cel_program *program)
{
	size_t count;
	l->steps = cel_steps(program, &count);
	for (uint32_t i = 0; i < count; i++) {
		bool inner = i > 0 && l->steps[l->steps[i].parent].kind == STEP_FIELD;
		const char *path = l->steps[i].kind == STEP_FIELD && !inner ? path_of(l, i) : NULL;
		if (path)
			add(l, path);
	}
}

const char **
policy_looks(const struct policy *p, struct arena *arena, size_t *ret_count)
{
	struct looking l = {.arena = arena};
	struct edition edition = {0};
	size_t count = 0;
	const struct watched *all = NULL;
	if (p->edition_count > 0 &&
	    policy_observe(p, "global", p->editions[0].parameters, arena, &edition))
		all = watched_list(p, &edition, arena, &count);
	for (size_t i = 0; i < count; i++)
		look_at(&l, all[i].program);
	edition_done(&edition);
	*ret_count = l.count;
	return l.paths;
}
