/*
 * Reading YAML: what is read, where it stood, and what is refused.
 */
#include "reading.h"

static void
assert_yaml(void **state, const char *yaml, const char *json)
{
	struct node n = tree_of(state, DOCUMENT_YAML, yaml);
	assert_string_equal(as_json(state, &n), json);
}

static struct err
refused(void **state, const char *yaml)
{
	return complaint_about(state, DOCUMENT_YAML, yaml);
}

static void
assert_refused(void **state, const char *yaml, uint32_t line, uint32_t column, const char *message)
{
	struct err e = refused(state, yaml);
	assert_int_equal(e.code, ERR_MALFORMED);
	assert_contains(e.message, message);
	assert_place(e.at, line, column);
}

static void
the_core_schema_gives_plain_texts_their_type(void **state)
{
	assert_yaml(state, "[null, Null, NULL, ~, ]", "[null,null,null,null]");
	assert_yaml(state, "[true, True, TRUE, false, False, FALSE]",
		    "[true,true,true,false,false,false]");
	assert_yaml(state, "[0, 12, -3, +4, 007, 0o17, 0xFf]", "[0,12,-3,4,7,15,255]");
	assert_yaml(state, "[1.0, .5, -1., 1e3, 12E-1, +1.5e+2]",
		    "[1.0,0.5,-1.0,1000.0,1.2,150.0]");
	assert_yaml(state, "[9223372036854775807, -9223372036854775808]",
		    "[9223372036854775807,-9223372036854775808]");
}

static void
what_yaml_1_1_had_in_addition_is_text(void **state)
{
	assert_yaml(state, "[yes, no, on, off, y, n]",
		    "[\"yes\",\"no\",\"on\",\"off\",\"y\",\"n\"]");
	assert_yaml(state, "[2024-01-01, 190:20:30, 1_000, 0b11, '=']",
		    "[\"2024-01-01\",\"190:20:30\",\"1_000\",\"0b11\",\"=\"]");
	assert_yaml(state, "{<<: {a: 1}, b: 2}", "{\"<<\":{\"a\":1},\"b\":2}");
}

static void
what_looks_like_a_number_but_is_none_is_text(void **state)
{
	assert_yaml(state, "[0x, 0o8, +0x1, -, ., e5, 1e, 1.2.3, 0xg, 1e+, nULL, tRUE]",
		    "[\"0x\",\"0o8\",\"+0x1\",\"-\",\".\",\"e5\",\"1e\",\"1.2.3\",\"0xg\",\"1e+\","
		    "\"nULL\",\"tRUE\"]");
}

static void
quotes_make_a_text(void **state)
{
	assert_yaml(state, "['12', \"true\", '~', '', \"\\x41\\u00e9\\n\"]",
		    "[\"12\",\"true\",\"~\",\"\",\"A\xC3\xA9\\n\"]");
	assert_yaml(state, "|\n 12\n", "\"12\\n\"");
	assert_yaml(state, ">-\n one\n two\n", "\"one two\"");
}

static void
tags_of_the_core_schema_are_followed(void **state)
{
	assert_yaml(state, "[!!str 12, !!int '12', !!float 3, !!bool \"true\", !!null '']",
		    "[\"12\",12,3.0,true,null]");
	assert_yaml(state, "{a: ! 12, b: &x ! 12, c: !!seq [], d: !!map {}, e: ! x}",
		    "{\"a\":\"12\",\"b\":\"12\",\"c\":[],\"d\":{},\"e\":\"x\"}");
	assert_yaml(state, "a:\n!!str b: c", "{\"a\":null,\"b\":\"c\"}");
	assert_yaml(state, "%TAG !y! tag:yaml.org,2002:\n---\n!y!str 1", "\"1\"");
}

static void
other_tags_are_refused(void **state)
{
	assert_refused(state, "a: !point [1, 2]", 1, 4, "the tag !point is not known");
	assert_refused(state, "a: !!timestamp 2024-01-01", 1, 4, "the tag !!timestamp");
	assert_refused(state, "a: !!int x", 1, 4, "the tag !!int does not fit its value");
	assert_refused(state, "a: !!map []", 1, 4, "the tag !!map does not fit its value");
	assert_refused(state, "!!int 1: x", 1, 1, "keys are texts");
	assert_refused(state, "!e!x 1", 1, 1, "undefined tag handle");
}

