/*
 * offline_facts.h -- what a policy may know of a product without a server: its domain's name, its
 * inputs' names.
 */
#ifndef WEFT_CLI_OFFLINE_FACTS_H
#define WEFT_CLI_OFFLINE_FACTS_H

#include "base/clock.h"
#include "descriptor/descriptor.h"

#include "flag.h"

/* What stands beside the product when it is judged; `previous` may be NULL. */
struct known_facts {
	const struct node *previous, *upstream, *facts;
	moment now;
};

/* offline_facts -- of a product whose domain is tagged so, judged now. */
void offline_facts(const struct descriptor *d, const struct words *domain_tags, struct arena *arena,
		   struct known_facts *ret_facts);

#endif
