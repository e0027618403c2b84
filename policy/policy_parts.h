/*
 * policy_parts.h -- what a compiled policy is made of; for the files of this folder.
 */
#ifndef WEFT_POLICY_PARTS_H
#define WEFT_POLICY_PARTS_H

#include "edition.h"

/* Immutable once compiled. */
struct policy {
	struct arena arena; /* holds all but the programs */
	const struct node *root;
	struct policy_document document;

	/* Whose conditions these are: its own, or those of the policy that it tightens. */
	const struct node *rules_root;
	const struct policy_document *rules;
	struct parameters parameters;

	struct digest hash, base_hash;
	const struct field_set *product;
	moment since;
	bool takes_all; /* match_takes_all() */
	struct edition
	    *editions; /* the first is for all; then one a scope with values of its own */
	size_t edition_count;
	unsigned needs; /* enum policy_need */
};

/* policy_edition -- the one for products of that domain. */
const struct edition *policy_edition(const struct policy *p, const char *domain);

/* policy_judge_by -- as policy_judge(), by that edition. */
struct verdict policy_judge_by(const struct policy *p, const struct edition *edition,
			       const struct policy_input *input, struct arena *arena,
			       struct violations *violations);

#endif
