/*
 * regex.h -- regular expressions of RE2 (https://github.com/google/re2/wiki/Syntax): linear time,
 * bounded memory.
 *
 * `\C`, a single byte, is refused: what it matches need not be UTF-8.
 */
#ifndef WEFT_POLICY_REGEX_H
#define WEFT_POLICY_REGEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct regex;

/* What a group matched, as bytes of the text; `start` is SIZE_MAX when it took no part. */
struct regex_span {
	size_t start, end;
};

/* The whole match is group 0. */
enum { REGEX_MOST_GROUPS = 10 };

/* regex_create -- NULL when the pattern is wrong or its program too large, with why in
 * `ret_message`. */
struct regex *regex_create(const char *pattern, size_t length, char *ret_message,
			   size_t message_size);
void regex_destroy(struct regex *r);

/* regex_cost -- about how many steps it takes to create the pattern: repetitions multiply. */
uint64_t regex_cost(const char *pattern, size_t length);

/* regex_find_cost -- and to look for it in so many bytes. */
uint64_t regex_find_cost(const struct regex *r, size_t length);

/* How many groups (...) it has. */
int regex_groups(const struct regex *r);

/* regex_finds -- does any part of the text match?  May be called by several threads at once. */
bool regex_finds(const struct regex *r, const char *text, size_t length);

/* regex_find -- the first match that begins at byte `from` or later; `count` groups of it, at most
 * REGEX_MOST_GROUPS. */
bool regex_find(const struct regex *r, const char *text, size_t length, size_t from,
		struct regex_span *ret_groups, int count);

#ifdef __cplusplus
}
#endif

#endif
