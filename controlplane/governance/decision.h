/*
 * decision.h -- a judgement with all that is needed to make it again, as the log keeps it:
 *
 *     "verdicts": [...], "violations": [...],
 *     "decision": {"now": TIME, "previous": SEQ or null, "judge": NUMBER, "facts": {...},
 *                  "upstream": [...]}
 *
 * `previous` is the event that published what `previous` is in the policies' expressions, `judge`
 * the JUDGE_VERSION that counted the cost.  The policies are found by the hashes in the verdicts.
 */
#ifndef WEFT_GOVERNANCE_DECISION_H
#define WEFT_GOVERNANCE_DECISION_H

#include "judgement.h"

struct decision {
	const char *standing;
	const char *verdicts, *basis; /* as JSON, in the arena: they outlive the rules */
};

/* decision_of -- what the judgement of that input is kept as. */
struct decision decision_of(const struct judgement *judgement, const struct policy_input *input,
			    uint64_t previous, struct arena *arena);

/* decision_write -- the three members. */
void decision_write(const struct decision *d, const struct violations *violations, struct json *j);

#endif
