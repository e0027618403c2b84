/*
 * test_column_type.c -- which types are the same, which are wider, and what is not sure.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <string.h>

#include "descriptor/compat.h"

static const char *const change_names[] = {"same", "widened", "narrowed", "other"};

static void
expect(const char *before, const char *after, enum type_change wanted)
{
	enum type_change found = column_type_compare(before, after);
	if (found != wanted)
		fail_msg("%s -> %s: expected %s, found %s", before, after, change_names[wanted],
			 change_names[found]);
}

static void
spelling_and_synonyms_change_nothing(void **state)
{
	(void)state;
	static const char *const pairs[][2] = {
	    {"STRING", "string"},
	    {"STRING", "TEXT"},
	    {"DECIMAL(18,2)", " decimal ( 18 , 2 ) "},
	    {"DECIMAL(18,2)", "NUMERIC(18,2)"},
	    {"DECIMAL(18)", "DECIMAL(18,0)"},
	    {"DECIMAL", "NUMERIC"},
	    {"INTEGER", "INT"},
	    {"BIGINT", "INT64"},
	    {"DOUBLE", "DOUBLE  PRECISION"},
	    {"FLOAT(24)", "REAL"},
	    {"FLOAT(25)", "DOUBLE"},
	    {"BOOLEAN", "bool"},
	    {"TIMESTAMP", "TIMESTAMP WITHOUT TIME ZONE"},
	    {"TIMESTAMP", "TIMESTAMP(6)"},
	    {"TIMESTAMPTZ", "timestamp with time zone"},
	    {"TIMESTAMPTZ(3)", "TIMESTAMP(3) WITH TIME ZONE"},
	    {"CHARACTER VARYING(20)", "VARCHAR(20)"},
	    {"CHAR", "CHAR(1)"},
	    {"ARRAY<INTEGER>", "array< int >"},
	    {"INTEGER[]", "INT[]"},
	    {"STRUCT<a: INTEGER>", "STRUCT<a:INTEGER>"},
	    {"GEOGRAPHY", "geography"},
	    {"", ""},
	};
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		expect(pairs[i][0], pairs[i][1], TYPE_SAME);
		expect(pairs[i][1], pairs[i][0], TYPE_SAME);
	}
}

static void
what_holds_every_old_value_is_wider_and_the_way_back_narrower(void **state)
{
	(void)state;
	static const char *const pairs[][2] = {
	    {"VARCHAR(20)", "VARCHAR(21)"},
	    {"VARCHAR(20)", "STRING"},
	    {"CHAR(20)", "CHAR(21)"},
	    {"CHAR(20)", "VARCHAR(20)"},
	    {"CHAR(20)", "TEXT"},
	    {"VARBINARY(10)", "BYTES"},
	    {"TINYINT", "SMALLINT"},
	    {"SMALLINT", "INTEGER"},
	    {"INTEGER", "BIGINT"},
	    {"INTEGER", "DECIMAL(10,0)"},
	    {"INTEGER", "DECIMAL(18,2)"},
	    {"BIGINT", "DECIMAL(19)"},
	    {"DECIMAL(9,0)", "INTEGER"},
	    {"DECIMAL(18,2)", "DECIMAL(19,2)"},
	    {"DECIMAL(18,2)", "DECIMAL(20,4)"},
	    {"REAL", "FLOAT"},
	    {"REAL", "DOUBLE"},
	    {"FLOAT", "DOUBLE"},
	    {"TIMESTAMP(3)", "TIMESTAMP"},
	    {"TIMESTAMP(3) WITH TIME ZONE", "TIMESTAMPTZ"},
	    {"TIME(0)", "TIME(3)"},
	    {"ARRAY<INTEGER>", "ARRAY<BIGINT>"},
	    {"ARRAY<ARRAY<INT>>", "ARRAY<ARRAY<BIGINT>>"},
	    {"INTEGER[]", "ARRAY<BIGINT>"},
	};
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		expect(pairs[i][0], pairs[i][1], TYPE_WIDENED);
		expect(pairs[i][1], pairs[i][0], TYPE_NARROWED);
	}
}

static void
digits_on_one_side_do_not_make_up_for_the_other(void **state)
{
	(void)state;
	expect("DECIMAL(18,2)", "DECIMAL(18,4)", TYPE_NARROWED);
	expect("DECIMAL(18,4)", "DECIMAL(18,2)", TYPE_NARROWED);
	expect("DECIMAL(10,0)", "INTEGER", TYPE_NARROWED);
	expect("INTEGER", "DECIMAL(9,0)", TYPE_NARROWED);
	expect("DECIMAL(9,2)", "BIGINT", TYPE_NARROWED);
	expect("DECIMAL(18,2)", "INTEGER", TYPE_NARROWED);
}

/* A bare DECIMAL, and an INT8 of bits or of bytes, differ from engine to engine. */
static void
what_is_not_sure_counts_as_narrowed(void **state)
{
	(void)state;
	expect("DECIMAL", "DECIMAL(38,10)", TYPE_NARROWED);
	expect("DECIMAL(18,2)", "DECIMAL", TYPE_NARROWED);
	expect("INTEGER", "DECIMAL", TYPE_NARROWED);
	expect("BIGINT", "INT8", TYPE_NARROWED);
	expect("INT8", "BIGINT", TYPE_WIDENED);
	expect("FLOAT", "REAL", TYPE_NARROWED);
	expect("VARCHAR(20)", "CHAR(20)", TYPE_NARROWED);
}

