/*
 * yaml_text.c -- libyaml's events once more, for their places alone.
 *
 * libyaml counts characters, not bytes; events come in the order of the text, so that one walk
 * along it turns the one into the other.
 */
#include "yaml_text.h"

#include <string.h>
#include <yaml.h>

#include "utf8.h"
#include "violation.h"

/* Where we are: what the open collections are, and the way to them. */
struct level {
	bool is_map, flow;
	const char *pointer; /* of the collection */
	const char *key;     /* of a map: the key whose value comes next; NULL: a key comes next */
	size_t index;        /* of a list */
};

struct walk {
	yaml_parser_t parser;
	struct arena *arena;
	const char *document;
	size_t length;
	size_t offset, character; /* byte and character looked at last; only moves forward */
	struct level *levels;
	size_t depth, capacity;
	struct yaml_text *texts;
	size_t count, texts_capacity;
	struct err *e;
};

static size_t
byte_at(struct walk *w, yaml_mark_t mark)
{
	while (w->character < mark.index && w->offset < w->length) {
		w->offset += utf8_step(w->document + w->offset, w->length - w->offset);
		w->character++;
	}
	return w->offset;
}

static struct level *
innermost(struct walk *w)
{
	return w->depth ? &w->levels[w->depth - 1] : NULL;
}

/* The pointer of the value that begins now. */
static const char *
pointer_here(struct walk *w)
{
	const struct level *l = innermost(w);
	if (!l)
		return "";
	return l->is_map ? pointer_join(w->arena, l->pointer, l->key)
			 : pointer_index(w->arena, l->pointer, l->index);
}

/* A value is through: the next one is another item, or comes behind another key. */
static void
step_on(struct walk *w)
{
	struct level *l = innermost(w);
	if (l && l->is_map)
		l->key = NULL;
	else if (l)
		l->index++;
}

static bool
wants_key(struct walk *w)
{
	const struct level *l = innermost(w);
	return l && l->is_map && !l->key;
}

static void
open_level(struct walk *w, bool is_map, bool flow)
{
	const struct level *around = innermost(w);
	struct level l = {.is_map = is_map, .flow = flow || (around && around->flow)};
	l.pointer = pointer_here(w);
	w->levels = arena_grow(w->arena, w->levels, w->depth, &w->capacity, sizeof *w->levels);
	w->levels[w->depth++] = l;
}

static enum text_style
style_of(yaml_scalar_style_t style)
{
	switch (style) {
	case YAML_SINGLE_QUOTED_SCALAR_STYLE:
		return TEXT_SINGLE;
	case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
		return TEXT_DOUBLE;
	case YAML_LITERAL_SCALAR_STYLE:
		return TEXT_LITERAL;
	case YAML_FOLDED_SCALAR_STYLE:
		return TEXT_FOLDED;
	default:
		return TEXT_PLAIN;
	}
}

static void
take_scalar(struct walk *w, const yaml_event_t *event)
{
	const struct level *l = innermost(w);
	const char *value = (const char *)event->data.scalar.value;
	size_t length = event->data.scalar.length;
	if (wants_key(w)) {
		w->levels[w->depth - 1].key = arena_bytes(w->arena, value, length);
		return;
	}
	w->texts = arena_grow(w->arena, w->texts, w->count, &w->texts_capacity, sizeof *w->texts);
	struct yaml_text *t = &w->texts[w->count++];
	t->pointer = pointer_here(w);
	t->style = style_of(event->data.scalar.style);
	t->start = byte_at(w, event->start_mark);
	t->end = byte_at(w, event->end_mark);
	t->decorated = t->start < t->end && strchr("!&", w->document[t->start]);
	t->in_flow = l && l->flow;
	t->value = arena_bytes(w->arena, value, length);
	t->length = length;
	step_on(w);
}

static void
take_event(struct walk *w, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		take_scalar(w, event);
		return;
	case YAML_MAPPING_START_EVENT:
		open_level(w, true, event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE);
		return;
	case YAML_SEQUENCE_START_EVENT:
		open_level(w, false, event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE);
		return;
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		w->depth--;
		step_on(w);
		return;
	case YAML_ALIAS_EVENT:
		if (wants_key(w))
			w->levels[w->depth - 1].key = "*";
		else
			step_on(w);
		return;
	default:
		return;
	}
}

