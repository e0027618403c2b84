/*
 * edition.h -- a policy's expressions, compiled for the values that its parameters have in one
 * scope.
 *
 * Parameters are constants of the programs, so that what depends on them alone is worked out once;
 * each scope with values of its own has programs of its own.
 */
#ifndef WEFT_POLICY_EDITION_H
#define WEFT_POLICY_EDITION_H

#include "policy_expression.h"

/* One validation.  The programs are owned. */
struct rule {
	const struct validation *validation;
	struct cel_program *program, *message, *pointer; /* the last two may be NULL */
	uint64_t needs;                                  /* variables of `program`, a bit each */
	uint64_t complaint_needs;                        /* those of the other two */
};

struct edition {
	const char *scope;             /* "global", or "domain:NAME" */
	const struct node *parameters; /* their values; a map */
	struct cel_program *condition; /* of match; owned; or NULL */
	struct variable *variables;
	size_t variable_count;
	struct rule *rules; /* one a validation */
	size_t rule_count;
};

struct edition_request {
	const struct policy_document *document;
	const struct node *root; /* that it was decoded from; both outlive the edition */
	const struct field_set *product;
	const char *scope;
	const struct node *parameters; /* outlive it, too */
	bool observed;                 /* its programs can be watched (cel/observe.h) */
	bool open;   /* its parameters may be anything; to look at, not to evaluate */
	bool stored; /* struct policy_context */
};

/*
 * edition_compile -- all of it even when something is wrong: every complaint at once.  False then;
 * edition_done() it in any case.
 */
bool edition_compile(struct edition *ret_edition, const struct edition_request *request,
		     struct arena *arena, struct violations *violations);
void edition_done(struct edition *edition);

/* edition_uses -- does any of its expressions look at that binding (at that member of it, or
 * NULL)? */
bool edition_uses(const struct edition *edition, size_t binding, const char *member);

#endif
