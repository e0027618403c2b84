/*
 * progress_bar.h -- how far something is, on a terminal: one line that is written over and gone in
 * the end.  Elsewhere nothing is shown.
 *
 *     [###########.............]  46%  46,080 of 100,000 products
 */
#ifndef WEFT_CLI_PROGRESS_BAR_H
#define WEFT_CLI_PROGRESS_BAR_H

#include <stdint.h>

#include "screen.h"

struct progress_bar {
	struct screen *screen;
	const char *what; /* "products" */
	bool shown;
};

void progress_bar_show(struct progress_bar *p, uint64_t done, uint64_t of);
void progress_bar_clear(struct progress_bar *p);

/* number_grouped -- "46,080" */
void number_grouped(struct buf *out, uint64_t n);

#endif
