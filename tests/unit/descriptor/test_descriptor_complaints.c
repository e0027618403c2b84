/*
 * test_descriptor_complaints.c -- documents that are wrong: the rule, the pointer, the place and
 * what would be right.
 *
 * Each row of the table is wrong in one thing, and exactly that is complained of.  SMALLEST takes
 * lines 1 to 5, so what is put behind it begins on line 6; HEAD takes lines 1 to 3.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include "decoding.h"

struct mistake {
	const char *yaml, *rule, *pointer;
	unsigned line, column;
	const char *message;    /* a part of it */
	const char *suggestion; /* NULL: none */
};

#define SCHEMA       "schema:\n  - {name: a, type: STRING}\n"
#define COLUMN(text) HEAD "schema:\n  - {name: a, type: STRING" text "}\n"
#define CHECK(text)  SMALLEST "quality_checks:\n  - " text "\n"

// clang-format off
static const struct mistake mistakes[] = {
	/* keys */
	{SMALLEST "retension: 7 years\n", "unknown-key", "/retension", 6, 1, "unknown key 'retension'", "retention"},
	{SMALLEST "colour: red\n", "unknown-key", "/colour", 6, 1, "unknown key 'colour'", "x-colour"},
	{COLUMN(", pi: true"), "unknown-key", "/schema/0/pi", 5, 29, "'pi'", "pii"},
	{SMALLEST "sla: {fresness: 1 hour}\n", "unknown-key", "/sla/fresness", 6, 7, "'fresness'", "freshness"},
	{CHECK("uniqe: a"), "unknown-key", "/quality_checks/0/uniqe", 7, 5, "'uniqe'", "unique"},

	/* what must be there */
	{"owner: o\ndomain: d\n" SCHEMA, "required", "/name", 1, 1, "'name' is missing", "retail.customer_accounts"},
	{"name: a.b\ndomain: d\n" SCHEMA, "required", "/owner", 1, 1, "'owner' is missing", "retail-data-team"},
	{"name: a.b\nowner: o\n" SCHEMA, "required", "/domain", 1, 1, "'domain' is missing", "retail-banking"},
	{"name: a.b\nowner:\ndomain: d\n" SCHEMA, "required", "/owner", 2, 7, "'owner' is required, found nothing",
	 "retail-data-team"},
	{HEAD, "required", "/schema", 1, 1, "'schema' is missing", "[{name: account_id, type: STRING, pii: true}]"},
	{HEAD "schema: []\n", "not-empty", "/schema", 4, 9, "must not be empty",
	 "[{name: account_id, type: STRING, pii: true}]"},
	{HEAD "schema:\n  - {name: a}\n", "required", "/schema/0/type", 5, 5, "'type' is missing", "\"DECIMAL(18,2)\""},
	{HEAD "schema:\n  - {type: DATE}\n", "required", "/schema/0/name", 5, 5, "'name' is missing", "balance"},
	{SMALLEST "access:\n  - role: r\n", "required", "/access/0/level", 7, 5, "'level' is missing", "read"},

	/* types and words */
	{HEAD "schema: {name: a, type: DATE}\n", "type", "/schema", 4, 9, "expected a list, found a map", NULL},
	{SMALLEST "status: actve\n", "word", "/status", 6, 9, "found 'actve'", "active"},
	{SMALLEST "classification: secret\n", "word", "/classification", 6, 17, "found 'secret'", NULL},
	{COLUMN(", pii: yes"), "type", "/schema/0/pii", 5, 34, "expected true or false", "true"},
	{SMALLEST "retention: forever\n", "duration", "/retention", 6, 12, "'forever'", "7 years"},
	{SMALLEST "retention: 7\n", "type", "/retention", 6, 12, "expected a length of time", "7 years"},
	{SMALLEST "tags: [a, 1]\n", "type", "/tags/1", 6, 11, "expected text", "put the value in quotes"},
	{SMALLEST "storage: 5\n", "type", "/storage", 6, 10, "expected a list", NULL},
	{SMALLEST "storage: [5]\n", "type", "/storage/0", 6, 11, "expected a map or a text", NULL},
	{SMALLEST "inputs: [[a.b]]\n", "type", "/inputs/0", 6, 10, "expected a map or a text, found a list", NULL},

	/* names */
	{"name: Retail.Customer-Accounts\nowner: o\ndomain: d\n" SCHEMA, "name", "/name", 1, 7, "is no name of a data product",
	 "retail.customer_accounts"},
	{"name: accounts\nowner: o\ndomain: Retail Banking\n" SCHEMA, "name", "/name", 1, 7, "'accounts'",
	 "retail_banking.accounts"},
	{"name: accounts.\nowner: o\ndomain: d\n" SCHEMA, "name", "/name", 1, 7, "'accounts.'", NULL},
	{"name: product:a.b\nowner: o\ndomain: d\n" SCHEMA, "name", "/name", 1, 7, "without 'product:'", "a.b"},
	{"name: a.b\nowner: ' o'\ndomain: d\n" SCHEMA, "name", "/owner", 2, 8, "blanks at the beginning or end", "o"},
	{"name: a.b\nowner: ''\ndomain: d\n" SCHEMA, "empty", "/owner", 2, 8, "found an empty one", NULL},
	{"name: a.b\nowner: o\ndomain: \"a\\nb\"\n" SCHEMA, "name", "/domain", 3, 9, "control characters", NULL},
	{HEAD "schema:\n  - {name: \"a#b\", type: DATE}\n", "name", "/schema/0/name", 5, 12, "cannot hold '#' or '|'", "a_b"},
	{HEAD "schema:\n  - {name: a|b, type: DATE}\n", "name", "/schema/0/name", 5, 12, "cannot hold '#' or '|'", "a_b"},
	{HEAD "schema:\n  - {name: \"a\\tb\", type: DATE}\n", "name", "/schema/0/name", 5, 12, "control characters", NULL},
	{HEAD "schema:\n  - {name: '', type: DATE}\n", "empty", "/schema/0/name", 5, 12, "empty", NULL},
	{SMALLEST "storage: ../../bin/sh\n", "name", "/storage", 6, 10, "no name of a plugin", NULL},
	{SMALLEST "storage: S3\n", "name", "/storage", 6, 10, "no name of a plugin", "s3"},
	{SMALLEST "storage: {plugin: -rf}\n", "name", "/storage/plugin", 6, 19, "no name of a plugin", NULL},
	{SMALLEST "storage: {plugin: s3, name: a/b}\n", "name", "/storage/name", 6, 29, "no name of a plugin", "a_b"},

	/* column types */
	{HEAD "schema:\n  - {name: a, type: \"DECIMAL(18,2\"}\n", "column-type", "/schema/0/type", 5, 21,
	 "brackets of the type 'DECIMAL(18,2' do not match", NULL},
	{HEAD "schema:\n  - {name: a, type: ARRAY>INT<}\n", "column-type", "/schema/0/type", 5, 21, "do not match", NULL},

	/* values */
	{SMALLEST "version: '1.4'\n", "version", "/version", 6, 10, "no semantic version", "1.4.0"},
	{SMALLEST "version: v2\n", "version", "/version", 6, 10, "no semantic version", "2.0.0"},
	{SMALLEST "version: latest\n", "version", "/version", 6, 10, "no semantic version", NULL},
	{SMALLEST "sla: {availability: 99.9 %}\n", "percentage", "/sla/availability", 6, 21, "no percentage", "99.9%"},
	{SMALLEST "sla: {availability: '99.9'}\n", "percentage", "/sla/availability", 6, 21, "no percentage", "99.9%"},
	{SMALLEST "sla: {availability: 101%}\n", "percentage", "/sla/availability", 6, 21, "no percentage", NULL},
	{SMALLEST "sla: {availability: -1%}\n", "percentage", "/sla/availability", 6, 21, "no percentage", NULL},
	{SMALLEST "sla: {availability: 99.%}\n", "percentage", "/sla/availability", 6, 21, "no percentage", NULL},
	{SMALLEST "access: [{role: r, level: read, until: 2026-02-30}]\n", "date", "/access/0/until", 6, 40, "is no date", NULL},
	{SMALLEST "access: [{role: r, level: read, until: \"2026-02-28T12:00:00Z\"}]\n", "date", "/access/0/until", 6, 40,
	 "is no date", "2026-02-28"},
	{SMALLEST "storage: {plugin: s3, quota: 10 gb}\n", "size", "/storage/quota", 6, 30, "no amount of storage", "10 GB"},
	{SMALLEST "storage: {plugin: s3, quota: lots}\n", "size", "/storage/quota", 6, 30, "no amount of storage", NULL},
	{SMALLEST "storage: {plugin: s3, settings: [a]}\n", "type", "/storage/settings", 6, 33, "expected a map, found a list",
	 NULL},
	{SMALLEST "contacts: nobody@\n", "email", "/contacts", 6, 11, "is no address", NULL},
	{SMALLEST "contacts: [{email: nobody}]\n", "email", "/contacts/0/email", 6, 20, "is no address", NULL},

	/* where it comes from */
	{SMALLEST "inputs: [a.b, Retail.X]\n", "name", "/inputs/1", 6, 15, "no name of a data product", "retail.x"},
	{SMALLEST "inputs: dataset:x\n", "dataset", "/inputs", 6, 9, "no external dataset", NULL},
	{SMALLEST "inputs: [{dataset: \"dataset:a|b\"}]\n", "dataset", "/inputs/0/dataset", 6, 20, "no external dataset", "a|b"},
	{SMALLEST "inputs: [{product: a.b, dataset: c|d}]\n", "input", "/inputs/0", 6, 10, "either a `product` or a `dataset`",
	 NULL},
	{SMALLEST "inputs: [{product: a.b, owner: o}]\n", "input", "/inputs/0", 6, 10, "`owner` is for a `dataset`", NULL},
	{SMALLEST "notice: {version: 2, date: 2026-10-01, to: t}\n", "type", "/notice/version", 6, 19, "expected text", "put the value in quotes"},
	{SMALLEST "notice: {version: 2.0.0, to: t}\n", "required", "/notice/date", 6, 9, "'date' is missing", "2026-10-01"},
	{SMALLEST "inputs: [{description: d}]\n", "input", "/inputs/0", 6, 10, "either a `product` or a `dataset`", NULL},
	{SMALLEST "inputs: [a.b, c.d, a.b]\n", "duplicate", "/inputs/2", 6, 20, "'a.b' is there twice", NULL},
	{SMALLEST "inputs: [retail.accounts]\n", "input", "/inputs/0", 6, 10, "its own input", NULL},
	{COLUMN(", from: cards.limits#x"), "unknown-input", "/schema/0/from", 5, 35, "'cards.limits' is not among the inputs",
	 "inputs: [\"cards.limits\"]"},
	{COLUMN(", from: \"pg://h|t#x\""), "unknown-input", "/schema/0/from", 5, 35, "'pg://h|t' is not among",
	 "inputs: [\"dataset:pg://h|t\"]"},
	{COLUMN(", from: cards.limts#x") "inputs: cards.limits\n", "unknown-input", "/schema/0/from", 5, 35, "'cards.limts'",
	 "cards.limits"},
	{COLUMN(", from: [retail.accounts#b]"), "unknown-column", "/schema/0/from/0", 5, 36, "no column is named 'b'", NULL},
	{COLUMN(", from: [retail.accounts#a]"), "source", "/schema/0/from/0", 5, 36, "cannot come from itself", NULL},
	{COLUMN(", from: a.b.c") "inputs: a.b\n", "source", "/schema/0/from", 5, 35, "names no column", "a.b#c"},
	{COLUMN(", from: column:a.b#c") "inputs: a.b\n", "source", "/schema/0/from", 5, 35, "names no column", "a.b#c"},
	{COLUMN(", from: nothing"), "source", "/schema/0/from", 5, 35, "names no column", NULL},
	{COLUMN(", from: {column: a.b#}"), "source", "/schema/0/from/column", 5, 44, "names no column", NULL},

	/* quality checks */
	{CHECK("{unique: a, not_null: a}"), "check", "/quality_checks/0", 7, 5, "is of one kind, this one of 2",
	 "an item of its own for each"},
	{CHECK("{}"), "check", "/quality_checks/0", 7, 5, "expected a kind of check", NULL},
	{CHECK("unique:"), "check", "/quality_checks/0", 7, 5, "expected a kind of check", NULL},
	{CHECK("unique: []"), "not-empty", "/quality_checks/0/unique", 7, 13, "must not be empty", "account_id"},
	{CHECK("unique: aa"), "unknown-column", "/quality_checks/0/unique", 7, 13, "no column is named 'aa'", NULL},
	{CHECK("not_null: [a, b]"), "unknown-column", "/quality_checks/0/not_null/1", 7, 19, "no column is named 'b'", NULL},
	{CHECK("not_null: [a, a]"), "duplicate", "/quality_checks/0/not_null/1", 7, 19, "'a' is there twice", NULL},
	{CHECK("freshness: soon"), "duration", "/quality_checks/0/freshness", 7, 16, "'soon'", "1 hour"},
	{CHECK("freshness: 1"), "type", "/quality_checks/0/freshness", 7, 16, "expected a map or a text", NULL},
	{CHECK("freshness: {column: a}"), "required", "/quality_checks/0/freshness/within", 7, 16, "'within'", "1 hour"},
	{CHECK("freshness: {column: b, within: 1 h}"), "unknown-column", "/quality_checks/0/freshness/column", 7, 25, "'b'", NULL},
	{CHECK("accepted_values: {column: a}"), "required", "/quality_checks/0/accepted_values/values", 7, 22, "'values'",
	 "[current, savings]"},
	{CHECK("accepted_values: {column: a, values: x}"), "type", "/quality_checks/0/accepted_values/values", 7, 42,
	 "expected a list", NULL},
	{CHECK("accepted_values: {column: a, values: []}"), "type", "/quality_checks/0/accepted_values/values", 7, 42,
	 "expected a list", NULL},
	{CHECK("accepted_values: {column: a, values: [1, [2]]}"), "type", "/quality_checks/0/accepted_values/values/1", 7, 46,
	 "found a list", NULL},
	{CHECK("accepted_values: {values: [1]}"), "required", "/quality_checks/0/accepted_values/column", 7, 22, "'column'",
	 "account_type"},
	{CHECK("range: {column: a}"), "check", "/quality_checks/0/range", 7, 12, "expected `min`, `max` or both", NULL},
	{CHECK("range: {column: a, min: 2, max: 1.5}"), "range", "/quality_checks/0/range", 7, 29, "`min` is above `max`", NULL},
	{CHECK("range: {column: [a], min: 1}"), "check", "/quality_checks/0/range/column", 7, 21, "expected one column",
	 "an item of its own for each column"},
	{CHECK("row_count: {}"), "check", "/quality_checks/0/row_count", 7, 16, "expected `min`, `max` or both", NULL},
	{CHECK("row_count: {min: -1}"), "range", "/quality_checks/0/row_count/min", 7, 22, "not negative", NULL},
	{SMALLEST "quality_checks: {unique: z}\n", "unknown-column", "/quality_checks/unique", 6, 26, "'z'", NULL},

	/* what the parts say of each other */
	{HEAD "schema:\n  - {name: a, type: DATE}\n  - {name: a, type: DATE}\n", "duplicate", "/schema/1/name", 6, 12,
	 "two columns are named 'a'; the first is on line 5", NULL},
	{COLUMN(", key: true, nullable: true"), "key", "/schema/0/nullable", 5, 50, "part of the key", "nullable: false"},
	{SMALLEST "access: [{role: r, level: read, columns: [a, c]}]\n", "unknown-column", "/access/0/columns/1", 6, 46, "'c'", NULL},
	{SMALLEST "ports: [{name: p}, {name: p}]\n", "duplicate", "/ports/1/name", 6, 27, "two ports are named 'p'", NULL},
	{SMALLEST "terms: [{name: p, definition: x}, {name: p, definition: y}]\n", "duplicate", "/terms/1/name", 6, 42,
	 "two terms are named 'p'", NULL},
	{SMALLEST "metrics: [{name: p, expression: x}, {name: p, expression: y}]\n", "duplicate", "/metrics/1/name", 6, 44,
	 "two metrics are named 'p'", NULL},
	{SMALLEST "storage: [s3, {plugin: s3, name: default}]\n", "duplicate", "/storage/1/name", 6, 15,
	 "two resources of 's3' are named 'default'", "a `name` of its own for each"},
	{SMALLEST "tiers: {hot: {retention: 90 days}, warm: {retention: 7 days}}\n", "tiers", "/tiers/warm/retention", 6, 54,
	 "the warm tier keeps data for less time than the hot one", NULL},
	{SMALLEST "tiers: {hot: {retention: 90 days}, cold: {retention: 7 days}}\n", "tiers", "/tiers/cold/retention", 6, 54,
	 "the cold tier keeps data for less time than the hot one", NULL},
	{SMALLEST "deprecation: {successor: retail.accounts}\n", "successor", "/deprecation/successor", 6, 26,
	 "cannot be its own successor", NULL},
};
// clang-format on

