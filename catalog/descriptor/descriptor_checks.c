/*
 * descriptor_checks.c -- what the parts of a descriptor say of each other.
 *
 * A descriptor gets here also when its form was complained of, so that all complaints come at once:
 * any text may be NULL, and what is NULL was complained of already.
 *
 * Names that must differ first, then columns and where they come from, then the lists that name
 * columns, then tiers and the end of life.
 */
#include "descriptor_checks.h"

#include <string.h>

#include "base/map.h"

#include "value_checks.h"

/* Names that are known, and the same as an array, for suggestions. */
struct known {
	struct map by_name;
	const char **names;
	size_t count;
};

struct checking {
	const struct descriptor *d;
	struct violations *violations;
	struct arena *arena;
	struct known columns;
	struct known sources; /* as `from` names the inputs: a product, or NAMESPACE|NAME */
	size_t *comparisons;  /* left to spend on suggestions */
};

/*
 * Comparisons of names for suggestions, a tenth of a second's worth: an enemy's document could
 * otherwise have all its mistakes compared with all its names.
 */
enum { MOST_COMPARISONS = 50000 };

/* The pointer to an item; that of the list itself where one item stands in its place. */
static const char *
pointer_to_item(const struct checking *k, const char *list, size_t index)
{
	const struct node *written = node_get(k->d->document, list + 1);
	return written && written->kind == NODE_LIST ? pointer_index(k->arena, list, index) : list;
}

/* "/ports/2/name" of "/ports", 2 and "name" */
static const char *
pointer_to(const struct checking *k, const char *list, size_t index, const char *member)
{
	return pointer_join(k->arena, pointer_to_item(k, list, index), member);
}

static const char *
nearest(const struct checking *k, const struct known *known, const char *name)
{
	if (known->count > *k->comparisons)
		return NULL;
	*k->comparisons -= known->count;
	return nearest_word(name, known->names, known->count);
}

/* The value at `pointer`, and the place to complain of. */
static const struct node *
node_at(const struct checking *k, const char *pointer, struct position *ret_at)
{
	return pointer_place(k->d->document, pointer, ret_at);
}

/* ---- names that must differ ---- */

/* Remember `name`; complain when it was there before. */
static void
check_name_once(const struct checking *k, struct map *seen, const char *what, const char *name,
		const char *pointer)
{
	struct position at, first;
	if (!name)
		return;
	const char *before = map_get(seen, name);
	if (!before) {
		map_put(seen, name, (void *)pointer);
		return;
	}
	node_at(k, pointer, &at);
	node_at(k, before, &first);
	violation_note(k->violations, "duplicate", pointer, at,
		       "two %s are named '%s'; the first is on line %u", what, name, first.line);
}

/* The items of a list are structs of `size` bytes, whose name stands at `offset`. */
static void
check_names_once(const struct checking *k, const struct list *list, size_t size, size_t offset,
		 const char *pointer, const char *what)
{
	struct map seen = {.arena = k->arena};
	for (size_t i = 0; i < list->count; i++) {
		const char *item = (const char *)list->items + i * size;
		const char *name = *(const char *const *)(item + offset);
		check_name_once(k, &seen, what, name, pointer_to(k, pointer, i, "name"));
	}
}

/* Resources are told apart by plugin and name together. */
static void
check_wishes_once(const struct checking *k, const struct list *wishes, const char *pointer)
{
	struct map seen = {.arena = k->arena};
	const struct resource_wish *w = wishes->items;
	for (size_t i = 0; i < wishes->count; i++) {
		if (!w[i].plugin)
			continue;
		const char *name = w[i].name ? w[i].name : "default";
		const char *both = arena_printf(k->arena, "%s %s", w[i].plugin, name);
		if (map_put(&seen, both, (void *)both))
			violation_note(k->violations, "duplicate",
				       pointer_to(k, pointer, i, "name"), w[i].at,
				       "two resources of '%s' are named '%s'", w[i].plugin, name)
			    ->suggestion = "a `name` of its own for each";
	}
}

static void
check_names(const struct checking *k)
{
	const struct descriptor *d = k->d;
	check_names_once(k, &d->columns, sizeof(struct column), offsetof(struct column, name),
			 "/schema", "columns");
	check_names_once(k, &d->ports, sizeof(struct port), offsetof(struct port, name), "/ports",
			 "ports");
	check_names_once(k, &d->metrics, sizeof(struct metric_definition),
			 offsetof(struct metric_definition, name), "/metrics", "metrics");
	check_names_once(k, &d->terms, sizeof(struct term), offsetof(struct term, name), "/terms",
			 "terms");
	check_wishes_once(k, &d->storage, "/storage");
	check_wishes_once(k, &d->compute, "/compute");
}

