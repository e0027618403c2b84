/*
 * strange_key.c -- a walk along the tables.
 */
#include "strange_key.h"

#include <string.h>

struct walk {
	const char *where;
	struct violations *violations;
};

static void look(const struct walk *w, const struct field_set *set, const struct node *n,
		 const char *pointer);

static const struct field *
find_field(const struct field_set *set, const char *key)
{
	for (const struct field *f = set->fields; f->name; f++)
		if (strcmp(f->name, key) == 0)
			return f;
	return NULL;
}

static const char *
nearest_field(const struct field_set *set, const char *key, struct arena *arena)
{
	size_t count = 0;
	while (set->fields[count].name)
		count++;
	const char **names = ARENA_ARRAY(arena, const char *, count);
	for (size_t i = 0; i < count; i++)
		names[i] = set->fields[i].name;
	const char *nearest = nearest_word(key, names, count);
	return nearest ? arena_text(arena, nearest) : NULL;
}

static void
warn(const struct walk *w, const struct field_set *set, const struct member *m, const char *pointer)
{
	if (set->open || (set->extensions && strncmp(m->key, "x-", 2) == 0))
		return;
	struct violation *v = violation_note(w->violations, "unknown-key", pointer, m->at,
					     "unknown key '%.100s' in %s", m->key, w->where);
	v->enforcement = "warn";
	v->suggestion = nearest_field(set, m->key, w->violations->arena);
}

static void
look_at_members(const struct walk *w, const struct field_set *set, const struct node *map,
		const char *pointer)
{
	for (uint32_t i = 0; i < map->count; i++) {
		const struct member *m = &map->members[i];
		const char *place = pointer_join(w->violations->arena, pointer, m->key);
		const struct field *f = find_field(set, m->key);
		if (!f)
			warn(w, set, m, place);
		else if (f->of)
			look(w, f->of, &m->value, place);
	}
}

static void
look(const struct walk *w, const struct field_set *set, const struct node *n, const char *pointer)
{
	if (n->kind == NODE_MAP)
		look_at_members(w, set, n, pointer);
	for (uint32_t i = 0; n->kind == NODE_LIST && i < n->count; i++)
		if (n->items[i].kind == NODE_MAP)
			look_at_members(w, set, &n->items[i],
					pointer_index(w->violations->arena, pointer, i));
}

void
strange_keys(const struct field_set *set, const struct node *n, const char *pointer,
	     const char *where, struct violations *violations)
{
	const struct walk w = {where, violations};
	look(&w, set, n, pointer);
}
