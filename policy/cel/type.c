/*
 * type.c -- types: made, written, read, and the fields of records and of what is loose.
 */
#include "cel/type.h"

static const struct cel_type dyn_type = {.kind = TYPE_DYN};
static const struct cel_type *const two_dyns[] = {&dyn_type, &dyn_type};

/* Indexed by enum type_kind; the names are those of signatures and messages. */
static const struct cel_type simple_types[] = {
    // clang-format off
	[TYPE_DYN]       = {.kind = TYPE_DYN,       .name = "dyn"},
	[TYPE_NULL]      = {.kind = TYPE_NULL,      .name = "null_type"},
	[TYPE_BOOL]      = {.kind = TYPE_BOOL,      .name = "bool"},
	[TYPE_INT]       = {.kind = TYPE_INT,       .name = "int"},
	[TYPE_UINT]      = {.kind = TYPE_UINT,      .name = "uint"},
	[TYPE_DOUBLE]    = {.kind = TYPE_DOUBLE,    .name = "double"},
	[TYPE_STRING]    = {.kind = TYPE_STRING,    .name = "string"},
	[TYPE_BYTES]     = {.kind = TYPE_BYTES,     .name = "bytes"},
	[TYPE_TIMESTAMP] = {.kind = TYPE_TIMESTAMP, .name = "timestamp"},
	[TYPE_DURATION]  = {.kind = TYPE_DURATION,  .name = "duration"},
	[TYPE_PERIOD]    = {.kind = TYPE_PERIOD,    .name = "period"},
	[TYPE_TYPE]      = {.kind = TYPE_TYPE,      .name = "type",          .count = 1, .parameters = two_dyns},
	[TYPE_LIST]      = {.kind = TYPE_LIST,      .name = "list",          .count = 1, .parameters = two_dyns},
	[TYPE_MAP]       = {.kind = TYPE_MAP,       .name = "map",           .count = 2, .parameters = two_dyns},
	[TYPE_OPTIONAL]  = {.kind = TYPE_OPTIONAL,  .name = "optional_type", .count = 1, .parameters = two_dyns},
	[TYPE_IP]        = {.kind = TYPE_IP,        .name = "net.IP"},
	[TYPE_CIDR]      = {.kind = TYPE_CIDR,      .name = "net.CIDR"},
	[TYPE_ITEM]      = {.kind = TYPE_ITEM,      .name = "item",          .count = 1, .parameters = two_dyns},
    // clang-format on
};

const struct cel_type *
type_simple(enum type_kind kind)
{
	return &simple_types[kind];
}

const struct cel_type *
type_with(struct arena *arena, const struct cel_type *like,
	  const struct cel_type *const *parameters, uint32_t count)
{
	const struct cel_type **copy = ARENA_ARRAY(arena, const struct cel_type *, count);
	struct cel_type *t = ARENA_NEW(arena, struct cel_type);
	*t = *like;
	t->count = count;
	t->parameters = copy;
	t->depth = 0;
	for (uint32_t i = 0; i < count; i++) {
		copy[i] = parameters[i];
		if (parameters[i]->depth >= t->depth)
			t->depth = parameters[i]->depth + 1;
	}
	return t;
}

const struct cel_type *
type_of(struct arena *arena, enum type_kind kind, const struct cel_type *parameter)
{
	return type_with(arena, &simple_types[kind], &parameter, 1);
}

const struct cel_type *
type_list(struct arena *arena, const struct cel_type *item)
{
	return type_of(arena, TYPE_LIST, item);
}

const struct cel_type *
type_map(struct arena *arena, const struct cel_type *key, const struct cel_type *value)
{
	const struct cel_type *pair[] = {key, value};
	return type_with(arena, &simple_types[TYPE_MAP], pair, 2);
}

/* ---- as text ---- */

enum { MOST_PARAMETERS = 8 };

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* The parameters behind an opening parenthesis; their number, or -1. */
static int
parse_parameters(struct arena *arena, const char **text,
		 const struct cel_type *ret_parameters[MOST_PARAMETERS])
{
	int count = 0;
	while (**text != ')') {
		const struct cel_type *t = count < MOST_PARAMETERS ? type_parse(arena, text) : NULL;
		if (!t)
			return -1;
		ret_parameters[count++] = t;
		*text += strspn(*text, ", ");
	}
	++*text;
	return count;
}

static const struct cel_type *
simple_named(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(simple_types); i++)
		if (strcmp(simple_types[i].name, name) == 0)
			return &simple_types[i];
	return NULL;
}

const struct cel_type *
type_parse(struct arena *arena, const char **text)
{
	const char *start = *text;
	while (is_name_char(**text) || (**text == '.' && is_name_char((*text)[1])))
		++*text;
	size_t length = (size_t)(*text - start);
	if (length == 0)
		return NULL;
	const char *name = arena_bytes(arena, start, length);
	const struct cel_type *parameters[MOST_PARAMETERS];
	int count = 0;
	if (**text == '(') {
		++*text;
		count = parse_parameters(arena, text, parameters);
	}
	if (count < 0)
		return NULL;
	struct cel_type named = {.kind = TYPE_ABSTRACT, .name = name};
	if (length == 1 && *start >= 'A' && *start <= 'Z')
		named.kind = TYPE_PARAM;
	const struct cel_type *simple = simple_named(name);
	if (simple && count == 0)
		return simple;
	if (simple && (uint32_t)count != simple->count)
		return NULL;
	return type_with(arena, simple ? simple : &named, parameters, (uint32_t)count);
}

