/*
 * read_yaml.c -- YAML by libyaml's events, made into a tree by the core schema of YAML 1.2
 * (section 10.3).
 *
 * libyaml knows the grammar; what a plain text means is decided here, because libyaml still thinks
 * in YAML 1.1 (core_schema.c).  Reads from the leaves upwards: complaints, scalars, aliases,
 * collections, the stream.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "core_schema.h"
#include "map.h"
#include "reader.h"
#include "utf8.h"

/* Their names are chosen by others and looked up by hash, which must not cost a square of many. */
enum { MOST_ANCHORS = 10000 };

/* What an anchor stands for.  An alias counts as if all of it stood there once more. */
struct anchor {
	bool is_whole; /* false while what it holds is still being read */
	struct node node;
	size_t nodes, bytes;
	unsigned height;
};

struct yaml_reader {
	const struct reading *in;
	yaml_parser_t parser;
	struct arena scratch; /* anchors and their names */
	struct map anchors;   /* name to struct anchor, the latest of a name */

	/*
	 * The members and items of the collections that are open, the innermost on top; a list's
	 * have no key.
	 */
	struct member *stack;
	size_t count, capacity;

	size_t nodes, bytes; /* of the tree so far, aliases expanded */
	unsigned deepest;    /* level reached since the innermost anchor began */

	/* Byte and character of the text that were last looked at; only moves forward. */
	size_t offset, character;
	struct err *e;
};

static struct position
position_of(yaml_mark_t mark)
{
	return (struct position){(uint32_t)mark.line + 1, (uint32_t)mark.column + 1};
}

/* What libyaml says, and what a person would do about it. */
// clang-format off
static const struct {
	const char *problem, *advice;
} advices[] = {
	{"mapping values are not allowed in this context",         "a text that holds ': ' must stand in quotes, and a nested map on lines of its own"},
	{"block sequence entries are not allowed in this context", "a list begins on a line of its own; a text that begins with '- ' must stand in quotes"},
	{"block mapping entries are not allowed in this context",  "a map begins on a line of its own"},
	{"did not find expected key",                              "check that the line is indented like its neighbours and that quotes are closed"},
	{"did not find expected '-' indicator",                    "check that the line is indented like its neighbours"},
	{"could not find expected ':'",                            "put ': ' behind the key, or quote a text that spans lines"},
	{"did not find expected ',' or ']'",                       "separate the items by ',' and close the list with ']'"},
	{"did not find expected ',' or '}'",                       "separate the members by ',' and close the map with '}'"},
	{"found unexpected end of stream",                         "close the quotes"},
	{"found unexpected document indicator",                    "close the quotes"},
	{"found unknown escape character",                         "write \\\\ for a backslash, or use single quotes"},
	{"found character that cannot start any token",            "a tab cannot indent, and a text that begins with '@', '`' or '%' must stand in quotes"},
	{"found undefined tag handle",                             "only !!str, !!int, !!float, !!bool, !!null, !!seq and !!map are known"},
	{"did not find expected <document start>",                 "check that the line is indented like its neighbours"},
	{"did not find expected node content",                     "write a value here; a text that begins with a sign must stand in quotes"},
	{"found a tab character that violates indentation",        "indent with spaces"},
	{"found a tab character where an indentation space is expected", "indent with spaces"},
};
// clang-format on

static const char *
advice_on(const char *problem)
{
	for (size_t i = 0; i < ARRAY_LEN(advices); i++)
		if (strcmp(problem, advices[i].problem) == 0)
			return advices[i].advice;
	return NULL;
}

/* "did not find expected key (in what begins at 3:1); check that ..." */
static enum err_code
grammar_complaint(const struct yaml_reader *r)
{
	const yaml_parser_t *p = &r->parser;
	const char *problem = p->problem ? p->problem : "not YAML", *advice = advice_on(problem);
	struct position at = position_of(p->problem_mark), began = position_of(p->context_mark);
	struct position end = place_of(r->in->text, r->in->length, r->in->length);
	if (at.line > end.line) /* libyaml ends every text with a line end */
		at = end;
	char context[64] = "";
	if (p->context && (began.line != at.line || began.column != at.column))
		snprintf(context, sizeof context, " (in what begins at %u:%u)", began.line,
			 began.column);
	return ERR_AT(r->e, MALFORMED, at, "%s%s%s%s", problem, context, advice ? "; " : "",
		      advice ? advice : "");
}

