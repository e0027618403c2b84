/*
 * utf8.h -- where the characters of a text begin and end (RFC 3629).
 */
#ifndef WEFT_BASE_UTF8_H
#define WEFT_BASE_UTF8_H

#include <stddef.h>

/*
 * utf8_step -- the bytes of the well-formed character that begins at `p`, 1 to 4; 0 when none
 * does within `left` bytes.
 */
size_t utf8_step(const char *p, size_t left);

/* utf8_check -- how many bytes from the beginning are well-formed: `length` when all are. */
size_t utf8_check(const char *text, size_t length);

/*
 * utf8_cut -- the longest beginning of at most `most` bytes that splits no character: for "%.*s".
 *
 */
int utf8_cut(const char *text, size_t length, size_t most);

#endif
