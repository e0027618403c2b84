/*
 * strange_key.h -- keys that no table knows, in a tree that nothing decodes: what a test says of a
 * product, and of the facts beside it.
 */
#ifndef WEFT_POLICY_STRANGE_KEY_H
#define WEFT_POLICY_STRANGE_KEY_H

#include "base/field.h"

/*
 * strange_keys -- a warning (rule "unknown-key") for each key in `n`, at any depth, that its table
 * does not know, with the nearest one that it does.  `n` is a map, or a list of maps; what has
 * another form than the table says is passed over.  `where` is what messages call the whole.
 */
void strange_keys(const struct field_set *set, const struct node *n, const char *pointer,
		  const char *where, struct violations *violations);

#endif
