/*
 * rejudge.h -- products in force before the policies once more: who stands otherwise than the log
 * says gets an event product.judged.
 *
 * Otherwise means: another standing, or other complaints.  A policy that is satisfied is no news: a
 * new one that the whole mesh satisfies leaves no event.
 */
#ifndef WEFT_GOVERNANCE_REJUDGE_H
#define WEFT_GOVERNANCE_REJUDGE_H

#include "catalog/product_names.h"

#include "transaction.h"

/* Why a product is looked at again. */
struct cause {
	const char *kind; /* of an event, or "clock", or "start" */
	const char *subject;
	uint64_t seq; /* 0: no event */
};

struct concern {
	const char *product;
	const struct cause *cause;
};

/*
 * rejudge -- at most REJUDGE_AT_ONCE of them, and what changed of them in one commit; what is not
 * in force any more is passed over.
 */
enum { REJUDGE_AT_ONCE = 64 };
struct rejudge_report {
	size_t judged, changed;
};
enum err_code rejudge(struct governance *g, const struct concern *concerns, size_t count,
		      struct rejudge_report *ret_report, struct err *e);

#endif
