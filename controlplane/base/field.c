/*
 * field.c -- decoding a map by its table.
 *
 * Reads from the complaints over one decoder a type to the map as a whole.  Every decoder gives
 * false when it complained and leaves its target as zero then; a list keeps an item for each that
 * stood in the text, so that indexes agree.
 */
#include "field.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "duration.h"
#include "field_sets.h"
#include "utf8.h"

/* Looking for what was meant takes time, and a list this long is no list of misspelt keys. */
enum { MOST_SUGGESTIONS = 1000 };

/* ---- complaints ---- */

static const char *
join_words(struct arena *arena, const char *const *words)
{
	const char *joined = "";
	for (size_t i = 0; words[i]; i++)
		joined = arena_printf(arena, "%s%s%s", joined, i ? ", " : "", words[i]);
	return joined;
}

static size_t
count_words(const char *const *words)
{
	size_t count = 0;
	while (words[count])
		count++;
	return count;
}

static const char *
expected(const struct field *f, struct arena *arena)
{
	switch (f->type) {
	case FIELD_BOOL:
		return "true or false";
	case FIELD_INT:
		return "a whole number";
	case FIELD_REAL:
		return "a number";
	case FIELD_DURATION:
		return "a length of time";
	case FIELD_WORD:
		return arena_printf(arena, "one of %s", join_words(arena, f->words));
	case FIELD_TEXTS:
		return "a list of texts";
	case FIELD_MAP:
		return "a map";
	case FIELD_LIST:
		return "a list";
	default:
		return "text";
	}
}

/* As it is written elsewhere: 4.0 must not look like the whole number 4. */
static const char *
found_real(double n, struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct json j = {.out = &text};
	json_real(&j, n);
	return arena_printf(arena, "%s (%s)", node_kind_name(NODE_REAL), text.data);
}

/* "a list", "a whole number (7)", "a text ('seven')" */
static const char *
found(const struct node *value, struct arena *arena)
{
	const char *kind = node_kind_name(value->kind);
	switch (value->kind) {
	case NODE_BOOL:
		return value->boolean ? "true" : "false";
	case NODE_INT:
		return arena_printf(arena, "%s (%" PRId64 ")", kind, value->integer);
	case NODE_REAL:
		return found_real(value->real, arena);
	case NODE_TEXT:
		return arena_printf(arena, "%s ('%.*s')", kind,
				    utf8_cut(value->text, value->count, 40), value->text);
	default:
		return kind;
	}
}

static struct violation *
complain_of_type(const struct field_context *c, const char *wanted, const struct node *value)
{
	return violation_note(c->violations, "type", c->pointer, value->at, "expected %s, found %s",
			      wanted, found(value, c->violations->arena));
}

static bool
is_truth_word(const char *text, bool truth)
{
	const char *const *words = truth ? (const char *const[]){"yes", "on", "true", "y", NULL}
					 : (const char *const[]){"no", "off", "false", "n", NULL};
	while (*words && strcasecmp(text, *words) != 0)
		words++;
	return *words != NULL;
}

/* What would have been right, as far as it can be told from what was written. */
static const char *
suggest(const struct field *f, const struct node *value)
{
	bool is_number = value->kind == NODE_INT || value->kind == NODE_REAL;
	bool is_scalar = is_number || value->kind == NODE_BOOL;
	if ((f->type == FIELD_TEXT || f->type == FIELD_TEXTS) && is_scalar)
		return "put the value in quotes";
	if (f->type == FIELD_DURATION && is_number)
		return f->example ? f->example : "1 hour";
	if (f->type == FIELD_BOOL && value->kind == NODE_TEXT)
		return is_truth_word(value->text, true)    ? "true"
		       : is_truth_word(value->text, false) ? "false"
							   : NULL;
	return NULL;
}

static bool
refuse_type(const struct field *f, const struct node *value, const struct field_context *c)
{
	complain_of_type(c, expected(f, c->violations->arena), value)->suggestion =
	    suggest(f, value);
	return false;
}

/* ---- one decoder a type ---- */

typedef bool decode_fn(const struct field *f, const struct node *value,
		       const struct field_context *c, void *target);

static bool
decode_text(const struct field *f, const struct node *value, const struct field_context *c,
	    void *target)
{
	if (value->kind != NODE_TEXT)
		return refuse_type(f, value, c);
	*(const char **)target = value->text;
	return true;
}

static bool
decode_bool(const struct field *f, const struct node *value, const struct field_context *c,
	    void *target)
{
	if (value->kind != NODE_BOOL)
		return refuse_type(f, value, c);
	*(bool *)target = value->boolean;
	return true;
}

static bool
decode_int(const struct field *f, const struct node *value, const struct field_context *c,
	   void *target)
{
	if (value->kind != NODE_INT)
		return refuse_type(f, value, c);
	*(int64_t *)target = value->integer;
	return true;
}