static enum err_code
character_complaint(const struct yaml_reader *r)
{
	const yaml_parser_t *p = &r->parser;
	struct position at = place_of(r->in->text, r->in->length, p->problem_offset);
	return ERR_AT(r->e, MALFORMED, at,
		      "the character U+%04X is not allowed; write it as an escape in double quotes",
		      (unsigned)p->problem_value);
}

static enum err_code
next_event(struct yaml_reader *r, yaml_event_t *ret_event)
{
	if (yaml_parser_parse(&r->parser, ret_event))
		return ERR_OK;
	switch (r->parser.error) {
	case YAML_MEMORY_ERROR:
		memory_exhausted();
	case YAML_READER_ERROR:
		return character_complaint(r);
	default:
		return grammar_complaint(r);
	}
}

static enum err_code
check_size(const struct yaml_reader *r, struct position at)
{
	const struct document_limits *most = &r->in->limits;
	if (r->nodes > most->nodes)
		return ERR_AT(r->e, MALFORMED, at, "the document has more than %zu values",
			      most->nodes);
	if (r->deepest > most->depth)
		return ERR_AT(r->e, MALFORMED, at,
			      "lists and maps are nested more than %u levels deep", most->depth);
	if (r->anchors.count > MOST_ANCHORS)
		return ERR_AT(r->e, MALFORMED, at, "the document has more than %d anchors",
			      MOST_ANCHORS);
	return ERR_OK;
}

/* ---- scalars ---- */

static void
set_text(struct yaml_reader *r, const char *text, size_t length, struct node *n)
{
	n->kind = NODE_TEXT;
	n->count = (uint32_t)length;
	n->text = arena_bytes(r->in->arena, text, length);
	r->bytes += length;
}

static enum err_code
resolve(const struct yaml_reader *r, const char *text, struct node *n)
{
	const char *why = core_resolve(text, n);
	if (!why)
		return ERR_OK;
	return ERR_AT(r->e, MALFORMED, n->at,
		      "the number %.*s %s; if it is a text, put it in quotes",
		      utf8_cut(text, strlen(text), 60), text, why);
}

static enum err_code
resolve_plain(struct yaml_reader *r, const char *text, size_t length, struct node *n)
{
	enum err_code code = resolve(r, text, n);
	if (!code && n->kind == NODE_TEXT)
		set_text(r, text, length, n);
	return code;
}

/* The byte of the text at a mark, which must not lie before the one asked for last. */
static const char *
byte_at(struct yaml_reader *r, yaml_mark_t mark)
{
	const struct reading *in = r->in;
	while (r->character < mark.index && r->offset < in->length) {
		r->offset += utf8_step(in->text + r->offset, in->length - r->offset);
		r->character++;
	}
	return in->text + r->offset;
}

/*
 * `! 12` is the text "12", but libyaml drops a tag that is a bare `!`: look for it in the text
 * itself.  Only an anchor can stand before it.
 */
static bool
has_bare_tag(struct yaml_reader *r, const yaml_event_t *event)
{
	static const char space[] = " \t\r\n";
	if (event->start_mark.index == event->end_mark.index)
		return false; /* nothing stands there at all */
	const char *p = byte_at(r, event->start_mark), *end = r->in->text + r->in->length;
	if (*p == '&')
		while (p < end && !strchr(space, *p))
			p++;
	while (p < end && strchr(space, *p))
		p++;
	return p < end && *p == '!';
}

static const char core_prefix[] = "tag:yaml.org,2002:";

/* "str" of !!str, "!" of the bare one; NULL when the tag is of no schema that is known here. */
static const char *
short_tag(const char *tag)
{
	if (strcmp(tag, "!") == 0)
		return tag;
	size_t prefix = sizeof core_prefix - 1;
	return strncmp(tag, core_prefix, prefix) == 0 ? tag + prefix : NULL;
}

static enum err_code
tag_complaint(const struct yaml_reader *r, const char *tag, struct position at, const char *what)
{
	const char *shown = short_tag(tag);
	bool is_core = shown && *shown != '!';
	if (!shown)
		shown = tag;
	return ERR_AT(r->e, MALFORMED, at, "the tag %s%.*s %s", is_core ? "!!" : "",
		      utf8_cut(shown, strlen(shown), 60), shown, what);
}

