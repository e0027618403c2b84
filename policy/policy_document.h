/*
 * policy_document.h -- a policy document as it is written, before anything is compiled.
 */
#ifndef WEFT_POLICY_DOCUMENT_H
#define WEFT_POLICY_DOCUMENT_H

#include "parameter.h"
#include "policy.h"

struct policy_match {
	struct texts domains, classifications, tags, statuses;
	const char *condition;
};

struct variable_text {
	struct position at;
	const char *name, *expression;
};

struct validation {
	struct position at;
	const char *name, *expression, *message, *message_expression, *pointer, *pointer_expression;
};

/* Values that hold in one scope instead of the defaults. */
struct scoped_values {
	struct position at;
	const char *scope;
	const struct node *set;
};

struct test_case {
	struct position at;
	const char *name;
	const struct node *product, *previous, *facts, *upstream, *parameters;
	const char *now;
	int expect; /* an index into the words of `expect` */
};

enum policy_engine { ENGINE_CEL, ENGINE_OPA };

struct policy_document {
	int kind;
	const char *name, *scope, *description, *purpose, *source;
	const char *tightens; /* the global policy, or NULL */
	int enforcement;      /* enum enforcement */
	int engine;           /* enum policy_engine */
	struct duration grace;
	struct policy_match match;
	const struct node
	    *parameters;         /* or NULL: a schema (parameter.h); of one that tightens, values */
	struct list values;      /* of struct scoped_values */
	struct list variables;   /* of struct variable_text */
	struct list validations; /* of struct validation */
	struct list tests;       /* of struct test_case */
	struct policy_question opa; /* of engine opa */
};

/* policy_document_decode -- false when something was complained of; all of it lives in `arena`. */
bool policy_document_decode(const struct node *document, struct arena *arena,
			    struct violations *violations, struct policy_document *ret_document);

/* policy_is_identifier -- can it be the NAME of variables.NAME? */
bool policy_is_identifier(const char *text);

/* One test: a struct test_case. */
extern const struct field_set policy_test_fields;

/* The words of `expect`: those of enforcements, and "pass". */
extern const char *const policy_expectations[];

#endif
