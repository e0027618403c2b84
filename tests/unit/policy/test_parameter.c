/*
 * Parameters of policies: what a schema takes, how values are put over each other, and which value
 * is as strict as which.
 */
#include <stdlib.h>

#include "parameter.h"
#include "policy_text.h"

static struct parameters
read_schema(struct bench *b, const char *yaml)
{
	struct parameters p;
	b->violations = (struct violations){.arena = &b->arena};
	parameters_decode(read_yaml(b, yaml, strlen(yaml)), &b->arena, &b->violations, &p);
	return p;
}

static const struct node *
read_value(struct bench *b, const char *yaml)
{
	return read_yaml(b, yaml, strlen(yaml));
}

static void
each_direction_lets_one_way_only(void **state)
{
	static const struct {
		const char *schema, *given, *wanted;
		bool is_as_strict;
	} rows[] = {
	    {"{type: period, stricter: longer}", "7 years", "10 years", true},
	    {"{type: period, stricter: longer}", "7 years", "84 months", true},
	    {"{type: period, stricter: longer}", "7 years", "2557 days", true},
	    {"{type: period, stricter: longer}", "7 years", "2556 days", false},
	    {"{type: period, stricter: longer}", "7 years", "6 years", false},
	    {"{type: period, stricter: shorter}", "7 years", "6 years", true},
	    {"{type: period, stricter: shorter}", "7 years", "8 years", false},
	    {"{type: period, stricter: shorter}", "1 month", "31 days", false},
	    {"{type: period, stricter: shorter}", "1 month", "28 days", true},
	    {"{type: integer, stricter: higher}", "3", "3", true},
	    {"{type: integer, stricter: higher}", "3", "2", false},
	    {"{type: integer, stricter: lower}", "3", "2", true},
	    {"{type: integer, stricter: higher}", "9223372036854775806", "9223372036854775807",
	     true},
	    {"{type: integer, stricter: lower}", "9223372036854775806", "9223372036854775807",
	     false},
	    {"{type: number, stricter: higher}", "0.5", "1", true},
	    {"{type: number, stricter: higher}", "0.5", "0.4", false},
	    {"{type: list, stricter: more}", "[a, b]", "[b, c, a]", true},
	    {"{type: list, stricter: more}", "[a, b]", "[a]", false},
	    {"{type: list, stricter: fewer}", "[a, b]", "[a]", true},
	    {"{type: list, stricter: fewer}", "[a, b]", "[a, c]", false},
	    {"{type: bool, stricter: on}", "false", "true", true},
	    {"{type: bool, stricter: on}", "true", "false", false},
	    {"{type: bool, stricter: off}", "true", "false", true},
	    {"{type: table, default: {x: 1 year}, stricter: longer}", "{x: 1 year}",
	     "{x: 2 years, y: 1 day}", true},
	    {"{type: table, default: {x: 1 year}, stricter: longer}", "{x: 1 year}", "{x: 1 day}",
	     false},
	    {"{type: table, default: {x: 1 year}, stricter: longer}", "{x: 1 year}", "{y: 2 years}",
	     false},
	    {"{type: text}", "a", "a", true},
	    {"{type: text}", "a", "b", false},
	    {"a", "a", "b", false},
	};
	struct bench *b = *state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *yaml = arena_printf(&b->arena, "p: %s", rows[i].schema);
		struct parameters p = read_schema(b, yaml);
		if (b->violations.count)
			fail_msg("%s: %s", yaml, b->violations.items[0].message);
		if (parameter_is_as_strict(&p.items[0], read_value(b, rows[i].given),
					   read_value(b, rows[i].wanted)) != rows[i].is_as_strict)
			fail_msg("%s: %s after %s", rows[i].schema, rows[i].wanted, rows[i].given);
	}
}

static void
a_schema_that_makes_no_sense_is_complained_of(void **state)
{
	static const struct {
		const char *schema, *message;
	} rows[] = {
	    {"p: null", "the parameter 'p' has neither a value nor a type"},
	    {"p: {type: text, stricter: longer}", "a text cannot be 'longer' to be stricter"},
	    {"p: {type: integer, stricter: on}", "an integer cannot be 'on' to be stricter"},
	    {"p: {type: period, stricter: higher}", "a period cannot be 'higher' to be stricter"},
	    {"p: {type: table, default: {a: 1}, stricter: longer}",
	     "a table cannot be 'longer' to be stricter"},
	    {"p: {type: integer, default: 1.5}", "the parameter 'p' wants a whole number, not 1.5"},
	    {"p: {type: integer, default: 5, most: 3}",
	     "the parameter 'p' is 5, outside of any to 3"},
	    {"p: {type: list, least: 3}", "the parameter 'p' is a list, which has no 'least'"},
	    {"p: {type: integer, most: 1 year}", "'most' of the parameter 'p' is no integer"},
	    {"p: {type: text, default: x, words: [y, z]}",
	     "the parameter 'p' cannot be 'x', but one of y, z"},
	    {"p: {type: table, default: abc, stricter: longer}",
	     "the parameter 'p' wants a map, not 'abc'"},
	    {"p: {type: period, default: for ever}",
	     "the parameter 'p' wants a length of time such as \"7 years\", not 'for ever'"},
	};
	struct bench *b = *state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		read_schema(b, rows[i].schema);
		assert_int_equal(b->violations.count, 1);
		assert_string_equal(b->violations.items[0].message, rows[i].message);
	}
}

