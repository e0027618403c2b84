/*
 * table.h -- rows and columns for people: aligned by width on the screen, a header row, two spaces
 * between columns.
 *
 *     struct table t = { .arena = a, .headers = headers, .columns = 3 };
 *     table_cell(&t, name);
 *     table_cell(&t, version);
 *     table_painted(&t, paint_of_word(standing), standing);
 *     table_write(&t, screen, &out);
 *
 * On a terminal a table that is too wide is narrowed where it is widest, and the cells are cut with
 * "…"; elsewhere nothing is ever cut.
 */
#ifndef WEFT_CLI_TABLE_H
#define WEFT_CLI_TABLE_H

#include "base/arena.h"

#include "screen.h"

enum { TABLE_MOST_COLUMNS = 12 };

struct table_cell {
	const char *text; /* plain */
	size_t width;
	enum paint paint;
};

struct table {
	struct arena *arena;
	const char *const *headers; /* `columns` of them; NULL: no header row */
	bool whole;                 /* cut nothing: what it shows is for copying */
	size_t columns;             /* at most TABLE_MOST_COLUMNS */
	struct table_cell *cells;   /* row by row */
	size_t count, capacity;
};

/* One more cell, from left to right and row by row; NULL is an empty one. */
void table_cell(struct table *t, const char *text);
void table_painted(struct table *t, enum paint paint, const char *text);

void table_write(const struct table *t, const struct screen *s, struct buf *out);

#endif
