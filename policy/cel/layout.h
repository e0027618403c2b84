/*
 * layout.h -- the canonical layout of an expression.
 *
 *     product.domain == "finance" && product.schema.all(c, c.name != "" && c.type in params.types)
 *
 * in one line where it fits, and else
 *
 *     product.domain == "finance"
 *       && product.schema.all(c,
 *         c.name != "" && c.type in params.types
 *       )
 *
 * One space around operators, none inside parentheses, no parentheses but those that are needed;
 * lines break before && || ? :, between arguments, items and entries (but not where they are
 * short), and before a + or - that does not fit.  Literals stay as they are written, and so do
 * comments; a comment in the midst of what does not break moves before it.
 */
#ifndef WEFT_POLICY_LAYOUT_H
#define WEFT_POLICY_LAYOUT_H

#include "base/buf.h"
#include "policy/cel.h"

/*
 * cel_layout -- append the expression, without a line end behind it.  It is the same expression:
 * the text parses to the same tree, and laid out again it stays as it is.  False, with the mistake
 * in `issues`, for what does not parse.
 */
bool cel_layout(const char *source, size_t length, uint32_t columns, struct buf *out,
		struct cel_issues *issues);

/* cel_same_expression -- do both parse, to the same tree? */
bool cel_same_expression(const char *a, const char *b);

#endif
