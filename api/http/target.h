/*
 * target.h -- what a request line asks for: a path cut into parts and a query cut into pairs, both
 * percent-decoded.
 *
 * Source: RFC 9112, section 3.2 (origin form, and the absolute form that proxies use); RFC 3986,
 * section 2.1; for the query the form that HTML forms send (a "+" is a space).
 */
#ifndef WEFT_HTTP_TARGET_H
#define WEFT_HTTP_TARGET_H

#include "base/arena.h"
#include "base/err.h"

enum { TARGET_MOST_BYTES = 8000, TARGET_MOST_PARTS = 16, TARGET_MOST_PAIRS = 100 };

struct query_pair {
	const char *name, *value;
};

/* Everything lives in the arena of target_parse(). */
struct target {
	const char *path, *query; /* as sent; query is "" when there is none */
	const char *parts[TARGET_MOST_PARTS];
	size_t part_count;
	struct query_pair *pairs;
	size_t pair_count, pair_capacity;
};

/*
 * target_parse -- Fails: ERR_MALFORMED (no path, too long, too many parts or pairs, bad
 * percent-encoding, bytes that are not UTF-8, a control character in the path, a NUL in the query).
 * Then path and query are set nevertheless.
 */
enum err_code target_parse(const char *text, struct arena *arena, struct target *ret_target,
			   struct err *e);

#endif
