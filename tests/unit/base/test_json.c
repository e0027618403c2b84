/*
 * Reading JSON, and writing it.
 */
#include <math.h>

#include "reading.h"

static void
assert_refused(void **state, const char *json, uint32_t line, uint32_t column, const char *message)
{
	struct err e = complaint_about(state, DOCUMENT_JSON, json);
	assert_int_equal(e.code, ERR_MALFORMED);
	assert_contains(e.message, message);
	assert_place(e.at, line, column);
}

static void
every_kind_of_value_is_read(void **state)
{
	const char *text = "{\"a\":[1,-2,0.5,1e2,true,false,null,\"x\"],\"\":{}}";
	struct node n = tree_of(state, DOCUMENT_JSON, text);
	const struct node *a = node_get(&n, "a");
	const enum node_kind kinds[] = {NODE_INT,  NODE_INT,  NODE_REAL, NODE_REAL,
					NODE_BOOL, NODE_BOOL, NODE_NULL, NODE_TEXT};
	assert_int_equal(a->count, ARRAY_LEN(kinds));
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		assert_int_equal(a->items[i].kind, kinds[i]);
	assert_int_equal(node_get(&n, "")->kind, NODE_MAP);
}

static void
a_single_scalar_is_a_document(void **state)
{
	struct node n = tree_of(state, DOCUMENT_JSON, " 7 ");
	assert_int_equal(n.integer, 7);
	assert_place(n.at, 1, 2);
}

static void
every_value_and_key_knows_its_place(void **state)
{
	struct node n =
	    tree_of(state, DOCUMENT_JSON,
		    "\r\n{ \"\xC3\xA9\\\"\" : [ {} , [], \"\xF0\x9F\x90\x9F,\" ,\r 5 ],\n"
		    "\t\"b\":{\"c\":null}}");
	assert_place(n.at, 2, 1);
	assert_string_equal(n.members[0].key, "\xC3\xA9\"");
	assert_place(n.members[0].at, 2, 3);
	const struct node *list = &n.members[0].value;
	assert_place(list->at, 2, 11);
	assert_place(list->items[0].at, 2, 13);
	assert_place(list->items[1].at, 2, 18);
	assert_place(list->items[2].at, 2, 22);
	assert_place(list->items[3].at, 3, 2);
	assert_place(n.members[1].at, 4, 2);
	assert_place(n.members[1].value.members[0].value.at, 4, 11);
}

static void
mistakes_are_told_at_the_token_that_is_wrong(void **state)
{
	assert_refused(state, "", 1, 1, "the document is empty");
	assert_refused(state, " \n ", 2, 2, "the document is empty");
	assert_refused(state, "[1,]", 1, 4, "']'");
	assert_refused(state, "[1\n  hello]", 2, 3, "hello");
	assert_refused(state, "{\"a\":1} x", 1, 9, "expected the end of the document, found x");
	assert_refused(state, "{\"a\":\n[1,2", 2, 5, "ends too early");
	assert_refused(state, "[\"abc", 1, 2, "no closing quote");
	assert_refused(state, "{\"k\":1,\n \"k\":2}", 2, 2, "duplicate key \"k\"");
	assert_refused(state, "[1, 99999999999999999999]", 1, 5, "does not fit");
	assert_refused(state, "[1, -1e999]", 1, 5, "does not fit");
	assert_refused(state, "[\"a\\u0000\"]", 1, 2, "cannot hold NUL");
	assert_refused(state, "{\"a\\u0000\":1}", 1, 2, "cannot hold NUL");
	assert_refused(state, "[\"\xFF\"]", 1, 3, "the byte 0xFF is not UTF-8");
}

static void
depth_is_checked_before_anything_descends(void **state)
{
	char *deep = arena_alloc(*state, 1000001);
	memset(deep, '[', 1000000);
	struct err e = complaint_about(state, DOCUMENT_JSON, deep);
	assert_int_equal(e.code, ERR_MALFORMED);
	assert_place(e.at, 1, 65);
	/* brackets inside of a text do not count */
	deep[0] = '"';
	deep[999999] = '"';
	tree_of(state, DOCUMENT_JSON, deep);
}

static void
the_number_of_values_is_limited(void **state)
{
	struct buf b = {0};
	buf_text(&b, "[0");
	for (int i = 0; i < 199998; i++)
		buf_text(&b, ",0");
	buf_char(&b, ']');
	tree_of(state, DOCUMENT_JSON, b.data);
	b.data[b.length - 1] = ',';
	buf_text(&b, "0]");
	struct err e = complaint_about(state, DOCUMENT_JSON, b.data);
	assert_int_equal(e.code, ERR_MALFORMED);
	buf_done(&b);
}