// clang-format off
static const struct {
	const char *tag;
	enum node_kind kind;
} scalar_tags[] = {
	{"!", NODE_TEXT}, {"str", NODE_TEXT}, {"int", NODE_INT}, {"float", NODE_REAL}, {"bool", NODE_BOOL}, {"null", NODE_NULL},
};
// clang-format on

/* The kind that the tag asks for; false when it is no tag of scalars. */
static bool
tagged_kind(const char *tag, enum node_kind *ret_kind)
{
	const char *name = short_tag(tag);
	for (size_t i = 0; name && i < ARRAY_LEN(scalar_tags); i++) {
		if (strcmp(name, scalar_tags[i].tag) == 0) {
			*ret_kind = scalar_tags[i].kind;
			return true;
		}
	}
	return false;
}

static bool
is_text_tag(const char *tag)
{
	enum node_kind kind;
	return tagged_kind(tag, &kind) && kind == NODE_TEXT;
}

/* !!int and its like: the text must be what the tag says; an integer is a real, too. */
static enum err_code
resolve_tagged(struct yaml_reader *r, const char *tag, const char *text, struct node *n)
{
	enum node_kind wanted = NODE_TEXT;
	enum err_code code = resolve(r, text, n);
	if (code)
		return code;
	tagged_kind(tag, &wanted);
	if (wanted == NODE_REAL && n->kind == NODE_INT) {
		n->real = (double)n->integer;
		n->kind = NODE_REAL;
	}
	return n->kind == wanted ? ERR_OK : tag_complaint(r, tag, n->at, "does not fit its value");
}

static enum err_code
check_scalar(const struct yaml_reader *r, const yaml_event_t *event)
{
	const char *text = (const char *)event->data.scalar.value,
		   *tag = (const char *)event->data.scalar.tag;
	struct position at = position_of(event->start_mark);
	if (memchr(text, '\0', event->data.scalar.length))
		return ERR_AT(r->e, MALFORMED, at, "a text cannot hold NUL (\\0)");
	enum node_kind kind;
	if (tag && !tagged_kind(tag, &kind))
		return tag_complaint(r, tag, at, "is not known here; leave it out");
	return ERR_OK;
}

static enum err_code
read_scalar(struct yaml_reader *r, const yaml_event_t *event, struct node *n)
{
	const char *text = (const char *)event->data.scalar.value,
		   *tag = (const char *)event->data.scalar.tag;
	size_t length = event->data.scalar.length;
	bool is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	enum err_code code = check_scalar(r, event);
	if (code)
		return code;
	if (tag && !is_text_tag(tag))
		return resolve_tagged(r, tag, text, n);
	if (!tag && is_plain && !has_bare_tag(r, event))
		return resolve_plain(r, text, length, n);
	set_text(r, text, length, n);
	return ERR_OK;
}

/* ---- anchors and aliases ---- */

static const char *
anchor_name(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return (const char *)event->data.scalar.anchor;
	case YAML_SEQUENCE_START_EVENT:
		return (const char *)event->data.sequence_start.anchor;
	case YAML_MAPPING_START_EVENT:
		return (const char *)event->data.mapping_start.anchor;
	default:
		return NULL;
	}
}

/*
 * A later anchor of the same name goes before an earlier one from where it begins, not from where
 * it ends.
 */
static struct anchor *
open_anchor(struct yaml_reader *r, const char *name)
{
	struct anchor *a = ARENA_NEW(&r->scratch, struct anchor);
	map_put(&r->anchors, arena_text(&r->scratch, name), a);
	return a;
}

/* NULL after a complaint. */
static const struct anchor *
find_anchor(const struct yaml_reader *r, const yaml_event_t *event)
{
	const char *name = (const char *)event->data.alias.anchor;
	struct position at = position_of(event->start_mark);
	int shown = utf8_cut(name, strlen(name), 60);
	const struct anchor *a = map_get(&r->anchors, name);
	if (a && a->is_whole)
		return a;
	if (a)
		ERR_AT(r->e, MALFORMED, at, "the alias '*%.*s' stands inside of what it stands for",
		       shown, name);
	else
		ERR_AT(r->e, MALFORMED, at, "no anchor '&%.*s' stands before this alias", shown,
		       name);
	return NULL;
}

