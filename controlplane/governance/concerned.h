/*
 * concerned.h -- which products an event may have changed the verdict of.
 *
 * A table: a kind of event, what a policy must look at for it to matter, and how to find the
 * products.  Facts that grow later (grants, reviews) are a row more.
 */
#ifndef WEFT_GOVERNANCE_CONCERNED_H
#define WEFT_GOVERNANCE_CONCERNED_H

#include "base/map.h"
#include "catalog/event_log.h"

#include "rejudge.h"
#include "rule_set.h"

/* What has gathered; in `arena`, as all that it points to. */
struct concerned {
	struct arena *arena;
	struct map products; /* name -> struct cause */

	/* Policies that changed: those that they may concern are found by going through all. */
	struct map policies;          /* name -> struct cause */
	const struct cause *everyone; /* or NULL */
	const struct cause *clock;    /* those of policies that look at it; or NULL */
};

/* concerned_by_event -- `ev` needs kind, subject and seq only. */
enum err_code concerned_by_event(struct concerned *c, struct session *s,
				 const struct rule_set *rules, const struct event *ev,
				 struct err *e);

/* concerned_by_grace -- those of which a grace ended up to `until`, but for those that were found
 * at the moment `after`, when the events up to `seen` were there. */
enum err_code concerned_by_grace(struct concerned *c, struct session *s, moment after,
				 uint64_t seen, moment until, struct err *e);

bool concerned_is_anyone(const struct concerned *c);

/* Is everybody to be gone through?  cause_for_domain -- and a product of this domain then looked at
 * again?  NULL: no. */
bool concerned_needs_sweep(const struct concerned *c);
const struct cause *cause_for_domain(const struct concerned *c, const struct rule_set *rules,
				     const char *domain);

#endif
