/*
 * policy_change.h -- a policy document with another enforcement or other values: what one would try
 * before writing it down.
 */
#ifndef WEFT_CLI_POLICY_CHANGE_H
#define WEFT_CLI_POLICY_CHANGE_H

#include "base/document.h"

#include "flag.h"

struct policy_change {
	const char *enforcement; /* or NULL */
	struct words settings;   /* "minimum=10 years": the value as YAML */
};

bool policy_change_is_empty(const struct policy_change *change);

/*
 * policy_change_make -- the changed tree, in `arena`; it shares what was not changed.  Its
 * tests go: they are about what it said before.  A parameter
 * with a schema is set among the policy's `values` of global scope, a short one where it stands.
 * Fails: ERR_USAGE.
 */
enum err_code policy_change_make(const struct policy_change *change, const struct node *document,
				 struct arena *arena, struct node *ret_document, struct err *e);

#endif
