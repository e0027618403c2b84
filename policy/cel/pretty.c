/*
 * pretty.c -- a stack of what is still to be written, each with how it is indented and whether it
 * stands in a group that fits.
 */
#include "cel/pretty.h"

#include <stdlib.h>
#include <string.h>

enum { INDENT = 2 };

enum piece_kind { PIECE_TEXT, PIECE_BREAK, PIECE_JOIN, PIECE_NEST, PIECE_GROUP };

struct piece {
	enum piece_kind kind;
	bool broken;      /* a line end is in it, whatever fits */
	bool flat;        /* of a group: it never breaks */
	uint32_t width;   /* in one line */
	const char *text; /* of a break: what stands for it in one line, NULL: nothing can */
	size_t length;
	const struct piece *first, *then;
};

static uint32_t
characters(const char *text, size_t length)
{
	uint32_t count = 0;
	for (size_t i = 0; i < length; i++)
		count += ((unsigned char)text[i] & 0xC0) != 0x80;
	return count;
}

/* ---- making ---- */

static struct piece *
new_piece(struct arena *a, enum piece_kind kind)
{
	struct piece *p = ARENA_NEW(a, struct piece);
	p->kind = kind;
	return p;
}

const struct piece *
piece_text(struct arena *a, const char *text, size_t length)
{
	struct piece *p = new_piece(a, PIECE_TEXT);
	p->text = text;
	p->length = length;
	p->width = characters(text, length);
	return p;
}

const struct piece *
piece_word(struct arena *a, const char *text)
{
	return piece_text(a, text, strlen(text));
}

const struct piece *
piece_comment(struct arena *a, const char *text, size_t length)
{
	struct piece *p = new_piece(a, PIECE_TEXT);
	p->text = text;
	p->length = length;
	p->broken = true;
	return p;
}

static const struct piece *
new_break(struct arena *a, const char *in_one_line)
{
	struct piece *p = new_piece(a, PIECE_BREAK);
	p->text = in_one_line;
	p->length = in_one_line ? strlen(in_one_line) : 0;
	p->broken = !in_one_line;
	p->width = (uint32_t)p->length;
	return p;
}

const struct piece *
piece_break(struct arena *a)
{
	return new_break(a, " ");
}

const struct piece *
piece_soft(struct arena *a)
{
	return new_break(a, "");
}

const struct piece *
piece_end(struct arena *a)
{
	return new_break(a, NULL);
}

const struct piece *
piece_join(struct arena *a, const struct piece *first, const struct piece *then)
{
	if (!first || !then)
		return first ? first : then;
	struct piece *p = new_piece(a, PIECE_JOIN);
	p->first = first;
	p->then = then;
	p->broken = first->broken || then->broken;
	p->width = first->width + then->width;
	return p;
}

static const struct piece *
wrap(struct arena *a, enum piece_kind kind, const struct piece *inner)
{
	if (!inner)
		return NULL;
	struct piece *p = new_piece(a, kind);
	p->first = inner;
	p->broken = inner->broken;
	p->width = inner->width;
	return p;
}

const struct piece *
piece_nest(struct arena *a, const struct piece *inner)
{
	return wrap(a, PIECE_NEST, inner);
}

const struct piece *
piece_group(struct arena *a, const struct piece *inner)
{
	return wrap(a, PIECE_GROUP, inner);
}

const struct piece *
piece_flat(struct arena *a, const struct piece *inner)
{
	struct piece *p = new_piece(a, PIECE_GROUP);
	p->first = inner;
	p->broken = inner->broken;
	p->width = inner->width;
	p->flat = true;
	return p;
}

uint32_t
piece_width(const struct piece *p)
{
	return p->broken ? UINT32_MAX : p->width;
}

/* ---- writing ---- */

struct pending {
	const struct piece *piece;
	uint32_t indent;
	bool flat; /* in a group that is written in one line */
};