static bool
decode_real(const struct field *f, const struct node *value, const struct field_context *c,
	    void *target)
{
	if (value->kind != NODE_REAL && value->kind != NODE_INT)
		return refuse_type(f, value, c);
	*(double *)target = value->kind == NODE_REAL ? value->real : (double)value->integer;
	return true;
}

static bool
decode_duration(const struct field *f, const struct node *value, const struct field_context *c,
		void *target)
{
	struct err e;
	if (value->kind != NODE_TEXT)
		return refuse_type(f, value, c);
	if (!duration_parse(value->text, target, &e))
		return true;
	violation_note(c->violations, "duration", c->pointer, value->at, "%s", e.message)
	    ->suggestion = f->example;
	return false;
}

static bool
decode_word(const struct field *f, const struct node *value, const struct field_context *c,
	    void *target)
{
	if (value->kind != NODE_TEXT)
		return refuse_type(f, value, c);
	for (int i = 0; f->words[i]; i++) {
		if (strcmp(value->text, f->words[i]) == 0) {
			*(int *)target = i;
			return true;
		}
	}
	violation_note(c->violations, "word", c->pointer, value->at,
		       "expected one of %s, found '%.*s'",
		       join_words(c->violations->arena, f->words),
		       utf8_cut(value->text, value->count, 40), value->text)
	    ->suggestion = nearest_word(value->text, f->words, count_words(f->words));
	return false;
}

/* One of several texts, checked alone. */
static bool
take_text(const struct field *f, const struct node *item, const struct field_context *c,
	  const char **ret_text)
{
	if (item->kind != NODE_TEXT) {
		const char *suggestion = suggest(f, item);
		complain_of_type(c, "text", item)->suggestion = suggestion;
		return false;
	}
	*ret_text = item->text;
	if (f->check)
		f->check(c, item);
	return true;
}

static bool
decode_texts(const struct field *f, const struct node *value, const struct field_context *c,
	     void *target)
{
	bool is_list = value->kind == NODE_LIST;
	if (!is_list && value->kind != NODE_TEXT)
		return refuse_type(f, value, c);
	size_t count = is_list ? value->count : 1, taken = 0;
	const char **items = ARENA_ARRAY(c->arena, const char *, count);
	struct position *places = ARENA_ARRAY(c->arena, struct position, count);
	for (size_t i = 0; i < count; i++) {
		const struct node *item = is_list ? &value->items[i] : value;
		struct field_context inner = *c;
		if (is_list)
			inner.pointer = pointer_index(c->violations->arena, c->pointer, i);
		places[taken] = item->at;
		taken += take_text(f, item, &inner, &items[taken]);
	}
	*(struct texts *)target = (struct texts){items, places, taken};
	return true;
}

static bool
decode_map(const struct field *f, const struct node *value, const struct field_context *c,
	   void *target)
{
	field_decode(f->of, value, c, target);
	return true;
}

static bool
decode_list(const struct field *f, const struct node *value, const struct field_context *c,
	    void *target)
{
	bool is_list = value->kind == NODE_LIST;
	bool is_one =
	    (f->flags & FIELD_OR_ONE) && (value->kind == NODE_MAP || value->kind == NODE_TEXT);
	if (!is_list && !is_one)
		return refuse_type(f, value, c);
	size_t count = is_list ? value->count : 1;
	char *items = arena_array(c->arena, count, f->of->size);
	for (size_t i = 0; i < count; i++) {
		struct field_context inner = *c;
		if (is_list)
			inner.pointer = pointer_index(c->violations->arena, c->pointer, i);
		field_decode(f->of, is_list ? &value->items[i] : value, &inner,
			     items + i * f->of->size);
	}
	*(struct list *)target = (struct list){items, count};
	return true;
}

static bool
decode_node(const struct field *f, const struct node *value, const struct field_context *c,
	    void *target)
{
	(void)f;
	(void)c;
	*(const struct node **)target = value;
	return true;
}

static decode_fn *const decoders[] = {
    [FIELD_TEXT] = decode_text,   [FIELD_BOOL] = decode_bool,         [FIELD_INT] = decode_int,
    [FIELD_REAL] = decode_real,   [FIELD_DURATION] = decode_duration, [FIELD_WORD] = decode_word,
    [FIELD_TEXTS] = decode_texts, [FIELD_MAP] = decode_map,           [FIELD_LIST] = decode_list,
    [FIELD_NODE] = decode_node,
};

/* ---- the map ---- */

static void *
member_at(void *base, size_t offset)
{
	return (char *)base + offset;
}

/* Zero, but for words: those of maps in place as well, which are absent with their map. */
static void
set_absent(const struct field_set *set, void *base)
{
	for (const struct field *f = set->fields; f->type != FIELD_END; f++) {
		if (f->type == FIELD_WORD)
			*(int *)member_at(base, f->offset) = -1;
		if (f->type == FIELD_MAP)
			set_absent(f->of, member_at(base, f->offset));
	}
}

