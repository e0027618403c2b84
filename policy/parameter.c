/*
 * parameter.c -- reading the schema, putting values in, comparing them.
 */
#include "parameter.h"

#include <string.h>

#include "base/duration.h"

// clang-format off
static const char *const types[] = {"text", "period", "integer", "number", "bool", "list", "table", NULL};
static const char *const with_article[] = {"a text", "a period", "an integer", "a number", "a bool", "a list", "a table"};
static const char *const directions[] = {"higher", "lower", "longer", "shorter", "more", "fewer", "on", "off", NULL};

/* Which directions a type can go, a bit each. */
#define GOES(direction) (1u << (STRICTER_##direction))
static const unsigned ways[] = {
	[PARAMETER_TEXT]    = 0,
	[PARAMETER_PERIOD]  = GOES(LONGER) | GOES(SHORTER),
	[PARAMETER_INTEGER] = GOES(HIGHER) | GOES(LOWER),
	[PARAMETER_NUMBER]  = GOES(HIGHER) | GOES(LOWER),
	[PARAMETER_BOOL]    = GOES(ON) | GOES(OFF),
	[PARAMETER_LIST]    = GOES(MORE) | GOES(FEWER),
	[PARAMETER_TABLE]   = GOES(HIGHER) | GOES(LOWER) | GOES(LONGER) | GOES(SHORTER),
};

#define PARAMETER(member) offsetof(struct parameter, member)

static const struct field parameter_fields[] = {
	{"type",        FIELD_WORD,  PARAMETER(type),        FIELD_REQUIRED, .words = types, .help = "What its values are", .example = "period"},
	{"default",     FIELD_NODE,  PARAMETER(preset),      .help = "Its value where no other is set", .example = "7 years"},
	{"stricter",    FIELD_WORD,  PARAMETER(stricter),    .words = directions, .help = "Which way a domain may change it", .example = "longer"},
	{"least",       FIELD_NODE,  PARAMETER(least),       .help = "The least that it may be", .example = "1 year"},
	{"most",        FIELD_NODE,  PARAMETER(most),        .help = "The most that it may be", .example = "30 years"},
	{"words",       FIELD_TEXTS, PARAMETER(words),       .help = "The texts that it may be", .example = "[weekly, monthly]"},
	{"description", FIELD_TEXT,  PARAMETER(description), .help = "What it is for", .example = "How long financial data is kept"},
	{0},
};
// clang-format on

static const struct field_set parameter_set = {
    "parameter",
    sizeof(struct parameter),
    parameter_fields,
    .has_place = true,
    .help = "What a policy lets others set.",
};

const char *
parameter_type_name(int type)
{
	return types[type];
}

const char *
strictness_name(int stricter)
{
	return directions[stricter];
}

/* ---- what a value is ---- */

static bool
is_number(const struct node *n)
{
	return n->kind == NODE_INT || n->kind == NODE_REAL;
}

static double
number_of(const struct node *n)
{
	return n->kind == NODE_INT ? (double)n->integer : n->real;
}

static bool
is_period(const struct node *n)
{
	struct duration d;
	struct err e;
	return n->kind == NODE_TEXT && duration_parse(n->text, &d, &e) == ERR_OK;
}

static bool
fits_type(int type, const struct node *value)
{
	switch (type) {
	case PARAMETER_TEXT:
		return value->kind == NODE_TEXT;
	case PARAMETER_PERIOD:
		return is_period(value);
	case PARAMETER_INTEGER:
		return value->kind == NODE_INT;
	case PARAMETER_NUMBER:
		return is_number(value);
	case PARAMETER_BOOL:
		return value->kind == NODE_BOOL;
	case PARAMETER_LIST:
		return value->kind == NODE_LIST;
	default:
		return value->kind == NODE_MAP;
	}
}