static struct violations
complaints(const char *yaml)
{
	struct violations v = {.arena = &arena};
	struct descriptor d;
	bool good = descriptor_decode(parse(yaml), &v, &d);
	assert_int_equal(good, v.count == 0);
	violations_sort(&v);
	return v;
}

static void
assert_complaint(const struct violation *v, const struct mistake *want)
{
	bool same_suggestion = want->suggestion
				   ? v->suggestion && strcmp(v->suggestion, want->suggestion) == 0
				   : !v->suggestion;
	if (strcmp(v->rule, want->rule) != 0 || strcmp(v->pointer, want->pointer) != 0 ||
	    v->at.line != want->line || v->at.column != want->column ||
	    !strstr(v->message, want->message) || !same_suggestion)
		fail_msg("%s\nwanted %s %s %u:%u '%s' -> %s\nfound  %s %s %u:%u '%s' -> %s",
			 want->yaml, want->rule, want->pointer, want->line, want->column,
			 want->message, want->suggestion, v->rule, v->pointer, v->at.line,
			 v->at.column, v->message, v->suggestion);
	assert_string_equal(v->enforcement, "deny");
	assert_null(v->policy);
}

static void
each_mistake_has_its_rule_place_and_suggestion(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(mistakes); i++) {
		struct violations v = complaints(mistakes[i].yaml);
		if (v.count == 0)
			fail_msg("accepted:\n%s", mistakes[i].yaml);
		assert_complaint(&v.items[0], &mistakes[i]);
		if (v.count != 1)
			fail_msg("%zu complaints, the last '%s':\n%s", v.count,
				 v.items[v.count - 1].message, mistakes[i].yaml);
	}
}

