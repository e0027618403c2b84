/*
 * past_rules.h -- the policies as they were at any event of the log, compiled as the server had
 * them.
 */
#ifndef WEFT_CLI_PAST_RULES_H
#define WEFT_CLI_PAST_RULES_H

#include "policy/policy.h"

#include "call.h"

/* One policy.defined or policy.retired. */
struct past_rule {
	uint64_t seq;
	moment time;
	const char *name;
	const char *source; /* NULL: it was retired, or its event redacted */
	const char *media_type;
	size_t length;
};

/* A policy in force. */
struct past_policy {
	const struct past_rule *rule;
	struct policy *policy; /* owned; NULL: it does not compile, and `why` says so */
	const char *why;
	const char *base; /* the policy that it tightens, or NULL */
	bool is_compiled;
};

struct past_rules {
	struct arena *arena;
	struct past_rule *rules; /* in the order of the log */
	size_t count, capacity;
	size_t taken; /* of these, those that have happened */

	struct past_policy *policies; /* by name */
	size_t policy_count, policy_capacity;
};

/* past_rules_read -- all that the server's log has up to the event `end`. */
enum err_code past_rules_read(struct call *c, uint64_t end, struct past_rules *ret_rules,
			      struct err *e);
void past_rules_done(struct past_rules *r);

/* past_rules_before -- `policies` are then those in force when the event `seq` came, which must not
 * be less than the last one asked for. */
void past_rules_before(struct past_rules *r, uint64_t seq);

#endif
