/*
 * judgement.h -- a document before all policies of a set.
 */
#ifndef WEFT_GOVERNANCE_JUDGEMENT_H
#define WEFT_GOVERNANCE_JUDGEMENT_H

#include "rule_set.h"

struct judgement {
	struct verdict
	    *verdicts; /* of the policies that the document concerns, in the order of the set */
	size_t count;
	size_t denied, warned; /* policies that are violated (or failed) with this enforcement */
};

/*
 * judge -- by every policy, in the order of the set; those of domains take of DOMAINS_MOST_STEPS in
 * that order.  Complaints go into `violations`, after what stands there already.
 */
struct judgement judge(const struct rule_set *rules, const struct policy_input *input,
		       struct arena *arena, struct violations *violations);

/* judge_again -- the same, not counted among the documents that somebody brought. */
struct judgement judge_again(const struct rule_set *rules, const struct policy_input *input,
			     struct arena *arena, struct violations *violations);

/* "violating", "warned" or "compliant" */
const char *judgement_standing(const struct judgement *j);

/*
 * As a JSON list of {policy, hash, enforcement, outcome, cost}; with `tightens`, the hash of the
 * policy that it tightens, and `grace_end`, where there are any; with `steps` where the policies of
 * domains before it left it less than its own limit; and `engine` of another one than ours, with
 * the `decision_id` of its own log.
 */
void judgement_write(const struct judgement *judgement, struct json *j);

#endif
