/*
 * match.h -- which products a policy concerns.
 */
#ifndef WEFT_POLICY_MATCH_H
#define WEFT_POLICY_MATCH_H

#include "policy_document.h"

/* match_takes_all -- is no product left out, so that none need be looked at? */
bool match_takes_all(const char *scope, const struct policy_match *match);

/* match_concerns -- do the scope and the lists of match take the product in?  Its condition is the
 * judge's. */
bool match_concerns(const char *scope, const struct policy_match *match,
		    const struct node *product);

/* match_concerns_domain -- may products of that domain be among them? */
bool match_concerns_domain(const char *scope, const struct policy_match *match, const char *domain);

/*
 * match_scope_covers -- does "global", or "domain:NAME", cover that domain?  NAME covers what is
 * below it, too: retail covers retail.cards.
 */
bool match_scope_covers(const char *scope, const char *domain);

#endif
