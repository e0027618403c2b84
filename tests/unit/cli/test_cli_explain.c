/*
 * The tree of an explanation on a screen: what is cut, what is marked, and what JSON says of it.
 */
#include <string.h>

#include "cmocka_first.h"
#include "explain_tree.h"
#include "width.h"

struct tree {
	struct cel_part whole, round, skipped, rest, leaf;
};

static const char long_text[] = "product.schema.filter(c, c.name != '' && c.type in "
				"params.types).exists(c, c.pii) || is_given(x)";

/* whole -> [round -> [leaf], skipped, rest] */
static void
make(struct tree *t)
{
	*t = (struct tree){
	    .leaf = {.kind = PART_STEP, .text = "c.pii", .value = cel_bool(false), .blamed = true},
	    .rest = {.kind = PART_REST, .text = "", .count = 2},
	    .skipped = {.kind = PART_SKIPPED, .text = "is_given(x)"},
	    .round = {.kind = PART_ROUND,
		      .text = "c = {\"name\": \"a\"}",
		      .value = cel_bool(false)},
	    .whole = {.kind = PART_STEP, .text = long_text, .value = cel_bool(false)},
	};
	t->whole.parts = &t->round;
	t->round.parts = &t->leaf;
	t->round.next = &t->skipped;
	t->skipped.next = &t->rest;
}

static const char *
drawn(struct arena *arena, size_t width, bool colour)
{
	CLEANUP(buf_done) struct buf out = {0};
	struct tree t;
	make(&t);
	const struct screen s = {.terminal = width > 0, .colour = colour, .width = width};
	explain_tree_write(&s, &t.whole, arena, &out);
	return arena_bytes(arena, out.data, out.length);
}

static void
what_has_parts_is_shortened_and_nothing_else(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	assert_string_equal(
	    drawn(&arena, 0, false),
	    "  product.schema.filter(c, c.name != '' && c.type in params.types).exists…  false\n"
	    "  ├─ c = {\"name\": \"a\"}                                                      "
	    "false\n"
	    "  │  └─ c.pii                                                               false ◀\n"
	    "  ├─ is_given(x)                                                            not "
	    "evaluated\n"
	    "  └─ 2 more items\n");
}

static void
no_line_is_wider_than_the_terminal(void **state)
{
	(void)state;
	for (size_t width = 30; width < 140; width++) {
		CLEANUP(arena_done) struct arena arena = {0};
		const char *text = drawn(&arena, width, false);
		for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
			const char *one = arena_bytes(&arena, line, strcspn(line, "\n"));
			assert_in_range(text_width(one), 1, width);
		}
	}
}

static void
colours_are_for_terminals(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	assert_null(strchr(drawn(&arena, 0, false), '\033'));
	assert_non_null(
	    strstr(drawn(&arena, 80, true), "\033[1;31mfalse\033[0m\033[1;31m ◀\033[0m"));
}

static void
a_value_cannot_steer_the_terminal(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	const char *shown = explain_value(&arena, cel_string("a\033[2Jb", 6), 100);
	assert_null(strchr(shown, '\033'));
}

static void
json_has_every_part(void **state)
{
	(void)state;
	CLEANUP(buf_done) struct buf out = {0};
	struct tree t;
	struct json j = {.out = &out};
	make(&t);
	t.whole.text = "w";
	explain_tree_json(&t.whole, &j);
	assert_string_equal(
	    out.data,
	    "{\"text\":\"w\",\"evaluated\":true,\"value\":\"false\",\"blamed\":false,\"parts\":["
	    "{\"round\":\"c = {\\\"name\\\": \\\"a\\\"}\",\"evaluated\":true,\"value\":\"false\","
	    "\"blamed\":false,\"parts\":[{\"text\":\"c.pii\",\"evaluated\":true,\"value\":"
	    "\"false\","
	    "\"blamed\":true,\"parts\":[]}]},"
	    "{\"text\":\"is_given(x)\",\"evaluated\":false,\"blamed\":false,\"parts\":[]},"
	    "{\"more\":2}]}");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_has_parts_is_shortened_and_nothing_else),
	    cmocka_unit_test(no_line_is_wider_than_the_terminal),
	    cmocka_unit_test(colours_are_for_terminals),
	    cmocka_unit_test(a_value_cannot_steer_the_terminal),
	    cmocka_unit_test(json_has_every_part),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