/* A value without a schema says itself what it is. */
static int
type_of_value(const struct node *value)
{
	static const int of_kind[] = {
	    [NODE_NULL] = -1,
	    [NODE_BOOL] = PARAMETER_BOOL,
	    [NODE_INT] = PARAMETER_INTEGER,
	    [NODE_REAL] = PARAMETER_NUMBER,
	    [NODE_TEXT] = PARAMETER_TEXT,
	    [NODE_LIST] = PARAMETER_LIST,
	    [NODE_MAP] = PARAMETER_TABLE,
	};
	return of_kind[value->kind];
}

/* ---- comparing ---- */

static bool
is_at_least(const struct node *a, const struct node *b)
{
	if (a->kind == NODE_INT && b->kind == NODE_INT)
		return a->integer >= b->integer;
	return is_number(a) && is_number(b) && number_of(a) >= number_of(b);
}

static bool
lasts_at_least(const struct node *a, const struct node *b)
{
	struct duration first, second;
	struct err e;
	return a->kind == NODE_TEXT && b->kind == NODE_TEXT &&
	       duration_parse(a->text, &first, &e) == ERR_OK &&
	       duration_parse(b->text, &second, &e) == ERR_OK &&
	       (strcmp(a->text, b->text) == 0 || duration_at_least(first, second));
}

static bool
has_item(const struct node *list, const struct node *item)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (node_equal(&list->items[i], item))
			return true;
	return false;
}

static bool
holds_all(const struct node *list, const struct node *items)
{
	for (uint32_t i = 0; i < items->count; i++)
		if (!has_item(list, &items->items[i]))
			return false;
	return true;
}

static bool goes(int direction, const struct node *given, const struct node *wanted);

/* Each row that is given is still there, and is as strict. */
static bool
rows_go(int direction, const struct node *given, const struct node *wanted)
{
	for (uint32_t i = 0; i < given->count; i++) {
		const struct node *row = node_get(wanted, given->members[i].key);
		if (!row || !goes(direction, &given->members[i].value, row))
			return false;
	}
	return true;
}

static bool
goes(int direction, const struct node *given, const struct node *wanted)
{
	if (given->kind == NODE_MAP)
		return wanted->kind == NODE_MAP && rows_go(direction, given, wanted);
	switch (direction) {
	case STRICTER_HIGHER:
		return is_at_least(wanted, given);
	case STRICTER_LOWER:
		return is_at_least(given, wanted);
	case STRICTER_LONGER:
		return lasts_at_least(wanted, given);
	case STRICTER_SHORTER:
		return lasts_at_least(given, wanted);
	case STRICTER_MORE:
		return holds_all(wanted, given);
	case STRICTER_FEWER:
		return holds_all(given, wanted);
	case STRICTER_ON:
		return wanted->boolean || !given->boolean;
	default:
		return !wanted->boolean || given->boolean;
	}
}

bool
parameter_is_as_strict(const struct parameter *p, const struct node *given,
		       const struct node *wanted)
{
	return p->stricter < 0 ? node_equal(given, wanted) : goes(p->stricter, given, wanted);
}

/* ---- what a value must be ---- */

static bool
is_within(const struct parameter *p, const struct node *value)
{
	int upwards = p->type == PARAMETER_PERIOD ? STRICTER_LONGER : STRICTER_HIGHER;
	int downwards = p->type == PARAMETER_PERIOD ? STRICTER_SHORTER : STRICTER_LOWER;
	return (!p->least || goes(upwards, p->least, value)) &&
	       (!p->most || goes(downwards, p->most, value));
}

static bool
is_a_word(const struct parameter *p, const struct node *value)
{
	if (p->words.count == 0 || value->kind != NODE_TEXT)
		return true;
	for (size_t i = 0; i < p->words.count; i++)
		if (strcmp(p->words.items[i], value->text) == 0)
			return true;
	return false;
}

/* "7 years", "[a, b]": as JSON, for messages. */
static const char *
shown(const struct node *value, struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = {0};
	if (value->kind == NODE_TEXT)
		return arena_printf(arena, "'%.100s'", value->text);
	json_node(&(struct json){.out = &text}, value);
	return arena_printf(arena, "%.100s", text.data);
}

/* "weekly, monthly" */
static const char *
words_shown(const struct texts *words, struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = {0};
	for (size_t i = 0; i < words->count; i++)
		buf_printf(&text, "%s%s", i ? ", " : "", words->items[i]);
	return arena_bytes(arena, text.data, text.length);
}

