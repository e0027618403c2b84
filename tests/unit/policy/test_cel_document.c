/*
 * Documents as values and values as documents.
 */
#include "base/json.h"

#include "expression.h"

static const struct cel_variable variables[] = {{.name = "d", .type = "dyn"}};
static const struct cel_declarations declared = {.variables = variables, .variable_count = 1};

static struct node
read_document(struct arena *arena, const char *yaml)
{
	struct node n;
	struct err e;
	assert_int_equal(document_read(DOCUMENT_YAML, yaml, strlen(yaml), NULL, arena, &n, &e),
			 ERR_OK);
	return n;
}

static void
documents_are_read_where_they_are(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	const struct node n =
	    read_document(&arena, "{a: 1, b: [true, 2.5, null, text], c: {d: e}}");
	const struct cel_value bindings[] = {cel_from_node(&n)};
	assert_string_equal(
	    value_of(&arena, &declared, bindings, "d"),
	    "{\"a\": 1, \"b\": [true, 2.5, null, \"text\"], \"c\": {\"d\": \"e\"}}");
	assert_string_equal(value_of(&arena, &declared, bindings, "d.c.d + d['c']['d'] + d.b[3]"),
			    "\"eetext\"");
	assert_string_equal(value_of(&arena, &declared, bindings, "d.map(k, k)"),
			    "[\"a\", \"b\", \"c\"]");
	assert_string_equal(
	    value_of(&arena, &declared, bindings, "d.c == {'d': 'e'} && {'d': 'e'} == d.c"),
	    "true");
	assert_string_equal(value_of(&arena, &declared, bindings, "d[dyn(1)]"),
			    "error: there is no key 1");
	assert_string_equal(value_of(&arena, &declared, bindings, "d.b + [1]"),
			    "[true, 2.5, null, \"text\", 1]");
}

/* The value of the source, as JSON; or the message of what cannot be. */
static const char *
as_json(struct arena *arena, const char *source)
{
	CLEANUP(buf_done) struct buf out = {0};
	const struct cel_declarations nothing = {0};
	struct cel_issues issues = {.arena = arena};
	struct cel_program *p = cel_compile(&nothing, source, strlen(source), &issues);
	assert_non_null(p);
	struct node n;
	struct err e;
	enum err_code code = cel_to_node(
	    cel_evaluate(p, no_bindings, CEL_STEPS(EXPRESSION_LIMIT), arena, NULL), arena, &n, &e);
	cel_program_destroy(p);
	if (code)
		return arena_text(arena, e.message);
	struct json j = {.out = &out};
	json_node(&j, &n);
	return arena_text(arena, out.data);
}

static void
values_become_documents(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	assert_string_equal(as_json(&arena, "{'a': [1, 2u, 2.5, true, null, 'x'], 'b': {}}"),
			    "{\"a\":[1,2,2.5,true,null,\"x\"],\"b\":{}}");
	assert_string_equal(
	    as_json(
		&arena,
		"[timestamp(0), duration('90s'), b'abc', int, optional.of(1), optional.none()]"),
	    "[\"1970-01-01T00:00:00Z\",\"90s\",\"YWJj\",\"int\",1,null]");
}

static void
what_no_document_can_hold_is_refused(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	assert_string_equal(as_json(&arena, "'a\\x00b'"),
			    "a text with a NUL cannot stand in a document");
	assert_string_equal(as_json(&arena, "{1: 2}"), "a key of a document is a text, not int");
	assert_string_equal(as_json(&arena, "1.0 / 0.0"),
			    "a number that is not finite cannot stand in a document");
	assert_string_equal(as_json(&arena, "18446744073709551615u"),
			    "18446744073709551615 is too large for a document");
	assert_string_equal(as_json(&arena, "[1 / 0]"), "division by zero");
}

static void
a_variable_without_a_value_is_an_error_where_it_is_used(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	assert_string_equal(value_of(&arena, &declared, no_bindings, "d"),
			    "error: the variable has no value");
	assert_string_equal(value_of(&arena, &declared, no_bindings, "true || d"), "true");
}

static void
long_values_are_cut_at_a_character(void **state)
{
	(void)state;
	CLEANUP(buf_done) struct buf out = {0};
	cel_format(cel_string("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", 8), 4, &out);
	assert_string_equal(out.data, "\"\xC3\xA9\xC3\xA9...\"");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(documents_are_read_where_they_are),
	    cmocka_unit_test(values_become_documents),
	    cmocka_unit_test(what_no_document_can_hold_is_refused),
	    cmocka_unit_test(a_variable_without_a_value_is_an_error_where_it_is_used),
	    cmocka_unit_test(long_values_are_cut_at_a_character),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
