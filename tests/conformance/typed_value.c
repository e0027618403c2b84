/*
 * typed_value.c -- what is not of the form that the suite describes is refused, never guessed.
 */
#include "typed_value.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"

/* ---- texts ---- */

static const char nul_escape[] = "\\u0000", stand_in_escape[] = "\\ue000",
		  stand_in[] = "\xEE\x80\x80";

/* Every \u0000 that is an escape, not an escaped backslash and a u. */
void
replace_nuls(char *json)
{
	for (char *c = json; *c; c++) {
		if (*c != '\\')
			continue;
		if (strncmp(c, nul_escape, strlen(nul_escape)) == 0)
			memcpy(c, stand_in_escape, strlen(stand_in_escape));
		if (!*++c)
			return;
	}
}

struct cel_value
text_read(struct arena *arena, const struct node *n)
{
	char *text = arena_alloc(arena, (size_t)n->count + 1);
	size_t length = 0;
	for (const char *c = n->text; *c; c++) {
		bool is_nul = strncmp(c, stand_in, strlen(stand_in)) == 0;
		if (is_nul)
			c += strlen(stand_in) - 1;
		else
			text[length] = *c;
		length++;
	}
	return cel_string(text, length);
}

/* ---- values ---- */

typedef bool read_fn(struct arena *arena, const struct node *n, struct cel_value *ret_value);

static bool
read_null(struct arena *arena, const struct node *n, struct cel_value *ret_value)
{
	(void)arena;
	*ret_value = cel_null();
	return n->kind == NODE_NULL;
}

static bool
read_bool(struct arena *arena, const struct node *n, struct cel_value *ret_value)
{
	(void)arena;
	*ret_value = cel_bool(n->kind == NODE_BOOL && n->boolean);
	return n->kind == NODE_BOOL;
}

static bool
integer_in(const struct node *n, int64_t *ret_integer)
{
	char *end;
	if (!n || n->kind != NODE_TEXT || n->count == 0)
		return false;
	errno = 0;
	*ret_integer = strtoll(n->text, &end, 10);
	return !*end && !errno;
}

static bool
read_int(struct arena *arena, const struct node *n, struct cel_value *ret_value)
{
	int64_t integer = 0;
	(void)arena;
	bool fine = integer_in(n, &integer);
	*ret_value = cel_int(integer);
	return fine;
}

static bool
read_uint(struct arena *arena, const struct node *n, struct cel_value *ret_value)
{
	char *end;
	(void)arena;
	if (n->kind != NODE_TEXT || n->count == 0)
		return false;
	errno = 0;
	*ret_value = cel_uint(strtoull(n->text, &end, 10));
	return !*end && !errno;
}

/* strtod() takes NaN, Infinity and -0.0 as well. */
static bool
read_double(struct arena *arena, const struct node *n, struct cel_value *ret_value)
{
	char *end;
	(void)arena;
	if (n->kind != NODE_TEXT || n->count == 0)
		return false;
	*ret_value = cel_double(strtod(n->text, &end));
	return !*end;
}

static bool
read_string(struct arena *arena, const struct node *n, struct cel_value *ret_value)
{
	if (n->kind != NODE_TEXT)
		return false;
	*ret_value = text_read(arena, n);
	return true;
}

static bool
read_bytes(struct arena *arena, const struct node *n, struct cel_value *ret_value)
{
	if (n->kind != NODE_TEXT)
		return false;
	size_t length = 0, capacity = (size_t)n->count + 1;
	char *bytes = arena_alloc(arena, capacity);
	if (!base64_decode(n->text, bytes, capacity, &length))
		return false;
	*ret_value = cel_bytes(bytes, length);
	return true;
}

static bool
read_list(struct arena *arena, const struct node *n, struct cel_value *ret_value)
{
	if (n->kind != NODE_LIST)
		return false;
	struct cel_value *values = ARENA_ARRAY(arena, struct cel_value, n->count);
	for (uint32_t i = 0; i < n->count; i++)
		if (!typed_value_read(arena, &n->items[i], &values[i]))
			return false;
	*ret_value = cel_list(values, n->count);
	return true;
}

static bool
read_map(struct arena *arena, const struct node *n, struct cel_value *ret_value)
{
	if (n->kind != NODE_LIST)
		return false;
	struct cel_entry *entries = ARENA_ARRAY(arena, struct cel_entry, n->count);
	for (uint32_t i = 0; i < n->count; i++) {
		const struct node *pair = &n->items[i];
		if (pair->kind != NODE_LIST || pair->count != 2 ||
		    !typed_value_read(arena, &pair->items[0], &entries[i].key) ||
		    !typed_value_read(arena, &pair->items[1], &entries[i].value))
			return false;
	}
	*ret_value = cel_map_of(arena, entries, n->count);
	return true;
}

static bool
read_type(struct arena *arena, const struct node *n, struct cel_value *ret_value)
{
	(void)arena;
	if (n->kind != NODE_TEXT)
		return false;
	*ret_value = (struct cel_value){.kind = CEL_TYPE, .count = n->count, .text = n->text};
	return true;
}

static bool
read_time(const struct node *n, int64_t *ret_seconds, int64_t *ret_nanos)
{
	*ret_nanos = node_int(n, "nanos", 0);
	return integer_in(node_get(n, "seconds"), ret_seconds) && llabs(*ret_nanos) < 1000000000;
}