static void
numbers_that_do_not_fit_are_refused(void **state)
{
	assert_refused(state, "a: 9223372036854775808", 1, 4, "does not fit 64 bits");
	assert_refused(state, "a: 0xFFFFFFFFFFFFFFFF", 1, 4, "put it in quotes");
	assert_refused(state, "a: 1e999", 1, 4, "too large");
	assert_refused(state, "a: -.inf", 1, 4, "has no form in JSON");
	assert_refused(state, "a: .NaN", 1, 4, "has no form in JSON");
	assert_yaml(state, "1e-999", "0.0");
}

static void
every_value_and_key_knows_its_place(void **state)
{
	struct node n = tree_of(state, DOCUMENT_YAML,
				"name: x\n\xC3\xA9t\xC3\xA9: [1, '\xF0\x9F\x90\x9F', {k: v}]\nb:\n"
				"  - |\n    text\n");
	assert_place(n.at, 1, 1);
	assert_place(n.members[0].at, 1, 1);
	assert_place(n.members[0].value.at, 1, 7);
	const struct node *list = &n.members[1].value;
	assert_place(n.members[1].at, 2, 1);
	assert_place(list->at, 2, 6);
	assert_place(list->items[1].at, 2, 10);
	assert_place(list->items[2].at, 2, 15);
	assert_place(list->items[2].members[0].value.at, 2, 19);
	assert_place(n.members[2].value.at, 4, 3);
	assert_place(n.members[2].value.items[0].at, 4, 5);
}

static void
line_ends_of_every_system_count_once(void **state)
{
	struct node n = tree_of(state, DOCUMENT_YAML, "a: 1\r\nb: 2\rc: 3\n");
	assert_place(n.members[1].at, 2, 1);
	assert_place(n.members[2].at, 3, 1);
}

static void
a_byte_order_mark_is_skipped(void **state)
{
	struct node n = tree_of(state, DOCUMENT_YAML,
				"\xEF\xBB\xBF"
				"a: 1");
	assert_place(n.members[0].at, 1, 1);
	assert_string_equal(n.members[0].key, "a");
}

static void
a_duplicate_key_is_refused_where_it_stands(void **state)
{
	assert_refused(state, "a: 1\nb: 2\na: 3\n", 3, 1, "duplicate key 'a'; it stands at 1:1");
	assert_refused(state, "{x: {k: 1, 'k': 2}}", 1, 12, "duplicate key 'k'");
}

static void
duplicates_are_found_among_many_keys(void **state)
{
	struct buf b = {0};
	for (int i = 0; i < 5000; i++)
		buf_printf(&b, "k%d: %d\n", i, i);
	buf_text(&b, "k1234: again\n");
	assert_refused(state, b.data, 5001, 1, "duplicate key 'k1234'; it stands at 1235:1");
	buf_done(&b);
}

static void
keys_must_be_texts(void **state)
{
	assert_yaml(state, "{1: a, true: b, 'x': c, ~: d}",
		    "{\"1\":\"a\",\"true\":\"b\",\"x\":\"c\",\"~\":\"d\"}");
	assert_refused(state, "{{x}}: y", 1, 1, "a key must be a text, found a map");
	assert_refused(state, "? [a]\n: b", 1, 3, "a key must be a text, found a list");
	assert_refused(state, "?\n: x", 1, 2, "a key is missing");
	assert_refused(state, "a: &n 5\n*n : x", 2, 1, "the alias stands for a whole number");
}

static void
an_alias_shares_what_its_anchor_holds(void **state)
{
	assert_yaml(state, "a: &x {k: [1]}\nb: *x\n", "{\"a\":{\"k\":[1]},\"b\":{\"k\":[1]}}");
	assert_yaml(state, "[&x 1, *x, &x 2, *x]", "[1,1,2,2]");
	assert_yaml(state, "{&k a: 1, b: *k, c: {*k : 2}}",
		    "{\"a\":1,\"b\":\"a\",\"c\":{\"a\":2}}");
	struct node n = tree_of(state, DOCUMENT_YAML, "a: &x [1]\nb: *x\n");
	assert_ptr_equal(n.members[0].value.items, n.members[1].value.items);
	assert_place(n.members[1].value.at, 2, 4);
}

static void
a_later_anchor_counts_from_where_it_begins(void **state)
{
	assert_yaml(state, "[&x [&x 1, *x], *x]", "[[1,1],1]");
}

static void
an_alias_without_an_anchor_is_refused(void **state)
{
	assert_refused(state, "a: *x", 1, 4, "no anchor '&x'");
}

