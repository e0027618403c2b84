/*
 * err.c -- filling a `struct err`, and the table behind its codes.
 */
#include "err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	int http, exit;
	const char *title;
} codes[] = {
#define X(code, http, exit, title) [ERR_##code] = {http, exit, title},
#include "base/err.def"
#undef X
};

/* A cut may have split the last character: drop the bytes of a UTF-8 sequence that is not whole. */
static void
drop_split_character(char *text, size_t length)
{
	size_t start = length;
	while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
		start--;
	if (start == 0)
		return;
	unsigned char lead = (unsigned char)text[start - 1];
	size_t want = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
	if (length - (start - 1) < want)
		text[start - 1] = '\0';
}

static void
format_message(struct err *e, const char *format, va_list args)
{
	int length = vsnprintf(e->message, sizeof e->message, format, args);
	if (length >= (int)sizeof e->message)
		drop_split_character(e->message, sizeof e->message - 1);
}

enum err_code
err_set(struct err *e, enum err_code code, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	format_message(e, format, args);
	va_end(args);
	e->code = code;
	e->at = (struct position){0};
	return code;
}

enum err_code
err_set_at(struct err *e, enum err_code code, struct position at, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	format_message(e, format, args);
	va_end(args);
	e->code = code;
	e->at = at;
	return code;
}

enum err_code
err_while(struct err *e, const char *format, ...)
{
	struct err inner = *e;
	va_list args;
	va_start(args, format);
	format_message(e, format, args);
	va_end(args);

	size_t used = strlen(e->message);
	size_t room = sizeof e->message - used;
	int length = inner.at.line > 0 ? snprintf(e->message + used, room, ": %u:%u: %s",
						  inner.at.line, inner.at.column, inner.message)
				       : snprintf(e->message + used, room, ": %s", inner.message);
	if (length >= (int)room)
		drop_split_character(e->message, sizeof e->message - 1);
	e->at = (struct position){0};
	return e->code;
}

static enum err_code
code_of_errno(int number)
{
	switch (number) {
	case ENOSPC:
	case EDQUOT:
		return ERR_NO_SPACE;
	case ENOENT:
		return ERR_NOT_FOUND;
	default:
		return ERR_IO;
	}
}

enum err_code
err_errno(struct err *e, int number, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	format_message(e, format, args);
	va_end(args);

	size_t used = strlen(e->message);
	snprintf(e->message + used, sizeof e->message - used, ": %s", strerror(number));
	e->code = code_of_errno(number);
	e->at = (struct position){0};
	return e->code;
}

int
err_http_status(enum err_code code)
{
	return codes[code].http;
}

int
err_exit_status(enum err_code code)
{
	return codes[code].exit;
}

const char *
err_title(enum err_code code)
{
	return codes[code].title;
}