static void
what_is_written_reads_and_writes_the_same(void **state)
{
	const char *text =
	    "{\"b\":[1,1.0,-0.0,0.1,1e300,5e-324,\"\\u0001\\n\\\"\\\\/\xC3\xA9\"],\"a\":{}}";
	struct node n = tree_of(state, DOCUMENT_JSON, text);
	assert_string_equal(as_json(state, &n), text);
}

static void
assert_real(double n, const char *text)
{
	CLEANUP(buf_done) struct buf b = {0};
	struct json j = {.out = &b};
	json_real(&j, n);
	assert_string_equal(b.data, text);
}

static void
a_real_is_the_shortest_text_that_reads_back(void **state)
{
	(void)state;
	assert_real(1.0, "1.0");
	assert_real(0.1, "0.1");
	assert_real(1.0 / 3, "0.3333333333333333");
	assert_real(99.9, "99.9");
	assert_real(1e15, "1000000000000000.0");
	assert_real(1e16, "1e16");
	assert_real(0.00001, "0.00001");
	assert_real(1.5e-6, "1.5e-6");
	assert_real(1.7976931348623157e308, "1.7976931348623157e308");
	assert_real(5e-324, "5e-324");
	assert_real((double)NAN, "null");
	assert_real((double)INFINITY, "null");
}

static void
any_real_reads_back_as_itself(void **state)
{
	uint64_t seed = 42;
	for (int i = 0; i < 20000; i++) {
		double n;
		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
		memcpy(&n, &seed, sizeof n);
		if (!isfinite(n))
			continue;
		struct buf b = {0};
		struct json j = {.out = &b};
		json_real(&j, n);
		struct node again = tree_of(state, DOCUMENT_JSON, b.data);
		assert_int_equal(again.kind, NODE_REAL);
		assert_true(again.real == n);
		buf_done(&b);
	}
}

static void
pieces_are_separated_by_commas_where_they_must_be(void **state)
{
	CLEANUP(buf_done) struct buf b = {0};
	struct json j = {.out = &b};
	(void)state;
	json_begin_map(&j);
	json_member_text(&j, "t", NULL);
	json_key(&j, "l");
	json_begin_list(&j);
	json_int(&j, -1);
	json_begin_list(&j);
	json_end_list(&j);
	json_raw(&j, "{}", 2);
	json_bool(&j, true);
	json_null(&j);
	json_end_list(&j);
	json_member_int(&j, "i", INT64_MIN);
	json_member_bool(&j, "b", false);
	json_member_time(&j, "at", 1000000);
	json_member_time(&j, "never", 0);
	json_end_map(&j);
	assert_string_equal(
	    b.data, "{\"t\":null,\"l\":[-1,[],{},true,null],\"i\":-9223372036854775808,\"b\":"
		    "false,\"at\":\"1970-01-01T00:00:01.000000Z\",\"never\":null}");
}

static void
what_is_not_utf8_is_written_as_the_replacement_character(void **state)
{
	CLEANUP(buf_done) struct buf b = {0};
	(void)state;
	json_quote(&b, "a\xFF\xC3\xA9\x7F\0z", 7);
	assert_string_equal(b.data, "\"a\xEF\xBF\xBD\xC3\xA9\x7F\\u0000z\"");
}

static void
canonical_form_sorts_keys_by_bytes(void **state)
{
	CLEANUP(buf_done) struct buf one = {0}, two = {0};
	struct node a = tree_of(state, DOCUMENT_YAML, "{b: 1, a: {z: [2, 1], B: x}, \xC3\xA9: 0}");
	struct node b = tree_of(state, DOCUMENT_JSON,
				"{\"\xC3\xA9\":0,\"a\":{\"B\":\"x\",\"z\":[2,1]},\"b\":1}");
	json_canonical(&one, &a);
	json_canonical(&two, &b);
	assert_string_equal(one.data, two.data);
	assert_string_equal(one.data, "{\"a\":{\"B\":\"x\",\"z\":[2,1]},\"b\":1,\"\xC3\xA9\":0}");
}

/*
 * Gives whether the quick reader took it, whose trees have no places.  Whoever did, it is as if the
 * other one had.
 */
static bool
is_read_quickly(void **state, const char *text, size_t length)
{
	struct node quick, root;
	struct err e, f;
	enum err_code code = document_read_compact(text, length, NULL, *state, &quick, &e);
	if (document_read(DOCUMENT_JSON, text, length, NULL, *state, &root, &f) != code)
		fail_msg("'%.*s' is taken by one alone", (int)length, text);
	if (code != ERR_OK)
		assert_string_equal(e.message, f.message);
	else if (!node_equal(&quick, &root))
		fail_msg("'%.*s' is taken for something else", (int)length, text);
	return code == ERR_OK && quick.at.line == 0;
}