struct stack {
	struct pending *items; /* owned */
	size_t count, capacity;
};

static void
push(struct stack *s, const struct piece *piece, uint32_t indent, bool flat)
{
	if (s->count == s->capacity) {
		s->capacity = s->capacity ? 2 * s->capacity : 64;
		s->items = memory_resize(s->items, s->capacity * sizeof *s->items);
	}
	s->items[s->count++] = (struct pending){piece, indent, flat};
}

/* What a piece is made of, the first one on top. */
static void
push_parts(struct stack *s, struct pending from)
{
	const struct piece *p = from.piece;
	uint32_t indent = from.indent + (p->kind == PIECE_NEST ? INDENT : 0);
	bool flat = from.flat || (p->flat && !p->broken);
	if (p->then)
		push(s, p->then, indent, flat);
	push(s, p->first, indent, flat);
}

/* Characters up to a line end in it, which is told by `*ret_ends`. */
static uint32_t
width_of(const struct piece *p, bool *ret_ends)
{
	uint32_t width = 0;
	*ret_ends = false;
	for (size_t i = 0; i < p->length; i++) {
		if (p->text[i] == '\n') {
			*ret_ends = true;
			return width;
		}
		width += ((unsigned char)p->text[i] & 0xC0) != 0x80;
	}
	return width;
}

/*
 * Does the group, written in one line, leave room for what follows it up to the next line end?
 * Looks at no more than a line.
 */
static bool
fits(const struct stack *rest, struct pending group, uint32_t column, uint32_t columns,
     struct stack *work)
{
	size_t below = rest->count;
	work->count = 0;
	push(work, group.piece, 0, true);
	while (column <= columns) {
		if (work->count == 0) {
			if (below == 0)
				return true;
			struct pending next = rest->items[--below];
			push(work, next.piece, 0, next.flat);
		}
		struct pending p = work->items[--work->count];
		bool ends = false;
		if (p.piece->kind == PIECE_TEXT || (p.piece->kind == PIECE_BREAK && p.flat))
			column += width_of(p.piece, &ends);
		else if (p.piece->kind == PIECE_BREAK)
			ends = true;
		else
			push_parts(work, p);
		if (ends)
			return column <= columns;
	}
	return false;
}

static uint32_t
column_after(const struct buf *out, size_t start)
{
	const char *line = out->data + start, *end = out->data + out->length;
	const char *last = memrchr(line, '\n', (size_t)(end - line));
	uint32_t column = 0;
	for (const char *c = last ? last + 1 : line; c < end; c++)
		column += ((unsigned char)*c & 0xC0) != 0x80;
	return column;
}

static void
end_line(struct buf *out, uint32_t indent)
{
	while (out->length > 0 && out->data[out->length - 1] == ' ')
		out->data[--out->length] = '\0';
	buf_char(out, '\n');
	for (uint32_t i = 0; i < indent; i++)
		buf_char(out, ' ');
}

void
pretty_write(const struct piece *p, uint32_t columns, struct buf *out)
{
	struct stack stack = {0}, work = {0};
	size_t line = out->length;
	push(&stack, p, 0, false);
	while (stack.count > 0) {
		struct pending next = stack.items[--stack.count];
		switch (next.piece->kind) {
		case PIECE_TEXT:
			buf_append(out, next.piece->text, next.piece->length);
			break;
		case PIECE_BREAK:
			if (next.flat) {
				buf_append(out, next.piece->text, next.piece->length);
				break;
			}
			end_line(out, next.indent);
			line = out->length - next.indent;
			break;
		case PIECE_GROUP:
			next.flat = next.flat ||
				    (!next.piece->broken && !next.piece->flat &&
				     fits(&stack, next, column_after(out, line), columns, &work));
			push_parts(&stack, next);
			break;
		default:
			push_parts(&stack, next);
		}
	}
	free(stack.items);
	free(work.items);
}
