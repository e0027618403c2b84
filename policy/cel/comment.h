/*
 * comment.h -- the comments of a source, which are no tokens.
 */
#ifndef WEFT_POLICY_COMMENT_H
#define WEFT_POLICY_COMMENT_H

#include "cel/lex.h"

struct comment {
	uint32_t start, end; /* from the slashes on, without spaces at the end */
	bool own_line;       /* nothing stands before it on its line */
};

/* Part of a list, in the order of the source. */
struct comments {
	const struct comment *items;
	size_t count;
};

/* comments_find -- all of them, of a source that parses. */
struct comments comments_find(const char *source, size_t length, struct arena *arena);

/* comments_before -- those that begin before the byte; the list goes on with the others. */
struct comments comments_before(struct comments *list, uint32_t offset);

#endif