/* ---- what it is made from ---- */

static const char *
input_source(const struct input *in)
{
	return in->product ? in->product : in->dataset;
}

static void
check_inputs(const struct checking *k)
{
	struct map seen = {.arena = k->arena};
	const struct input *inputs = k->d->inputs.items;
	for (size_t i = 0; i < k->d->inputs.count; i++) {
		const char *source = input_source(&inputs[i]);
		const char *pointer = pointer_to_item(k, "/inputs", i);
		if (!source)
			continue;
		if (map_put(&seen, source, (void *)source))
			violation_note(k->violations, "duplicate", pointer, inputs[i].at,
				       "the input '%s' is there twice", source);
		if (k->d->name && strcmp(source, k->d->name) == 0)
			violation_note(k->violations, "input", pointer, inputs[i].at,
				       "a product cannot be its own input");
	}
}

static void
complain_of_column(const struct checking *k, const char *name, const char *pointer,
		   struct position at)
{
	violation_note(k->violations, "unknown-column", pointer, at, "no column is named '%s'",
		       name)
	    ->suggestion = nearest(k, &k->columns, name);
}

static void
complain_of_source(const struct checking *k, const char *source, const char *pointer,
		   struct position at)
{
	const char *likely = nearest(k, &k->sources, source),
		   *prefix = strchr(source, '|') ? "dataset:" : "";
	violation_note(k->violations, "unknown-input", pointer, at, "'%s' is not among the inputs",
		       source)
	    ->suggestion =
	    likely ? likely : arena_printf(k->arena, "inputs: [\"%s%s\"]", prefix, source);
}

/* A column may come from a sibling, but not from itself; any other source must be an input. */
static void
check_source(const struct checking *k, const struct column *c, const struct column_source *s,
	     const char *pointer)
{
	if (!s->column || !value_is_source(k->arena, s->column))
		return;
	const char *mark = strrchr(s->column, '#');
	const char *source = arena_bytes(k->arena, s->column, (size_t)(mark - s->column));
	bool own = k->d->name && strcmp(source, k->d->name) == 0;
	if (!own && !map_get(&k->sources.by_name, source))
		complain_of_source(k, source, pointer, s->at);
	else if (own && !map_get(&k->columns.by_name, mark + 1))
		complain_of_column(k, mark + 1, pointer, s->at);
	else if (own && c->name && strcmp(mark + 1, c->name) == 0)
		violation_note(k->violations, "source", pointer, s->at,
			       "column '%s' cannot come from itself", c->name);
}

static void
check_sources(const struct checking *k, const struct column *c, size_t index)
{
	struct position at;
	if (c->from.count == 0)
		return;
	const char *base = pointer_to(k, "/schema", index, "from");
	const struct node *from = node_at(k, base, &at);
	const struct column_source *sources = c->from.items;
	for (size_t i = 0; i < c->from.count; i++) {
		bool is_list = from && from->kind == NODE_LIST;
		check_source(k, c, &sources[i], is_list ? pointer_index(k->arena, base, i) : base);
	}
}

static void
check_key(const struct checking *k, const struct column *c, size_t index)
{
	struct position at;
	if (!c->key || !c->nullable_given || !c->nullable)
		return;
	const char *pointer = pointer_to(k, "/schema", index, "nullable");
	node_at(k, pointer, &at);
	violation_note(k->violations, "key", pointer, at,
		       "column '%s' is part of the key: it cannot be nullable",
		       c->name ? c->name : "")
	    ->suggestion = "nullable: false";
}

/* ---- lists that name columns ---- */

/* `pointer` leads to the texts, which may have been one alone. */
static void
check_column_names(const struct checking *k, const struct texts *names, const char *pointer)
{
	struct position at;
	const struct node *written = node_at(k, pointer, &at);
	bool is_list = written && written->kind == NODE_LIST;
	struct map seen = {.arena = k->arena};
	for (size_t i = 0; i < names->count; i++) {
		const char *one = is_list ? pointer_index(k->arena, pointer, i) : pointer;
		if (!map_get(&k->columns.by_name, names->items[i]))
			complain_of_column(k, names->items[i], one, names->places[i]);
		else if (map_put(&seen, names->items[i], (void *)one))
			violation_note(k->violations, "duplicate", one, names->places[i],
				       "'%s' is there twice", names->items[i]);
	}
}

