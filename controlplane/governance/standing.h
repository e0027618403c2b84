/*
 * standing.h -- the judgement that never ends: products in force are judged again when a policy, a
 * fact or the clock changes.
 *
 * A thread of its own follows the log, so that a publish pays nothing for it: it sees what
 * happened, finds out whom that may concern (concerned.h), judges those again (rejudge.h), and
 * notes how far it has come.  What a crash cuts short is done again from there; who stands as the
 * log says leaves no event, so nothing happens twice.  Where several nodes share a database, one of
 * them does it.
 *
 *     an event      -> those it concerns
 *     `interval`    -> those of policies that look at the clock
 *     a grace ends  -> those it was granted to
 *     the first start -> everybody
 */
#ifndef WEFT_GOVERNANCE_STANDING_H
#define WEFT_GOVERNANCE_STANDING_H

#include "governance.h"

struct standing;

struct standing_options {
	struct store *store; /* borrowed, as the rest */
	struct governance *governance;
	struct metrics *metrics; /* or NULL */
	moment interval;         /* of the clock; 0: never, but for the end of a grace */
};

enum err_code standing_start(const struct standing_options *options, struct standing **ret_standing,
			     struct err *e);

/* standing_stop -- what is in hand is brought to its end; NULL is a no-op. */
void standing_stop(struct standing *st);

#endif