static enum err_code
read_alias(struct yaml_reader *r, const yaml_event_t *event, unsigned depth, struct node *n)
{
	const struct anchor *a = find_anchor(r, event);
	if (!a)
		return r->e->code;
	struct position at = position_of(event->start_mark);
	r->nodes += a->nodes;
	r->bytes += a->bytes;
	if (r->deepest < depth + a->height)
		r->deepest = depth + a->height;
	if (r->bytes > r->in->limits.bytes)
		return ERR_AT(r->e, MALFORMED, at,
			      "with its aliases written out the document has more than %zu bytes",
			      r->in->limits.bytes);
	*n = a->node;
	n->at = at;
	return check_size(r, at);
}

/* ---- collections ---- */

static enum err_code read_value(struct yaml_reader *r, const yaml_event_t *event, unsigned depth,
				struct node *n);

static void
push(struct yaml_reader *r, const struct member *m)
{
	if (r->count == r->capacity) {
		r->capacity = r->capacity ? r->capacity * 2 : 64;
		r->stack = memory_resize(r->stack, r->capacity * sizeof *r->stack);
	}
	r->stack[r->count++] = *m;
}

static void
pop_items(struct yaml_reader *r, size_t bottom, struct node *n)
{
	size_t count = r->count - bottom;
	struct node *items = ARENA_ARRAY(r->in->arena, struct node, count);
	for (size_t i = 0; i < count; i++)
		items[i] = r->stack[bottom + i].value;
	r->count = bottom;
	n->count = (uint32_t)count;
	n->items = items;
}

static void
pop_members(struct yaml_reader *r, size_t bottom, struct node *n)
{
	size_t count = r->count - bottom;
	struct member *members = ARENA_ARRAY(r->in->arena, struct member, count);
	if (count)
		memcpy(members, r->stack + bottom, count * sizeof *members);
	r->count = bottom;
	n->count = (uint32_t)count;
	n->members = members;
}

static enum err_code
read_list(struct yaml_reader *r, unsigned depth, struct node *n)
{
	size_t bottom = r->count;
	n->kind = NODE_LIST;
	for (;;) {
		CLEANUP(yaml_event_delete) yaml_event_t event = {0};
		struct member m = {0};
		enum err_code code = next_event(r, &event);
		if (code)
			return code;
		if (event.type == YAML_SEQUENCE_END_EVENT)
			break;
		code = read_value(r, &event, depth, &m.value);
		if (code)
			return code;
		push(r, &m);
	}
	pop_items(r, bottom, n);
	return ERR_OK;
}

/* A plain key is the text that it looks like: `1:` and `true:` are "1" and "true". */
static enum err_code
read_scalar_key(struct yaml_reader *r, const yaml_event_t *event, const char **ret_key)
{
	const char *text = (const char *)event->data.scalar.value,
		   *tag = (const char *)event->data.scalar.tag;
	bool is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	struct position at = position_of(event->start_mark);
	enum err_code code = check_scalar(r, event);
	if (code)
		return code;
	if (tag && !is_text_tag(tag))
		return tag_complaint(r, tag, at, "cannot stand before a key; keys are texts");
	if (is_plain && !tag && *text == '\0')
		return ERR_AT(r->e, MALFORMED, at, "a key is missing before ':'");
	*ret_key = arena_bytes(r->in->arena, text, event->data.scalar.length);
	r->bytes += event->data.scalar.length;
	return ERR_OK;
}

static enum err_code
read_aliased_key(struct yaml_reader *r, const yaml_event_t *event, const char **ret_key)
{
	struct node n = {0};
	enum err_code code = read_alias(r, event, 0, &n);
	if (code)
		return code;
	if (n.kind != NODE_TEXT)
		return ERR_AT(r->e, MALFORMED, n.at,
			      "a key must be a text; the alias stands for %s",
			      node_kind_name(n.kind));
	*ret_key = n.text;
	return ERR_OK;
}

