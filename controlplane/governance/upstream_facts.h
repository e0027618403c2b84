/*
 * upstream_facts.h -- what is known of a product's inputs (policy/fact_fields.h, upstream_fields).
 */
#ifndef WEFT_GOVERNANCE_UPSTREAM_FACTS_H
#define WEFT_GOVERNANCE_UPSTREAM_FACTS_H

#include "catalog/store.h"
#include "descriptor/descriptor.h"

/* upstream_facts -- a list, one item for each input, in their order: what is known of it now, or
 * was known after the event `as_of` (0: now). */
enum err_code upstream_facts(struct session *s, const struct descriptor *d, uint64_t as_of,
			     struct arena *arena, struct node *ret_list, struct err *e);

/* upstream_is_touched -- may any of them have changed since the event `since`? */
bool upstream_is_touched(const struct session *s, const struct descriptor *d, uint64_t since);

#endif