/* Form and contradictions, at the beginning and at the end. */
static void
all_complaints_come_at_once(void **state)
{
	(void)state;
	struct violations v = complaints("name: Accounts\n"
					 "owner: 5\n"
					 "retension: 7 years\n"
					 "schema:\n"
					 "  - {name: a, type: STRING}\n"
					 "  - {name: a, tpe: STRING}\n"
					 "sla: {availability: high}\n"
					 "quality_checks:\n"
					 "  - unique: [b, a, c]\n"
					 "  - range: {column: d, min: 5, max: 1}\n");
	static const char *const wanted[][2] = {
	    {"name", "/name"},
	    {"required", "/domain"},
	    {"type", "/owner"},
	    {"unknown-key", "/retension"},
	    {"required", "/schema/1/type"},
	    {"duplicate", "/schema/1/name"},
	    {"unknown-key", "/schema/1/tpe"},
	    {"percentage", "/sla/availability"},
	    {"unknown-column", "/quality_checks/0/unique/0"},
	    {"unknown-column", "/quality_checks/0/unique/2"},
	    {"unknown-column", "/quality_checks/1/range/column"},
	    {"range", "/quality_checks/1/range"},
	};
	assert_int_equal(v.count, ARRAY_LEN(wanted));
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		bool found = false;
		for (size_t j = 0; j < v.count; j++)
			found |= strcmp(v.items[j].rule, wanted[i][0]) == 0 &&
				 strcmp(v.items[j].pointer, wanted[i][1]) == 0;
		if (!found)
			fail_msg("no complaint %s %s", wanted[i][0], wanted[i][1]);
	}
}