/* list and map without parameters are lists and maps of dyn; a type without one is just "type". */
static void
write_type(const struct cel_type *t, struct buf *out)
{
	if (t->kind == TYPE_RECORD) {
		buf_text(out, "map(string, dyn)");
		return;
	}
	if (t->kind == TYPE_UNKNOWN || t->kind == TYPE_ITEM) {
		buf_text(out, "dyn");
		return;
	}
	buf_text(out, t->name ? t->name : "dyn");
	if (t->count == 0 || (t->kind == TYPE_TYPE && t == &simple_types[TYPE_TYPE]))
		return;
	for (uint32_t i = 0; i < t->count; i++) {
		buf_text(out, i ? ", " : "(");
		write_type(t->parameters[i], out);
	}
	buf_char(out, ')');
}

const char *
type_format(struct arena *arena, const struct cel_type *t)
{
	CLEANUP(buf_done) struct buf out = {0};
	write_type(t, &out);
	return arena_bytes(arena, out.data, out.length);
}

/* Simple types are constants; nesting is bounded by the checker. */
const struct cel_type *
type_copy(struct arena *arena, const struct cel_type *t)
{
	const struct cel_type *parameters[MOST_PARAMETERS];
	if (t >= simple_types && t < simple_types + ARRAY_LEN(simple_types))
		return t;
	for (uint32_t i = 0; i < t->count; i++)
		parameters[i] = type_copy(arena, t->parameters[i]);
	struct cel_type named = *t;
	named.name = t->name ? arena_text(arena, t->name) : NULL;
	return type_with(arena, &named, parameters, t->count);
}

/* ---- relations ---- */

bool
type_equal(const struct cel_type *a, const struct cel_type *b)
{
	if (a == b)
		return true;
	if (a->kind != b->kind || a->count != b->count || a->or_null != b->or_null)
		return false;
	switch (a->kind) {
	case TYPE_UNKNOWN:
		return a->index == b->index;
	case TYPE_DYN:
	case TYPE_RECORD:
		return a->fields == b->fields && a->members == b->members;
	case TYPE_PARAM:
	case TYPE_ABSTRACT:
		if (strcmp(a->name, b->name) != 0)
			return false;
		break;
	default:
		break;
	}
	for (uint32_t i = 0; i < a->count; i++)
		if (!type_equal(a->parameters[i], b->parameters[i]))
			return false;
	return true;
}

uint32_t
type_kinds(const struct cel_type *t)
{
	static const uint8_t kinds[] = {
	    [TYPE_NULL] = CEL_NULL,         [TYPE_BOOL] = CEL_BOOL,
	    [TYPE_INT] = CEL_INT,           [TYPE_UINT] = CEL_UINT,
	    [TYPE_DOUBLE] = CEL_DOUBLE,     [TYPE_STRING] = CEL_STRING,
	    [TYPE_BYTES] = CEL_BYTES,       [TYPE_TIMESTAMP] = CEL_TIMESTAMP,
	    [TYPE_DURATION] = CEL_DURATION, [TYPE_PERIOD] = CEL_PERIOD,
	    [TYPE_TYPE] = CEL_TYPE,         [TYPE_LIST] = CEL_LIST,
	    [TYPE_MAP] = CEL_MAP,           [TYPE_OPTIONAL] = CEL_OPTIONAL,
	    [TYPE_RECORD] = CEL_MAP,        [TYPE_IP] = CEL_IP,
	    [TYPE_CIDR] = CEL_CIDR,         [TYPE_UNKNOWN] = 0,
	};
	uint8_t kind = kinds[t->kind];
	return kind ? UINT32_C(1) << kind : ~(UINT32_C(1) << CEL_ERROR);
}

const struct cel_type *
type_named(const char *name)
{
	if (strcmp(name, "google.protobuf.Timestamp") == 0)
		return type_simple(TYPE_TIMESTAMP);
	if (strcmp(name, "google.protobuf.Duration") == 0)
		return type_simple(TYPE_DURATION);
	const struct cel_type *t = simple_named(name);
	bool is_value = t && t->kind != TYPE_DYN && t->kind != TYPE_ITEM &&
			t->kind != TYPE_TIMESTAMP && t->kind != TYPE_DURATION;
	return is_value ? t : NULL;
}

/* ---- records ---- */

const struct cel_type *
record_of_fields(struct arena *arena, const struct field_set *set)
{
	struct cel_type *t = ARENA_NEW(arena, struct cel_type);
	*t = (struct cel_type){.kind = TYPE_RECORD, .fields = set};
	return t;
}

const struct cel_type *
record_of_members(struct arena *arena, const struct node *map)
{
	struct cel_type *t = ARENA_NEW(arena, struct cel_type);
	*t = (struct cel_type){.kind = TYPE_RECORD, .members = map};
	return t;
}

