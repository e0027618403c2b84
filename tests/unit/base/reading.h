/*
 * reading.h -- reading a text in a test, in an arena that goes with the test.
 */
#ifndef WEFT_TESTS_READING_H
#define WEFT_TESTS_READING_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/document.h"
#include "base/json.h"

#include "unit.h"

static inline int
make_arena(void **state)
{
	*state = calloc(1, sizeof(struct arena));
	return *state ? 0 : -1;
}

static inline int
drop_arena(void **state)
{
	arena_done(*state);
	free(*state);
	return 0;
}

#define IN_ARENA(test) cmocka_unit_test_setup_teardown(test, make_arena, drop_arena)

/* The tree; the test fails when there is none. */
static inline struct node
tree_of(void **state, enum document_format format, const char *text)
{
	struct node n;
	struct err e = {0};
	if (document_read(format, text, strlen(text), NULL, *state, &n, &e))
		fail_msg("'%s': %u:%u: %s", text, e.at.line, e.at.column, e.message);
	return n;
}

/* The complaint; the test fails when there is none. */
static inline struct err
complaint_about(void **state, enum document_format format, const char *text)
{
	struct node n = {.count = 77};
	struct err e = {0};
	if (!document_read(format, text, strlen(text), NULL, *state, &n, &e))
		fail_msg("'%s' was read", text);
	assert_int_equal(n.count, 77); /* untouched on failure */
	return e;
}

static inline const char *
as_json(void **state, const struct node *n)
{
	struct buf b = {0};
	struct json j = {.out = &b};
	json_node(&j, n);
	const char *text = arena_text(*state, b.data);
	buf_done(&b);
	return text;
}

static inline void
assert_contains(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' does not contain '%s'", text, part);
}

static inline void
assert_place(struct position at, uint32_t line, uint32_t column)
{
	if (at.line != line || at.column != column)
		fail_msg("the place is %u:%u, not %u:%u", at.line, at.column, line, column);
}

#endif
