/*
 * facts.h -- what a policy may know beyond the document: the facts of the mesh that the judgement
 * was made by.
 *
 *     facts.domain    {name, team, tags: [...]}; team is null and tags is empty for a domain that
 * nobody defined upstream        [{name, external, domain, version, status, classification,
 * personal}], one for each input; an external one has only a name
 */
#ifndef WEFT_GOVERNANCE_FACTS_H
#define WEFT_GOVERNANCE_FACTS_H

#include "catalog/store.h"
#include "descriptor/descriptor.h"

struct facts {
	struct node facts, upstream;
};

enum err_code facts_gather(struct session *s, const struct descriptor *d, struct arena *arena,
			   struct facts *ret_facts, struct err *e);

/* facts_are_touched -- may they have changed since the event `since`? */
bool facts_are_touched(const struct session *s, const struct descriptor *d, uint64_t since);

#endif
