/*
 * facts.h -- what a policy may know beyond the document: the facts of the mesh that the judgement
 * was made by, in the words of policy/fact_fields.h.
 *
 * Only what the policies in force look at is gathered: a publish pays for no fact that nobody asks
 * for.
 */
#ifndef WEFT_GOVERNANCE_FACTS_H
#define WEFT_GOVERNANCE_FACTS_H

#include "catalog/store.h"
#include "descriptor/descriptor.h"
#include "policy/policy.h"

struct changes; /* descriptor/compat.h */

/* A bit each. */
enum fact_need {
	FACT_DOMAIN = 1,
	FACT_PUBLISHED_AT = 2,
	FACT_QUALITY = 4,
	FACT_DOWNSTREAM = 8,
	FACT_CHANGE = 16,
	FACT_UPSTREAM = 32,
	FACT_ALL = 63,
};

/* facts_needed -- what the policy may look at. */
unsigned facts_needed(const struct policy *p);

struct fact_question {
	unsigned needs; /* enum fact_need */
	uint64_t as_of; /* what was known after this event; 0: what is known now */
	const struct descriptor *product;
	const struct changes *changes; /* of the version in force; NULL when nothing is changed */
	const char *version;           /* that the product gets by the changes */
};

struct facts {
	struct node facts, upstream;
};

/*
 * facts_product -- of a stored product no more than facts are found by, and its document: to decode
 * the rest would take longer than all else together.
 */
const struct descriptor *facts_product(const struct node *document, struct arena *arena);

enum err_code facts_gather(struct session *s, const struct fact_question *question,
			   struct arena *arena, struct facts *ret_facts, struct err *e);

/*
 * facts_are_touched -- may they have changed since the event `since`?  That the product itself was
 * not touched is the caller's to know.
 */
bool facts_are_touched(struct session *s, const struct fact_question *question,
		       const struct facts *facts, uint64_t since);

#endif
