/*
 * width.h -- how wide a text is on a screen, and texts that are safe to show there.
 *
 * Widths are those of terminals: East Asian wide characters and most emoji take two cells,
 * combining marks none (Unicode 14, UAX #11).  What comes from files and servers goes through
 * text_plain() before it is measured or shown: a name with an escape sequence in it must not steer
 * the reader's terminal.
 */
#ifndef WEFT_CLI_WIDTH_H
#define WEFT_CLI_WIDTH_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

/*
 * text_next -- the character at `*p`, which moves behind it; U+FFFD for a byte that is not UTF-8. 0
 * at the end.
 */
uint32_t text_next(const char **p);

/*
 * text_plain -- without control characters: each becomes its picture (U+2400...), tabs and line
 * ends become spaces.
 */
void text_plain(struct buf *out, const char *text);

/* The same in an arena; NULL is "". */
const char *text_plain_new(struct arena *arena, const char *text);

/* text_width -- cells that a plain text takes. */
size_t text_width(const char *text);

/*
 * text_cut -- append as much of a plain text as fits into `cells`, ended by "…" when something was
 * left out.  Gives the cells it took.
 */
size_t text_cut(struct buf *out, const char *text, size_t cells);

/*
 * text_skip -- step over whole characters until at least `cells` cells are behind; gives how many
 * are.
 */
size_t text_skip(const char **text, size_t cells);

/*
 * text_cut_middle -- a plain text in at most `cells` cells: what is too much goes from its middle,
 * since the ends of a long name say the most.
 */
const char *text_cut_middle(struct arena *arena, const char *text, size_t cells);

/* text_wrap -- append a text in lines of at most `cells` cells, each behind `indent` spaces. */
void text_wrap(struct buf *out, const char *text, size_t indent, size_t cells);

/* text_fill -- append `count` spaces. */
void text_fill(struct buf *out, size_t count);

#endif
