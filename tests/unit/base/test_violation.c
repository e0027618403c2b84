/*
 * Complaints, pointers, and the word that was meant.
 */
#include "base/violation.h"

#include "reading.h"

static const char *
written(void **state, const struct violations *list)
{
	struct buf b = {0};
	struct json j = {.out = &b};
	violations_write(list, &j);
	const char *text = arena_text(*state, b.data);
	buf_done(&b);
	return text;
}

static void
a_complaint_is_written_without_what_it_lacks(void **state)
{
	struct violations list = {.arena = *state};
	violation_note(&list, "type", "/a", (struct position){3, 4}, "expected %s", "text");
	violation_add(&list, (struct violation){.policy = "p",
						.rule = "r",
						.enforcement = "warn",
						.message = "m",
						.suggestion = "s",
						.file = "f.yaml"});
	assert_string_equal(
	    written(state, &list),
	    "[{\"rule\":\"type\",\"enforcement\":\"deny\",\"message\":\"expected text\","
	    "\"pointer\":\"/a\",\"line\":3,\"column\":4},"
	    "{\"policy\":\"p\",\"rule\":\"r\",\"enforcement\":\"warn\",\"message\":\"m\","
	    "\"pointer\":\"\","
	    "\"suggestion\":\"s\",\"file\":\"f.yaml\"}]");
	assert_int_equal(violations_denied(&list), 1);
}

static void
what_was_written_reads_back_the_same(void **state)
{
	struct violations list = {.arena = *state}, again = {.arena = *state};
	struct node root;
	struct err e;
	violation_note(&list, "type", "/a", (struct position){3, 4}, "expected %s", "text");
	violation_add(&list, (struct violation){.policy = "p",
						.rule = "r",
						.enforcement = "warn",
						.message = "m",
						.suggestion = "s",
						.grace_end = SECONDS(1),
						.file = "f.yaml"});
	const char *text = written(state, &list);
	assert_non_null(strstr(text, "\"grace_end\":\"1970-01-01T00:00:01.000000Z\""));
	assert_int_equal(document_read(DOCUMENT_JSON, text, strlen(text), NULL, *state, &root, &e),
			 ERR_OK);
	violations_read(&root, &again);
	assert_int_equal(again.count, 2);
	assert_string_equal(written(state, &again), text);
	violations_read(NULL, &again);
	assert_int_equal(again.count, 2);
}

static void
complaints_are_sorted_by_place_then_by_policy_and_rule(void **state)
{
	struct violations list = {.arena = *state};
	violation_note(&list, "b", "", (struct position){2, 1}, "fifth");
	violation_note(&list, "a", "", (struct position){2, 1}, "fourth");
	violation_note(&list, "z", "", (struct position){1, 9}, "second");
	violation_note(&list, "z", "", (struct position){1, 10}, "third");
	violation_note(&list, "z", "", (struct position){0, 0}, "first");
	violation_add(
	    &list, (struct violation){.policy = "p", .rule = "a", .message = "last", .at = {2, 1}});
	violations_sort(&list);
	static const char *const order[] = {"first", "second", "third", "fourth", "fifth", "last"};
	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		assert_string_equal(list.items[i].message, order[i]);
}

static void
steps_of_a_pointer_are_escaped(void **state)
{
	assert_string_equal(pointer_join(*state, "", "a/b~c"), "/a~1b~0c");
	assert_string_equal(pointer_join(*state, "/x", ""), "/x/");
	assert_string_equal(pointer_index(*state, "/x", 12), "/x/12");
}

static void
assert_points(const struct node *root, const char *pointer, bool is_there, uint32_t line,
	      uint32_t column)
{
	struct position at;
	const struct node *n = pointer_place(root, pointer, &at);
	assert_int_equal(n != NULL, is_there);
	assert_place(at, line, column);
}

static void
a_pointer_leads_to_a_place_or_to_the_deepest_part_of_the_way(void **state)
{
	struct node root = tree_of(state, DOCUMENT_YAML, "a:\n  - x\n  - {k/~: 1, '': 2}\nb: 3\n");
	assert_points(&root, "", true, 1, 1);
	assert_points(&root, "/a", true, 2, 3);
	assert_points(&root, "/a/1", true, 3, 5);
	assert_points(&root, "/a/1/k~1~0", true, 3, 11);
	assert_points(&root, "/a/1/", true, 3, 18);
	assert_points(&root, "/access", false, 1, 1);
	assert_points(&root, "/", false, 1, 1);
	assert_points(&root, "/a/2/k", false, 2, 3);
	assert_points(&root, "/a/01", false, 2, 3);
	assert_points(&root, "/a/-", false, 2, 3);
	assert_points(&root, "/b/c", false, 4, 4);
	assert_points(&root, "a", false, 1, 1);
}

static const char *const words[] = {"retention",    "schema", "sla",  "access",
				    "data_product", "id",     "owner"};

static void
assert_nearest(const char *word, const char *wanted)
{
	const char *nearest = nearest_word(word, words, ARRAY_LEN(words));
	if (wanted)
		assert_string_equal(nearest, wanted);
	else
		assert_null(nearest);
}

static void
the_nearest_word_is_the_one_that_was_meant(void **state)
{
	(void)state;
	assert_nearest("retension", "retention");
	assert_nearest("retnetion", "retention");
	assert_nearest("shema", "schema");
	assert_nearest("schemas", "schema");
	assert_nearest("acess", "access");
	assert_nearest("Owner", "owner");
	assert_nearest("data-product", "data_product");
	assert_nearest("sal", "sla");
	assert_nearest("id", "id");
}

static void
a_word_that_differs_by_more_than_a_third_is_not_near(void **state)
{
	(void)state;
	assert_nearest("colour", NULL);
	assert_nearest("ix", NULL);
	assert_nearest("slick", NULL);
	assert_nearest("", NULL);
	assert_null(nearest_word("x", NULL, 0));
	char longest[200];
	memset(longest, 'a', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	assert_nearest(longest, NULL);
}

static void
what_is_beyond_the_most_is_only_counted(void **state)
{
	struct arena *arena = *state;
	struct violations list = {.arena = arena};
	CLEANUP(buf_done) struct buf out = {0};
	struct node written;
	struct err e;
	for (int i = 0; i < VIOLATIONS_MOST_WRITTEN + 7; i++)
		violation_note(&list, "type", "", (struct position){1, 1}, "mistake %d", i);
	violations_write(&list, &(struct json){.out = &out});
	assert_int_equal(
	    document_read(DOCUMENT_JSON, out.data, out.length, NULL, arena, &written, &e), ERR_OK);
	assert_int_equal(written.count, VIOLATIONS_MOST_WRITTEN + 1);
	const struct node *last = &written.items[VIOLATIONS_MOST_WRITTEN];
	assert_string_equal(node_text(last, "message", ""), "and 7 more complaints");
	assert_string_equal(node_text(last, "enforcement", ""), "deny");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_ARENA(a_complaint_is_written_without_what_it_lacks),
	    IN_ARENA(what_was_written_reads_back_the_same),
	    IN_ARENA(complaints_are_sorted_by_place_then_by_policy_and_rule),
	    IN_ARENA(what_is_beyond_the_most_is_only_counted),
	    IN_ARENA(steps_of_a_pointer_are_escaped),
	    IN_ARENA(a_pointer_leads_to_a_place_or_to_the_deepest_part_of_the_way),
	    IN_ARENA(the_nearest_word_is_the_one_that_was_meant),
	    IN_ARENA(a_word_that_differs_by_more_than_a_third_is_not_near),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
