/*
 * buf.h -- bytes that grow at the end: an answer being written, a line being read.
 *
 * `struct buf b = {0};` is an empty one; buf_done() gives its memory back.  `data` is followed by
 * a NUL that `length` does not count (once anything was appended), so that it can be used as C
 * text.  Growing never fails (see arena.h).
 */
#ifndef WEFT_BASE_BUF_H
#define WEFT_BASE_BUF_H

#include <stddef.h>

#include "base/compiler.h"

struct buf {
	char *data; /* owned */
	size_t length, capacity;
};

void buf_done(struct buf *b);
void buf_clear(struct buf *b); /* length 0; the memory is kept */

void buf_reserve(struct buf *b, size_t more);
void buf_append(struct buf *b, const void *bytes, size_t length);
void buf_text(struct buf *b, const char *text);
void buf_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...) PRINTF(2, 3);

/* buf_take -- the bytes, now the caller's to free(); the buffer is empty again.  Never NULL. */
char *buf_take(struct buf *b);

#endif