static void
words_say_nothing_of_what_is_no_text(void **state)
{
	static const char *const schemas[] = {"p: {type: integer, default: 1, words: [a]}",
					      "p: {type: bool, default: true, words: [a]}",
					      "p: {type: number, default: 1.5, words: [a]}",
					      "p: {type: list, default: [a], words: [b]}",
					      "p: {type: table, default: {a: b}, words: [c]}"};
	struct bench *b = *state;
	for (size_t i = 0; i < ARRAY_LEN(schemas); i++) {
		struct parameters p = read_schema(b, schemas[i]);
		assert_int_equal(b->violations.count, 0);
		assert_false(parameters_check(&p, &b->violations));
		assert_int_equal(b->violations.count, 1);
		assert_non_null(
		    strstr(b->violations.items[0].message, "are for a text, not for a"));
	}
}

static void
rows_of_a_table_are_what_is_compared(void **state)
{
	static const struct {
		const char *schema, *message;
	} rows[] = {
	    {"p: {type: table, default: {a: 1 year, b: soon}, stricter: longer}",
	     "a row of the parameter 'p' wants a length of time such as \"7 years\", not 'soon'"},
	    {"p: {type: table, default: {a: 1, b: '2'}, stricter: higher}",
	     "a row of the parameter 'p' wants a number, not '2'"},
	    {"p: {type: table, default: {a: 1, b: {c: x}}, stricter: lower}",
	     "a row of the parameter 'p' wants a number, not 'x'"},
	    {"p: {type: table, default: {a: 1 year, b: soon}}", NULL},
	    {"p: {type: table, default: {}, stricter: longer}", NULL},
	    {"p: {type: table, stricter: shorter}", NULL},
	};
	struct bench *b = *state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct parameters p = read_schema(b, rows[i].schema);
		assert_int_equal(b->violations.count, 0);
		assert_int_equal(parameters_check(&p, &b->violations), !rows[i].message);
		if (rows[i].message)
			assert_string_equal(b->violations.items[0].message, rows[i].message);
	}
	struct parameters p =
	    read_schema(b, "p: {type: table, default: {a: 1 year}, stricter: longer}");
	assert_false(
	    parameters_check_set(&p, read_value(b, "{p: {a: soon}}"), "/set", &b->violations));
	assert_string_equal(b->violations.items[0].pointer, "/set/p/a");
}

/* As JSON, or NULL after a complaint. */
static const char *
set(struct bench *b, const struct parameters *p, const struct node *before, const char *yaml)
{
	CLEANUP(buf_done) struct buf text = {0};
	b->violations = (struct violations){.arena = &b->arena};
	const struct node *values =
	    parameters_set(p, before, read_value(b, yaml), "/set", &b->arena, &b->violations);
	if (!values)
		return NULL;
	json_node(&(struct json){.out = &text}, values);
	return arena_bytes(&b->arena, text.data, text.length);
}

static void
values_are_put_over_each_other(void **state)
{
	struct bench *b = *state;
	struct parameters p = read_schema(b, "a: {type: number, default: 1}\n"
					     "t: {type: table, default: {x: 1 year, y: 2 years}}\n"
					     "n: {type: integer}\n");
	assert_string_equal(set(b, &p, NULL, "{}"),
			    "{\"a\":1.0,\"t\":{\"x\":\"1 year\",\"y\":\"2 years\"}}");
	assert_string_equal(set(b, &p, NULL, "{n: 4, t: {y: 3 years, z: 1 day}}"),
			    "{\"a\":1.0,\"t\":{\"x\":\"1 year\",\"y\":\"3 years\",\"z\":\"1 day\"},"
			    "\"n\":4}");
	assert_string_equal(set(b, &p, read_value(b, "{a: 2.5, n: 7}"), "{a: 3}"),
			    "{\"a\":3.0,\"n\":7}");
	assert_null(set(b, &p, NULL, "{aa: 3, n: x}"));
	assert_int_equal(b->violations.count, 2);
	assert_string_equal(b->violations.items[0].pointer, "/set/aa");
	assert_string_equal(b->violations.items[1].message,
			    "the parameter 'n' wants a whole number, not 'x'");
}

static void
what_has_no_value_is_complained_of(void **state)
{
	struct bench *b = *state;
	struct parameters p = read_schema(b, "a: {type: integer}\nb: 1\n");
	const struct node *values = parameters_set(&p, NULL, NULL, "", &b->arena, &b->violations);
	assert_false(parameters_complete(&p, values, &b->violations));
	assert_int_equal(b->violations.count, 1);
	assert_string_equal(b->violations.items[0].pointer, "/parameters/a");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(each_direction_lets_one_way_only),
	    TEST(a_schema_that_makes_no_sense_is_complained_of),
	    TEST(words_say_nothing_of_what_is_no_text),
	    TEST(rows_of_a_table_are_what_is_compared),
	    TEST(values_are_put_over_each_other),
	    TEST(what_has_no_value_is_complained_of),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
