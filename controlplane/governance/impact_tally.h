/*
 * impact_tally.h -- what an impact counts: in all, by domain and by owner.
 */
#ifndef WEFT_GOVERNANCE_IMPACT_TALLY_H
#define WEFT_GOVERNANCE_IMPACT_TALLY_H

#include "base/json.h"
#include "base/map.h"

/* What a policy does to a product, from nothing to the worst. */
enum impact_state { IMPACT_CLEAR, IMPACT_AUDITED, IMPACT_WARNED, IMPACT_REFUSED, IMPACT_STATES };

const char *impact_state_name(enum impact_state state); /* "clear", "audited" ... */

/* impact_change_name -- what becomes of it: a state's name, "cured" or "unchanged". */
const char *impact_change_name(enum impact_state before, enum impact_state after);

struct impact_counts {
	uint64_t products, concerned;
	uint64_t moves[IMPACT_STATES][IMPACT_STATES]; /* from before to after */
};

struct impact_tally {
	struct arena arena; /* holds the maps and their texts */
	struct impact_counts all;
	struct map domains, owners; /* of struct impact_row */
};

struct impact_product {
	const char *domain, *owner;
	bool concerned;
	enum impact_state before, after;
};

void impact_tally_done(struct impact_tally *t);
void impact_tally_add(struct impact_tally *t, const struct impact_product *p);

/* impact_tally_merge -- and count all of `from` as well. */
void impact_tally_merge(struct impact_tally *t, const struct impact_tally *from);

/* As members: totals, by_domain, by_owner; those with the most refusals first, a thousand at most.
 */
void impact_tally_write(struct impact_tally *t, struct json *j);

#endif
