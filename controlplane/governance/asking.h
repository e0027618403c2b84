/*
 * asking.h -- what one decision asks Open Policy Agents, and what they answered.
 *
 * Whoever decides holds a snapshot or even the writer's turn, where nobody may wait.  So a decision
 * does not ask: it notes what it would have asked, is given up, and is made again once the answers
 * are there.
 *
 *     decide: what is not answered yet is noted -> (no session, no thread) asked, all at once
 *     decide again: answered from memory        -> done, or noted once more
 *
 * An answer counts for this decision alone, and for the same question: agent, path and input
 * document.  The moment of judgement is part of that, so it stays the same from the first question
 * on.  When something else in the input has changed by the writer's turn, it is asked again, in
 * nobody's turn.
 */
#ifndef WEFT_GOVERNANCE_ASKING_H
#define WEFT_GOVERNANCE_ASKING_H

#include <stdatomic.h>

#include "policy/policy.h"

#include "agents.h"

/* So often may what is asked change; then whoever wants the decision must come again. */
enum { ASKING_MOST_ROUNDS = 5 };

struct question;

struct asking {
	struct agents *agents; /* NULL: nobody can be asked here */
	struct arena *arena;   /* of the decision */
	struct question *first, **last;
	size_t unasked; /* noted, and not asked yet */
	unsigned rounds;
	moment now;

	/* While they are under way. */
	atomic_size_t left;
	void (*answered)(void *user);
	void *user;
};

void asking_init(struct asking *a, struct agents *agents, struct arena *arena);

/* asking_begin -- a decision begins, or begins again: what was noted in vain is forgotten. */
void asking_begin(struct asking *a);

/* asking_moment -- `now`, or what it was when somebody was asked. */
moment asking_moment(struct asking *a, moment now);

/*
 * asking_wanted -- must somebody be asked before the decision counts?  Then `*ret_asking` is the
 * asking, else NULL.  Fails: ERR_BUSY when that was so too often.
 */
enum err_code asking_wanted(struct asking *a, struct asking **ret_asking, struct err *e);

/*
 * asking_check -- has everybody who was asked answered at all?  Fails with what the first one that
 * has not is complained of: ERR_UNREACHABLE, ERR_TIMEOUT ...
 */
enum err_code asking_check(struct asking *a, struct err *e);

/* asking_ask -- for policy_input.ask, with the asking as its `asker`. */
policy_ask_fn asking_ask;

/* asking_waits -- was something noted that was not asked yet, so that this judgement counts for
 * nothing? */
bool asking_waits(const struct policy_input *input);

/*
 * asking_start -- ask what was noted.  `answered` is called once, on a thread that must not wait
 * (or here, when there is nothing to wait for); until then the asking is nobody else's.
 * asking_run -- the same, and wait.
 */
void asking_start(struct asking *a, void (*answered)(void *user), void *user);
void asking_run(struct asking *a);

#endif