/* The complaint outlives the policy. */
static void
suggest(struct violation *v, const char *word, struct arena *arena)
{
	if (word)
		v->suggestion = arena_text(arena, word);
}

static const char *const wanted[] = {"a text",         "a length of time such as \"7 years\"",
				     "a whole number", "a number",
				     "true or false",  "a list",
				     "a map"};

static bool
accept(const struct parameter *p, const struct node *value, const char *pointer,
       struct violations *violations)
{
	struct arena *arena = violations->arena;
	if (!fits_type(p->type, value)) {
		violation_note(violations, "parameter", pointer, value->at,
			       "the parameter '%s' wants %s, not %s", p->name, wanted[p->type],
			       shown(value, arena));
		return false;
	}
	if (!is_within(p, value)) {
		violation_note(violations, "parameter", pointer, value->at,
			       "the parameter '%s' is %s, outside of %s to %s", p->name,
			       shown(value, arena), p->least ? shown(p->least, arena) : "any",
			       p->most ? shown(p->most, arena) : "any");
		return false;
	}
	if (is_a_word(p, value))
		return true;
	struct violation *v =
	    violation_note(violations, "parameter", pointer, value->at,
			   "the parameter '%s' cannot be %s, but one of %.200s", p->name,
			   shown(value, arena), words_shown(&p->words, arena));
	suggest(v, nearest_word(value->text, p->words.items, p->words.count), arena);
	return false;
}

/* ---- the schema ---- */

static bool
check_direction(const struct parameter *p, const char *pointer, struct violations *violations)
{
	const struct node *rows = p->preset;
	unsigned all = ways[p->type];
	if (p->type == PARAMETER_TABLE && rows && rows->kind == NODE_MAP && rows->count > 0)
		all =
		    ways[is_period(&rows->members[0].value) ? PARAMETER_PERIOD : PARAMETER_NUMBER];
	if (p->stricter < 0 || (all >> p->stricter & 1))
		return true;
	violation_note(violations, "parameter", pointer, p->at, "%s cannot be '%s' to be stricter",
		       with_article[p->type], directions[p->stricter]);
	return false;
}

static bool
check_limits(const struct parameter *p, const char *pointer, struct violations *violations)
{
	bool ordered = p->type == PARAMETER_PERIOD || p->type == PARAMETER_INTEGER ||
		       p->type == PARAMETER_NUMBER;
	const struct node *limits[] = {p->least, p->most};
	for (size_t i = 0; !ordered && i < ARRAY_LEN(limits); i++)
		if (limits[i]) {
			violation_note(violations, "parameter", pointer, limits[i]->at,
				       "the parameter '%s' is %s, which has no '%s'", p->name,
				       with_article[p->type], i ? "most" : "least");
			return false;
		}
	for (size_t i = 0; i < ARRAY_LEN(limits); i++)
		if (limits[i] && !fits_type(p->type, limits[i])) {
			violation_note(violations, "parameter", pointer, limits[i]->at,
				       "'%s' of the parameter '%s' is no %s", i ? "most" : "least",
				       p->name, types[p->type]);
			return false;
		}
	return true;
}

static bool
read_schema(const struct member *m, const char *pointer, struct arena *arena,
	    struct violations *violations, struct parameter *ret_parameter)
{
	struct field_context context = {
	    .arena = arena, .violations = violations, .pointer = pointer};
	if (!field_decode(&parameter_set, &m->value, &context, ret_parameter))
		return false;
	ret_parameter->name = m->key;
	ret_parameter->at = m->at;
	return check_direction(ret_parameter, pointer, violations) &&
	       check_limits(ret_parameter, pointer, violations) &&
	       (!ret_parameter->preset ||
		accept(ret_parameter, ret_parameter->preset,
		       pointer_join(violations->arena, pointer, "default"), violations));
}

