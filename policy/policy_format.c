/*
 * policy_format.c -- expression by expression, from the last to the first, so that the places of
 * those before stay.
 *
 * A text keeps the way in which it is written, where it can: a block stays a block.  What stood in
 * one line and is too long becomes a block; what was plain and can no longer be is put in quotes.
 * Whatever was thought of here, the file that comes out is read and compared with the one before.
 */
#include "policy_format.h"

#include <string.h>

#include "base/yaml_text.h"
#include "cel/layout.h"

enum { LEAST_COLUMNS = 40, ENDLESS = 1000000, INDENT = 2 };

/* The file as it is so far. */
struct formatting {
	struct arena *arena;
	struct format_result *result;
	const struct node *root; /* of the file before */
	char *text;
	size_t length;
	const char *line_end;
};

/* ---- which texts are expressions ---- */

/* '#' stands for a number. */
static bool
fits_pattern(const char *pointer, const char *pattern)
{
	while (*pattern) {
		size_t digits = strspn(pointer, "0123456789");
		if (*pattern == '#' && digits > 0) {
			pointer += digits;
			pattern++;
		} else if (*pattern++ != *pointer++) {
			return false;
		}
	}
	return *pointer == '\0';
}

static bool
is_expression(const char *pointer)
{
	static const char *const patterns[] = {
	    "/match/condition",
	    "/variables/#/expression",
	    "/validations/#/expression",
	    "/validations/#/messageExpression",
	    "/validations/#/pointerExpression",
	};
	for (size_t i = 0; i < ARRAY_LEN(patterns); i++)
		if (fits_pattern(pointer, patterns[i]))
			return true;
	return false;
}

/* ---- is it still the same document? ---- */

static bool is_same(const struct node *a, const struct node *b, const char *pointer,
		    struct arena *arena);

static bool
is_same_collection(const struct node *a, const struct node *b, const char *pointer,
		   struct arena *arena)
{
	bool map = a->kind == NODE_MAP;
	for (uint32_t i = 0; i < a->count; i++) {
		const char *inner = map ? pointer_join(arena, pointer, a->members[i].key)
					: pointer_index(arena, pointer, i);
		if (map && strcmp(a->members[i].key, b->members[i].key) != 0)
			return false;
		if (!is_same(map ? &a->members[i].value : &a->items[i],
			     map ? &b->members[i].value : &b->items[i], inner, arena))
			return false;
	}
	return true;
}

static bool
is_same(const struct node *a, const struct node *b, const char *pointer, struct arena *arena)
{
	bool collection = a->kind == NODE_MAP || a->kind == NODE_LIST;
	if (a->kind != b->kind || (collection && a->count != b->count))
		return false;
	if (collection)
		return is_same_collection(a, b, pointer, arena);
	if (a->kind == NODE_TEXT && is_expression(pointer))
		return strcmp(a->text, b->text) == 0 || cel_same_expression(a->text, b->text);
	return node_equal(a, b);
}

static bool
is_sound(const struct formatting *f, const char *text, size_t length)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct node root;
	struct err ignored;
	return !document_read(DOCUMENT_YAML, text, length, NULL, &arena, &root, &ignored) &&
	       is_same(f->root, &root, "", &arena);
}

/* ---- lines ---- */

static size_t
line_start(const char *text, size_t at)
{
	while (at > 0 && text[at - 1] != '\n')
		at--;
	return at;
}

/* Behind the line end, or the end of the text. */
static size_t
next_line(const char *text, size_t length, size_t at)
{
	while (at < length && text[at] != '\n')
		at++;
	return at < length ? at + 1 : length;
}

static bool
is_blank(const char *text, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (!strchr(" \t\r\n", text[i]))
			return false;
	return true;
}

static uint32_t
characters(const char *text, size_t from, size_t to)
{
	uint32_t count = 0;
	for (size_t i = from; i < to; i++)
		count += ((unsigned char)text[i] & 0xC0) != 0x80;
	return count;
}

/* Each line behind `indent` spaces; an empty one stays empty.  No line end behind the last. */
static void
write_lines(const char *lines, size_t indent, const char *line_end, struct buf *out)
{
	for (;;) {
		size_t length = strcspn(lines, "\n");
		for (size_t i = 0; length > 0 && i < indent; i++)
			buf_char(out, ' ');
		buf_append(out, lines, length);
		if (!lines[length])
			return;
		buf_text(out, line_end);
		lines += length + 1;
	}
}

/* ---- the ways of writing ---- */

/* What is put for the bytes from `start` to `end`. */
struct splice {
	size_t start, end;
	const char *text;
};

static const char *
lay_out(const struct yaml_text *t, uint32_t columns, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = {0};
	struct cel_issues ignored = {.arena = arena};
	if (!cel_layout(t->value, t->length, columns, &out, &ignored))
		return NULL;
	return arena_bytes(arena, out.data, out.length);
}