/* In {...} YAML itself cuts a type at its comma; the first complaint says what to do about it. */
static void
a_type_cut_by_a_comma_is_recognised(void **state)
{
	(void)state;
	struct violations v = complaints(HEAD "schema:\n  - {name: a, type: DECIMAL(18,2)}\n");
	assert_int_equal(v.count, 2);
	assert_string_equal(v.items[0].rule, "column-type");
	assert_string_equal(v.items[0].pointer, "/schema/0/type");
	assert_string_equal(v.items[0].message, "inside {...} a type with a comma needs quotes");
	assert_string_equal(v.items[0].suggestion, "type: \"DECIMAL(18,2)\"");
	assert_string_equal(v.items[1].rule, "unknown-key");
}

static void
misspelt_columns_are_recognised(void **state)
{
	(void)state;
	struct violations v =
	    complaints(HEAD "schema:\n"
			    "  - {name: account_id, type: STRING}\n"
			    "  - {name: balance, type: STRING, from: retail.accounts#acount_id}\n"
			    "quality_checks: [unique: acount_id, not_null: [ballance]]\n");
	assert_int_equal(v.count, 3);
	assert_string_equal(v.items[0].suggestion, "account_id");
	assert_string_equal(v.items[1].suggestion, "account_id");
	assert_string_equal(v.items[2].suggestion, "balance");
}