static bool
read_parameter(const struct member *m, struct arena *arena, struct violations *violations,
	       struct parameter *ret_parameter)
{
	const char *pointer = pointer_join(violations->arena, "/parameters", m->key);
	if (m->value.kind == NODE_MAP && node_get(&m->value, "type"))
		return read_schema(m, pointer, arena, violations, ret_parameter);
	*ret_parameter = (struct parameter){.at = m->at,
					    .name = m->key,
					    .type = type_of_value(&m->value),
					    .stricter = -1,
					    .preset = &m->value};
	if (ret_parameter->type >= 0)
		return true;
	violation_note(violations, "parameter", pointer, m->value.at,
		       "the parameter '%s' has neither a value nor a type", m->key)
	    ->suggestion = "{type: text}";
	return false;
}

bool
parameters_decode(const struct node *map, struct arena *arena, struct violations *violations,
		  struct parameters *ret_parameters)
{
	size_t count = map && map->kind == NODE_MAP ? map->count : 0;
	struct parameters p = {ARENA_ARRAY(arena, struct parameter, count), count};
	bool sound = true;
	for (size_t i = 0; i < count; i++)
		sound &= read_parameter(&map->members[i], arena, violations, &p.items[i]);
	*ret_parameters = p;
	return sound;
}

/* ---- what is refused of a new document; accepted ones stay as they are ---- */

static bool
goes_by_time(const struct parameter *p)
{
	return p->stricter == STRICTER_LONGER || p->stricter == STRICTER_SHORTER;
}

static bool
check_row(const struct parameter *p, const struct node *row, const char *pointer,
	  struct violations *violations)
{
	if (goes_by_time(p) ? is_period(row) : is_number(row))
		return true;
	violation_note(violations, "parameter", pointer, row->at,
		       "a row of the parameter '%s' wants %s, not %s", p->name,
		       wanted[goes_by_time(p) ? PARAMETER_PERIOD : PARAMETER_NUMBER],
		       shown(row, violations->arena));
	return false;
}

/* Rows that one way of is stricter are compared; a row may be a table itself. */
static bool
check_rows(const struct parameter *p, const struct node *rows, const char *pointer,
	   struct violations *violations)
{
	bool sound = true;
	for (uint32_t i = 0; i < rows->count; i++) {
		const struct node *row = &rows->members[i].value;
		const char *place = pointer_join(violations->arena, pointer, rows->members[i].key);
		sound &= row->kind == NODE_MAP ? check_rows(p, row, place, violations)
					       : check_row(p, row, place, violations);
	}
	return sound;
}

static bool
check_value(const struct parameter *p, const struct node *value, const char *pointer,
	    struct violations *violations)
{
	return p->type != PARAMETER_TABLE || p->stricter < 0 || value->kind != NODE_MAP ||
	       check_rows(p, value, pointer, violations);
}

static bool
check_schema(const struct parameter *p, const char *pointer, struct violations *violations)
{
	if (p->words.count > 0 && p->type != PARAMETER_TEXT && p->type != PARAMETER_PERIOD) {
		violation_note(violations, "parameter", pointer, p->at,
			       "'words' of the parameter '%s' are for a text, not for %s", p->name,
			       with_article[p->type]);
		return false;
	}
	return !p->preset ||
	       check_value(p, p->preset, pointer_join(violations->arena, pointer, "default"),
			   violations);
}

bool
parameters_check(const struct parameters *p, struct violations *violations)
{
	bool sound = true;
	for (size_t i = 0; i < p->count; i++)
		sound &= check_schema(
		    &p->items[i], pointer_join(violations->arena, "/parameters", p->items[i].name),
		    violations);
	return sound;
}

bool
parameters_check_set(const struct parameters *p, const struct node *set, const char *pointer,
		     struct violations *violations)
{
	bool sound = true;
	for (size_t i = 0; i < p->count; i++) {
		const struct node *own = set ? node_get(set, p->items[i].name) : NULL;
		sound &=
		    !own || check_value(&p->items[i], own,
					pointer_join(violations->arena, pointer, p->items[i].name),
					violations);
	}
	return sound;
}

/* ---- values ---- */

