/*
 * progress_bar.c -- the carriage return, and ECMA-48's "erase in line" (EL).
 */
#include "progress_bar.h"

#include <stdio.h>
#include <string.h>

enum { LONGEST_BAR = 40, BESIDE = 50, LEAST_WIDTH = 60 };

void
number_grouped(struct buf *out, uint64_t n)
{
	char digits[24];
	int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
	for (int i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			buf_char(out, ',');
		buf_char(out, digits[i]);
	}
}

static void
write_bar(struct buf *out, const struct screen *s, uint64_t done, uint64_t of)
{
	size_t width = s->width < LEAST_WIDTH            ? 10
		       : s->width > LONGEST_BAR + BESIDE ? LONGEST_BAR
							 : s->width - BESIDE;
	size_t full = of ? (size_t)(done * width / of) : width;
	buf_char(out, '[');
	for (size_t i = 0; i < width; i++)
		buf_char(out, i < full ? '#' : '.');
	buf_printf(out, "] %3u%%  ", of ? (unsigned)(done * 100 / of) : 100);
}

void
progress_bar_show(struct progress_bar *p, uint64_t done, uint64_t of)
{
	if (!p->screen->terminal)
		return;
	CLEANUP(buf_done) struct buf line = {0};
	buf_char(&line, '\r');
	write_bar(&line, p->screen, done < of ? done : of, of);
	number_grouped(&line, done);
	buf_text(&line, " of ");
	number_grouped(&line, of);
	buf_printf(&line, " %s\033[K", p->what);
	screen_show(p->screen, &line);
	p->shown = true;
}

void
progress_bar_clear(struct progress_bar *p)
{
	CLEANUP(buf_done) struct buf line = {0};
	if (!p->shown)
		return;
	buf_text(&line, "\r\033[K");
	screen_show(p->screen, &line);
	p->shown = false;
}