static enum err_code
read_key(struct yaml_reader *r, const yaml_event_t *event, const char **ret_key)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return read_scalar_key(r, event, ret_key);
	case YAML_ALIAS_EVENT:
		return read_aliased_key(r, event, ret_key);
	default:
		return ERR_AT(
		    r->e, MALFORMED, position_of(event->start_mark),
		    "a key must be a text, found %s; a text that begins with '%c' must stand in "
		    "quotes",
		    node_kind_name(event->type == YAML_MAPPING_START_EVENT ? NODE_MAP : NODE_LIST),
		    event->type == YAML_MAPPING_START_EVENT ? '{' : '[');
	}
}

static void
close_key_anchor(const struct member *m, struct anchor *a)
{
	a->is_whole = true;
	a->nodes = 1;
	a->bytes = strlen(m->key);
	a->node = (struct node){.kind = NODE_TEXT, .count = (uint32_t)a->bytes, .text = m->key};
}

static enum err_code
read_member(struct yaml_reader *r, const yaml_event_t *key, unsigned depth, struct member *m)
{
	const char *name = anchor_name(key);
	struct anchor *a = name ? open_anchor(r, name) : NULL;
	m->at = position_of(key->start_mark);
	m->key = "";
	enum err_code code = read_key(r, key, &m->key);
	if (code)
		return code;
	if (a)
		close_key_anchor(m, a);

	CLEANUP(yaml_event_delete) yaml_event_t event = {0};
	code = next_event(r, &event);
	return code ? code : read_value(r, &event, depth, &m->value);
}

static enum err_code
check_duplicates(const struct yaml_reader *r, const struct node *map)
{
	const struct member **sorted = members_by_key(map), *twice = NULL, *first = NULL;
	for (uint32_t i = 1; i < map->count && !twice; i++) {
		if (strcmp(sorted[i - 1]->key, sorted[i]->key) == 0) {
			first = sorted[i - 1];
			twice = sorted[i];
		}
	}
	free(sorted);
	if (!twice)
		return ERR_OK;
	return ERR_AT(r->e, MALFORMED, twice->at,
		      "duplicate key '%.*s'; it stands at %u:%u already",
		      utf8_cut(twice->key, strlen(twice->key), 60), twice->key, first->at.line,
		      first->at.column);
}

static enum err_code
read_map(struct yaml_reader *r, unsigned depth, struct node *n)
{
	size_t bottom = r->count;
	n->kind = NODE_MAP;
	for (;;) {
		CLEANUP(yaml_event_delete) yaml_event_t event = {0};
		struct member m = {0};
		enum err_code code = next_event(r, &event);
		if (code)
			return code;
		if (event.type == YAML_MAPPING_END_EVENT)
			break;
		code = read_member(r, &event, depth, &m);
		if (code)
			return code;
		push(r, &m);
	}
	pop_members(r, bottom, n);
	return check_duplicates(r, n);
}

static enum err_code
check_collection_tag(const struct yaml_reader *r, const char *tag, const char *right,
		     struct position at)
{
	if (!tag)
		return ERR_OK;
	const char *name = short_tag(tag);
	if (!name)
		return tag_complaint(r, tag, at, "is not known here; leave it out");
	bool fits = strcmp(name, "!") == 0 || strcmp(name, right) == 0;
	return fits ? ERR_OK : tag_complaint(r, tag, at, "does not fit its value");
}

/* One value, its anchor left aside; `depth` is the level of what holds it. */
static enum err_code
read_content(struct yaml_reader *r, const yaml_event_t *event, unsigned depth, struct node *n)
{
	if (event->type == YAML_SCALAR_EVENT)
		return read_scalar(r, event, n);
	bool is_map = event->type == YAML_MAPPING_START_EVENT;
	const yaml_char_t *tag =
	    is_map ? event->data.mapping_start.tag : event->data.sequence_start.tag;
	enum err_code code =
	    check_collection_tag(r, (const char *)tag, is_map ? "map" : "seq", n->at);
	if (code)
		return code;
	if (r->deepest < depth + 1)
		r->deepest = depth + 1;
	code = check_size(r, n->at);
	if (code)
		return code;
	return is_map ? read_map(r, depth + 1, n) : read_list(r, depth + 1, n);
}

static enum err_code
read_anchored(struct yaml_reader *r, const char *name, const yaml_event_t *event, unsigned depth,
	      struct node *n)
{
	struct anchor *a = open_anchor(r, name);
	size_t nodes = r->nodes - 1, bytes = r->bytes;
	unsigned deepest = r->deepest;
	r->deepest = depth;
	enum err_code code = read_content(r, event, depth, n);
	if (code)
		return code;
	*a = (struct anchor){true, *n, r->nodes - nodes, r->bytes - bytes, r->deepest - depth};
	if (r->deepest < deepest)
		r->deepest = deepest;
	return ERR_OK;
}

