/*
 * expression_place.h -- where in a YAML file the mistake in an expression is, exactly.
 *
 * Who compiles an expression knows its text, but not how the file writes it: its complaint has a
 * place that is right for most, and the line of the expression with a caret in the message.  Here
 * is the file: the caret leads to the very character, and the line need not be shown twice.
 */
#ifndef WEFT_CLI_EXPRESSION_PLACE_H
#define WEFT_CLI_EXPRESSION_PLACE_H

#include "base/violation.h"

/* expression_places -- the list with exact places; itself where there is nothing to do. */
const struct violations *expression_places(const struct violations *list, const char *text,
					   size_t length, struct arena *arena);

#endif
