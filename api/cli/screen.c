/*
 * screen.c -- terminals: is it one, how wide, which colours.
 */
#include "screen.h"

#include <sys/ioctl.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "width.h"

enum { USUAL_WIDTH = 80, LEAST_WIDTH = 20 };

static bool
is_set(const char *variable)
{
	const char *value = getenv(variable);
	return value && *value;
}

static bool
colours_are_welcome(void)
{
	const char *kind = getenv("TERM");
	return !is_set("NO_COLOR") && kind && strcmp(kind, "dumb") != 0;
}

static size_t
terminal_width(int fd)
{
	struct winsize size;
	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= LEAST_WIDTH)
		return size.ws_col;
	return USUAL_WIDTH;
}

void
screen_init(struct screen *s, FILE *file)
{
	*s = (struct screen){.file = file};
	if (!isatty(fileno(file)))
		return;
	s->terminal = true;
	s->colour = colours_are_welcome();
	s->width = terminal_width(fileno(file));
}

void
screen_show(struct screen *s, struct buf *b)
{
	bool written = fwrite(b->data ? b->data : "", 1, b->length, s->file) == b->length;
	if ((!written || fflush(s->file) != 0) && !s->broken) {
		s->broken = errno ? errno : EIO;
		clearerr(s->file);
	}
	buf_clear(b);
}

/* SGR codes (ECMA-48, section 8.3.117), by enum paint. */
static const char *const codes[] = {"", "1", "2", "1;31", "32", "33", "36"};

void
paint_begin(const struct screen *s, struct buf *out, enum paint paint)
{
	if (s->colour && paint != PLAIN)
		buf_printf(out, "\033[%sm", codes[paint]);
}

void
paint_end(const struct screen *s, struct buf *out, enum paint paint)
{
	if (s->colour && paint != PLAIN)
		buf_text(out, "\033[0m");
}

void
paint(const struct screen *s, struct buf *out, enum paint how, const char *text)
{
	paint_begin(s, out, how);
	text_plain(out, text);
	paint_end(s, out, how);
}

enum paint
paint_of_word(const char *word)
{
	// clang-format off
	static const struct { enum paint paint; const char *words; } rows[] = {
		{GREEN,  " accepted active checked compliant created defined minor ok passed ready satisfied updated "},
		{YELLOW, " deprecated draft masked pii retained wanted warn warned "},
		{RED,    " FAILED broken deny expired failed major malformed refused revoked violated violating "},
		{CYAN,   " audit "},
		{DIM,    " not-concerned patch removed retired unchanged "},
	};
	// clang-format on
	char spaced[32];
	if (snprintf(spaced, sizeof spaced, " %s ", word) >= (int)sizeof spaced || !*word)
		return PLAIN;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strstr(rows[i].words, spaced))
			return rows[i].paint;
	return PLAIN;
}
