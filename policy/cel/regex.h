/*
 * regex.h -- regular expressions of RE2 (https://github.com/google/re2/wiki/Syntax): linear time,
 * bounded memory.
 */
#ifndef WEFT_POLICY_REGEX_H
#define WEFT_POLICY_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct regex;

/* regex_create -- NULL when the pattern is wrong or its program too large, with why in
 * `ret_message`. */
struct regex *regex_create(const char *pattern, size_t length, char *ret_message,
			   size_t message_size);
void regex_destroy(struct regex *r);

/* regex_finds -- does any part of the text match?  May be called by several threads at once. */
bool regex_finds(const struct regex *r, const char *text, size_t length);

#ifdef __cplusplus
}
#endif

#endif
