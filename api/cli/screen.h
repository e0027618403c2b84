/*
 * screen.h -- where output goes, and what it can do: colours and a width only on a terminal.
 *
 * Everything is first rendered into a buffer, so that tests compare texts, and then shown at once.
 */
#ifndef WEFT_CLI_SCREEN_H
#define WEFT_CLI_SCREEN_H

#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"

struct screen {
	FILE *file;
	bool terminal;
	bool colour;  /* a terminal, not a dumb one, and NO_COLOR (no-color.org) is not set */
	size_t width; /* cells in a line; 0: as many as it takes */
	int broken;   /* errno of the first write that failed, or 0 */
};

enum paint { PLAIN, BOLD, DIM, RED, GREEN, YELLOW, CYAN };

void screen_init(struct screen *s, FILE *file);

/* screen_show -- write it out and empty the buffer. */
void screen_show(struct screen *s, struct buf *b);

/* paint_begin and paint_end around what is already safe to show. */
void paint_begin(const struct screen *s, struct buf *out, enum paint paint);
void paint_end(const struct screen *s, struct buf *out, enum paint paint);

/* paint -- any text, made plain (width.h), in that colour. */
void paint(const struct screen *s, struct buf *out, enum paint how, const char *text);

/*
 * paint_of_word -- the colour of a state: "compliant" is green, "violating" red ...; PLAIN for
 * other words.
 */
enum paint paint_of_word(const char *word);

#endif
