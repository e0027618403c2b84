/*
 * advice.h -- what other languages write, and what it is here: for messages.
 */
#ifndef WEFT_POLICY_ADVICE_H
#define WEFT_POLICY_ADVICE_H

#include <stddef.h>

struct advice {
	const char *text;       /* as it is written elsewhere */
	const char *suggestion; /* as it is written here; NULL when there is nothing like it */
	const char *message;    /* NULL: "'TEXT' is no operator" */
};

/* advice_on_sign -- the longest sign of other languages that `text` begins with, or NULL. */
const struct advice *advice_on_sign(const char *text, size_t length);

/* advice_on_word -- a word where an operator is expected: "and". */
const struct advice *advice_on_word(const char *text, size_t length);

/* What to write for a reserved word, a name, a function; NULL when it is not known. */
const char *advice_on_reserved(const char *word);
const char *advice_on_name(const char *name);
const char *advice_on_function(const char *name);

#endif
