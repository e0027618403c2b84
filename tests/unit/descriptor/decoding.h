/*
 * decoding.h -- descriptors from YAML, for the tests of this folder.
 */
#ifndef WEFT_TESTS_DECODING_H
#define WEFT_TESTS_DECODING_H

#include <string.h>

#include "descriptor/descriptor.h"

/* The smallest document that is right, less its schema. */
#define HEAD "name: retail.accounts\nowner: o\ndomain: retail\n"

/* The same with a schema; three lines and two. */
#define SMALLEST HEAD "schema:\n  - {name: a, type: STRING}\n"

/* The tests of a program share one arena, which ends with the program. */
static struct arena arena;

static inline int
free_the_arena(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static inline const struct node *
parse(const char *yaml)
{
	struct err e = {0};
	struct node *root = ARENA_NEW(&arena, struct node);
	if (!yaml || document_read(DOCUMENT_YAML, yaml, strlen(yaml), NULL, &arena, root, &e))
		fail_msg("%u:%u: %s\n%s", e.at.line, e.at.column, e.message, yaml);
	return root;
}

/* Decode what must be right. */
static inline struct descriptor
decode(const char *yaml)
{
	struct violations violations = {.arena = &arena};
	struct descriptor d;
	bool good = descriptor_decode(parse(yaml), &violations, &d);
	if (!good)
		fail_msg("%u:%u: %s\n%s", violations.items[0].at.line,
			 violations.items[0].at.column, violations.items[0].message, yaml);
	assert_int_equal(violations.count, 0);
	return d;
}

#endif