static const char *const compact_texts[] = {
    "{}",
    "[]",
    "null",
    "{\"a\":[],\"b\":{},\"c\":[[1,-2,3.5],{\"x\":null,\"y\":true,\"z\":false}]}",
    "[0,-1,999999999999999999,1.0,-0.001,1e16,1.7976931348623157e308]",
    "{\"\":\"\",\"a\\\"b\":\"\\\\ \\n\\t\\r\\b\\f\\u001f\",\"\xC3\xA9\":\"\xE2\x82\xAC\"}",
    "{\"b\":{\"z\":1,\"a\":2},\"a\":[],\"c\":0,\"B\":1}",
};

static void
what_was_written_compactly_is_read_back_quickly(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(compact_texts); i++)
		if (!is_read_quickly(state, compact_texts[i], strlen(compact_texts[i])))
			fail_msg("'%s' is not taken", compact_texts[i]);
}

static void
what_is_not_compact_is_left_to_the_other_reader(void **state)
{
	static const char *const others[] = {
	    "",
	    " {}",
	    "{} ",
	    "{\"a\":1,\"a\":2}",
	    "{\"a\":1,\"c\":2,\"b\":3,\"c\":4}",
	    "{\"b\":1,\"c\":2,\"a\":3,\"b\":4}",
	    "[1,]",
	    "[1 ]",
	    "{\"a\" :1}",
	    "01",
	    "1000000000000000000",
	    "1e999",
	    "nul",
	    "\"\\u00e9\"",
	    "\"\\u0000\"",
	    "\"\\x\"",
	    "\"a\nb\"",
	    "\"open",
	    "\"open\\",
	    "[\xFF]",
	    "\"\xFF\"",
	    "{\"a\"}",
	    "{\"a\":}",
	    "{1:2}",
	    "-",
	    "1.",
	};
	CLEANUP(buf_done) struct buf deep = {0};
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (is_read_quickly(state, others[i], strlen(others[i])))
			fail_msg("'%s' is taken", others[i]);
	for (int i = 0; i < 100000; i++)
		buf_char(&deep, '[');
	assert_false(is_read_quickly(state, deep.data, deep.length));
}

static void
no_changed_byte_makes_the_quick_reader_differ(void **state)
{
	static const char bytes[] = "\"\\{}[]:,-+.eE0119tfn u/\x01\x7f\xC3\xFF\n";
	for (size_t i = 0; i < ARRAY_LEN(compact_texts); i++) {
		size_t length = strlen(compact_texts[i]);
		for (size_t at = 0; at < length; at++)
			for (size_t n = 0; n < sizeof bytes; n++) { /* the NUL, too */
				char *text = arena_bytes(*state, compact_texts[i], length);
				text[at] = bytes[n];
				is_read_quickly(state, text, length);
				is_read_quickly(state, text, at);
			}
	}
}

static void
pretty_form_has_a_line_for_each_value(void **state)
{
	CLEANUP(buf_done) struct buf b = {0};
	struct node n = tree_of(state, DOCUMENT_JSON, "{\"a\":[1,{\"b\":[]}],\"c\":{}}");
	json_pretty(&b, &n);
	assert_string_equal(
	    b.data, "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    }\n  ],\n  \"c\": {}\n}");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_ARENA(every_kind_of_value_is_read),
	    IN_ARENA(a_single_scalar_is_a_document),
	    IN_ARENA(every_value_and_key_knows_its_place),
	    IN_ARENA(mistakes_are_told_at_the_token_that_is_wrong),
	    IN_ARENA(depth_is_checked_before_anything_descends),
	    IN_ARENA(the_number_of_values_is_limited),
	    IN_ARENA(what_is_written_reads_and_writes_the_same),
	    IN_ARENA(a_real_is_the_shortest_text_that_reads_back),
	    IN_ARENA(any_real_reads_back_as_itself),
	    IN_ARENA(pieces_are_separated_by_commas_where_they_must_be),
	    IN_ARENA(what_is_not_utf8_is_written_as_the_replacement_character),
	    IN_ARENA(canonical_form_sorts_keys_by_bytes),
	    IN_ARENA(what_was_written_compactly_is_read_back_quickly),
	    IN_ARENA(what_is_not_compact_is_left_to_the_other_reader),
	    IN_ARENA(no_changed_byte_makes_the_quick_reader_differ),
	    IN_ARENA(pretty_form_has_a_line_for_each_value),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