static const struct field *
find_field(const struct field_set *set, const char *name)
{
	for (const struct field *f = set->fields; f->type != FIELD_END; f++)
		if (f->name[0] == name[0] && strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

static const char *
nearest_field(const struct field_set *set, const char *key)
{
	const char *best = NULL;
	for (const struct field *f = set->fields; f->type != FIELD_END; f++) {
		const char *const pair[] = {best, f->name};
		best = best ? nearest_word(key, pair, 2) : nearest_word(key, &pair[1], 1);
	}
	return best;
}

static void
check_key(const struct field_set *set, const struct member *m, const struct field_context *c)
{
	if (find_field(set, m->key) || (set->extensions && strncmp(m->key, "x-", 2) == 0))
		return;
	struct arena *arena = c->violations->arena;
	struct violation *v = violation_note(
	    c->violations, "unknown-key", pointer_join(arena, c->pointer, m->key), m->at,
	    "unknown key '%.*s'", utf8_cut(m->key, strlen(m->key), 60), m->key);
	if (c->violations->count <= MOST_SUGGESTIONS)
		v->suggestion = nearest_field(set, m->key);
	if (!v->suggestion && set->extensions)
		v->suggestion = arena_printf(arena, "x-%s", m->key);
}

static bool
is_empty(const struct node *value)
{
	return (value->kind == NODE_TEXT || value->kind == NODE_LIST || value->kind == NODE_MAP) &&
	       value->count == 0;
}

static void
decode_present(const struct field *f, const struct node *value, const struct field_context *c,
	       void *base)
{
	if ((f->flags & FIELD_NOT_EMPTY) && is_empty(value)) {
		violation_note(c->violations, "not-empty", c->pointer, value->at,
			       "'%s' must not be empty", f->name)
		    ->suggestion = f->example;
		return;
	}
	bool is_good = decoders[f->type](f, value, c, member_at(base, f->offset));
	if (is_good && f->check && f->type != FIELD_TEXTS)
		f->check(c, value);
}

static void
decode_field(const struct field *f, const struct node *value, const struct node *map,
	     const struct field_context *c, void *base)
{
	bool is_null = value && value->kind == NODE_NULL;
	bool is_required = f->flags & FIELD_REQUIRED;
	if (value && (!is_null || (f->type == FIELD_NODE && !is_required))) {
		struct field_context inner = *c;
		inner.pointer = pointer_join(c->violations->arena, c->pointer, f->name);
		decode_present(f, value, &inner, base);
	} else if (is_required) {
		const char *pointer = pointer_join(c->violations->arena, c->pointer, f->name);
		violation_note(c->violations, "required", pointer, value ? value->at : map->at,
			       is_null ? "'%s' is required, found nothing" : "'%s' is missing",
			       f->name)
		    ->suggestion = f->example;
	}
}

enum { MOST_FIELDS = 64 };

/* Which value each field has; gives how many keys are no field's. */
static uint32_t
sort_members(const struct field_set *set, const struct node *map,
	     const struct node *ret_values[MOST_FIELDS])
{
	uint32_t unknown = 0;
	for (uint32_t i = 0; i < map->count; i++) {
		const struct field *f = find_field(set, map->members[i].key);
		if (!f) {
			unknown++;
			continue;
		}
		assert(f - set->fields < MOST_FIELDS);
		if (!ret_values[f - set->fields])
			ret_values[f - set->fields] = &map->members[i].value;
	}
	return unknown;
}

static void
decode_members(const struct field_set *set, const struct node *map, const struct field_context *c,
	       void *ret_struct)
{
	const struct node *values[MOST_FIELDS] = {NULL};
	uint32_t unknown = sort_members(set, map, values);
	for (size_t i = 0; set->fields[i].type != FIELD_END; i++)
		decode_field(&set->fields[i], values[i], map, c, ret_struct);
	for (uint32_t i = 0; unknown > 0 && i < map->count && !set->open; i++)
		check_key(set, &map->members[i], c);
	if (set->check)
		set->check(c, map);
}

bool
field_decode(const struct field_set *set, const struct node *node,
	     const struct field_context *context, void *ret_struct)
{
	size_t before = context->violations->count;
	memset(ret_struct, 0, set->size);
	set_absent(set, ret_struct);
	if (set->has_place)
		*(struct position *)ret_struct = node->at;
	if (node->kind == NODE_MAP)
		decode_members(set, node, context, ret_struct);
	else if (set->brief)
		set->brief(context, node, ret_struct);
	else
		complain_of_type(context, "a map", node);
	return context->violations->count == before;
}

/* ---- the sets that a set leads to ---- */

static void
gather(struct field_sets *found_sets, const struct field_set *set)
{
	for (size_t i = 0; i < found_sets->count; i++)
		if (found_sets->items[i] == set)
			return;
	found_sets->items =
	    memory_resize(found_sets->items, (found_sets->count + 1) * sizeof(struct field_set *));
	found_sets->items[found_sets->count++] = set;
	for (const struct field *f = set->fields; f->type != FIELD_END; f++)
		if (f->of)
			gather(found_sets, f->of);
}

struct field_sets
field_sets_from(const struct field_set *root)
{
	struct field_sets sets = {0};
	gather(&sets, root);
	return sets;
}
