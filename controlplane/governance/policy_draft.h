/*
 * policy_draft.h -- a policy document that is not in force, or not yet: compiled against those that
 * are, and tried by its own tests.
 */
#ifndef WEFT_GOVERNANCE_POLICY_DRAFT_H
#define WEFT_GOVERNANCE_POLICY_DRAFT_H

#include "rule_set.h"

/*
 * policy_draft -- fails with every complaint in `violations`; `name` is what the error calls it.
 * policy_destroy() it.
 */
enum err_code policy_draft(const struct node *root, const char *name, const struct rule_set *rules,
			   struct violations *violations, struct policy **ret_policy,
			   struct err *e);

/*
 * draft_report -- what a document with complaints fails with: ERR_MALFORMED when they are
 * about its form, ERR_REFUSED when they are about what it means.
 */
enum err_code draft_report(const char *name, struct violations *violations, struct err *e);

#endif