static uint32_t
columns_behind(size_t indent)
{
	return indent + LEAST_COLUMNS < FORMAT_COLUMNS ? FORMAT_COLUMNS - (uint32_t)indent
						       : LEAST_COLUMNS;
}

/* The lines of a block, from the first to the last that is not blank. */
static bool
find_block(const struct formatting *f, const struct yaml_text *t, struct splice *ret_splice,
	   size_t *ret_indent)
{
	size_t first = next_line(f->text, f->length, t->start), last;
	while (first < t->end && is_blank(f->text, first, next_line(f->text, f->length, first)))
		first = next_line(f->text, f->length, first);
	if (first >= t->end)
		return false;
	for (last = t->end; last > first && strchr(" \t\r\n", f->text[last - 1]);)
		last--;
	size_t indent = strspn(f->text + first, " ");
	*ret_splice = (struct splice){first, last, NULL};
	*ret_indent = indent;
	return true;
}

static const char *
rewrite_block(struct formatting *f, const struct yaml_text *t, struct splice *ret_splice)
{
	CLEANUP(buf_done) struct buf out = {0};
	size_t indent, header = next_line(f->text, f->length, t->start);
	for (size_t i = t->start; i < header && f->text[i] != '#'; i++)
		if (strchr("123456789", f->text[i]))
			return "the block says how it is indented";
	if (!find_block(f, t, ret_splice, &indent))
		return "the block is empty";
	write_lines(lay_out(t, columns_behind(indent), f->arena), indent, f->line_end, &out);
	ret_splice->text = arena_bytes(f->arena, out.data, out.length);
	return NULL;
}

static bool
can_be_plain(const char *text, bool in_flow)
{
	size_t length = strlen(text);
	if (!length || strchr("-?:,[]{}#&*!|>'\"%@`", text[0]) || text[length - 1] == ':')
		return false;
	return !strstr(text, ": ") && !strstr(text, " #") && !(in_flow && strpbrk(text, ",[]{}"));
}

static const char *
quoted(struct arena *arena, const char *text, char quote)
{
	CLEANUP(buf_done) struct buf out = {0};
	buf_char(&out, quote);
	for (const char *c = text; *c; c++) {
		if (*c == quote || (quote == '"' && *c == '\\'))
			buf_text(&out, quote == '"' ? "\\" : "'");
		buf_char(&out, *c);
	}
	buf_char(&out, quote);
	return arena_bytes(arena, out.data, out.length);
}

/* In one line, written as before where that can be. */
static const char *
in_one_line(struct arena *arena, const struct yaml_text *t, const char *text)
{
	if (t->style == TEXT_DOUBLE)
		return quoted(arena, text, '"');
	if (t->style == TEXT_SINGLE)
		return quoted(arena, text, '\'');
	if (can_be_plain(text, t->in_flow))
		return text;
	return quoted(arena, text, strchr(text, '\'') && !strpbrk(text, "\"\\") ? '"' : '\'');
}

/* Behind the colon of its key; SIZE_MAX when something else stands before it. */
static size_t
behind_colon(const struct formatting *f, const struct yaml_text *t)
{
	size_t at = t->start;
	while (at > 0 && strchr(" \t\r\n", f->text[at - 1]))
		at--;
	return at > 0 && f->text[at - 1] == ':' ? at : SIZE_MAX;
}

/* The column (from 0) of the key that the colon belongs to, behind the dashes of lists. */
static size_t
column_of_key(const struct formatting *f, size_t colon)
{
	size_t start = line_start(f->text, colon), at = start;
	while (at < colon && (f->text[at] == ' ' ||
			      (f->text[at] == '-' && at + 1 < colon && f->text[at + 1] == ' ')))
		at++;
	return at - start;
}

/* Lines of their own, behind a '|'. */
static const char *
as_block(struct formatting *f, const struct yaml_text *t, struct splice *ret_splice)
{
	CLEANUP(buf_done) struct buf out = {0};
	size_t colon = behind_colon(f, t);
	if (t->in_flow)
		return "it is too long for its line, and within [] or {} no block can stand";
	if (colon == SIZE_MAX || !is_blank(f->text, t->end, next_line(f->text, f->length, t->end)))
		return "it is too long for its line, which holds more than it";
	size_t indent = column_of_key(f, colon) + INDENT;
	buf_printf(&out, " |-%s", f->line_end);
	write_lines(lay_out(t, columns_behind(indent), f->arena), indent, f->line_end, &out);
	*ret_splice = (struct splice){colon, t->end, arena_bytes(f->arena, out.data, out.length)};
	return NULL;
}