static enum err_code
read_value(struct yaml_reader *r, const yaml_event_t *event, unsigned depth, struct node *n)
{
	if (event->type == YAML_ALIAS_EVENT)
		return read_alias(r, event, depth, n);
	n->at = position_of(event->start_mark);
	r->nodes++;
	enum err_code code = check_size(r, n->at);
	if (code)
		return code;
	const char *name = anchor_name(event);
	return name ? read_anchored(r, name, event, depth, n) : read_content(r, event, depth, n);
}

/* ---- the stream ---- */

/* The next event must be of `type`; a document that begins has a complaint of its own. */
static enum err_code
expect_event(struct yaml_reader *r, yaml_event_type_t type)
{
	CLEANUP(yaml_event_delete) yaml_event_t event = {0};
	enum err_code code = next_event(r, &event);
	if (code)
		return code;
	struct position at = position_of(event.start_mark);
	if (event.type == YAML_DOCUMENT_START_EVENT && type == YAML_STREAM_END_EVENT)
		return ERR_AT(r->e, MALFORMED, at,
			      "a second document begins here; one text holds one document");
	if (event.type == YAML_STREAM_END_EVENT && type == YAML_DOCUMENT_START_EVENT)
		return ERR_AT(r->e, MALFORMED, at, "the document is empty");
	return event.type == type ? ERR_OK : ERR_AT(r->e, MALFORMED, at, "not a YAML document");
}

static enum err_code
read_root(struct yaml_reader *r, struct node *n)
{
	CLEANUP(yaml_event_delete) yaml_event_t event = {0};
	enum err_code code = next_event(r, &event);
	return code ? code : read_value(r, &event, 0, n);
}

static enum err_code
read_stream(struct yaml_reader *r, struct node *n)
{
	enum err_code code = expect_event(r, YAML_STREAM_START_EVENT);
	if (!code)
		code = expect_event(r, YAML_DOCUMENT_START_EVENT);
	if (!code)
		code = read_root(r, n);
	if (!code)
		code = expect_event(r, YAML_DOCUMENT_END_EVENT);
	if (!code)
		code = expect_event(r, YAML_STREAM_END_EVENT);
	return code;
}

/*
 * Behind any of the characters that libyaml takes for a line end: LF, CR, U+0085, U+2028, U+2029.
 *
 */
static bool
begins_line(const struct reading *in, const char *p)
{
	return p == in->text || strchr("\n\r\x85\xA8\xA9", p[-1]);
}

/*
 * libyaml compares each %TAG with all before it, which a text of nothing else makes very slow.  No
 * tag that they could define is known here, so more than a few are no accident.
 */
static enum err_code
check_directives(const struct reading *in, struct err *e)
{
	enum { MOST = 16 };
	unsigned found = 0;
	const char *end = in->text + in->length, *p = in->text;
	for (; p < end && (p = memmem(p, (size_t)(end - p), "%TAG", 4)); p += 4) {
		found += begins_line(in, p);
		if (found > MOST)
			return ERR_AT(e, MALFORMED,
				      place_of(in->text, in->length, (size_t)(p - in->text)),
				      "more than %d %%TAG directives", MOST);
	}
	return ERR_OK;
}

static void
reader_done(struct yaml_reader *r)
{
	yaml_parser_delete(&r->parser);
	arena_done(&r->scratch);
	free(r->stack);
}

enum err_code
read_yaml(const struct reading *in, struct node *ret_root, struct err *e)
{
	CLEANUP(reader_done) struct yaml_reader r = {.in = in, .e = e};
	enum err_code code = check_directives(in, e);
	if (code)
		return code;
	r.anchors.arena = &r.scratch;
	if (!yaml_parser_initialize(&r.parser))
		memory_exhausted();
	yaml_parser_set_encoding(&r.parser,
				 YAML_UTF8_ENCODING); /* else a BOM could make it UTF-16 */
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)in->text, in->length);

	struct node root = {0};
	code = read_stream(&r, &root);
	if (!code)
		*ret_root = root;
	return code;
}
