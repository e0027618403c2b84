/*
 * expression.h -- an expression compiled and evaluated as text, for tests that read as tables.
 */
#ifndef WEFT_TESTS_EXPRESSION_H
#define WEFT_TESTS_EXPRESSION_H

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on
#include <string.h>

#include "policy/cel.h"

enum { EXPRESSION_LIMIT = 100000 };

static const struct cel_value no_bindings[8];

/* The first mistake as "line:column message"; "" when there is none. */
static inline const char *
mistake_in(struct arena *arena, const struct cel_declarations *d, const char *source)
{
	struct cel_issues issues = {.arena = arena};
	struct cel_program *p = cel_compile(d, source, strlen(source), &issues);
	cel_program_destroy(p);
	assert_true(p ? issues.count == 0 : issues.count > 0);
	return p ? ""
		 : arena_printf(arena, "%u:%u %s", issues.items[0].at.line,
				issues.items[0].at.column, issues.items[0].message);
}

static inline void
expect_type(const struct cel_declarations *d, const char *source, const char *wanted)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct cel_issues issues = {.arena = &arena};
	struct cel_program *p = cel_compile(d, source, strlen(source), &issues);
	assert_non_null(p);
	assert_string_equal(cel_program_type(p), wanted);
	cel_program_destroy(p);
}

/* The first mistake comes with this suggestion. */
static inline void
expect_suggestion(const struct cel_declarations *d, const char *source, const char *wanted)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct cel_issues issues = {.arena = &arena};
	assert_null(cel_compile(d, source, strlen(source), &issues));
	assert_non_null(issues.items[0].suggestion);
	assert_string_equal(issues.items[0].suggestion, wanted);
}

/* What it gives, as the language writes it: "[1, 2]", "error: division by zero". */
static inline const char *
value_of(struct arena *arena, const struct cel_declarations *d, const struct cel_value *bindings,
	 const char *source)
{
	CLEANUP(buf_done) struct buf out = {0};
	struct cel_issues issues = {.arena = arena};
	struct cel_program *p = cel_compile(d, source, strlen(source), &issues);
	if (!p)
		return arena_printf(arena, "mistake: %s", issues.items[0].message);
	cel_format(cel_evaluate(p, bindings, CEL_STEPS(EXPRESSION_LIMIT), arena, NULL), 500, &out);
	cel_program_destroy(p);
	return arena_text(arena, out.data);
}

/* The same with nothing declared. */
static inline void
gives(const char *source, const char *wanted)
{
	CLEANUP(arena_done) struct arena arena = {0};
	const struct cel_declarations nothing = {0};
	assert_string_equal(value_of(&arena, &nothing, no_bindings, source), wanted);
}

/* The same without checking types. */
static inline void
gives_unchecked(const char *source, const char *wanted)
{
	CLEANUP(arena_done) struct arena arena = {0};
	const struct cel_declarations unchecked = {.unchecked = true};
	assert_string_equal(value_of(&arena, &unchecked, no_bindings, source), wanted);
}

static inline void
is_wrong(const char *source, const char *wanted)
{
	CLEANUP(arena_done) struct arena arena = {0};
	const struct cel_declarations nothing = {0};
	assert_string_equal(mistake_in(&arena, &nothing, source), wanted);
}

#endif
