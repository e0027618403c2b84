/*
 * literal.h -- what the spelling of a literal stands for.
 */
#ifndef WEFT_POLICY_LITERAL_H
#define WEFT_POLICY_LITERAL_H

#include "cel/lex.h"

/*
 * literal_decode -- the value of a number, text or bytes token; `negative`: a minus stood before
 * the number.  NULL, or what is wrong with it, with the place in `*ret_offset`.
 */
const char *literal_decode(const char *source, struct token t, bool negative, struct arena *arena,
			   struct cel_value *ret_value, uint32_t *ret_offset);

#endif
