/*
 * rule_set.h -- the policies in force, compiled: immutable, shared by threads, counted.
 *
 * A set belongs to one version of the rulebook (the newest event that defined or retired a policy).
 * Who judges holds the set until done; a newer one takes its place meanwhile, and the last holder
 * frees the old one.
 */
#ifndef WEFT_GOVERNANCE_RULE_SET_H
#define WEFT_GOVERNANCE_RULE_SET_H

#include <stdatomic.h>

#include "catalog/store.h"
#include "policy/policy.h"

/* What is told of judging; each NULL when nobody listens. */
struct judge_meters {
	struct metric *seconds, *compliant, *warned, *violating;
};

struct rule_set {
	atomic_uint holders;
	uint64_t version;         /* rulebook_version() that it was made from */
	uint64_t checked;         /* and still was at this event; under the lock of struct rules */
	struct policy **policies; /* owned; by name, byte by byte: the same order everywhere */
	size_t count;
	unsigned needs; /* enum policy_need of any of them */
	unsigned facts; /* enum fact_need of any of them */
	struct judge_meters meters;
};

/* rule_set_find -- NULL when there is none of that name. */
const struct policy *rule_set_find(const struct rule_set *set, const char *name);

/* The newest set, to be asked for under the version that a session sees. */
struct rules;

struct rules *rules_create(struct metrics *metrics); /* or NULL */
void rules_destroy(struct rules *r);

/*
 * rules_hold -- the set that the session's rulebook says, compiling it if it is not there yet.
 * rule_set_release() it. Fails: ERR_CORRUPT when a stored policy does not compile any more (it did
 * when it was stored).
 */
enum err_code rules_hold(struct rules *r, struct session *s, struct rule_set **ret_set,
			 struct err *e);

/* Idempotent; sets the pointer to NULL.  For CLEANUP. */
void rule_set_release(struct rule_set **set);

#endif
