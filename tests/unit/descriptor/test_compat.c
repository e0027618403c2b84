/*
 * test_compat.c -- what a change means to readers, and the version that comes of it.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include "descriptor/compat.h"

#include "decoding.h"

#define A   "  - {name: a, type: INTEGER}\n"
#define B   "  - {name: b, type: STRING}\n"
#define COL HEAD "schema:\n"

static struct changes
compare(const char *before, const char *after)
{
	struct descriptor b = decode(before), a = decode(after);
	return descriptor_compare(&b, &a, &arena);
}

struct one_change { /* NOLINT(clang-analyzer-optin.performance.Padding): as a row reads */
	const char *before, *after;
	enum change_level level;
	const char *pointer, *message;
	unsigned line; /* in the newer document; 0: removed */
};

/* Each pair differs in one thing, and exactly that is found. */
// clang-format off
static const struct one_change single_changes[] = {
	/* breaking */
	{COL A B, COL A, CHANGE_MAJOR, "/schema/1", "column 'b' was removed", 0},
	{COL "  - {name: a, type: \"DECIMAL(18,2)\"}\n", COL A, CHANGE_MAJOR, "/schema/0/type",
	 "column 'a': DECIMAL(18,2) was narrowed to INTEGER", 5},
	{COL A, COL "  - {name: a, type: STRING}\n", CHANGE_MAJOR, "/schema/0/type",
	 "column 'a': INTEGER was changed to STRING", 5},
	{COL A, COL "  - {name: a, type: INTEGER, nullable: false}\n", CHANGE_MAJOR, "/schema/0/nullable",
	 "column 'a': values are newly required", 5},
	{COL A, COL "  - {name: a, type: INTEGER, key: true}\n", CHANGE_MAJOR, "/schema/0/key",
	 "column 'a' became part of the key", 5},
	{COL "  - {name: a, type: INTEGER, key: true}\n", COL A, CHANGE_MAJOR, "/schema/0/key",
	 "column 'a' is no longer part of the key", 5},
	{COL A, COL A "  - {name: b, type: STRING, key: true}\n", CHANGE_MAJOR, "/schema/1",
	 "column 'b' was added to the key", 6},
	{COL "  - {name: a, type: INTEGER, term: x}\n", COL "  - {name: a, type: INTEGER, term: y}\n", CHANGE_MAJOR,
	 "/schema/0/term", "column 'a' no longer means 'x', but 'y'", 5},
	{COL "  - {name: a, type: INTEGER, term: x}\n", COL A, CHANGE_MAJOR, "/schema/0/term",
	 "column 'a' no longer means 'x'", 5},
	{COL A "ports: [{name: p}, {name: q}]\n", COL A "ports: [{name: q}]\n", CHANGE_MAJOR, "/ports",
	 "port 'p' was removed", 0},
	{COL A "ports: [{name: p, kind: files}]\n", COL A "ports: [{name: p, kind: table}]\n", CHANGE_MAJOR, "/ports",
	 "port 'p': its kind 'files' was changed to table", 6},
	{COL A "ports: [{name: p, format: csv}]\n", COL A "ports: [{name: p}]\n", CHANGE_MAJOR, "/ports",
	 "port 'p': its format 'csv' was removed", 6},
	{COL A "ports: [{name: p, location: x}]\n", COL A "ports: [{name: p, location: y}]\n", CHANGE_MAJOR, "/ports",
	 "port 'p': its location 'x' was changed to y", 6},
	{COL A "sla: {freshness: 1 hour}\n", COL A "sla: {freshness: 2 hours}\n", CHANGE_MAJOR, "/sla/freshness",
	 "the promise of freshness was weakened", 6},
	{COL A "sla: {availability: 99.9%}\n", COL A, CHANGE_MAJOR, "/sla/availability",
	 "the promise of availability was weakened", 1},

	{COL A "sla: {freshness: 1 hour}\n", COL A "sla: {}\n", CHANGE_MAJOR, "/sla/freshness",
	 "the promise of freshness was weakened", 6},

	/* compatible */
	{COL A, COL A "sla: {freshness: 1 hour}\n", CHANGE_MINOR, "/sla/freshness",
	 "the promise of freshness was tightened", 6},
	{COL A, COL A B, CHANGE_MINOR, "/schema/1", "column 'b' was added", 6},
	{COL A, COL "  - {name: a, type: BIGINT}\n", CHANGE_MINOR, "/schema/0/type",
	 "column 'a': INTEGER was widened to BIGINT", 5},
	{COL "  - {name: a, type: INTEGER, nullable: false}\n", COL A, CHANGE_MINOR, "/schema/0/nullable",
	 "column 'a': values are no longer required", 5},
	{COL A "ports: [{name: p}]\n", COL A "ports: [{name: p}, {name: q}]\n", CHANGE_MINOR, "/ports",
	 "port 'q' was added", 6},
	{COL A "sla: {freshness: 1 day}\n", COL A "sla: {freshness: 24 hours, availability: 99%}\n", CHANGE_MINOR,
	 "/sla/availability", "the promise of availability was tightened", 6},
	{COL A "sla: {freshness: 31 days}\n", COL A "sla: {freshness: 1 hour}\n", CHANGE_MINOR, "/sla/freshness",
	 "the promise of freshness was tightened", 6},

	/* patches */
	{COL A, COL "  - {name: a, type: int}\n", CHANGE_PATCH, "/schema/0/type",
	 "column 'a': INTEGER is now written int", 5},
	{COL A, COL "  - {name: a, type: INTEGER, term: x}\n", CHANGE_PATCH, "/schema/0/term",
	 "column 'a' is said to mean 'x'", 5},
	{COL A, COL "  - {name: a, type: INTEGER, pii: true}\n", CHANGE_PATCH, "/schema/0/pii",
	 "column 'a': pii was added", 5},
	{COL "  - {name: a, type: INTEGER, tags: [x]}\n", COL "  - {name: a, type: INTEGER, tags: [y]}\n", CHANGE_PATCH,
	 "/schema/0/tags", "column 'a': tags was changed", 5},
	{COL "  - {name: a, type: INTEGER, description: d}\n", COL A, CHANGE_PATCH, "/schema/0/description",
	 "column 'a': description was removed", 5},
	{COL A, COL "  - {name: a, type: INTEGER, nullable: true}\n", CHANGE_PATCH, "/schema", "schema was changed", 5},
	{COL A B, COL B A, CHANGE_PATCH, "/schema", "the order of the columns changed", 5},
	{COL A "ports: [{name: p}]\n", COL A "ports: [{name: p, kind: files}]\n", CHANGE_PATCH, "/ports",
	 "ports was changed", 6},
	{COL A, COL A "description: d\n", CHANGE_PATCH, "/description", "description was added", 6},
	{COL A "description: d\n", COL A "description: e\n", CHANGE_PATCH, "/description", "description was changed", 6},
	{COL A "x-note: 1\n", COL A, CHANGE_PATCH, "/x-note", "x-note was removed", 0},
	{COL A, COL A "access: [{role: r, level: read}]\n", CHANGE_PATCH, "/access", "access was added", 6},
	{COL A, COL A "quality_checks: [unique: a]\n", CHANGE_PATCH, "/quality_checks", "quality_checks was added", 6},
	{COL A "retention: 1 year\n", COL A "retention: 2 years\n", CHANGE_PATCH, "/retention", "retention was changed", 6},
};
// clang-format on