static void
check_access(const struct checking *k)
{
	const struct access_entry *entries = k->d->access.items;
	for (size_t i = 0; i < k->d->access.count; i++)
		check_column_names(k, &entries[i].columns, pointer_to(k, "/access", i, "columns"));
}

/* `unique: a` names its columns itself; `range: {column: a}` one step further in. */
static void
check_quality_checks(const struct checking *k)
{
	const struct quality_check *checks = k->d->quality_checks.items;
	struct position at;
	for (size_t i = 0; i < k->d->quality_checks.count; i++) {
		const char *pointer = pointer_to(k, "/quality_checks", i,
						 check_kind_name((enum check_kind)checks[i].kind));
		const struct node *written = node_at(k, pointer, &at);
		if (written && written->kind == NODE_MAP)
			pointer = pointer_join(k->arena, pointer, "column");
		check_column_names(k, &checks[i].columns, pointer);
	}
}

/* ---- tiers, and the end of life ---- */

static bool
is_given(struct duration d)
{
	return d.months != 0 || d.micros != 0;
}

/* Certainly shorter, wherever in the calendar one begins. */
static bool
is_shorter(struct duration a, struct duration b)
{
	return is_given(a) && is_given(b) && duration_longest(a) < duration_shortest(b);
}

static void
check_tier(const struct checking *k, const char *name, const struct tier *tier,
	   const char *hotter_name, const struct tier *hotter)
{
	struct position at;
	if (!is_shorter(tier->retention, hotter->retention))
		return;
	const char *pointer = arena_printf(k->arena, "/tiers/%s/retention", name);
	node_at(k, pointer, &at);
	violation_note(k->violations, "tiers", pointer, at,
		       "the %s tier keeps data for less time than the %s one", name, hotter_name);
}

static void
check_tiers(const struct checking *k)
{
	const struct tier *hot = &k->d->tiers.hot, *warm = &k->d->tiers.warm,
			  *cold = &k->d->tiers.cold;
	check_tier(k, "warm", warm, "hot", hot);
	check_tier(k, "cold", cold, is_given(warm->retention) ? "warm" : "hot",
		   is_given(warm->retention) ? warm : hot);
}

static void
check_deprecation(const struct checking *k)
{
	struct position at;
	const char *successor = k->d->deprecation.successor, *pointer = "/deprecation/successor";
	if (!successor || !k->d->name || strcmp(successor, k->d->name) != 0)
		return;
	node_at(k, pointer, &at);
	violation_note(k->violations, "successor", pointer, at,
		       "a product cannot be its own successor");
}

/* ---- all of it ---- */

static void
learn(struct known *known, const char *name)
{
	if (!name)
		return;
	known->names[known->count++] = name;
	map_put(&known->by_name, name, (void *)name);
}

static struct known
known_columns(const struct descriptor *d, struct arena *arena)
{
	struct known known = {
	    {.arena = arena}, ARENA_ARRAY(arena, const char *, d->columns.count), 0};
	const struct column *columns = d->columns.items;
	for (size_t i = 0; i < d->columns.count; i++)
		learn(&known, columns[i].name);
	return known;
}

static struct known
known_sources(const struct descriptor *d, struct arena *arena)
{
	struct known known = {
	    {.arena = arena}, ARENA_ARRAY(arena, const char *, d->inputs.count), 0};
	const struct input *inputs = d->inputs.items;
	for (size_t i = 0; i < d->inputs.count; i++)
		learn(&known, input_source(&inputs[i]));
	return known;
}

void
descriptor_check(const struct descriptor *d, struct violations *violations)
{
	struct arena *arena = violations->arena;
	size_t comparisons = MOST_COMPARISONS;
	struct checking k = {
	    .d = d,
	    .violations = violations,
	    .arena = arena,
	    .columns = known_columns(d, arena),
	    .sources = known_sources(d, arena),
	    .comparisons = &comparisons,
	};
	check_names(&k);
	check_inputs(&k);
	const struct column *columns = d->columns.items;
	for (size_t i = 0; i < d->columns.count; i++) {
		check_sources(&k, &columns[i], i);
		check_key(&k, &columns[i], i);
	}
	check_access(&k);
	check_quality_checks(&k);
	check_tiers(&k);
	check_deprecation(&k);
}