static void
an_alias_that_expands_without_end_is_refused(void **state)
{
	assert_refused(state, "&x [1, *x]", 1, 8, "the alias '*x' stands inside");
	assert_refused(state, "a: &x {b: {c: *x}}", 1, 15, "the alias '*x' stands inside");
}

static void
aliases_count_as_often_as_they_stand_there(void **state)
{
	struct buf b = {0};
	struct err e;
	buf_text(&b, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 9; i++) {
		buf_printf(&b, "a%d: &a%d [", i, i);
		for (int k = 0; k < 10; k++)
			buf_printf(&b, "*a%d,", i - 1);
		buf_text(&b, "]\n");
	}
	e = refused(state, b.data);
	assert_int_equal(e.code, ERR_MALFORMED);
	assert_contains(e.message, "more than 200000 values");
	assert_int_equal(e.at.line, 6);
	buf_done(&b);
}

static void
aliases_cannot_multiply_a_long_text(void **state)
{
	struct buf b = {0};
	buf_text(&b, "- &t ");
	for (int i = 0; i < 100000; i++)
		buf_char(&b, 'x');
	buf_char(&b, '\n');
	for (int i = 0; i < 50; i++)
		buf_text(&b, "- *t\n");
	struct err e = refused(state, b.data);
	assert_int_equal(e.code, ERR_MALFORMED);
	assert_contains(e.message, "with its aliases written out");
	buf_done(&b);
}

static void
aliases_cannot_deepen_the_tree(void **state)
{
	struct buf b = {0};
	buf_text(&b, "- &d0 [x]\n");
	for (int i = 1; i < 70; i++)
		buf_printf(&b, "- &d%d [*d%d]\n", i, i - 1);
	struct err e = refused(state, b.data);
	assert_int_equal(e.code, ERR_MALFORMED);
	assert_contains(e.message, "more than 64 levels");
	buf_done(&b);
}

static void
anchors_are_limited(void **state)
{
	struct buf b = {0};
	for (int i = 0; i < 10000; i++)
		buf_printf(&b, "- &a%d x\n", i);
	tree_of(state, DOCUMENT_YAML, b.data);
	buf_text(&b, "- &another x\n- x\n");
	struct err e = refused(state, b.data);
	assert_int_equal(e.code, ERR_MALFORMED);
	assert_contains(e.message, "more than 10000 anchors");
	buf_done(&b);
}

static char *
repeated(void **state, const char *part, size_t times)
{
	struct buf b = {0};
	for (size_t i = 0; i < times; i++)
		buf_text(&b, part);
	char *text = arena_text(*state, b.data);
	buf_done(&b);
	return text;
}

static void
depth_is_limited(void **state)
{
	const char *opened = repeated(state, "[", 64), *closed = repeated(state, "]", 64);
	tree_of(state, DOCUMENT_YAML, arena_printf(*state, "%s%s", opened, closed));
	struct err e = refused(state, arena_printf(*state, "[%s%s]", opened, closed));
	assert_int_equal(e.code, ERR_MALFORMED);
	assert_place(e.at, 1, 65);
	e = refused(state, repeated(state, "- ", 100000));
	assert_int_equal(e.code, ERR_MALFORMED);
}

static void
size_is_limited(void **state)
{
	const struct document_limits small = {.bytes = 20, .nodes = 3, .depth = 2};
	struct node n;
	struct err e;
	const char *text = "[aaaaaaaa, bbbbbbbbb]";
	assert_int_equal(document_read(DOCUMENT_YAML, text, 21, &small, *state, &n, &e),
			 ERR_TOO_LARGE);
	assert_contains(e.message, "21 bytes; at most 20");
	assert_int_equal(document_read(DOCUMENT_YAML, "[a, b]", 6, &small, *state, &n, &e), ERR_OK);
	assert_int_equal(document_read(DOCUMENT_YAML, "[a, b, c]", 9, &small, *state, &n, &e),
			 ERR_MALFORMED);
	assert_place(e.at, 1, 8);
}

static void
many_tag_directives_are_refused_at_once(void **state)
{
	struct buf b = {0};
	for (int i = 0; i < 20; i++)
		buf_printf(&b, "%%TAG !t%d! tag:x,%d\n", i, i);
	buf_text(&b, "--- a");
	struct err e = refused(state, b.data);
	assert_int_equal(e.code, ERR_MALFORMED);
	assert_int_equal(e.at.line, 17);
	buf_done(&b);
	tree_of(state, DOCUMENT_YAML, repeated(state, "a %TAG b ", 40));
}