static void
what_is_no_map_is_no_descriptor(void **state)
{
	(void)state;
	static const char *const documents[] = {"[]", "text", "5", "~", "- name: a.b\n"};
	for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
		struct violations v = complaints(documents[i]);
		assert_int_equal(v.count, 1);
		assert_string_equal(v.items[0].rule, "type");
		assert_string_equal(v.items[0].pointer, "");
		assert_int_equal(v.items[0].at.line, 1);
	}
}

static void
an_empty_map_lacks_what_every_product_needs(void **state)
{
	(void)state;
	struct violations v = complaints("{}");
	static const char *const wanted[] = {"/domain", "/name", "/owner", "/schema"};
	assert_int_equal(v.count, ARRAY_LEN(wanted));
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		assert_string_equal(v.items[i].pointer, wanted[i]);
}

static void
names_have_a_longest(void **state)
{
	(void)state;
	char *name = arena_alloc(&arena, DESCRIPTOR_MOST_NAME + 2);
	memset(name, 'a', DESCRIPTOR_MOST_NAME + 1);
	name[1] = '.';
	struct violations v = complaints(arena_printf(
	    &arena, "name: %s\nowner: %s\ndomain: d\nschema:\n  - {name: %s, type: DATE}\n", name,
	    name, name));
	static const char *const wanted[] = {"/name", "/owner", "/schema/0/name"};
	assert_int_equal(v.count, ARRAY_LEN(wanted));
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		assert_string_equal(v.items[i].pointer, wanted[i]);
		assert_non_null(strstr(v.items[i].message, "200"));
	}
}

