/*
 * read_json.c -- JSON by jansson, which decides what is valid and what each value is.
 *
 * jansson does not say where its values stood, so the text, by then known to be valid, is walked
 * once more in step with jansson's tree: that walk only counts lines and columns.  jansson descends
 * by recursion and spends some hundred bytes on a value, so depth and number of values are bounded
 * before it sees the text.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "reader.h"
#include "utf8.h"

/* ---- tokens: enough of JSON to count brackets and to find where a complaint belongs ---- */

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
is_sign(char c)
{
	return c != '\0' && strchr("[]{},:\"", c) != NULL;
}

/* The end of the string that begins at `i`: behind its closing quote, or the end of the text. */
static size_t
string_end(const struct reading *in, size_t i)
{
	for (i++; i < in->length && in->text[i] != '"'; i++)
		if (in->text[i] == '\\')
			i++;
	return i < in->length ? i + 1 : in->length;
}

/* The end of the token that begins at `i`: a string, a sign, or a run of anything else. */
static size_t
token_end(const struct reading *in, size_t i)
{
	if (in->text[i] == '"')
		return string_end(in, i);
	if (is_sign(in->text[i]))
		return i + 1;
	while (i < in->length && !is_space(in->text[i]) && !is_sign(in->text[i]))
		i++;
	return i;
}

static size_t
skip_space(const struct reading *in, size_t i)
{
	while (i < in->length && is_space(in->text[i]))
		i++;
	return i;
}

static struct position
place_in(const struct reading *in, size_t offset)
{
	return place_of(in->text, in->length, offset);
}

/* What the text holds at least: a comma stands between two values. */
static enum err_code
check_size(const struct reading *in, struct err *e)
{
	size_t commas = 0;
	unsigned depth = 0;
	for (size_t i = skip_space(in, 0); i < in->length; i = skip_space(in, token_end(in, i))) {
		char c = in->text[i];
		if ((c == '[' || c == '{') && ++depth > in->limits.depth)
			return ERR_AT(e, MALFORMED, place_in(in, i),
				      "lists and maps are nested more than %u levels deep",
				      in->limits.depth);
		if ((c == ']' || c == '}') && depth > 0)
			depth--;
		if (c == ',' && ++commas >= in->limits.nodes)
			return ERR_AT(e, MALFORMED, place_in(in, i),
				      "the document has more than %zu values", in->limits.nodes);
	}
	return ERR_OK;
}

/* ---- jansson's complaints, at the beginning of the token that they are about ---- */

struct token {
	size_t begin, end;
};

/* The token that the byte before `offset` belongs to; the last one when the text ends there. */
static struct token
token_before(const struct reading *in, size_t offset)
{
	struct token t = {0, 0};
	for (size_t i = skip_space(in, 0); i < in->length && i < offset; i = skip_space(in, t.end))
		t = (struct token){i, token_end(in, i)};
	return t;
}

static enum err_code
string_complaint(const struct reading *in, const json_error_t *error, struct token t, struct err *e)
{
	size_t offset = (size_t)error->position;
	struct position at = place_in(in, offset > t.begin ? offset - 1 : t.begin);
	if (json_error_code(error) == json_error_null_character)
		return ERR_AT(e, MALFORMED, place_in(in, t.begin),
			      "a text cannot hold NUL (\\u0000)");
	if (json_error_code(error) == json_error_premature_end_of_input)
		return ERR_AT(e, MALFORMED, place_in(in, t.begin),
			      "the text that begins here has no closing quote");
	return ERR_AT(e, MALFORMED, at, "%s in a text", error->text);
}

static enum err_code
token_complaint(const struct reading *in, const json_error_t *error, struct token t, struct err *e)
{
	struct position at = place_in(in, t.begin);
	const char *token = in->text + t.begin;
	int shown = utf8_cut(token, t.end - t.begin, 60);
	switch (json_error_code(error)) {
	case json_error_duplicate_key:
		return ERR_AT(e, MALFORMED, at, "duplicate key %.*s", shown, token);
	case json_error_null_byte_in_key:
		return ERR_AT(e, MALFORMED, at, "a key cannot hold NUL (\\u0000)");
	case json_error_numeric_overflow:
		return ERR_AT(e, MALFORMED, at, "the number %.*s does not fit 64 bits", shown,
			      token);
	case json_error_end_of_input_expected:
		return ERR_AT(e, MALFORMED, at, "expected the end of the document, found %.*s",
			      shown, token);
	default:
		return ERR_AT(e, MALFORMED, at, "%s", error->text);
	}
}

static bool
is_inside_string(const struct reading *in, const json_error_t *error, struct token t)
{
	enum json_error_code code = json_error_code(error);
	bool is_about_key = code == json_error_duplicate_key || code == json_error_null_byte_in_key;
	bool is_cut =
	    (size_t)error->position < t.end || t.end - t.begin < 2 || in->text[t.end - 1] != '"';
	return in->text[t.begin] == '"' && !is_about_key &&
	       (is_cut || code == json_error_null_character);
}