static void
each_kind_of_change_has_its_level(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(single_changes); i++) {
		const struct one_change *want = &single_changes[i];
		struct changes found = compare(want->before, want->after);
		if (found.count != 1 || strcmp(found.items[0].message, want->message) != 0)
			fail_msg("expected '%s', found %zu, the first '%s'", want->message,
				 found.count, found.count ? found.items[0].message : "");
		assert_int_equal(found.level, want->level);
		assert_int_equal(found.items[0].level, want->level);
		assert_string_equal(found.items[0].pointer, want->pointer);
		if (found.items[0].at.line != want->line)
			fail_msg("'%s': expected line %u, found %u", want->message, want->line,
				 found.items[0].at.line);
	}
}

static void
a_document_that_says_the_same_has_not_changed(void **state)
{
	(void)state;
	struct changes same = compare(
	    COL A B "version: 1.0.0\ntags: [x]\n",
	    "tags: [x]\nschema: [{type: INTEGER, name: a}, {name: 'b', type: STRING}]\n" HEAD
	    "version: 2.0.0\n");
	assert_int_equal(same.count, 0);
	assert_int_equal(same.level, CHANGE_NONE);
}

static void
the_highest_level_comes_first(void **state)
{
	(void)state;
	struct changes c =
	    compare(COL A B, "description: d\n" COL
			     "  - {name: a, type: BIGINT}\n  - {name: c, type: DATE}\n");
	assert_int_equal(c.count, 4);
	assert_int_equal(c.level, CHANGE_MAJOR);
	assert_string_equal(c.items[0].message, "column 'b' was removed");
	assert_string_equal(c.items[1].message, "column 'a': INTEGER was widened to BIGINT");
	assert_string_equal(c.items[2].message, "column 'c' was added");
	assert_string_equal(c.items[3].message, "description was added");
}