static void
too_many_columns_or_keys_are_too_many(void **state)
{
	(void)state;
	CLEANUP(buf_done) struct buf yaml = {0};
	buf_text(&yaml, HEAD);
	for (int i = 0; i < DESCRIPTOR_MOST_KEYS; i++)
		buf_printf(&yaml, "x-%d: 1\n", i);
	buf_text(&yaml, "schema:\n");
	for (int i = 0; i <= DESCRIPTOR_MOST_COLUMNS; i++)
		buf_printf(&yaml, "  - {name: c%d, type: STRING}\n", i);
	struct violations v = complaints(yaml.data);
	assert_int_equal(v.count, 2);
	assert_string_equal(v.items[0].rule, "limit");
	assert_string_equal(v.items[0].pointer, "");
	assert_string_equal(v.items[0].message, "expected at most 1000 keys, found 1004");
	assert_string_equal(v.items[1].rule, "limit");
	assert_string_equal(v.items[1].pointer, "/schema");
	assert_string_equal(v.items[1].message,
			    "a product has at most 5000 columns, this one has 5001");
}

/* Each mistake could be compared with each name: 20,000 x 5,000.  It ends in a moment, or this test
 * does not. */
static void
a_hostile_number_of_mistakes_is_complained_of_in_time(void **state)
{
	(void)state;
	enum { MISTAKES = 20000 };
	CLEANUP(buf_done) struct buf yaml = {0};
	buf_text(&yaml, HEAD "schema:\n");
	for (int i = 0; i < DESCRIPTOR_MOST_COLUMNS; i++)
		buf_printf(&yaml,
			   "  - {name: a_name_that_is_quite_long_and_like_all_the_others_%d, type: "
			   "DATE}\n",
			   i);
	buf_text(&yaml, "quality_checks:\n  - unique:\n");
	for (int i = 0; i < MISTAKES; i++)
		buf_printf(&yaml, "    - a_name_that_is_quite_long_but_of_no_column_at_all_%d\n",
			   i);
	struct violations v = complaints(yaml.data);
	assert_int_equal(v.count, MISTAKES);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_mistake_has_its_rule_place_and_suggestion),
	    cmocka_unit_test(all_complaints_come_at_once),
	    cmocka_unit_test(a_type_cut_by_a_comma_is_recognised),
	    cmocka_unit_test(misspelt_columns_are_recognised),
	    cmocka_unit_test(what_is_no_map_is_no_descriptor),
	    cmocka_unit_test(an_empty_map_lacks_what_every_product_needs),
	    cmocka_unit_test(names_have_a_longest),
	    cmocka_unit_test(too_many_columns_or_keys_are_too_many),
	    cmocka_unit_test(a_hostile_number_of_mistakes_is_complained_of_in_time),
	};
	return cmocka_run_group_tests(tests, NULL, free_the_arena);
}
