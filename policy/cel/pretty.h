/*
 * pretty.h -- text that breaks into lines where it is too long.
 *
 * A text is made of pieces that say where it may break.  A group is written in one line if it fits;
 * if not, each of its own breaks is a line end, and the groups inside are asked in turn (Wadler, "A
 * prettier printer").
 *
 *     group(f( nest(soft a, break b) soft ))      f(a, b)       f(
 *                                                                 a,
 *                                                                 b
 *                                                               )
 *
 * Pieces live in an arena and may be shared.
 */
#ifndef WEFT_POLICY_PRETTY_H
#define WEFT_POLICY_PRETTY_H

#include "base/buf.h"
#include "policy/cel.h"

struct piece;

/* The bytes are borrowed; they may hold line ends, which are kept as they are. */
const struct piece *piece_text(struct arena *a, const char *text, size_t length);
const struct piece *piece_word(struct arena *a, const char *text);

/* A text behind which the line must end: a comment. */
const struct piece *piece_comment(struct arena *a, const char *text, size_t length);

const struct piece *piece_break(struct arena *a); /* a space, or a line end */
const struct piece *piece_soft(struct arena *a);  /* nothing, or a line end */
const struct piece *piece_end(struct arena *a);   /* a line end */

/* NULL is nothing. */
const struct piece *piece_join(struct arena *a, const struct piece *first,
			       const struct piece *then);
const struct piece *piece_nest(struct arena *a, const struct piece *inner); /* two columns */
const struct piece *piece_group(struct arena *a, const struct piece *inner);

/* In one line whether it fits or not, unless a line end is in it. */
const struct piece *piece_flat(struct arena *a, const struct piece *inner);

/* piece_width -- characters that it takes in one line; UINT32_MAX when a line end is in it. */
uint32_t piece_width(const struct piece *p);

/* pretty_write -- in lines of at most `columns` characters, where that is possible. */
void pretty_write(const struct piece *p, uint32_t columns, struct buf *out);

#endif