/* ---- what is loose ---- */

const struct cel_type *
type_loose(struct arena *arena, const struct field_set *set)
{
	struct cel_type *t = ARENA_NEW(arena, struct cel_type);
	*t = (struct cel_type){.kind = TYPE_DYN, .fields = set};
	return t;
}

bool
type_is_loose(const struct cel_type *t)
{
	return t->kind == TYPE_DYN && t->fields;
}

/* May a field hold a map, of another table than this one? */
static bool
holds_maps(const struct field_set *set)
{
	for (const struct field *f = set->fields; f->type != FIELD_END; f++)
		if (f->of || f->type == FIELD_NODE)
			return true;
	return set->open || set->extensions;
}

const struct cel_type *
type_loose_member(const struct cel_type *dyn)
{
	return dyn->fields && holds_maps(dyn->fields) ? type_simple(TYPE_DYN) : dyn;
}

const struct cel_type *
type_item(struct arena *arena, const struct cel_type *t)
{
	while (t->kind == TYPE_OPTIONAL)
		t = t->parameters[0];
	while (t->kind == TYPE_LIST)
		t = t->parameters[0];
	if (t->kind == TYPE_RECORD && t->fields)
		return type_loose(arena, t->fields);
	return type_is_loose(t) ? t : type_simple(TYPE_DYN);
}

/* ---- fields ---- */

static const struct cel_type *
record_or_loose(struct arena *arena, const struct field_set *set)
{
	return set->brief ? type_loose(arena, set) : record_of_fields(arena, set);
}

/*
 * What a field holds in the document as it was sent, before any decoding: where there is a short
 * form (one text for a list, a whole number for a real one), only evaluation can tell.
 */
static const struct cel_type *
type_of_field(struct arena *arena, const struct field *f)
{
	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_WORD:
	case FIELD_DURATION:
		return type_simple(TYPE_STRING);
	case FIELD_BOOL:
		return type_simple(TYPE_BOOL);
	case FIELD_INT:
		return type_simple(TYPE_INT);
	case FIELD_MAP:
		return record_or_loose(arena, f->of);
	case FIELD_LIST:
		return f->flags & FIELD_OR_ONE ? type_loose(arena, f->of)
					       : type_list(arena, record_or_loose(arena, f->of));
	default:
		return type_simple(TYPE_DYN);
	}
}

static const struct cel_type *
type_of_node(struct arena *arena, const struct node *n)
{
	switch (n->kind) {
	case NODE_BOOL:
		return type_simple(TYPE_BOOL);
	case NODE_INT:
		return type_simple(TYPE_INT);
	case NODE_REAL:
		return type_simple(TYPE_DOUBLE);
	case NODE_TEXT:
		return type_simple(TYPE_STRING);
	case NODE_LIST:
		return type_simple(TYPE_LIST);
	case NODE_MAP:
		return record_of_members(arena, n);
	default:
		return type_simple(TYPE_DYN);
	}
}

static const char *
nearest_field(struct arena *arena, const struct field_set *set, const char *name)
{
	size_t count = 0;
	while (set->fields[count].type != FIELD_END)
		count++;
	const char **names = ARENA_ARRAY(arena, const char *, count);
	for (size_t i = 0; i < count; i++)
		names[i] = set->fields[i].name;
	return nearest_word(name, names, count);
}

static const struct cel_type *
field_of_set(struct arena *arena, const struct field_set *set, const char *name,
	     const char **ret_nearest)
{
	for (const struct field *f = set->fields; f->type != FIELD_END; f++)
		if (strcmp(f->name, name) == 0)
			return type_of_field(arena, f);
	if (set->open || (set->extensions && strncmp(name, "x-", 2) == 0))
		return type_simple(TYPE_DYN);
	*ret_nearest = nearest_field(arena, set, name);
	return NULL;
}

static const struct cel_type *
field_of_members(struct arena *arena, const struct node *map, const char *name,
		 const char **ret_nearest)
{
	const struct node *value = node_get(map, name);
	if (value)
		return type_of_node(arena, value);
	size_t count = map->kind == NODE_MAP ? map->count : 0;
	const char **names = ARENA_ARRAY(arena, const char *, count);
	for (size_t i = 0; i < count; i++)
		names[i] = map->members[i].key;
	*ret_nearest = nearest_word(name, names, count);
	return NULL;
}

/* A field that need not be there may be null as well, which is right to ask. */
static const struct cel_type *
or_null(struct arena *arena, const struct cel_type *t)
{
	if (t->kind == TYPE_DYN || t->kind == TYPE_RECORD)
		return t;
	struct cel_type *copy = ARENA_NEW(arena, struct cel_type);
	*copy = *t;
	copy->or_null = true;
	return copy;
}

const struct cel_type *
record_field(struct arena *arena, const struct cel_type *record, const char *name,
	     const char **ret_nearest)
{
	if (!record->fields)
		return field_of_members(arena, record->members, name, ret_nearest);
	const struct cel_type *t = field_of_set(arena, record->fields, name, ret_nearest);
	return t && type_is_loose(record) ? or_null(arena, t) : t;
}
