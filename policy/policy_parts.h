/*
 * policy_parts.h -- what a compiled policy is made of; for the files of this folder.
 */
#ifndef WEFT_POLICY_PARTS_H
#define WEFT_POLICY_PARTS_H

#include "rule.h"

/* Immutable once compiled. */
struct policy {
	struct arena arena; /* holds all but the programs */
	struct policy_document document;
	struct digest hash;
	bool takes_all;     /* match_takes_all() */
	struct rule *rules; /* one a validation */
	size_t rule_count;
};

#endif
