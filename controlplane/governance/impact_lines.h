/*
 * impact_lines.h -- what an impact says: a product, how far it is, the end, as JSON.
 */
#ifndef WEFT_GOVERNANCE_IMPACT_LINES_H
#define WEFT_GOVERNANCE_IMPACT_LINES_H

#include "impact_product.h"

/* What is asked, for the head of the answer.  Texts are in the impact's arena. */
struct impact_title {
	const char *policy, *hash, *enforcement;
	uint64_t before_version; /* of the policy in force; 0: there is none */
	const char *before_hash, *before_enforcement;
	const char *domain; /* or NULL */
	moment as_of;       /* 0: now */
};

/* The products of a whole answer, the first of each kind. */
struct impact_listed {
	struct {
		struct buf items; /* with commas between */
		size_t count;
	} of[IMPACT_STATES]; /* by the state that they come to */
	size_t most;         /* of each */
};

void impact_listed_done(struct impact_listed *l);
void impact_listed_add(struct impact_listed *l, enum impact_state after, const char *item,
		       size_t length);

/* impact_write_product -- {name, version, domain, owner, outcome, before, after, violations}; as a
 * line with its kind. */
void impact_write_product(const struct impact_finding *f, bool as_line, struct buf *out);

void impact_write_progress(uint64_t done, uint64_t total, struct buf *out);
void impact_write_failure(const struct err *e, struct buf *out);
void impact_write_summary(const struct impact_title *title, struct impact_tally *tally,
			  struct buf *out);

/* impact_write_whole -- the summary with the products of the list: the worst kind first. */
void impact_write_whole(const struct impact_title *title, struct impact_tally *tally,
			const struct impact_listed *listed, struct buf *out);

#endif
