/*
 * impact_product.h -- one product before both policies.
 */
#ifndef WEFT_GOVERNANCE_IMPACT_PRODUCT_H
#define WEFT_GOVERNANCE_IMPACT_PRODUCT_H

#include <stdatomic.h>

#include "catalog/product_scan.h"
#include "policy/policy.h"

#include "asking.h"
#include "impact_tally.h"

/* By what products are judged: the same for all of them.  Shared by threads. */
struct impact_terms {
	const struct policy *after, *before; /* before is NULL when there is none */
	const char *domain;                  /* or NULL */
	uint64_t as_of;                      /* 0: now */
	moment now;
	atomic_uint lines_left; /* products whose complaints still get their lines */
};

/* What one thread keeps from page to page. */
struct impact_memory {
	struct arena arena;
	struct map domains;    /* the facts of each, of struct facts */
	struct asking *asking; /* what is asked for the page, or NULL */
};

struct impact_finding {
	const char *name, *version;
	bool counts; /* false: it is not of the domain that is asked for */
	struct impact_product product;
	moment grace_end;             /* of the verdict after, or 0 */
	struct violations complaints; /* of the policy that it falls short of, with lines */
};

void impact_memory_done(struct impact_memory *m);

/* impact_judge -- in `arena`; the session has the snapshot that the product was read in. */
enum err_code impact_judge(struct impact_terms *terms, struct impact_memory *memory,
			   struct session *s, const struct scanned_product *p, struct arena *arena,
			   struct impact_finding *ret_finding, struct err *e);

#endif