static enum err_code
syntax_complaint(const struct reading *in, const json_error_t *error, struct err *e)
{
	if (skip_space(in, 0) == in->length)
		return ERR_AT(e, MALFORMED, place_in(in, in->length), "the document is empty");
	struct token t = token_before(in, (size_t)error->position);
	if (is_inside_string(in, error, t))
		return string_complaint(in, error, t, e);
	if (json_error_code(error) == json_error_premature_end_of_input)
		return ERR_AT(
		    e, MALFORMED, place_in(in, in->length),
		    "the document ends too early; a bracket is not closed or a value is missing");
	return token_complaint(in, error, t, e);
}

/* ---- memory ---- */

static void *
allocate(size_t size)
{
	return memory_resize(NULL, size);
}

/* By itself jansson takes an allocation that failed for a mistake in the document. */
__attribute__((constructor)) static void
end_when_exhausted(void)
{
	json_set_alloc_funcs(allocate, free);
}

/* ---- the walk ---- */

struct json_reader {
	const struct reading *in;
	size_t offset; /* of the next byte of the text */
	struct position at;
	size_t nodes;
	struct err *e;
};

/* Moves over valid text; lines end as in place_of(). */
static void
move_to(struct json_reader *r, size_t offset)
{
	for (const char *p = r->in->text; r->offset < offset; r->offset++) {
		char c = p[r->offset];
		if (c == '\n' || (c == '\r' && p[r->offset + 1] != '\n'))
			r->at = (struct position){r->at.line + 1, 1};
		else if (c != '\r' && ((unsigned char)c & 0xC0) != 0x80)
			r->at.column++;
	}
}

static void
move_over_space(struct json_reader *r)
{
	move_to(r, skip_space(r->in, r->offset));
}

static void
move_over_token(struct json_reader *r)
{
	move_over_space(r);
	move_to(r, token_end(r->in, r->offset));
}

static enum err_code walk(struct json_reader *r, const json_t *value, struct node *n);

static enum err_code
walk_list(struct json_reader *r, const json_t *list, struct node *n)
{
	size_t count = json_array_size(list);
	struct node *items = ARENA_ARRAY(r->in->arena, struct node, count);
	n->kind = NODE_LIST;
	n->count = (uint32_t)count;
	n->items = items;
	move_over_token(r); /* [ */
	for (size_t i = 0; i < count; i++) {
		enum err_code code = walk(r, json_array_get(list, i), &items[i]);
		if (code)
			return code;
		move_over_token(r); /* , or ] */
	}
	if (count == 0)
		move_over_token(r);
	return ERR_OK;
}

static enum err_code
walk_member(struct json_reader *r, const char *key, const json_t *value, struct member *m)
{
	move_over_space(r);
	m->key = arena_text(r->in->arena, key);
	m->at = r->at;
	move_over_token(r); /* the key */
	move_over_token(r); /* : */
	return walk(r, value, &m->value);
}

/* jansson keeps the members in the order of the text. */
static enum err_code
walk_map(struct json_reader *r, json_t *map, struct node *n)
{
	size_t count = json_object_size(map);
	struct member *members = ARENA_ARRAY(r->in->arena, struct member, count), *next = members;
	n->kind = NODE_MAP;
	n->count = (uint32_t)count;
	n->members = members;
	move_over_token(r); /* { */
	const char *key;
	json_t *value;
	json_object_foreach (map, key, value) {
		enum err_code code = walk_member(r, key, value, next++);
		if (code)
			return code;
		move_over_token(r); /* , or } */
	}
	if (count == 0)
		move_over_token(r);
	return ERR_OK;
}

static void
walk_scalar(struct json_reader *r, const json_t *value, struct node *n)
{
	move_over_token(r);
	switch (json_typeof(value)) {
	case JSON_STRING:
		n->kind = NODE_TEXT;
		n->count = (uint32_t)json_string_length(value);
		n->text = arena_bytes(r->in->arena, json_string_value(value), n->count);
		break;
	case JSON_INTEGER:
		n->kind = NODE_INT;
		n->integer = json_integer_value(value);
		break;
	case JSON_REAL:
		n->kind = NODE_REAL;
		n->real = json_real_value(value);
		break;
	case JSON_NULL:
		n->kind = NODE_NULL;
		break;
	default:
		n->kind = NODE_BOOL;
		n->boolean = json_is_true(value);
	}
}

static enum err_code
walk(struct json_reader *r, const json_t *value, struct node *n)
{
	move_over_space(r);
	n->at = r->at;
	if (++r->nodes > r->in->limits.nodes)
		return ERR_AT(r->e, MALFORMED, n->at, "the document has more than %zu values",
			      r->in->limits.nodes);
	if (json_is_array(value))
		return walk_list(r, value, n);
	if (json_is_object(value))
		return walk_map(r, (json_t *)value, n);
	walk_scalar(r, value, n);
	return ERR_OK;
}

static void
forget(json_t **value)
{
	json_decref(*value);
}

enum err_code
read_json(const struct reading *in, struct node *ret_root, struct err *e)
{
	enum err_code code = check_size(in, e);
	if (code)
		return code;
	json_error_t error;
	CLEANUP(forget)
	json_t *value =
	    json_loadb(in->text, in->length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (!value)
		return syntax_complaint(in, &error, e);

	struct json_reader r = {.in = in, .at = {1, 1}, .e = e};
	struct node root = {0};
	code = walk(&r, value, &root);
	if (!code)
		*ret_root = root;
	return code;
}
