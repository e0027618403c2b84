/*
 * policy_document.h -- a policy document as it is written, before anything is compiled.
 */
#ifndef WEFT_POLICY_DOCUMENT_H
#define WEFT_POLICY_DOCUMENT_H

#include "policy.h"

struct policy_match {
	struct texts domains, classifications, tags, statuses;
};

struct validation {
	struct position at;
	const char *name, *expression, *message, *pointer;
};

struct test_case {
	struct position at;
	const char *name;
	const struct node *product, *previous, *facts, *upstream;
	const char *now;
	int expect; /* an index into the words of `expect` */
};

struct policy_document {
	int kind;
	const char *name, *scope, *description, *purpose;
	int enforcement; /* enum enforcement */
	struct policy_match match;
	const struct node *parameters; /* or NULL */
	struct list validations;       /* of struct validation */
	struct list tests;             /* of struct test_case */
};

/* policy_document_decode -- false when something was complained of; all of it lives in `arena`. */
bool policy_document_decode(const struct node *document, struct arena *arena,
			    struct violations *violations, struct policy_document *ret_document);

/* The words of `expect`: those of enforcements, and "pass". */
extern const char *const policy_expectations[];

#endif
