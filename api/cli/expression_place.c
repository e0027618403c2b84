/*
 * expression_place.c -- from the caret in the message to the byte of the expression, and from there
 * to the byte of the file.
 */
#include "expression_place.h"

#include <string.h>

#include "base/utf8.h"
#include "base/yaml_text.h"

/* "message\nline of the expression\n    ^~~~" */
struct pointed {
	size_t message_length, line_length;
	const char *line;
	size_t column; /* of the caret, in characters */
};

static bool
read_message(const char *message, struct pointed *ret_pointed)
{
	const char *line = strchr(message, '\n');
	const char *caret = line ? strchr(line + 1, '\n') : NULL;
	size_t blank = caret ? strspn(caret + 1, " \t") : 0;
	if (!caret || caret[1 + blank] != '^')
		return false;
	*ret_pointed = (struct pointed){
	    .message_length = (size_t)(line - message),
	    .line_length = (size_t)(caret - line - 1),
	    .line = line + 1,
	    .column = blank,
	};
	return true;
}

/* The line in the text, as a whole line; SIZE_MAX when it is not there, or there twice. */
static size_t
find_line(const struct yaml_text *t, const struct pointed *p)
{
	size_t found = SIZE_MAX;
	for (size_t at = 0; at <= t->length;) {
		const char *end = memchr(t->value + at, '\n', t->length - at);
		size_t length = end ? (size_t)(end - t->value) - at : t->length - at;
		if (length == p->line_length && memcmp(t->value + at, p->line, length) == 0) {
			if (found != SIZE_MAX)
				return SIZE_MAX;
			found = at;
		}
		at += length + 1;
	}
	return found;
}

static size_t
skip_characters(const char *text, size_t from, size_t length, size_t count)
{
	while (count-- > 0 && from < length) {
		size_t step = utf8_step(text + from, length - from);
		from += step ? step : 1;
	}
	return from;
}

static void
make_exact(struct violation *v, const struct yaml_text *t, const char *text, struct arena *arena)
{
	struct pointed p;
	if (!t || !read_message(v->message, &p))
		return;
	size_t line = find_line(t, &p);
	if (line == SIZE_MAX)
		return;
	size_t offset = skip_characters(t->value, line, t->length, p.column);
	v->at = yaml_position(text, yaml_text_place(t, text, offset));
	v->message = arena_bytes(arena, v->message, p.message_length);
	v->pointer = ""; /* the line says it */
}

static bool
is_of_expression(const struct violation *v)
{
	return v->rule && v->pointer && !v->policy && strcmp(v->rule, "expression") == 0;
}

const struct violations *
expression_places(const struct violations *list, const char *text, size_t length,
		  struct arena *arena)
{
	struct yaml_text *texts;
	size_t count, found = 0;
	struct err ignored;
	for (size_t i = 0; i < list->count; i++)
		found += is_of_expression(&list->items[i]);
	if (found == 0 || !text || yaml_texts(text, length, arena, &texts, &count, &ignored))
		return list;
	struct violations *exact = ARENA_NEW(arena, struct violations);
	exact->arena = arena;
	for (size_t i = 0; i < list->count; i++) {
		struct violation v = list->items[i];
		if (is_of_expression(&v))
			make_exact(&v, yaml_text_find(texts, count, v.pointer), text, arena);
		violation_add(exact, v);
	}
	return exact;
}
