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
	bool stored;    /* struct policy_context */
	bool takes_all; /* match_takes_all() */
	struct edition
	    *editions; /* the first is for all; then one a scope with values of its own */
	size_t edition_count;
	unsigned needs; /* enum policy_need */
};

/* policy_edition -- the one for products of that domain. */
const struct edition *policy_edition(const struct policy *p, const char *domain);

/* Who evaluates an edition's programs instead of cel_evaluate(): explanations and coverage. */
struct policy_watch {
	struct cel_value (*evaluate)(void *user, const struct cel_program *p,
				     const struct cel_value *bindings, struct cel_limits limits,
				     struct arena *arena, uint64_t *ret_cost);
	void *user;
};

/* policy_message -- the text in the arena, of at most POLICY_LONGEST_MESSAGE bytes and, if it was
 * cut, " ...". */
const char *policy_message(const char *text, size_t length, struct arena *arena);

/* policy_judge_by -- as policy_judge(), by that edition; `watch` may be NULL. */
struct verdict policy_judge_by(const struct policy *p, const struct edition *edition,
			       const struct policy_input *input, const struct policy_watch *watch,
			       struct arena *arena, struct violations *violations);

/* policy_observe -- the edition, or one with other values, compiled so that it can be watched. */
bool policy_observe(const struct policy *p, const char *scope, const struct node *parameters,
		    struct arena *arena, struct edition *ret_edition);

#endif
