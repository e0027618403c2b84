/*
 * parse.h -- a source as a tree (langdef.md, "Syntax" and "Macros").
 */
#ifndef WEFT_POLICY_PARSE_H
#define WEFT_POLICY_PARSE_H

#include "cel/expr.h"

struct parse_options {
	bool no_macros;
};

/* parse -- the tree, in `arena`; NULL with the first mistake in `issues`. */
struct cel_expr *parse(const char *source, size_t length, const struct parse_options *options,
		       struct arena *arena, struct cel_issues *issues);

/* source_is_sound -- UTF-8 and short enough: what parse() relies on. */
bool source_is_sound(const char *source, size_t length, struct cel_issues *issues);

/* issue_add -- one more mistake; its texts are in the list's arena.  Gives it back, to take a
 * suggestion. */
struct cel_issue *issue_add(struct cel_issues *issues, const char *source, struct cel_span span,
			    const char *format, ...) PRINTF(4, 5);

#endif
