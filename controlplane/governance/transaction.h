/*
 * transaction.h -- one change on its way in: decide on what a reader sees, then leave what is to be
 * written to the committer.
 *
 * Deciding (decode, compare, judge) is the expensive part and happens beside other work, on a
 * snapshot.  Only the recording waits for its turn.  If anything that the decision looked at was
 * touched meanwhile, it is made again there.
 *
 * What Open Policy Agents must be asked for it is asked outside of both (asking.h).
 *
 *     here:       decide ----.
 *     committer:             '-> still the same basis? (else decide again) -> record -> answer
 */
#ifndef WEFT_GOVERNANCE_TRANSACTION_H
#define WEFT_GOVERNANCE_TRANSACTION_H

#include "asking.h"
#include "governance.h"
#include "impact_places.h"
#include "rule_set.h"

struct governance {
	struct store *store; /* not owned */
	struct rules *rules;
	struct agents *agents; /* owned; NULL: nobody is asked */
	struct impact_places impacts;
};

struct transaction_steps;

/* In the arena of its command: it lives until the change is done. */
struct transaction {
	struct pending pending; /* the first member: a pointer to one points to the other */
	const struct transaction_steps *steps;
	struct governance *g;
	const struct submission *in;
	struct arena *arena;
	struct violations *violations; /* complaints of the decision that counts */
	struct outcome *out;
	void *state; /* the command's own */
	struct asking asking;

	struct rule_set *rules; /* while deciding */
	uint64_t basis;         /* the decision saw at least the events up to this one */
	bool nothing_to_do;     /* set by decide: there is an answer, but nothing to record */
};

struct transaction_steps {
	/*
	 * Look at everything the command depends on, and refuse or not.  May run again, from the
	 * start.  What it finds stays in `state`; the rules do not outlive it.
	 */
	enum err_code (*decide)(struct transaction *t, struct session *s, struct err *e);

	/* Was nothing of what decide() looked at, but for the rules, touched since the basis? */
	bool (*is_current)(const struct transaction *t, struct session *s);

	/* Append the events, want the jobs.  May run again, from the start. */
	enum err_code (*record)(struct transaction *t, struct session *s, struct err *e);

	/*
	 * The same for what decide() has refused (ERR_REFUSED), which out->refusal says.  NULL: a
	 * refusal leaves no trace, as that of a dry run.
	 */
	enum err_code (*record_refusal)(struct transaction *t, struct session *s, struct err *e);

	/* Write the answer: of a recorded change, of nothing to do, or of a dry run. */
	enum err_code (*answer)(struct transaction *t, struct session *s, struct err *e);
};

/* transaction_new -- in the arena; `state` is the command's to set. */
struct transaction *transaction_new(struct governance *g, const struct submission *in,
				    struct arena *arena, struct violations *violations,
				    struct outcome *out);

/*
 * transaction_run -- decide.  Also serves Idempotency-Key and dry runs.  Then either the answer is
 * complete, or out->pending is what is left.
 */
enum err_code transaction_run(struct transaction *t, const struct transaction_steps *steps,
			      struct err *e);

/*
 * submission_read -- the document's tree; what is wrong with it goes into `violations` as well
 * (rule "syntax").
 */
enum err_code submission_read(const struct submission *in, struct arena *arena,
			      struct violations *violations, struct node *ret_root, struct err *e);

/*
 * preconditions_allow -- If-Match and If-None-Match; `etag` is NULL when there is nothing in force.
 * Fails: ERR_STALE.
 */
enum err_code preconditions_allow(const struct submission *in, const char *etag, struct err *e);

#endif
