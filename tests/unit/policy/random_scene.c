/*
 * random_scene.c -- the variables, and values for them: mostly plain ones, and those at which
 * arithmetic ends.
 */
#include "random_scene.h"

#include <math.h>
#include <string.h>

#include "cel/type.h"

#include "governance_functions.h"

unsigned
choose(struct choices *c, unsigned below)
{
	return below && c->next < c->length ? c->bytes[c->next++] % below : 0;
}

// clang-format off
const struct cel_variable random_variables[RANDOM_VARIABLES] = {
	{.name = "p", .type = "dyn"},
	{.name = "c", .type = "list(dyn)"},
	{.name = "k"},
	{.name = "yes", .type = "bool"},
	{.name = "i", .type = "int"},
	{.name = "j", .type = "int"},
	{.name = "u", .type = "uint"},
	{.name = "d", .type = "double"},
	{.name = "s", .type = "string"},
	{.name = "b", .type = "bytes"},
	{.name = "now", .type = "timestamp"},
	{.name = "age", .type = "duration"},
	{.name = "l", .type = "list(int)"},
	{.name = "m", .type = "map(string, int)"},
	{.name = "o", .type = "optional_type(string)"},
};
// clang-format on

static void
write_scalar(struct choices *c, struct buf *out)
{
	static const char *const scalars[] = {"true",
					      "false",
					      "null",
					      "1",
					      "0.5",
					      "\"a\"",
					      "\"pii\"",
					      "-1",
					      "[]",
					      "\"7 years\"",
					      "9223372036854775807",
					      "1e308"};
	buf_text(out, scalars[choose(c, ARRAY_LEN(scalars))]);
}

static void
write_document(struct choices *c, unsigned depth, struct buf *out)
{
	static const char *const names[] = {"name", "pii",  "a",      "b",
					    "c",    "tags", "schema", "retention"};
	const char *before = "{";
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (choose(c, 3) == 0)
			continue;
		bool is_list = choose(c, 4) == 3;
		buf_printf(out, "%s\"%s\": %s", before, names[i], is_list ? "[" : "");
		if (depth > 0 && choose(c, 2))
			write_document(c, depth - 1, out);
		else
			write_scalar(c, out);
		buf_text(out, is_list ? "]" : "");
		before = ", ";
	}
	buf_text(out, before[0] == '{' ? "{}" : "}");
}

static struct node
read_json(struct arena *arena, const char *text)
{
	struct node n = {.kind = NODE_NULL};
	struct err e;
	document_read(DOCUMENT_JSON, text, strlen(text), NULL, arena, &n, &e);
	return n;
}

struct node
random_document(struct choices *c, struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = {0};
	write_document(c, 3, &text);
	return read_json(arena, text.data);
}

static struct node
random_list(struct choices *c, struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = {0};
	buf_char(&text, '[');
	for (unsigned i = 0, count = choose(c, 4); i < count; i++) {
		buf_text(&text, i ? ", " : "");
		write_document(c, 1, &text);
	}
	buf_char(&text, ']');
	return read_json(arena, text.data);
}

static const char constants[] = "{\"word\": \"pii\", \"list\": [\"a\", \"pii\", 3], \"number\": 3, "
				"\"period\": \"7 years\", \"pattern\": \"^p+i*$\"}";

static struct cel_value
random_text(struct choices *c)
{
	static const char *const texts[] = {
	    "a", "", "pii", "\xC3\xA9\xF0\x9F\x98\x80", "a,b", "%s", "^a+$", "12", "7 years"};
	const char *text = texts[choose(c, ARRAY_LEN(texts))];
	return cel_string(text, strlen(text));
}

static struct cel_value
random_integer(struct choices *c)
{
	static const int64_t numbers[] = {0, 1, -1, 2, 64, INT64_MAX, INT64_MIN, INT64_C(1) << 53};
	return cel_int(numbers[choose(c, ARRAY_LEN(numbers))]);
}

static struct cel_value
random_natural(struct choices *c)
{
	static const uint64_t numbers[] = {0, 1, 2, UINT64_MAX, UINT64_C(1) << 63};
	return cel_uint(numbers[choose(c, ARRAY_LEN(numbers))]);
}

static struct cel_value
random_real(struct choices *c)
{
	static const double numbers[] = {0.0,    1.0,     -0.0,   0.5,         -1.5,    1e308,
					 0x1p63, -0x1p63, 0x1p64, (double)NAN, INFINITY};
	return cel_double(numbers[choose(c, ARRAY_LEN(numbers))]);
}

static struct cel_value
random_moment(struct choices *c)
{
	static const int64_t seconds[] = {0, 1795401570, -62135596800, 253402300799};
	return cel_timestamp(seconds[choose(c, ARRAY_LEN(seconds))], choose(c, 2) ? 999999999 : 0);
}

static struct cel_value
random_items(struct choices *c, struct arena *arena)
{
	unsigned count = choose(c, 4);
	struct cel_value *items = ARENA_ARRAY(arena, struct cel_value, count);
	for (unsigned i = 0; i < count; i++)
		items[i] = random_integer(c);
	return cel_list(items, count);
}

static struct cel_value
random_map(struct choices *c, struct arena *arena)
{
	const struct cel_entry entries[] = {{cel_string("a", 1), random_integer(c)},
					    {cel_string("pii", 3), random_integer(c)}};
	return cel_map_of(arena, entries, choose(c, 3));
}

static struct cel_value
random_optional(struct choices *c, struct arena *arena)
{
	return choose(c, 2) ? cel_optional(arena, random_text(c)) : cel_optional_none();
}

static struct cel_value
random_value(struct choices *c, struct arena *arena, const char *type)
{
	switch (type_parse(arena, &type)->kind) {
	case TYPE_BOOL:
		return cel_bool(choose(c, 2));
	case TYPE_INT:
		return random_integer(c);
	case TYPE_UINT:
		return random_natural(c);
	case TYPE_DOUBLE:
		return random_real(c);
	case TYPE_STRING:
		return random_text(c);
	case TYPE_BYTES:
		return cel_bytes("\xFF\0a", choose(c, 4));
	case TYPE_TIMESTAMP:
		return random_moment(c);
	case TYPE_DURATION:
		return cel_duration(random_integer(c).integer);
	case TYPE_LIST:
		return random_items(c, arena);
	case TYPE_MAP:
		return random_map(c, arena);
	default:
		return random_optional(c, arena);
	}
}

/* One of the variables may stay without a value. */
void
random_scene_make(struct choices *c, struct arena *arena, struct random_scene *ret_scene)
{
	struct random_scene *s = ret_scene;
	struct node *documents = ARENA_ARRAY(arena, struct node, 2);
	documents[0] = random_document(c, arena);
	documents[1] = random_list(c, arena);
	*s = (struct random_scene){.constants = read_json(arena, constants)};
	memcpy(s->variables, random_variables, sizeof random_variables);
	s->variables[2].members = &s->constants;
	s->variables[2].constant = true;
	s->bindings[0] = cel_from_node(&documents[0]);
	s->bindings[1] = cel_from_node(&documents[1]);
	for (size_t i = 3; i < RANDOM_VARIABLES; i++)
		s->bindings[i] = random_value(c, arena, random_variables[i].type);
	unsigned without = choose(c, 4 * RANDOM_VARIABLES);
	if (without > 2 && without < RANDOM_VARIABLES)
		s->bindings[without] = (struct cel_value){0};
	s->declarations = (struct cel_declarations){.variables = s->variables,
						    .variable_count = RANDOM_VARIABLES,
						    .libraries = governance_libraries};
}
