/*
 * Where texts stand in a YAML document: their bytes, their pointers, and the places inside.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/document.h"
#include "base/yaml_text.h"

#include "unit.h"

static const char *
styles(enum text_style style)
{
	static const char *const names[] = {"plain", "single", "double", "literal", "folded"};
	return names[style];
}

static void
stand(const char *document, const char *wanted)
{
	CLEANUP(arena_done) struct arena arena = {0};
	CLEANUP(buf_done) struct buf out = {0};
	struct yaml_text *texts;
	size_t count;
	struct err e;
	assert_int_equal(yaml_texts(document, strlen(document), &arena, &texts, &count, &e), 0);
	for (size_t i = 0; i < count; i++)
		buf_printf(&out, "%s %s%s%s <%.*s>\n", texts[i].pointer, styles(texts[i].style),
			   texts[i].in_flow ? " flow" : "", texts[i].decorated ? " decorated" : "",
			   (int)(texts[i].end - texts[i].start), document + texts[i].start);
	assert_string_equal(out.data ? out.data : "", wanted);
}

static void
each_value_has_its_bytes_and_its_pointer(void **state)
{
	(void)state;
	stand("a: b\nc: 'd''e' # f\ng: \"h\\n\"\n", "/a plain <b>\n/c single <'d''e'>\n"
						    "/g double <\"h\\n\">\n");
	stand("- x\n- {k: y, l: [z]}\n- - w\n",
	      "/0 plain <x>\n/1/k plain flow <y>\n/1/l/0 plain flow <z>\n/2/0 plain <w>\n");
	stand("ä/b: ü\nc: é\n", "/ä~1b plain <ü>\n/c plain <é>\n");
	stand("text", " plain <text>\n");
	stand("\xEF\xBB\xBFk: x\n", "/k plain <x>\n");
}

static void
blocks_go_from_their_sign_to_the_last_line(void **state)
{
	(void)state;
	stand("a: |\n  one\n  two\nb: x\n", "/a literal <|\n  one\n  two\n>\n/b plain <x>\n");
	stand("a: >-\n  one\n\nb: x\n", "/a folded <>-\n  one\n\n>\n/b plain <x>\n");
	stand("- |2\n    one\n", "/0 literal <|2\n    one\n>\n");
}

static void
what_is_decorated_is_said_to_be(void **state)
{
	(void)state;
	stand("a: &x b\nc: !!str d\ne: *x\nf: g\n",
	      "/a plain decorated <&x b>\n/c plain decorated <!!str d>\n/f plain <g>\n");
}

static void
what_is_no_yaml_is_malformed(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	static const char *const wrong[] = {"a: [", "a: 'b", "? [x]\n: y\n", "\t- a"};
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct yaml_text *texts;
		size_t count;
		struct err e = {0};
		assert_int_equal(yaml_texts(wrong[i], strlen(wrong[i]), &arena, &texts, &count, &e),
				 ERR_MALFORMED);
		assert_true(strlen(e.message) > 0);
	}
}

/* The '^' in each document is not there: it says where the text's `x` must be found. */
static void
is_found(const char *marked)
{
	CLEANUP(arena_done) struct arena arena = {0};
	char document[200];
	struct yaml_text *texts;
	size_t count;
	struct err e;
	const char *mark = strchr(marked, '^');
	size_t at = (size_t)(mark - marked);
	snprintf(document, sizeof document, "%.*s%s", (int)at, marked, mark + 1);
	assert_int_equal(yaml_texts(document, strlen(document), &arena, &texts, &count, &e), 0);
	const struct yaml_text *t = yaml_text_find(texts, count, "/k");
	size_t offset = (size_t)(strchr(t->value, 'x') - t->value);
	assert_int_equal(yaml_text_place(t, document, offset), at);
}

static void
a_byte_of_a_text_is_found_in_the_document(void **state)
{
	(void)state;
	is_found("k: a b ^x\n");
	is_found("k: a\n  b\n  ^x c\nl: m\n");
	is_found("k: 'it''s ^x'\n");
	is_found("k: \"a \\\"b\\\" \\n ^x\"\n");
	is_found("k: \"\\u00e4\\x41^x\"\n");
	is_found("j: 1\nk: |\n  a b\n    ^x c\n");
	is_found("k: >-\n\n  a b\n\n  b\n  ^x\nl: y\n");
	is_found("k: # why\n  a ^x\n");
	is_found("k: >- # why x\n  a ^x\n");
	is_found("ä: ö\nk: ü ^x\n");
}

/* And not where the line after it begins. */
static void
the_end_of_a_text_is_behind_its_last_character(void **state)
{
	(void)state;
	static const char *const documents[] = {"k: a b^\n", "k: 'a b^'\n", "k: \"a b^\"\n",
						"k: |\n  a\n  b^\n\nl: m\n",
						"k: >-\n  a\n  b^\nl: m\n"};
	for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
		CLEANUP(arena_done) struct arena arena = {0};
		char document[200];
		struct yaml_text *texts;
		size_t count, at = (size_t)(strchr(documents[i], '^') - documents[i]);
		struct err e;
		snprintf(document, sizeof document, "%.*s%s", (int)at, documents[i],
			 documents[i] + at + 1);
		assert_int_equal(yaml_texts(document, strlen(document), &arena, &texts, &count, &e),
				 0);
		const struct yaml_text *t = yaml_text_find(texts, count, "/k");
		assert_int_equal(yaml_text_place(t, document, t->length), at);
	}
}

static void
no_text_is_at_a_pointer_that_is_not_there(void **state)
{
	(void)state;
	struct yaml_text one = {.pointer = "/a"};
	assert_null(yaml_text_find(&one, 1, "/b"));
	assert_ptr_equal(yaml_text_find(&one, 1, "/a"), &one);
	assert_null(yaml_text_find(NULL, 0, "/a"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_value_has_its_bytes_and_its_pointer),
	    cmocka_unit_test(blocks_go_from_their_sign_to_the_last_line),
	    cmocka_unit_test(what_is_decorated_is_said_to_be),
	    cmocka_unit_test(what_is_no_yaml_is_malformed),
	    cmocka_unit_test(a_byte_of_a_text_is_found_in_the_document),
	    cmocka_unit_test(the_end_of_a_text_is_behind_its_last_character),
	    cmocka_unit_test(no_text_is_at_a_pointer_that_is_not_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
