/*
 * mutation.c -- the way down to a part is a stack; a changed document copies what is on it and
 * shares all else.
 */
#include "mutation.h"

#include <string.h>

#include "case_run.h"

/* Documents of cases are no deeper than those that are read. */
enum { MOST_DEPTH = 64, MOST_OF_AN_END = 50, PROGRESS_EVERY = 1000 };

const char *
mutation_name(enum mutation how)
{
	static const char *const names[] = {"removed", "emptied", "negated"};
	return names[how];
}

void
mutations_init(struct mutations *m, struct arena *arena)
{
	*m = (struct mutations){.arena = arena, .by_path = {.arena = arena}};
}

bool
mutated_matters(const struct mutated *part)
{
	for (int i = 0; i < MUTATIONS; i++)
		if (part->by[i].refused || part->by[i].passed)
			return true;
	return false;
}

/* ---- changed documents ---- */

/* Which member or item of each level leads to the part. */
struct way {
	uint32_t steps[MOST_DEPTH];
	uint32_t count;
};

static struct node
negated(struct node n)
{
	if (n.kind == NODE_BOOL)
		n.boolean = !n.boolean;
	else if (n.kind == NODE_INT && n.integer != INT64_MIN)
		n.integer = -n.integer;
	else if (n.kind == NODE_REAL)
		n.real = -n.real;
	return n;
}

static struct node
emptied(struct node n)
{
	n.count = 0;
	if (n.kind == NODE_TEXT)
		n.text = "";
	return n;
}

static bool
can_change(const struct node *n, enum mutation how)
{
	switch (how) {
	case MUTATION_REMOVED:
		return true;
	case MUTATION_EMPTIED:
		return (n->kind == NODE_TEXT || n->kind == NODE_LIST || n->kind == NODE_MAP) &&
		       n->count > 0;
	default:
		return n->kind == NODE_BOOL || (n->kind == NODE_INT && n->integer != 0) ||
		       (n->kind == NODE_REAL && n->real != 0);
	}
}

static struct node change(struct arena *arena, const struct node *n, const struct way *way,
			  uint32_t level, enum mutation how);

/* All but the one on the way, which is changed, or left out when it is the part itself. */
static struct node
change_map(struct arena *arena, const struct node *map, const struct way *way, uint32_t level,
	   enum mutation how)
{
	struct member *members = ARENA_ARRAY(arena, struct member, map->count);
	bool gone = level + 1 == way->count && how == MUTATION_REMOVED;
	struct node copy = *map;
	copy.count = 0;
	copy.members = members;
	for (uint32_t i = 0; i < map->count; i++) {
		if (i == way->steps[level] && gone)
			continue;
		members[copy.count] = map->members[i];
		if (i == way->steps[level])
			members[copy.count].value =
			    change(arena, &map->members[i].value, way, level + 1, how);
		copy.count++;
	}
	return copy;
}

static struct node
change_list(struct arena *arena, const struct node *list, const struct way *way, uint32_t level,
	    enum mutation how)
{
	struct node *items = ARENA_ARRAY(arena, struct node, list->count);
	bool gone = level + 1 == way->count && how == MUTATION_REMOVED;
	struct node copy = *list;
	copy.count = 0;
	copy.items = items;
	for (uint32_t i = 0; i < list->count; i++) {
		if (i == way->steps[level] && gone)
			continue;
		items[copy.count++] = i == way->steps[level]
					  ? change(arena, &list->items[i], way, level + 1, how)
					  : list->items[i];
	}
	return copy;
}

static struct node
change(struct arena *arena, const struct node *n, const struct way *way, uint32_t level,
       enum mutation how)
{
	if (level == way->count)
		return how == MUTATION_EMPTIED ? emptied(*n) : negated(*n);
	return n->kind == NODE_MAP ? change_map(arena, n, way, level, how)
				   : change_list(arena, n, way, level, how);
}

/* ---- one case ---- */