static void
another_kind_is_another_type(void **state)
{
	(void)state;
	static const char *const pairs[][2] = {
	    {"INTEGER", "STRING"},
	    {"INTEGER", "DOUBLE"},
	    {"DECIMAL(18,2)", "DOUBLE"},
	    {"DATE", "TIMESTAMP"},
	    {"TIMESTAMP", "TIMESTAMPTZ"},
	    {"TIME", "TIMETZ"},
	    {"BOOLEAN", "INTEGER"},
	    {"UUID", "STRING"},
	    {"JSON", "STRING"},
	    {"BYTES", "STRING"},
	    {"INTEGER", "ARRAY<INTEGER>"},
	    {"GEOGRAPHY", "GEOMETRY"},
	    {"STRUCT<a:INT>", "STRUCT<a:BIGINT>"},
	    {"MAP<STRING,INT>", "MAP<STRING,BIGINT>"},
	    {"INTEGER(3)", "INTEGER(4)"},
	    {"VARCHAR(1,2)", "VARCHAR(1,3)"},
	    {"VARCHAR(x)", "VARCHAR(y)"},
	    {"VARCHAR(99999999999)", "VARCHAR(99999999998)"},
	    {"DECIMAL(18", "DECIMAL(18,2)"},
	    {"ARRAY<>", "ARRAY<INT>"},
	};
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		expect(pairs[i][0], pairs[i][1], TYPE_OTHER);
		expect(pairs[i][1], pairs[i][0], TYPE_OTHER);
	}
}

/* Longer than what is looked into: then only equal texts are the same. */
static void
a_very_long_type_is_compared_as_text(void **state)
{
	(void)state;
	char a[3000], b[3000];
	memset(a, 'A', sizeof a);
	a[sizeof a - 1] = '\0';
	memcpy(b, a, sizeof a);
	expect(a, b, TYPE_SAME);
	b[sizeof b - 2] = 'B';
	expect(a, b, TYPE_OTHER);
	expect(a, "INTEGER", TYPE_OTHER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(spelling_and_synonyms_change_nothing),
	    cmocka_unit_test(what_holds_every_old_value_is_wider_and_the_way_back_narrower),
	    cmocka_unit_test(digits_on_one_side_do_not_make_up_for_the_other),
	    cmocka_unit_test(what_is_not_sure_counts_as_narrowed),
	    cmocka_unit_test(another_kind_is_another_type),
	    cmocka_unit_test(a_very_long_type_is_compared_as_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
