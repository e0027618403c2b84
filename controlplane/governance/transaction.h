/*
 * transaction.h -- one change on its way in: decide on what a reader sees, then record it as the
 * writer.
 *
 * Deciding (decode, compare, judge) is the expensive part and happens beside other work, on a
 * snapshot.  Only the recording waits for the writer.  If what the decision was based on has
 * changed meanwhile, it is made again there.
 *
 *     reader:  decide ----.
 *     writer:             '-> still the same basis? (else decide again) -> record -> answer ->
 * commit
 */
#ifndef WEFT_GOVERNANCE_TRANSACTION_H
#define WEFT_GOVERNANCE_TRANSACTION_H

#include "governance.h"
#include "rule_set.h"

struct governance {
	struct store *store; /* not owned */
	struct rules *rules;
};

struct transaction {
	struct governance *g;
	const struct submission *in;
	struct arena *arena;
	struct violations *violations; /* complaints of the decision that counts */
	struct outcome *out;
	struct rule_set *rules; /* held while the transaction runs */
	void *state;            /* the command's own */
	bool nothing_to_do;     /* set by decide: there is an answer, but nothing to record */
};

struct transaction_steps {
	/*
	 * Look at everything the command depends on, and refuse or not.  May run twice, from the
	 * start.
	 */
	enum err_code (*decide)(struct transaction *t, struct session *s, struct err *e);

	/* Is all that decide() looked at still the same? */
	bool (*is_current)(struct transaction *t, struct session *s);

	/* Append the events, want the jobs. */
	enum err_code (*record)(struct transaction *t, struct session *s, struct err *e);

	/* Write the answer: of a recorded change, of nothing to do, or of a dry run. */
	enum err_code (*answer)(struct transaction *t, struct session *s, struct err *e);
};

/*
 * transaction_run -- also serves Idempotency-Key and dry runs.  Durable when it returns ERR_OK
 * (but for a dry run).
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
 * if_match_allows -- RFC 9110, section 13.1.1; `etag` is NULL when there is nothing in force.
 * Fails: ERR_STALE.
 */
enum err_code if_match_allows(const char *if_match, const char *etag, struct err *e);

#endif
