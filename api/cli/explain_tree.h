/*
 * explain_tree.h -- the parts of an expression with their values, as a tree for people.
 *
 *     !has_personal_data(product) || is_given(product.?access)    false
 *     ├─ !has_personal_data(product)                              false  ◀
 *     │  └─ has_personal_data(product)                            true
 *     └─ is_given(product.?access)                                false  ◀
 *        └─ product.?access                                       optional.none()
 *
 * What is marked is why the whole is not true.  On a terminal lines are cut where they are too
 * long; elsewhere what has parts below it is shortened, since these say the rest.
 */
#ifndef WEFT_CLI_EXPLAIN_TREE_H
#define WEFT_CLI_EXPLAIN_TREE_H

#include "base/json.h"
#include "policy/explain.h"

#include "screen.h"

void explain_tree_write(const struct screen *s, const struct cel_part *whole, struct arena *arena,
			struct buf *out);

/* explain_tree_json -- {text, value, blamed, parts}; a round is {round, ...}, the rest {more}. */
void explain_tree_json(const struct cel_part *whole, struct json *out);

/* explain_value -- as an expression would write it; an error by its message. */
const char *explain_value(struct arena *arena, struct cel_value v, size_t most);

#endif
