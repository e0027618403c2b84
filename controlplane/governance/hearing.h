/*
 * hearing.h -- judging without changing anything, on a reader's session.
 */
#ifndef WEFT_GOVERNANCE_HEARING_H
#define WEFT_GOVERNANCE_HEARING_H

#include "judgement.h"
#include "transaction.h"

/* By what is judged, and where the complaints go. */
struct hearing {
	struct governance *g;
	struct session *s;
	struct rule_set *rules; /* held */
	struct arena *arena;
	struct violations *violations;
	moment now; /* of the last judgement */
};

enum err_code hearing_open(struct hearing *h, struct err *e);

/* Idempotent; for CLEANUP. */
void hearing_close(struct hearing *h);

/* hearing_judge -- a decoded document as if it were published now. */
enum err_code hearing_judge(struct hearing *h, const struct descriptor *d,
			    const struct node *previous, struct judgement *ret_judgement,
			    struct err *e);

#endif
