/*
 * hearing.h -- judging what is there, or is only shown, on somebody's session.
 */
#ifndef WEFT_GOVERNANCE_HEARING_H
#define WEFT_GOVERNANCE_HEARING_H

#include "facts.h"
#include "judgement.h"
#include "recall.h"
#include "transaction.h"

/* By what is judged. */
struct hearing {
	struct governance *g;
	struct session *s;
	bool is_guest;          /* the session is another's */
	struct rule_set *rules; /* held */
	struct arena *arena;
	struct asking *asking; /* or NULL: nobody is asked */
};

/* hearing_open -- on a reader's session of its own, unless there is one already (is_guest). */
enum err_code hearing_open(struct hearing *h, struct err *e);

/* Idempotent; for CLEANUP. */
void hearing_close(struct hearing *h);

/* A document with all that it is judged by; it points into itself, so it stays where it is. */
struct hearing_case {
	struct fact_question question;
	struct facts facts;
	struct policy_input input;
	struct recall recall;
};

/*
 * hearing_prepare -- a decoded document as if it were published now; what is asked for are the
 * facts that the rules look at.
 */
enum err_code hearing_prepare(struct hearing *h, const struct fact_question *question,
			      const struct node *previous, struct hearing_case *ret_case,
			      struct err *e);

/*
 * hearing_recall -- where nobody is asked, or has an answer, what the log says of the product
 * counts; `new_policy`: of which it cannot say anything yet, or NULL.
 */
void hearing_recall(struct hearing *h, struct hearing_case *c, const struct shortfall_list *rows,
		    const char *new_policy);

/* hearing_case_is_current -- has none of its facts been touched since that event? */
bool hearing_case_is_current(const struct hearing_case *c, struct session *s, uint64_t since);

#endif
