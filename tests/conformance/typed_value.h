/*
 * typed_value.h -- the values and types of the conformance files: {"int": "-9"}, {"list":
 * "string"}.
 */
#ifndef WEFT_TESTS_TYPED_VALUE_H
#define WEFT_TESTS_TYPED_VALUE_H

#include "policy/cel.h"

/* replace_nuls -- texts of documents hold no NUL: in the JSON text, \u0000 becomes U+E000. */
void replace_nuls(char *json);

/* text_read -- the text with its NULs put back. */
struct cel_value text_read(struct arena *arena, const struct node *n);

/* typed_value_read -- false when it is no typed value. */
bool typed_value_read(struct arena *arena, const struct node *typed, struct cel_value *ret_value);

/*
 * typed_values_match -- equal in type and value, unlike ==, for which 1 is 1.0.  NaN matches NaN,
 * 0.0 does not match -0.0, and maps have no order.
 */
bool typed_values_match(struct cel_value a, struct cel_value b);

/* type_text -- as declarations write it: {"list": "int"} is list(int); "" for what is no type. */
const char *type_text(struct arena *arena, const struct node *type);

/* signature_text -- "(A, int) string" of one overload of a declared function. */
const char *signature_text(struct arena *arena, const struct node *overload);

#endif
