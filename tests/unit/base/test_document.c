/*
 * Files, and looking into a tree.
 */
#include "base/utf8.h"

#include "folder.h"
#include "reading.h"

static const char *
write_file(void **state, const struct folder *f, const char *name, const char *text)
{
	const char *path = arena_printf(*state, "%s/%s", f->path, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	return path;
}

static void
the_ending_of_a_file_gives_its_format(void **state)
{
	struct folder f;
	struct node n;
	struct err e;
	folder_make(&f);
	const char *json = write_file(state, &f, "a.json", "{\"a\": no}");
	const char *yaml = write_file(state, &f, "a.yaml", "{\"a\": no}");
	assert_int_equal(document_read_file(yaml, *state, &n, &e), ERR_OK);
	assert_string_equal(node_text(&n, "a", ""), "no");
	assert_int_equal(document_read_file(json, *state, &n, &e), ERR_MALFORMED);
	const char *start = arena_printf(*state, "%s: 1:7: ", json);
	assert_memory_equal(e.message, start, strlen(start));
	folder_remove(&f);
}

static void
a_file_that_is_not_there_is_not_found(void **state)
{
	struct node n;
	struct err e;
	assert_int_equal(document_read_file("no/such/file.yaml", *state, &n, &e), ERR_NOT_FOUND);
	assert_string_equal(e.message, "no/such/file.yaml: No such file or directory");
	assert_int_equal(document_read_file("/", *state, &n, &e), ERR_IO);
}

static void
a_file_is_read_up_to_its_limit(void **state)
{
	struct folder f;
	struct err e;
	char *text;
	size_t length;
	folder_make(&f);
	const char *path = write_file(state, &f, "a", "12345");
	assert_int_equal(file_read(path, 5, *state, &text, &length, &e), ERR_OK);
	assert_int_equal(length, 5);
	assert_string_equal(text, "12345");
	assert_int_equal(file_read(path, 4, *state, &text, &length, &e), ERR_TOO_LARGE);
	assert_int_equal(file_read(write_file(state, &f, "b", ""), 4, *state, &text, &length, &e),
			 ERR_OK);
	assert_string_equal(text, "");
	folder_remove(&f);
}

static void
a_file_without_a_size_is_read_to_its_end(void **state)
{
	struct err e;
	char *text;
	size_t length;
	assert_int_equal(file_read("/proc/self/status", 65536, *state, &text, &length, &e), ERR_OK);
	assert_true(length > 100);
}

static void
members_are_looked_up_with_a_default(void **state)
{
	struct node n = tree_of(state, DOCUMENT_YAML, "{t: x, i: 5, b: true, n: null}");
	assert_string_equal(node_text(&n, "t", "?"), "x");
	assert_string_equal(node_text(&n, "i", "?"), "?");
	assert_int_equal(node_int(&n, "i", 9), 5);
	assert_int_equal(node_int(&n, "t", 9), 9);
	assert_true(node_bool(&n, "b", false));
	assert_true(node_bool(&n, "none", true));
	assert_int_equal(node_get(&n, "n")->kind, NODE_NULL);
	assert_null(node_get(&n, "none"));
	assert_null(node_get(NULL, "t"));
	assert_null(node_get(node_get(&n, "t"), "t"));
}

static void
assert_equality(void **state, const char *a, const char *b, bool is_equal)
{
	struct node left = tree_of(state, DOCUMENT_YAML, a),
		    right = tree_of(state, DOCUMENT_YAML, b);
	assert_int_equal(node_equal(&left, &right), is_equal);
	assert_int_equal(node_equal(&right, &left), is_equal);
}

static void
equal_trees_have_equal_values_in_any_order_of_keys(void **state)
{
	assert_equality(state, "{a: 1, b: [x, {c: ~}]}", "{b: [x, {c: null}], a: 1}", true);
	assert_equality(state, "1", "1.0", false);
	assert_equality(state, "1", "'1'", false);
	assert_equality(state, "[1, 2]", "[2, 1]", false);
	assert_equality(state, "{a: 1}", "{a: 2}", false);
	assert_equality(state, "{a: 1, b: 2}", "{a: 1, c: 2}", false);
	assert_equality(state, "{a: 1, b: 2}", "{b: 1, a: 2}", false);
	assert_equality(state, "[1]", "[1, 1]", false);
	assert_equality(state, "true", "false", false);
	assert_equality(state, "1.5", "1.5", true);
}

static void
kinds_have_names_for_messages(void **state)
{
	(void)state;
	assert_string_equal(node_kind_name(NODE_NULL), "nothing");
	assert_string_equal(node_kind_name(NODE_TEXT), "a text");
	assert_string_equal(node_kind_name(NODE_MAP), "a map");
}

static void
a_text_is_cut_between_characters(void **state)
{
	(void)state;
	assert_int_equal(utf8_cut("abc", 3, 10), 3);
	assert_int_equal(utf8_cut("a\xC3\xA9", 3, 2), 1);
	assert_int_equal(utf8_cut("a\xC3\xA9z", 4, 3), 3);
	assert_int_equal(utf8_cut("\xF0\x9F\x90\x9F", 4, 3), 0);
}

static void
well_formed_characters_are_told_from_others(void **state)
{
	(void)state;
	assert_int_equal(utf8_step("a", 1), 1);
	assert_int_equal(utf8_step("\xC3\xA9", 2), 2);
	assert_int_equal(utf8_step("\xE2\x82\xAC", 3), 3);
	assert_int_equal(utf8_step("\xF4\x8F\xBF\xBF", 4), 4);
	static const char *const bad[] = {"\x80",
					  "\xC1\xBF",
					  "\xC3",
					  "\xE0\x9F\xBF",
					  "\xED\xA0\x80",
					  "\xE2\x82",
					  "\xF0\x8F\xBF\xBF",
					  "\xF4\x90\x80\x80",
					  "\xF5\x80\x80\x80"};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(utf8_step(bad[i], strlen(bad[i])), 0);
	assert_int_equal(utf8_check("ab\xC3\xA9\xFF", 5), 4);
}

static void
a_byte_that_is_no_character_is_found_wherever_it_stands(void **state)
{
	char text[32];
	(void)state;
	for (size_t good = 0; good + 2 <= sizeof text; good++)
		for (size_t bad = 0; bad < sizeof text; bad++) {
			memset(text, 'a', sizeof text);
			text[good] = '\xC3';
			text[good + 1] = '\xA9';
			assert_int_equal(utf8_check(text, sizeof text), sizeof text);
			assert_int_equal(utf8_check(text, good + 1), good); /* cut */
			text[bad] = '\xFF';
			assert_int_equal(utf8_check(text, sizeof text),
					 bad == good + 1 ? good : bad);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_ARENA(the_ending_of_a_file_gives_its_format),
	    IN_ARENA(a_file_that_is_not_there_is_not_found),
	    IN_ARENA(a_file_is_read_up_to_its_limit),
	    IN_ARENA(a_file_without_a_size_is_read_to_its_end),
	    IN_ARENA(members_are_looked_up_with_a_default),
	    IN_ARENA(equal_trees_have_equal_values_in_any_order_of_keys),
	    IN_ARENA(kinds_have_names_for_messages),
	    IN_ARENA(a_text_is_cut_between_characters),
	    IN_ARENA(well_formed_characters_are_told_from_others),
	    IN_ARENA(a_byte_that_is_no_character_is_found_wherever_it_stands),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