static const char *
rewrite_inline(struct formatting *f, const struct yaml_text *t, struct splice *ret_splice)
{
	const char *flat = lay_out(t, ENDLESS, f->arena);
	size_t start = line_start(f->text, t->start);
	bool has_lines = strchr(flat, '\n');
	const char *line = has_lines ? "" : in_one_line(f->arena, t, flat);
	uint32_t width = characters(f->text, start, t->start) + characters(line, 0, strlen(line));
	*ret_splice = (struct splice){t->start, t->end, line};
	if (!has_lines && width <= FORMAT_COLUMNS)
		return NULL;
	struct splice block;
	const char *why = as_block(f, t, &block);
	if (!why)
		*ret_splice = block;
	return why && has_lines ? why : NULL;
}

/* ---- one expression ---- */

static void
leave_alone(struct formatting *f, const struct yaml_text *t, const char *why)
{
	struct violation *v =
	    violation_note(&f->result->notes, "format", t->pointer,
			   yaml_position(f->text, t->start), "left as it is: %s", why);
	v->enforcement = "warn";
}

static void
leave_mistake(struct formatting *f, const struct yaml_text *t, const struct cel_issue *issue)
{
	size_t at = yaml_text_place(t, f->text, issue->offset);
	struct violation *v =
	    violation_note(&f->result->notes, "format", t->pointer, yaml_position(f->text, at),
			   "left as it is: %s", issue->message);
	v->enforcement = "warn";
}

/* The lines of the file that the bytes are on. */
static const char *
lines_around(struct arena *arena, const char *text, size_t length, size_t from, size_t to)
{
	size_t start = line_start(text, from), end = to;
	while (end < length && text[end] != '\n' && text[end] != '\r')
		end++;
	return arena_bytes(arena, text + start, end - start);
}

static void
apply(struct formatting *f, const struct yaml_text *t, const struct splice *s)
{
	struct format_result *r = f->result;
	size_t added = strlen(s->text), length = f->length - (s->end - s->start) + added;
	if (added == s->end - s->start && memcmp(s->text, f->text + s->start, added) == 0)
		return;
	char *text = arena_alloc(f->arena, length + 1);
	memcpy(text, f->text, s->start);
	memcpy(text + s->start, s->text, added);
	memcpy(text + s->start + added, f->text + s->end, f->length - s->end);
	if (!is_sound(f, text, length)) {
		leave_alone(f, t, "laid out it would not be read as the same");
		return;
	}
	r->changes[r->count++] = (struct format_change){
	    yaml_position(f->text, t->start),
	    lines_around(f->arena, f->text, f->length, s->start, s->end),
	    lines_around(f->arena, text, length, s->start, s->start + added),
	};
	f->text = text;
	f->length = length;
}

static void
format_one(struct formatting *f, const struct yaml_text *t)
{
	CLEANUP(buf_done) struct buf tried = {0};
	struct cel_issues issues = {.arena = f->arena};
	struct splice s;
	bool block = t->style == TEXT_LITERAL || t->style == TEXT_FOLDED;
	if (t->decorated) {
		leave_alone(f, t, "it has an anchor or a tag");
		return;
	}
	if (!cel_layout(t->value, t->length, ENDLESS, &tried, &issues)) {
		leave_mistake(f, t, &issues.items[0]);
		return;
	}
	const char *why = block ? rewrite_block(f, t, &s) : rewrite_inline(f, t, &s);
	if (why)
		leave_alone(f, t, why);
	else
		apply(f, t, &s);
}

/* ---- the whole ---- */

static void
reverse_changes(struct format_result *r)
{
	for (size_t i = 0; i < r->count / 2; i++) {
		struct format_change c = r->changes[i];
		r->changes[i] = r->changes[r->count - 1 - i];
		r->changes[r->count - 1 - i] = c;
	}
}

enum err_code
policy_format(const char *text, size_t length, struct arena *arena,
	      struct format_result *ret_result, struct err *e)
{
	struct node root;
	struct yaml_text *texts;
	size_t count;
	*ret_result = (struct format_result){.arena = arena, .notes = {.arena = arena}};
	enum err_code code = document_read(DOCUMENT_YAML, text, length, NULL, arena, &root, e);
	if (!code)
		code = yaml_texts(text, length, arena, &texts, &count, e);
	if (code)
		return code;
	struct formatting f = {
	    .arena = arena,
	    .result = ret_result,
	    .root = &root,
	    .text = arena_bytes(arena, text, length),
	    .length = length,
	    .line_end = memmem(text, length, "\r\n", 2) ? "\r\n" : "\n",
	};
	ret_result->changes = ARENA_ARRAY(arena, struct format_change, count);
	for (size_t i = count; i-- > 0;)
		if (is_expression(texts[i].pointer))
			format_one(&f, &texts[i]);
	ret_result->text = f.text;
	ret_result->length = f.length;
	reverse_changes(ret_result);
	violations_sort(&ret_result->notes);
	return ERR_OK;
}