static void
close_walk(struct walk *w)
{
	yaml_parser_delete(&w->parser);
}

/* Collections as keys are refused by whoever reads documents; here they would lose the way. */
static enum err_code
check_key(struct walk *w, const yaml_event_t *event)
{
	bool opens =
	    event->type == YAML_MAPPING_START_EVENT || event->type == YAML_SEQUENCE_START_EVENT;
	return opens && wants_key(w) ? ERR(w->e, MALFORMED, "a key must be a text") : ERR_OK;
}

static enum err_code
walk_events(struct walk *w)
{
	for (;;) {
		CLEANUP(yaml_event_delete) yaml_event_t event = {0};
		if (!yaml_parser_parse(&w->parser, &event))
			return ERR(w->e, MALFORMED, "%s",
				   w->parser.problem ? w->parser.problem : "not YAML");
		if (event.type == YAML_STREAM_END_EVENT)
			return ERR_OK;
		enum err_code code = check_key(w, &event);
		if (code)
			return code;
		take_event(w, &event);
	}
}

enum err_code
yaml_texts(const char *document, size_t length, struct arena *arena, struct yaml_text **ret_texts,
	   size_t *ret_count, struct err *e)
{
	CLEANUP(close_walk)
	struct walk w = {.arena = arena, .document = document, .length = length, .e = e};
	bool marked = length >= 3 && memcmp(document, "\xEF\xBB\xBF", 3) == 0;
	w.offset = marked ? 3 : 0; /* libyaml is given what follows a byte order mark */
	if (!yaml_parser_initialize(&w.parser))
		memory_exhausted();
	yaml_parser_set_encoding(&w.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&w.parser, (const unsigned char *)document + w.offset,
				     length - w.offset);
	enum err_code code = walk_events(&w);
	if (code)
		return code;
	*ret_texts = w.texts;
	*ret_count = w.count;
	return ERR_OK;
}

const struct yaml_text *
yaml_text_find(const struct yaml_text *texts, size_t count, const char *pointer)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(texts[i].pointer, pointer) == 0)
			return &texts[i];
	return NULL;
}

/* ---- places ---- */

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Behind the quote, or the line of the block's sign. */
static size_t
first_byte(const struct yaml_text *t, const char *document)
{
	size_t i = t->start;
	if (t->style == TEXT_SINGLE || t->style == TEXT_DOUBLE)
		return i + 1;
	if (t->style == TEXT_PLAIN)
		return i;
	while (i < t->end && document[i] != '\n')
		i++;
	return i;
}

/* Bytes of what stands for one character of the text, at least of its first byte. */
static size_t
written(const struct yaml_text *t, const char *c)
{
	if (t->style == TEXT_SINGLE && c[0] == '\'')
		return 2;
	if (t->style != TEXT_DOUBLE || c[0] != '\\')
		return 1;
	return c[1] == 'x' ? 4 : c[1] == 'u' ? 6 : c[1] == 'U' ? 10 : 2;
}

/* A space or a line end, or the escape of one. */
static bool
is_written_space(const struct yaml_text *t, const char *c)
{
	return is_space(c[0]) ||
	       (t->style == TEXT_DOUBLE && c[0] == '\\' && c[1] && strchr("ntr \n", c[1]));
}

static bool
is_continuation(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

size_t
yaml_text_place(const struct yaml_text *t, const char *document, size_t offset)
{
	size_t wanted = 0, i = first_byte(t, document), behind = t->end;
	for (size_t k = 0; k < offset && k < t->length; k++)
		wanted += !is_space(t->value[k]) && !is_continuation(t->value[k]);
	for (;; wanted--) {
		while (i < t->end && is_written_space(t, document + i))
			i += written(t, document + i);
		if (i >= t->end || wanted == 0)
			return i < t->end ? i : behind;
		i += written(t, document + i);
		while (i < t->end && is_continuation(document[i]))
			i++;
		behind = i;
	}
}

struct position
yaml_position(const char *document, size_t offset)
{
	struct position at = {1, 1};
	for (size_t i = 0; i < offset; i++) {
		at.column += !is_continuation(document[i]);
		if (document[i] == '\n')
			at = (struct position){at.line + 1, 1};
	}
	return at;
}
