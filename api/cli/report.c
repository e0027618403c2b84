/*
 * report.c -- one violation: the head line, the source line with a caret under the column, and what
 * would be right.
 */
#include "report.h"

#include <string.h>

#include "width.h"

enum {
	TAB = 4, /* cells that a tab goes on to */
	LINE_OF_NO_TERMINAL =
	    120, /* a longer source line is shown in part even where the output is not */
	LEAST_PART = 30,
};

static const char *
severity(const struct violation *v)
{
	if (v->enforcement && !strcmp(v->enforcement, "warn"))
		return "warning";
	if (v->enforcement && !strcmp(v->enforcement, "audit"))
		return "note";
	return v->policy ? "denied" : "error";
}

static enum paint
paint_of(const struct violation *v)
{
	if (v->enforcement && !strcmp(v->enforcement, "warn"))
		return YELLOW;
	return v->enforcement && !strcmp(v->enforcement, "audit") ? CYAN : RED;
}

static void
write_place(const struct screen *s, const struct source *source, const struct violation *v,
	    struct buf *out)
{
	const char *name = v->file ? v->file : source->name;
	if (!name)
		return;
	paint_begin(s, out, BOLD);
	text_plain(out, name);
	if (v->at.line)
		buf_printf(out, ":%u:%u", v->at.line, v->at.column);
	buf_char(out, ':');
	paint_end(s, out, BOLD);
	buf_char(out, ' ');
}

/* Which policy or rule says so, in brackets. */
static void
write_origin(const struct screen *s, const struct violation *v, struct buf *out)
{
	const char *origin = v->policy ? v->policy : v->rule;
	if (!origin)
		return;
	buf_char(out, ' ');
	paint_begin(s, out, DIM);
	buf_char(out, '[');
	text_plain(out, origin);
	buf_char(out, ']');
	paint_end(s, out, DIM);
}

/* Append the part of `text` up to a line end; gives what is behind it, or NULL. */
static const char *
append_first_line(struct buf *out, const char *text)
{
	size_t length = strcspn(text, "\n");
	CLEANUP(buf_done) struct buf line = {0};
	buf_append(&line, text, length);
	if (line.length)
		text_plain(out, line.data);
	return text[length] ? text + length + 1 : NULL;
}

/* A message may go on in further lines: an expression and the caret under its mistake. */
static const char *
write_head(const struct screen *s, const struct source *source, const struct violation *v,
	   struct buf *out)
{
	write_place(s, source, v, out);
	paint_begin(s, out, paint_of(v));
	buf_printf(out, "%s:", severity(v));
	paint_end(s, out, paint_of(v));
	buf_char(out, ' ');
	paint_begin(s, out, BOLD);
	const char *rest = append_first_line(out, v->message);
	paint_end(s, out, BOLD);
	write_origin(s, v, out);
	buf_char(out, '\n');
	return rest;
}

static void
write_rest_of_message(const struct screen *s, const char *rest, struct buf *out)
{
	while (rest) {
		paint(s, out, DIM, "      │ ");
		rest = append_first_line(out, rest);
		buf_char(out, '\n');
	}
}

/*
 * Line `number` of the text, from 1.  A line ends with LF, CR LF or a CR alone, as base/document.h
 * counts them.
 */
static bool
find_line(const struct source *source, uint32_t number, const char **ret_start, size_t *ret_length)
{
	const char *p = source->text, *end = source->text + source->length;
	for (uint32_t line = 1; line < number; line++) {
		while (p < end && *p != '\n' && *p != '\r')
			p++;
		if (p == end)
			return false;
		p += *p == '\r' && p + 1 < end && p[1] == '\n' ? 2 : 1;
	}
	size_t length = 0;
	while (p + length < end && p[length] != '\n' && p[length] != '\r')
		length++;
	*ret_start = p;
	*ret_length = length;
	return true;
}

/* The line with its tabs opened up; gives the cell that character `column` (from 1) begins at. */
static size_t
open_up_line(const char *text, uint32_t column, struct buf *out)
{
	size_t cells = 0, caret = SIZE_MAX;
	uint32_t number = 1;
	for (const char *p = text; *p; number++) {
		const char *start = p;
		if (number == column)
			caret = cells;
		size_t before = out->length;
		if (text_next(&p) == '\t') {
			text_fill(out, TAB - cells % TAB);
		} else {
			char character[8] = {0};
			memcpy(character, start, (size_t)(p - start));
			text_plain(out, character);
		}
		cells += text_width(out->data + before);
	}
	return caret == SIZE_MAX ? cells : caret;
}

