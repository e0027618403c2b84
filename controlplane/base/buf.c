/*
 * buf.c -- a growing run of bytes, kept NUL-terminated.
 */
#include "buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

void
buf_done(struct buf *b)
{
	free(b->data);
	*b = (struct buf){0};
}

void
buf_clear(struct buf *b)
{
	b->length = 0;
	if (b->data)
		b->data[0] = '\0';
}

void
buf_reserve(struct buf *b, size_t more)
{
	size_t need = b->length + more + 1;
	if (need <= b->capacity)
		return;
	size_t capacity = b->capacity ? b->capacity : 128;
	while (capacity < need)
		capacity *= 2;
	b->data = memory_resize(b->data, capacity);
	b->capacity = capacity;
}

void
buf_append(struct buf *b, const void *bytes, size_t length)
{
	buf_reserve(b, length);
	assert(b->data);
	if (length)
		memcpy(b->data + b->length, bytes, length);
	b->length += length;
	b->data[b->length] = '\0';
}

void
buf_text(struct buf *b, const char *text)
{
	buf_append(b, text, strlen(text));
}

void
buf_char(struct buf *b, char c)
{
	buf_append(b, &c, 1);
}

void
buf_printf(struct buf *b, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	buf_reserve(b, (size_t)length);
	vsnprintf(b->data + b->length, (size_t)length + 1, format, again);
	va_end(again);
	b->length += (size_t)length;
}

char *
buf_take(struct buf *b)
{
	if (!b->data)
		buf_append(b, "", 0);
	char *data = b->data;
	*b = (struct buf){0};
	return data;
}
