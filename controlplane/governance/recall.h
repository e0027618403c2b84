/*
 * recall.h -- what was known of a product, for policies that somebody else decides.
 *
 * Who only looks how a product stands does not ask an Open Policy Agent, and who judges again asks,
 * but an agent that is away for a minute is no reason why a thousand products should stand
 * otherwise.  Then what the log says already counts.
 */
#ifndef WEFT_GOVERNANCE_RECALL_H
#define WEFT_GOVERNANCE_RECALL_H

#include "catalog/shortfall.h"

#include "asking.h"

struct recall {
	struct asking *asking;             /* NULL: nobody is asked */
	const struct shortfall_list *rows; /* of this product */
	const char *new_policy;            /* of which nothing can be known yet, or NULL */
	struct arena *arena;
};

/*
 * recall_ask -- for policy_input.ask, with the recall as its `asker`: ask, and without an answer
 * say what is known: the complaints that there are, or none.  Of the new policy the failure counts.
 */
policy_ask_fn recall_ask;

#endif
