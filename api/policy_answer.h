/*
 * policy_answer.h -- a policy as an answer: the one in force, or a version that may no longer be.
 */
#ifndef WEFT_API_POLICY_ANSWER_H
#define WEFT_API_POLICY_ANSWER_H

#include "base/json.h"
#include "catalog/rulebook.h"
#include "http/http.h"

/* policy_write -- its members {name, scope, enforcement, version, defined_at, defined_by, event,
 * hash}. */
void policy_write(const struct rule_record *r, struct json *j);

/* policy_version_write -- the same, and what became of it: {state, until, retired_at, retired_by}.
 */
void policy_version_write(const struct rule_version *v, struct json *j);

/*
 * policy_answer -- with its document: as YAML, where that is wanted, as it was sent.
 * policy_version_answer -- the same for a version.
 */
enum err_code policy_answer(const struct request *rq, const struct rule_record *r,
			    struct response *rs, struct err *e);
enum err_code policy_version_answer(const struct request *rq, struct session *s,
				    const struct rule_version *v, struct response *rs,
				    struct err *e);

#endif
