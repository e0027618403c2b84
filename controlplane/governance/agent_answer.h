/*
 * agent_answer.h -- what an Open Policy Agent answers by its data API:
 *
 *     200 {"decision_id": "...", "result": ...}     without `result`: nothing is defined there
 *     500 {"code": "...", "message": "..."}         and whatever else is no answer
 */
#ifndef WEFT_GOVERNANCE_AGENT_ANSWER_H
#define WEFT_GOVERNANCE_AGENT_ANSWER_H

#include "base/fetch.h"
#include "policy/policy.h"

/*
 * agent_answer_read -- in the arena; `address` is what a failure names.  Fails: ERR_UNREACHABLE,
 * with a little of what was said instead.
 */
enum err_code agent_answer_read(const char *address, const struct fetch_response *response,
				struct arena *arena, struct policy_answer *ret_answer,
				struct err *e);

#endif