static void
only_one_document_is_read(void **state)
{
	assert_yaml(state, "---\na\n...\n", "\"a\"");
	assert_yaml(state, "---\n", "null");
	assert_refused(state, "a\n---\nb", 2, 1, "a second document begins here");
}

static void
an_empty_text_is_no_document(void **state)
{
	assert_refused(state, "", 1, 1, "the document is empty");
	assert_refused(state, "# nothing\n", 2, 1, "the document is empty");
	struct node n;
	struct err e;
	assert_int_equal(document_read(DOCUMENT_YAML, NULL, 0, NULL, *state, &n, &e),
			 ERR_MALFORMED);
}

static void
nul_is_refused_however_it_is_written(void **state)
{
	struct node n;
	struct err e;
	assert_refused(state, "a: \"x\\0y\"", 1, 4, "cannot hold NUL");
	assert_refused(state, "\"\\x00\": y", 1, 1, "cannot hold NUL");
	assert_int_equal(document_read(DOCUMENT_YAML, "a: b\nc: \0d", 10, NULL, *state, &n, &e),
			 ERR_MALFORMED);
	assert_place(e.at, 2, 4);
}

static void
bytes_that_are_not_utf8_are_refused(void **state)
{
	assert_refused(state, "a: \xC3\xA9\xFF", 1, 5, "the byte 0xFF is not UTF-8");
	assert_refused(state, "a: \xED\xA0\x80", 1, 4, "not UTF-8");
	assert_refused(state, "a: \xC0\x80", 1, 4, "not UTF-8");
	assert_refused(state, "a: \xE2\x82", 1, 4, "not UTF-8");
}

static void
control_characters_are_refused_with_their_place(void **state)
{
	assert_refused(state, "a: b\nc: x\x01", 2, 5, "U+0001");
}

static void
mistakes_of_grammar_come_with_advice(void **state)
{
	assert_refused(state, "a: b: c", 1, 5, "must stand in quotes");
	assert_refused(state, "a:\n\tb: 1", 2, 1, "a tab cannot indent");
	assert_refused(state, "a: @x", 1, 4, "must stand in quotes");
	assert_refused(state, "a: [1, 2", 1, 9, "close the list with ']'");
	assert_refused(state, "a: \"x\nb: 1", 2, 5, "close the quotes");
	assert_refused(state, "a: 1\n  b: 2", 2, 4, "nested map");
	assert_refused(state, "\"\\q\"", 1, 2, "write \\\\ for a backslash");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_ARENA(the_core_schema_gives_plain_texts_their_type),
	    IN_ARENA(what_yaml_1_1_had_in_addition_is_text),
	    IN_ARENA(what_looks_like_a_number_but_is_none_is_text),
	    IN_ARENA(quotes_make_a_text),
	    IN_ARENA(tags_of_the_core_schema_are_followed),
	    IN_ARENA(other_tags_are_refused),
	    IN_ARENA(numbers_that_do_not_fit_are_refused),
	    IN_ARENA(every_value_and_key_knows_its_place),
	    IN_ARENA(line_ends_of_every_system_count_once),
	    IN_ARENA(a_byte_order_mark_is_skipped),
	    IN_ARENA(a_duplicate_key_is_refused_where_it_stands),
	    IN_ARENA(duplicates_are_found_among_many_keys),
	    IN_ARENA(keys_must_be_texts),
	    IN_ARENA(an_alias_shares_what_its_anchor_holds),
	    IN_ARENA(a_later_anchor_counts_from_where_it_begins),
	    IN_ARENA(an_alias_without_an_anchor_is_refused),
	    IN_ARENA(an_alias_that_expands_without_end_is_refused),
	    IN_ARENA(aliases_count_as_often_as_they_stand_there),
	    IN_ARENA(aliases_cannot_multiply_a_long_text),
	    IN_ARENA(aliases_cannot_deepen_the_tree),
	    IN_ARENA(anchors_are_limited),
	    IN_ARENA(depth_is_limited),
	    IN_ARENA(size_is_limited),
	    IN_ARENA(many_tag_directives_are_refused_at_once),
	    IN_ARENA(only_one_document_is_read),
	    IN_ARENA(an_empty_text_is_no_document),
	    IN_ARENA(nul_is_refused_however_it_is_written),
	    IN_ARENA(bytes_that_are_not_utf8_are_refused),
	    IN_ARENA(control_characters_are_refused_with_their_place),
	    IN_ARENA(mistakes_of_grammar_come_with_advice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