static bool
read_timestamp(struct arena *arena, const struct node *n, struct cel_value *ret_value)
{
	int64_t seconds, nanos;
	(void)arena;
	if (!read_time(n, &seconds, &nanos) || nanos < 0)
		return false;
	*ret_value = cel_timestamp(seconds, (uint32_t)nanos);
	return true;
}

static bool
read_duration(struct arena *arena, const struct node *n, struct cel_value *ret_value)
{
	int64_t seconds, nanos;
	(void)arena;
	if (!read_time(n, &seconds, &nanos) ||
	    __builtin_mul_overflow(seconds, 1000000000, &seconds) ||
	    __builtin_add_overflow(seconds, nanos, &seconds))
		return false;
	*ret_value = cel_duration(seconds);
	return true;
}

static const struct value_type {
	const char *name;
	read_fn *read;
} value_types[] = {
    // clang-format off
	{"null",      read_null},
	{"bool",      read_bool},
	{"int",       read_int},
	{"uint",      read_uint},
	{"double",    read_double},
	{"string",    read_string},
	{"bytes",     read_bytes},
	{"list",      read_list},
	{"map",       read_map},
	{"type",      read_type},
	{"timestamp", read_timestamp},
	{"duration",  read_duration},
    // clang-format on
};

/* A typed value is a map with one key, its type. */
bool
typed_value_read(struct arena *arena, const struct node *typed, struct cel_value *ret_value)
{
	if (!typed || typed->kind != NODE_MAP || typed->count != 1)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(value_types); i++)
		if (strcmp(typed->members[0].key, value_types[i].name) == 0)
			return value_types[i].read(arena, &typed->members[0].value, ret_value);
	return false;
}

/* ---- matching ---- */

static bool
lists_match(struct cel_value a, struct cel_value b)
{
	for (uint32_t i = 0; i < a.count; i++)
		if (!typed_values_match(cel_item(a, i), cel_item(b, i)))
			return false;
	return true;
}

/* Each entry of one map has its match in the other, in any order; keys match with their type. */
static bool
maps_match(struct cel_value a, struct cel_value b)
{
	for (uint32_t i = 0; i < a.count; i++) {
		struct cel_entry entry = cel_entry_at(a, i);
		bool found = false;
		for (uint32_t k = 0; k < b.count && !found; k++) {
			struct cel_entry other = cel_entry_at(b, k);
			found = typed_values_match(entry.key, other.key) &&
				typed_values_match(entry.value, other.value);
		}
		if (!found)
			return false;
	}
	return true;
}

bool
typed_values_match(struct cel_value a, struct cel_value b)
{
	if (a.kind != b.kind)
		return false;
	switch (a.kind) {
	case CEL_DOUBLE:
		return isnan(a.real) ? isnan(b.real)
				     : a.real == b.real && signbit(a.real) == signbit(b.real);
	case CEL_LIST:
		return a.count == b.count && lists_match(a, b);
	case CEL_MAP:
		return a.count == b.count && maps_match(a, b);
	default:
		return cel_equal(a, b);
	}
}

/* ---- types ---- */

static void write_type(const struct node *type, struct buf *out);

static void
write_types(const struct node *types, struct buf *out)
{
	for (uint32_t i = 0; types && types->kind == NODE_LIST && i < types->count; i++) {
		buf_text(out, i ? ", " : "");
		write_type(&types->items[i], out);
	}
}

/* {"abstract": {"name": "optional_type", "params": ["int"]}} */
static void
write_abstract(const struct node *abstract, struct buf *out)
{
	const struct node *parameters = node_get(abstract, "params");
	buf_text(out, node_text(abstract, "name", "?"));
	if (!parameters || parameters->kind != NODE_LIST || parameters->count == 0)
		return;
	buf_char(out, '(');
	write_types(parameters, out);
	buf_char(out, ')');
}

static void
write_type(const struct node *type, struct buf *out)
{
	if (type && type->kind == NODE_TEXT)
		buf_text(out, type->text);
	if (!type || type->kind != NODE_MAP || type->count != 1)
		return;
	const char *name = type->members[0].key;
	const struct node *inner = &type->members[0].value;
	if (strcmp(name, "param") == 0 || strcmp(name, "wrapper") == 0) {
		write_type(inner, out);
		return;
	}
	if (strcmp(name, "abstract") == 0) {
		write_abstract(inner, out);
		return;
	}
	buf_printf(out, "%s(", name);
	if (inner->kind == NODE_LIST)
		write_types(inner, out);
	else
		write_type(inner, out);
	buf_char(out, ')');
}

const char *
type_text(struct arena *arena, const struct node *type)
{
	CLEANUP(buf_done) struct buf out = {0};
	write_type(type, &out);
	return arena_bytes(arena, out.data, out.length);
}

const char *
signature_text(struct arena *arena, const struct node *overload)
{
	CLEANUP(buf_done) struct buf out = {0};
	buf_char(&out, '(');
	write_types(node_get(overload, "params"), &out);
	buf_text(&out, ") ");
	write_type(node_get(overload, "result"), &out);
	return arena_bytes(arena, out.data, out.length);
}
