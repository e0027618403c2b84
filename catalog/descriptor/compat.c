/*
 * compat.c -- two versions of a descriptor held against each other, part by part.
 *
 * The parts that readers depend on are compared by what they mean: columns, ports, promises.  Every
 * other top-level key is compared as it is written, and a difference is a patch.  So equal
 * documents, and only they, have no changes.
 */
#include "compat.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"

struct comparing {
	const struct descriptor *before, *after;
	struct arena *arena;
	struct changes changes;
	size_t capacity;
};

const char *
change_level_name(enum change_level level)
{
	static const char *const names[] = {"none", "patch", "minor", "major"};
	return names[level];
}

/* `pointer` leads into the newer document, unless `at` is no place. */
static void PRINTF(5, 6) note(struct comparing *k, enum change_level level, const char *pointer,
			      struct position at, const char *format, ...)
{
	char message[600];
	va_list args;
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	struct changes *c = &k->changes;
	c->items = arena_grow(k->arena, c->items, c->count, &k->capacity, sizeof *c->items);
	c->items[c->count++] = (struct change){level, pointer, at, arena_text(k->arena, message)};
	if (level > c->level)
		c->level = level;
}

static const struct position NOWHERE = {0, 0};

/* The place of what `pointer` leads to in the newer document, or of what is nearest above it. */
static struct position
place(const struct comparing *k, const char *pointer)
{
	struct position at;
	pointer_place(k->after->document, pointer, &at);
	return at;
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* ---- columns ---- */

/* One column that both versions have, and where it stands in the newer one. */
struct column_pair {
	const struct column *before, *after;
	const char *pointer;
};

static void
compare_type(struct comparing *k, const struct column_pair *c)
{
	static const struct {
		enum change_level level;
		const char *what;
	} meanings[] = {
	    [TYPE_SAME] = {CHANGE_PATCH, "is now written"},
	    [TYPE_WIDENED] = {CHANGE_MINOR, "was widened to"},
	    [TYPE_NARROWED] = {CHANGE_MAJOR, "was narrowed to"},
	    [TYPE_OTHER] = {CHANGE_MAJOR, "was changed to"},
	};
	const char *before = c->before->type, *after = c->after->type;
	if (strcmp(before, after) == 0)
		return;
	enum type_change change = column_type_compare(before, after);
	const char *pointer = pointer_join(k->arena, c->pointer, "type");
	note(k, meanings[change].level, pointer, place(k, pointer), "column '%s': %s %s %s",
	     c->after->name, before, meanings[change].what, after);
}

static void
compare_nullable(struct comparing *k, const struct column_pair *c)
{
	const char *pointer = pointer_join(k->arena, c->pointer, "nullable");
	if (c->before->nullable && !c->after->nullable)
		note(k, CHANGE_MAJOR, pointer, place(k, pointer),
		     "column '%s': values are newly required", c->after->name);
	if (!c->before->nullable && c->after->nullable)
		note(k, CHANGE_MINOR, pointer, place(k, pointer),
		     "column '%s': values are no longer required", c->after->name);
}

static void
compare_key(struct comparing *k, const struct column_pair *c)
{
	const char *pointer = pointer_join(k->arena, c->pointer, "key");
	if (c->before->key != c->after->key)
		note(k, CHANGE_MAJOR, pointer, place(k, pointer), "column '%s' %s the key",
		     c->after->name, c->after->key ? "became part of" : "is no longer part of");
}

/* To say what a column means is documentation; to say that it means something else is not. */
static void
compare_term(struct comparing *k, const struct column_pair *c)
{
	const char *before = c->before->term, *after = c->after->term;
	const char *pointer = pointer_join(k->arena, c->pointer, "term");
	if (before && !same_text(before, after))
		note(k, CHANGE_MAJOR, pointer, place(k, pointer),
		     "column '%s' no longer means '%s'%s%s%s", c->after->name, before,
		     after ? ", but '" : "", after ? after : "", after ? "'" : "");
	if (!before && after)
		note(k, CHANGE_PATCH, pointer, place(k, pointer),
		     "column '%s' is said to mean '%s'", c->after->name, after);
}

/* The members that were compared by what they mean. */
static bool
has_meaning(const char *key)
{
	static const char *const keys[] = {"name", "type", "nullable", "key", "term"};
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (strcmp(key, keys[i]) == 0)
			return true;
	return false;
}

/* All other members, as they are written: those that are there now, then those that went. */
static void
compare_members(struct comparing *k, const struct column_pair *c, const struct node *before,
		const struct node *after)
{
	for (uint32_t i = 0; i < after->count; i++) {
		const struct member *m = &after->members[i];
		const struct node *old = node_get(before, m->key);
		if (!has_meaning(m->key) && !(old && node_equal(old, &m->value)))
			note(k, CHANGE_PATCH, pointer_join(k->arena, c->pointer, m->key),
			     m->value.at, "column '%s': %s was %s", c->after->name, m->key,
			     old ? "changed" : "added");
	}
	for (uint32_t i = 0; i < before->count; i++)
		if (!has_meaning(before->members[i].key) &&
		    !node_get(after, before->members[i].key))
			note(k, CHANGE_PATCH,
			     pointer_join(k->arena, c->pointer, before->members[i].key),
			     c->after->at, "column '%s': %s was removed", c->after->name,
			     before->members[i].key);
}

static const struct node *
written_column(const struct descriptor *d, size_t index)
{
	return &node_get(d->document, "schema")->items[index];
}

static void
compare_column(struct comparing *k, size_t before_index, size_t after_index)
{
	const struct node *before = written_column(k->before, before_index);
	const struct node *after = written_column(k->after, after_index);
	if (node_equal(before, after))
		return;
	const struct column_pair c = {
	    (const struct column *)k->before->columns.items + before_index,
	    (const struct column *)k->after->columns.items + after_index,
	    pointer_index(k->arena, "/schema", after_index),
	};
	compare_type(k, &c);
	compare_nullable(k, &c);
	compare_key(k, &c);
	compare_term(k, &c);
	compare_members(k, &c, before, after);
}

/* Columns by name: the value is the column itself, its index what it is distant from the first. */
static struct map
map_columns(const struct list *columns, struct arena *arena)
{
	struct map map = {.arena = arena};
	struct column *c = columns->items;
	for (size_t i = 0; i < columns->count; i++)
		map_put(&map, c[i].name, &c[i]);
	return map;
}

static void
note_added_column(struct comparing *k, const struct column *c, const char *pointer)
{
	if (c->key)
		note(k, CHANGE_MAJOR, pointer, c->at, "column '%s' was added to the key", c->name);
	else
		note(k, CHANGE_MINOR, pointer, c->at, "column '%s' was added", c->name);
}

/* Are the columns that both versions have in the same order? */
static bool
same_order(const struct list *after, const struct map *before)
{
	const struct column *c = after->items, *last = NULL;
	for (size_t i = 0; i < after->count; i++) {
		const struct column *old = map_get(before, c[i].name);
		if (old && last && old < last)
			return false;
		last = old ? old : last;
	}
	return true;
}

static void
compare_columns(struct comparing *k)
{
	const struct list *before = &k->before->columns, *after = &k->after->columns;
	const struct map old = map_columns(before, k->arena), new = map_columns(after, k->arena);
	const struct column *b = before->items, *a = after->items;
	for (size_t i = 0; i < before->count; i++)
		if (!map_get(&new, b[i].name))
			note(k, CHANGE_MAJOR, pointer_index(k->arena, "/schema", i), NOWHERE,
			     "column '%s' was removed", b[i].name);
	for (size_t i = 0; i < after->count; i++) {
		const struct column *same = map_get(&old, a[i].name);
		if (same)
			compare_column(k, (size_t)(same - b), i);
		else
			note_added_column(k, &a[i], pointer_index(k->arena, "/schema", i));
	}
	if (!same_order(after, &old))
		note(k, CHANGE_PATCH, "/schema", place(k, "/schema"),
		     "the order of the columns changed");
}

/* ---- ports ---- */

static struct map
map_ports(const struct list *ports, struct arena *arena)
{
	struct map map = {.arena = arena};
	struct port *p = ports->items;
	for (size_t i = 0; i < ports->count; i++)
		map_put(&map, p[i].name, &p[i]);
	return map;
}

/* What a reader connects by: once it was stated, a change of it cuts the reader off. */
static void
compare_address(struct comparing *k, const struct port *port, const char *what, const char *before,
		const char *after)
{
	if (before && !same_text(before, after))
		note(k, CHANGE_MAJOR, "/ports", port->at, "port '%s': its %s '%s' was %s%s",
		     port->name, what, before, after ? "changed to " : "removed",
		     after ? after : "");
}

static void
compare_ports(struct comparing *k)
{
	const struct list *before = &k->before->ports, *after = &k->after->ports;
	const struct map old = map_ports(before, k->arena), new = map_ports(after, k->arena);
	const struct port *b = before->items, *a = after->items;
	for (size_t i = 0; i < before->count; i++)
		if (!map_get(&new, b[i].name))
			note(k, CHANGE_MAJOR, "/ports", NOWHERE, "port '%s' was removed",
			     b[i].name);
	for (size_t i = 0; i < after->count; i++) {
		const struct port *same = map_get(&old, a[i].name);
		if (!same) {
			note(k, CHANGE_MINOR, "/ports", a[i].at, "port '%s' was added", a[i].name);
			continue;
		}
		compare_address(k, &a[i], "kind", same->kind, a[i].kind);
		compare_address(k, &a[i], "format", same->format, a[i].format);
		compare_address(k, &a[i], "location", same->location, a[i].location);
	}
}

/* ---- promises ---- */

/* More is promised (1), less (-1), or the same (0). */
static void
note_promise(struct comparing *k, int direction, const char *what)
{
	const char *pointer = arena_printf(k->arena, "/sla/%s", what);
	if (direction > 0)
		note(k, CHANGE_MINOR, pointer, place(k, pointer), "the promise of %s was tightened",
		     what);
	if (direction < 0)
		note(k, CHANGE_MAJOR, pointer, place(k, pointer), "the promise of %s was weakened",
		     what);
}

static bool
is_given(struct duration d)
{
	return d.months != 0 || d.micros != 0;
}

static bool
same_duration(struct duration a, struct duration b)
{
	return a.months == b.months && a.micros == b.micros;
}

/* A shorter time is the stronger promise; one that cannot be told to be shorter is not. */
static int
compare_freshness(struct duration before, struct duration after)
{
	if (same_duration(before, after))
		return 0;
	if (!is_given(before) || !is_given(after))
		return is_given(after) ? 1 : -1;
	return duration_at_least(before, after) ? 1 : -1;
}

static int
compare_availability(const char *before, const char *after)
{
	double b = before ? strtod(before, NULL) : -1, a = after ? strtod(after, NULL) : -1;
	return (a > b) - (a < b);
}

static void
compare_promises(struct comparing *k)
{
	note_promise(k, compare_freshness(k->before->sla.freshness, k->after->sla.freshness),
		     "freshness");
	note_promise(k,
		     compare_availability(k->before->sla.availability, k->after->sla.availability),
		     "availability");
}

/* ---- everything else ---- */

/* Was a part of this key noted already, by what it means? */
static bool
is_noted(const struct comparing *k, const char *key)
{
	if (strcmp(key, "schema") != 0 && strcmp(key, "ports") != 0 && strcmp(key, "sla") != 0)
		return false;
	size_t length = strlen(key);
	for (size_t i = 0; i < k->changes.count; i++)
		if (strncmp(k->changes.items[i].pointer + 1, key, length) == 0)
			return true;
	return false;
}

static void
note_rest(struct comparing *k, const char *key, struct position at, const char *what)
{
	if (strcmp(key, "version") != 0 && !is_noted(k, key))
		note(k, CHANGE_PATCH, pointer_join(k->arena, "", key), at, "%s was %s", key, what);
}

static void
compare_rest(struct comparing *k)
{
	const struct node *before = k->before->document, *after = k->after->document;
	for (uint32_t i = 0; i < after->count; i++) {
		const struct member *m = &after->members[i];
		const struct node *old = node_get(before, m->key);
		if (!old || !node_equal(old, &m->value))
			note_rest(k, m->key, m->value.at, old ? "changed" : "added");
	}
	for (uint32_t i = 0; i < before->count; i++)
		if (!node_get(after, before->members[i].key))
			note_rest(k, before->members[i].key, NOWHERE, "removed");
}

/* Highest level first, otherwise in the order found. */
static struct change *
sorted(const struct changes *changes, struct arena *arena)
{
	struct change *items = ARENA_ARRAY(arena, struct change, changes->count);
	size_t n = 0;
	for (int level = CHANGE_MAJOR; level > CHANGE_NONE; level--)
		for (size_t i = 0; i < changes->count; i++)
			if ((int)changes->items[i].level == level)
				items[n++] = changes->items[i];
	return items;
}

struct changes
descriptor_compare(const struct descriptor *before, const struct descriptor *after,
		   struct arena *arena)
{
	struct comparing k = {.before = before, .after = after, .arena = arena};
	compare_columns(&k);
	compare_ports(&k);
	compare_promises(&k);
	compare_rest(&k);
	k.changes.items = sorted(&k.changes, arena);
	return k.changes;
}