/* 30 days and a month: neither is sure to be shorter, so a promise may have been weakened. */
static void
a_promise_that_is_not_surely_kept_is_weakened(void **state)
{
	(void)state;
	struct changes c =
	    compare(COL A "sla: {freshness: 30 days}\n", COL A "sla: {freshness: 1 month}\n");
	assert_int_equal(c.count, 1);
	assert_string_equal(c.items[0].message, "the promise of freshness was weakened");
}

static void
levels_have_names(void **state)
{
	(void)state;
	assert_string_equal(change_level_name(CHANGE_NONE), "none");
	assert_string_equal(change_level_name(CHANGE_PATCH), "patch");
	assert_string_equal(change_level_name(CHANGE_MINOR), "minor");
	assert_string_equal(change_level_name(CHANGE_MAJOR), "major");
}

/* ---- versions ---- */

static const char *
choose(const char *before, enum change_level level, const char *written,
       struct violations *violations)
{
	struct descriptor d =
	    decode(written ? arena_printf(&arena, SMALLEST "version: %s\n", written) : SMALLEST);
	struct change breaking = {CHANGE_MAJOR, "/schema/1", {0, 0}, "column 'b' was removed"};
	struct changes changes = {&breaking, level == CHANGE_MAJOR, level};
	return version_choose(before, &changes, &d, violations);
}

static void
an_unwritten_version_is_counted_on(void **state)
{
	(void)state;
	static const struct {
		const char *before;
		enum change_level level;
		const char *after;
	} rows[] = {
	    {NULL, CHANGE_NONE, "1.0.0"},          {"1.2.3", CHANGE_NONE, "1.2.3"},
	    {"1.2.3", CHANGE_PATCH, "1.2.4"},      {"1.2.3", CHANGE_MINOR, "1.3.0"},
	    {"1.2.3", CHANGE_MAJOR, "2.0.0"},      {"1.2.3+build", CHANGE_PATCH, "1.2.4"},
	    {"0.2.3", CHANGE_PATCH, "0.2.4"},      {"0.2.3", CHANGE_MINOR, "0.2.4"},
	    {"0.2.3", CHANGE_MAJOR, "0.3.0"},      {"2.0.0-rc.1", CHANGE_PATCH, "2.0.0"},
	    {"2.0.0-rc.1", CHANGE_MINOR, "2.0.0"}, {"2.0.0-rc.1", CHANGE_MAJOR, "2.0.0"},
	    {"2.1.0-rc.1", CHANGE_MAJOR, "3.0.0"}, {"2.1.1-rc.1", CHANGE_MINOR, "2.2.0"},
	    {"0.2.0-rc.1", CHANGE_MAJOR, "0.2.0"},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct violations v = {.arena = &arena};
		assert_string_equal(choose(rows[i].before, rows[i].level, NULL, &v), rows[i].after);
		assert_int_equal(v.count, 0);
	}
}

static void
a_written_version_that_announces_enough_is_kept(void **state)
{
	(void)state;
	static const struct {
		const char *before;
		enum change_level level;
		const char *written;
	} rows[] = {
	    {NULL, CHANGE_NONE, "0.1.0"},          {"1.2.3", CHANGE_NONE, "1.2.3"},
	    {"1.2.3", CHANGE_NONE, "1.2.4"},       {"1.2.3", CHANGE_PATCH, "1.2.4"},
	    {"1.2.3", CHANGE_MINOR, "1.2.4"}, /* compatible: not announced, not refused */
	    {"1.2.3", CHANGE_MAJOR, "2.0.0"},      {"1.2.3", CHANGE_MAJOR, "2.0.0-rc.1"},
	    {"1.2.3", CHANGE_MAJOR, "7.1.0"},      {"0.2.3", CHANGE_MAJOR, "0.3.0"},
	    {"0.2.3", CHANGE_MAJOR, "1.0.0"},      {"2.0.0-rc.1", CHANGE_MAJOR, "2.0.0-rc.2"},
	    {"2.0.0-rc.1", CHANGE_MAJOR, "2.0.0"},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct violations v = {.arena = &arena};
		assert_string_equal(choose(rows[i].before, rows[i].level, rows[i].written, &v),
				    rows[i].written);
		assert_int_equal(v.count, 0);
	}
}

