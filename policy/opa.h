/*
 * opa.h -- a policy that an Open Policy Agent decides: what it is told, and what its answer means.
 *
 * It is told, as its input document,
 *
 *     {"product": {...}, "previous": {...} or null, "upstream": [...] or null, "facts": {...},
 *      "params": {...}, "now": "2026-11-23T02:39:30.000000Z"}
 *
 * and the document at the policy's path, its `result`, says
 *
 *     true                                     allowed
 *     false                                    not allowed
 *     [VIOLATION, ...]                         allowed when there is none
 *     {"allow": BOOL, "violations": [...]}     allowed when it says so and there is none; `deny` is
 *                                              another word for `violations`; either may be
 * missing, and whatever else the package holds does not count
 *
 * where a VIOLATION is a text, or a map of `message` (or `msg`), `rule` and `pointer`.  Anything
 * else, and no answer at all, fails: it counts as violated.
 */
#ifndef WEFT_POLICY_OPA_H
#define WEFT_POLICY_OPA_H

#include "policy_parts.h"

/* What is said of more violations is only how many there are. */
enum { OPA_MOST_VIOLATIONS = 100 };

struct opa_complaint {
	const char *rule; /* or NULL */
	const char *message, *pointer;
};

struct opa_finding {
	enum policy_outcome outcome;
	const char *decision_id; /* or NULL */
	struct opa_complaint *complaints;
	size_t count;
};

/* opa_consult -- ask as `input` says; everything in `arena`. */
struct opa_finding opa_consult(const struct policy *p, const struct node *parameters,
			       const struct policy_input *input, struct arena *arena);

#endif
