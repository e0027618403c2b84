/*
 * audit.h -- verifying the log of a server that is not trusted, over HTTP.
 *
 * Every event is downloaded and its leaf computed anew, the tree over them grown, and its root held
 * against the signed checkpoint; and against an older checkpoint that the auditor kept, by its size
 * and by the server's consistency proof. Where the root differs, the first event that is wrong is
 * found by bisection: a consistency proof from the first k events to the checkpoint holds exactly
 * as long as those k are right.
 */
#ifndef WEFT_CLI_AUDIT_H
#define WEFT_CLI_AUDIT_H

#include "proof/checkpoint.h"

#include "call.h"

struct audit_question {
	const struct verifier_key *key; /* NULL: the one that the log's first event names */
	const char *since;              /* the older checkpoint's note, or NULL */
};

struct audit_finding {
	uint64_t seq; /* 0: the log as a whole */
	const char *message;
};

struct audit_report {
	struct checkpoint now, since;
	const char
	    *verifier; /* the key that the checkpoint was verified with, as text; NULL: with none */
	uint64_t events, redacted;
	struct audit_finding *findings;
	size_t count, capacity;
	size_t left_out; /* further ones, which are not listed */
};

/* audit_verify -- Fails only when it cannot read; what is wrong with the log is a finding. */
enum err_code audit_verify(struct call *c, const struct audit_question *question,
			   struct audit_report *ret_report, struct err *e);

/*
 * audit_fetch_checkpoint -- the signed note of the log as it is now, and what it says (not verified
 * yet).
 */
enum err_code audit_fetch_checkpoint(struct call *c, const char **ret_note,
				     struct checkpoint *ret_checkpoint, struct err *e);

#endif
