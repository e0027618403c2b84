/*
 * table.c -- measure every cell, share out the width, write row by row.
 */
#include "table.h"

#include <assert.h>
#include <string.h>

#include "width.h"

enum { GAP = 2, LEAST_COLUMN = 6 };

void
table_painted(struct table *t, enum paint paint, const char *text)
{
	assert(t->columns > 0 && t->columns <= TABLE_MOST_COLUMNS);
	t->cells = arena_grow(t->arena, t->cells, t->count, &t->capacity, sizeof *t->cells);
	struct table_cell *cell = &t->cells[t->count++];
	cell->text = text_plain_new(t->arena, text);
	cell->width = text_width(cell->text);
	cell->paint = paint;
}

void
table_cell(struct table *t, const char *text)
{
	table_painted(t, PLAIN, text);
}

static void
measure(const struct table *t, size_t *ret_widths)
{
	for (size_t i = 0; i < t->columns; i++)
		ret_widths[i] = t->headers ? text_width(t->headers[i]) : 0;
	for (size_t i = 0; i < t->count; i++) {
		size_t *width = &ret_widths[i % t->columns];
		if (t->cells[i].width > *width)
			*width = t->cells[i].width;
	}
}

static size_t
whole_width(const size_t *widths, size_t columns)
{
	size_t whole = GAP * (columns - 1);
	for (size_t i = 0; i < columns; i++)
		whole += widths[i];
	return whole;
}

/* The widest of the columns from `first` on that can still give way, or `columns`. */
static size_t
widest_from(const size_t *widths, size_t first, size_t columns)
{
	size_t widest = columns;
	for (size_t i = first; i < columns; i++)
		if (widths[i] > LEAST_COLUMN && (widest == columns || widths[i] > widths[widest]))
			widest = i;
	return widest;
}

/*
 * Take from the widest column, again and again, until the table fits or every column is as narrow
 * as it may be.  The first one, which names the row, comes last.
 */
static void
narrow(size_t *widths, size_t columns, size_t available)
{
	for (size_t whole = whole_width(widths, columns); whole > available; whole--) {
		size_t widest = widest_from(widths, 1, columns);
		if (widest == columns)
			widest = widest_from(widths, 0, columns);
		if (widest == columns)
			return;
		widths[widest]--;
	}
}

/* The last column is not filled up: no spaces at the end of a line. */
static void
write_cell(const struct table *t, const struct screen *s, const struct table_cell *cell,
	   size_t width, size_t column, struct buf *out)
{
	enum paint paint = cell->width ? cell->paint : PLAIN;
	paint_begin(s, out, paint);
	size_t used = text_cut(out, cell->text, width);
	paint_end(s, out, paint);
	if (column + 1 < t->columns)
		text_fill(out, width - used + GAP);
}

/* Empty cells at the right leave no spaces at the end of the line either. */
static void
trim_line(struct buf *out, size_t start)
{
	while (out->length > start && out->data[out->length - 1] == ' ')
		out->length--;
	buf_char(out, '\n');
}

static void
write_headers(const struct table *t, const struct screen *s, const size_t *widths, struct buf *out)
{
	size_t start = out->length;
	for (size_t i = 0; i < t->columns; i++) {
		struct table_cell cell = {t->headers[i], text_width(t->headers[i]), BOLD};
		write_cell(t, s, &cell, widths[i], i, out);
	}
	trim_line(out, start);
}

void
table_write(const struct table *t, const struct screen *s, struct buf *out)
{
	size_t widths[TABLE_MOST_COLUMNS];
	assert(t->count % t->columns == 0);
	measure(t, widths);
	if (s->width && !t->whole)
		narrow(widths, t->columns, s->width);
	if (t->headers)
		write_headers(t, s, widths, out);
	for (size_t row = 0; row < t->count; row += t->columns) {
		size_t start = out->length;
		for (size_t i = 0; i < t->columns; i++)
			write_cell(t, s, &t->cells[row + i], widths[i], i, out);
		trim_line(out, start);
	}
}