const struct parameter *
parameter_find(const struct parameters *p, const char *name)
{
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->items[i].name, name) == 0)
			return &p->items[i];
	return NULL;
}

static void
complain_unknown(const struct parameters *p, const struct member *m, const char *pointer,
		 struct violations *violations)
{
	const char **names = ARENA_ARRAY(violations->arena, const char *, p->count);
	for (size_t i = 0; i < p->count; i++)
		names[i] = p->items[i].name;
	struct violation *v = violation_note(violations, "parameter", pointer, m->at,
					     "the policy has no parameter '%s'", m->key);
	suggest(v, nearest_word(m->key, names, p->count), violations->arena);
}

static bool
accept_all(const struct parameters *p, const struct node *set, const char *pointer,
	   struct violations *violations)
{
	bool sound = true;
	for (uint32_t i = 0; i < set->count; i++) {
		const struct member *m = &set->members[i];
		const struct parameter *parameter = parameter_find(p, m->key);
		const char *place = pointer_join(violations->arena, pointer, m->key);
		if (!parameter)
			complain_unknown(p, m, place, violations);
		sound &= parameter && accept(parameter, &m->value, place, violations);
	}
	return sound;
}

static struct node
row_by_row(const struct node *before, const struct node *set, struct arena *arena)
{
	struct member *rows = ARENA_ARRAY(arena, struct member, before->count + set->count);
	uint32_t count = 0;
	for (uint32_t i = 0; i < before->count; i++) {
		const struct node *other = node_get(set, before->members[i].key);
		rows[count] = before->members[i];
		if (other)
			rows[count].value = *other;
		count++;
	}
	for (uint32_t i = 0; i < set->count; i++)
		if (!node_get(before, set->members[i].key))
			rows[count++] = set->members[i];
	return (struct node){.kind = NODE_MAP, .count = count, .at = set->at, .members = rows};
}

/* An expression is compiled for one type of each parameter: 3 is 3.0 where numbers are wanted. */
static struct node
value_for(const struct parameter *p, const struct node *before, const struct node *set,
	  struct arena *arena)
{
	if (p->type == PARAMETER_TABLE && before && before->kind == NODE_MAP)
		return row_by_row(before, set, arena);
	if (p->type == PARAMETER_NUMBER && set->kind == NODE_INT)
		return (struct node){
		    .kind = NODE_REAL, .at = set->at, .real = (double)set->integer};
	return *set;
}

static bool
value_of(const struct parameter *p, const struct node *before, const struct node *set,
	 struct arena *arena, struct node *ret_value)
{
	const struct node *own = node_get(set, p->name);
	const struct node *kept = before ? node_get(before, p->name) : p->preset;
	if (!own && !kept)
		return false;
	*ret_value = own ? value_for(p, kept, own, arena) : value_for(p, NULL, kept, arena);
	return true;
}

const struct node *
parameters_set(const struct parameters *p, const struct node *before, const struct node *set,
	       const char *pointer, struct arena *arena, struct violations *violations)
{
	if (set && !accept_all(p, set, pointer, violations))
		return NULL;
	struct member *members = ARENA_ARRAY(arena, struct member, p->count);
	struct node *values = ARENA_NEW(arena, struct node);
	uint32_t count = 0;
	for (size_t i = 0; i < p->count; i++) {
		struct member m = {.key = p->items[i].name, .at = p->items[i].at};
		if (value_of(&p->items[i], before, set, arena, &m.value))
			members[count++] = m;
	}
	*values = (struct node){.kind = NODE_MAP, .count = count, .members = members};
	return values;
}

bool
parameters_complete(const struct parameters *p, const struct node *values,
		    struct violations *violations)
{
	bool complete = true;
	for (size_t i = 0; i < p->count; i++) {
		if (node_get(values, p->items[i].name))
			continue;
		const char *pointer =
		    pointer_join(violations->arena, "/parameters", p->items[i].name);
		violation_note(violations, "parameter", pointer, p->items[i].at,
			       "the parameter '%s' has no value: neither a default nor one of "
			       "the scope global",
			       p->items[i].name);
		complete = false;
	}
	return complete;
}