struct trying {
	const struct policy *p;
	const struct test_case *test;
	struct policy_input input;
	const struct node **root; /* &input.product or &input.facts */
	const struct node *whole; /* what it is unchanged */
	const char *found;        /* the verdict of the unchanged case */
	struct mutations *all;
	struct way way;
};

static struct mutated *
part_at(struct mutations *m, const char *path)
{
	const size_t *known = map_get(&m->by_path, path);
	if (known)
		return &m->items[*known];
	size_t *number = ARENA_NEW(m->arena, size_t);
	*number = m->count;
	m->items = arena_grow(m->arena, m->items, m->count, &m->capacity, sizeof *m->items);
	struct mutated *part = &m->items[m->count++];
	*part = (struct mutated){.path = arena_text(m->arena, path)};
	map_put(&m->by_path, part->path, number);
	return part;
}

static void
try_one(struct trying *t, const char *path, enum mutation how)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct violations ignored = {.arena = &arena};
	struct node changed = change(&arena, t->whole, &t->way, 0, how);
	struct mutated *part = part_at(t->all, path);
	*t->root = &changed;
	struct verdict v = case_judge(t->p, t->test, &t->input, &ignored);
	*t->root = t->whole;
	const char *found = case_found(&v);
	part->by[how].tried++;
	if (++t->all->judgements % PROGRESS_EVERY == 0 && t->all->progress)
		t->all->progress(t->all->user, t->all->judgements);
	if (strcmp(found, t->found) == 0)
		return;
	if (strcmp(found, "pass") == 0)
		part->by[how].passed++;
	else
		part->by[how].refused++;
	if (!part->example)
		part->example = arena_text(t->all->arena, t->test->name);
}

static void try_within(struct trying *t, const struct node *n, const char *path,
		       struct arena *arena);

static void
try_part(struct trying *t, const struct node *n, uint32_t step, const char *path,
	 struct arena *arena)
{
	if (t->way.count == MOST_DEPTH)
		return;
	t->way.steps[t->way.count++] = step;
	for (int how = 0; how < MUTATIONS; how++)
		if (can_change(n, (enum mutation)how))
			try_one(t, path, (enum mutation)how);
	try_within(t, n, path, arena);
	t->way.count--;
}

/* Of what is very long the beginning and the end are tried: each try copies all of it. */
static uint32_t
next_of(uint32_t i, uint32_t count)
{
	bool skips = i + 1 == MOST_OF_AN_END && count > 2 * MOST_OF_AN_END;
	return skips ? count - MOST_OF_AN_END : i + 1;
}

static void
try_within(struct trying *t, const struct node *n, const char *path, struct arena *arena)
{
	for (uint32_t i = 0; n->kind == NODE_MAP && i < n->count; i = next_of(i, n->count))
		try_part(t, &n->members[i].value, i,
			 arena_printf(arena, "%s%s%s", path, *path ? "." : "", n->members[i].key),
			 arena);
	for (uint32_t i = 0; n->kind == NODE_LIST && i < n->count; i = next_of(i, n->count))
		try_part(t, &n->items[i], i, arena_printf(arena, "%s[]", path), arena);
}

static void
try_root(struct trying *t, const struct node **root, const char *path)
{
	CLEANUP(arena_done) struct arena arena = {0};
	if (!*root)
		return;
	t->root = root;
	t->whole = *root;
	try_within(t, t->whole, path, &arena);
}

static void
try_case(const struct policy *p, const struct test_case *test, struct mutations *m)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct violations ignored = {.arena = &arena};
	struct trying t = {.p = p, .test = test, .input = case_input(test), .all = m};
	struct verdict v = case_judge(p, test, &t.input, &ignored);
	t.found = case_found(&v);
	try_root(&t, &t.input.product, "");
	try_root(&t, &t.input.facts, "facts");
}

void
policy_mutate(const struct policy *p, const struct policy_cases *cases, struct mutations *m)
{
	const struct test_case *items = cases->items.items;
	for (size_t i = 0; i < cases->items.count; i++)
		try_case(p, &items[i], m);
}