/* A line that is too long is shown around its caret. */
static void
write_part(const char *line, size_t caret, size_t available, struct buf *out, size_t *ret_caret)
{
	*ret_caret = caret;
	if (text_width(line) > available && caret > available / 2) {
		size_t gone = text_skip(&line, caret - available / 2);
		buf_text(out, "…");
		*ret_caret = caret - gone + 1;
		available--;
	}
	text_cut(out, line, available);
	buf_char(out, '\n');
}

static void
write_source(const struct screen *s, const struct source *source, struct position at,
	     struct buf *out)
{
	const char *start;
	size_t length;
	if (!at.line || !source->text || !find_line(source, at.line, &start, &length))
		return;

	CLEANUP(buf_done) struct buf raw = {0};
	CLEANUP(buf_done) struct buf line = {0};
	buf_append(&raw, start, length);
	size_t caret = open_up_line(raw.length ? raw.data : "", at.column, &line);

	CLEANUP(buf_done) struct buf gutter = {0};
	buf_printf(&gutter, "%5u │ ", at.line);
	size_t used = text_width(gutter.data);
	size_t available = s->width > used + LEAST_PART ? s->width - used
			   : s->width                   ? LEAST_PART
							: LINE_OF_NO_TERMINAL;
	paint(s, out, DIM, gutter.data);
	write_part(line.length ? line.data : "", caret, available, out, &caret);

	text_fill(out, used - 2);
	paint(s, out, DIM, "│ ");
	text_fill(out, caret);
	paint(s, out, RED, "^");
	buf_char(out, '\n');
}

static void
write_note(const struct screen *s, const char *title, const char *text, struct buf *out)
{
	paint(s, out, DIM, "      = ");
	paint(s, out, GREEN, title);
	buf_text(out, ": ");
	for (const char *rest = append_first_line(out, text); rest;) {
		buf_text(out, "\n        ");
		rest = append_first_line(out, rest);
	}
	buf_char(out, '\n');
}

/*
 * The last step of a JSON Pointer that is a name: "/schema/3/type" gives "type", "/access/0"
 * "access".
 */
static void
last_name(const char *pointer, char *ret_name, size_t size)
{
	*ret_name = '\0';
	for (const char *p = pointer; *p == '/';) {
		size_t length = strcspn(++p, "/");
		bool is_index = strspn(p, "0123456789") == length;
		if (!is_index && length < size) {
			memcpy(ret_name, p, length);
			ret_name[length] = '\0';
		}
		p += length;
	}
}

/* Does the line that is shown leave open what is meant?  So it is with what is missing. */
static bool
wants_pointer(const struct source *source, const struct violation *v)
{
	const char *start;
	size_t length;
	char name[200];
	if (!v->pointer || !*v->pointer)
		return false;
	if (!v->at.line || !source->text || !find_line(source, v->at.line, &start, &length))
		return true;
	last_name(v->pointer, name, sizeof name);
	return *name && !memmem(start, length, name, strlen(name));
}

void
report_violation(const struct screen *s, const struct source *source, const struct violation *v,
		 struct buf *out)
{
	const char *rest = write_head(s, source, v, out);
	write_source(s, source, v->at, out);
	write_rest_of_message(s, rest, out);
	if (wants_pointer(source, v))
		write_note(s, "at", v->pointer, out);
	if (v->suggestion && *v->suggestion)
		write_note(s, "try", v->suggestion, out);
}

void
report_violations(const struct screen *s, const struct source *source,
		  const struct violations *list, struct buf *out)
{
	for (size_t i = 0; i < list->count; i++) {
		report_violation(s, source, &list->items[i], out);
		buf_char(out, '\n');
	}
}

void
report_error(const struct screen *s, const struct source *source, const struct err *e,
	     struct buf *out)
{
	struct violation v = {.message = e->message, .at = e->at};
	report_violation(s, source, &v, out);
	buf_char(out, '\n');
}

const char *
counted(struct arena *arena, size_t count, const char *word)
{
	if (count == 1)
		return arena_printf(arena, "1 %s", word);
	size_t length = strlen(word);
	bool ends_in_y = length > 1 && word[length - 1] == 'y';
	int stem = (int)(ends_in_y ? length - 1 : length);
	return arena_printf(arena, "%zu %.*s%s", count, stem, word, ends_in_y ? "ies" : "s");
}