static void
a_version_that_does_not_rise_is_refused(void **state)
{
	(void)state;
	static const struct {
		enum change_level level;
		const char *written, *suggestion;
	} rows[] = {
	    {CHANGE_NONE, "1.2.2", "1.2.3"},       {CHANGE_PATCH, "1.2.3", "1.2.4"},
	    {CHANGE_PATCH, "1.2.3-rc.1", "1.2.4"}, {CHANGE_MINOR, "1.2.3", "1.3.0"},
	    {CHANGE_MAJOR, "1.2.3", "2.0.0"},      {CHANGE_MAJOR, "0.9.0", "2.0.0"},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct violations v = {.arena = &arena};
		choose("1.2.3", rows[i].level, rows[i].written, &v);
		assert_int_equal(v.count, 1);
		assert_string_equal(v.items[0].rule, "version");
		assert_string_equal(v.items[0].pointer, "/version");
		assert_string_equal(v.items[0].suggestion, rows[i].suggestion);
		assert_int_equal(v.items[0].at.line, 6);
		assert_int_equal(v.items[0].at.column, 10);
	}
}

static void
a_breaking_change_under_a_compatible_version_is_refused_with_its_reasons(void **state)
{
	(void)state;
	const char *before = COL A B "version: 1.2.3\n";
	const char *after =
	    "version: 1.3.0\n" COL "  - {name: a, type: TINYINT}\n  - {name: c, type: DATE}\n";
	struct violations v = {.arena = &arena};
	struct descriptor b = decode(before), a = decode(after);
	struct changes changes = descriptor_compare(&b, &a, &arena);
	assert_string_equal(version_choose(b.version, &changes, &a, &v), "1.3.0");
	assert_int_equal(v.count, 3);
	for (size_t i = 0; i < v.count; i++)
		assert_string_equal(v.items[i].rule, "version");
	assert_string_equal(
	    v.items[0].message,
	    "version 1.3.0 follows 1.2.3, but 2 breaking changes need 2.0.0 or above");
	assert_string_equal(v.items[0].suggestion, "2.0.0");
	assert_int_equal(v.items[0].at.line, 1);
	assert_string_equal(v.items[1].message,
			    "column 'b' was removed, which breaks those who read version 1.2.3");
	assert_string_equal(v.items[1].pointer, "/schema/1");
	assert_int_equal(v.items[1].at.line, 1);
	assert_string_equal(v.items[2].message, "column 'a': INTEGER was narrowed to TINYINT, "
						"which breaks those who read version 1.2.3");
	assert_string_equal(v.items[2].pointer, "/schema/0/type");
	assert_int_equal(v.items[2].at.line, 6);
	assert_string_equal(v.items[2].suggestion, "version: 2.0.0");
}

static void
while_the_major_number_is_0_a_breaking_change_raises_the_minor_one(void **state)
{
	(void)state;
	struct violations v = {.arena = &arena};
	choose("0.2.3", CHANGE_MAJOR, "0.2.4", &v);
	assert_int_equal(v.count, 2);
	assert_string_equal(
	    v.items[0].message,
	    "version 0.2.4 follows 0.2.3, but 1 breaking change needs 0.3.0 or above");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_kind_of_change_has_its_level),
	    cmocka_unit_test(a_document_that_says_the_same_has_not_changed),
	    cmocka_unit_test(the_highest_level_comes_first),
	    cmocka_unit_test(a_promise_that_is_not_surely_kept_is_weakened),
	    cmocka_unit_test(levels_have_names),
	    cmocka_unit_test(an_unwritten_version_is_counted_on),
	    cmocka_unit_test(a_written_version_that_announces_enough_is_kept),
	    cmocka_unit_test(a_version_that_does_not_rise_is_refused),
	    cmocka_unit_test(
		a_breaking_change_under_a_compatible_version_is_refused_with_its_reasons),
	    cmocka_unit_test(while_the_major_number_is_0_a_breaking_change_raises_the_minor_one),
	};
	return cmocka_run_group_tests(tests, NULL, free_the_arena);
}
