/*
 * test_event.c -- an event's leaf, and its JSON there and back.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <string.h>

#include "proof/event.h"
#include "proof/merkle.h"

/* SHA-256 of the body, and of 0x00 and the seven lines, both by Python's hashlib. */
#define BODY      "{\"a\":1}"
#define BODY_HASH "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"
#define LEAF      "95fa27841061bd3e7d8cf8d561147eca6849b1a35c97394b41d07587d2ef222f"
#define HEAD                                                                                       \
	"{\"seq\":42,\"time\":\"2026-11-23T02:39:30.123456Z\",\"actor\":\"retail-pipeline\","      \
	"\"kind\":\"product.published\",\"subject\":\"retail.customer_accounts\","
#define HASHES  ",\"body_sha256\":\"" BODY_HASH "\",\"leaf\":\"" LEAF "\"}"
#define EXAMPLE HEAD "\"body\":" BODY HASHES

static struct arena arena;

static int
free_the_arena(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static struct event
example(void)
{
	struct event ev = {
	    .seq = 42,
	    .actor = "retail-pipeline",
	    .kind = "product.published",
	    .subject = "retail.customer_accounts",
	    .body = BODY,
	    .body_length = strlen(BODY),
	    .body_hash = digest_of(BODY, strlen(BODY)),
	};
	assert_true(clock_parse("2026-11-23T02:39:30.123456Z", &ev.time));
	return ev;
}

static const char *
written(const struct event *ev)
{
	CLEANUP(buf_done) struct buf out = {0};
	event_write(ev, &(struct json){.out = &out});
	return arena_text(&arena, out.data);
}

static enum err_code
read_text(const char *json, struct event *ret_event, struct digest *ret_leaf, struct err *e)
{
	struct node root;
	if (document_read(DOCUMENT_JSON, json, strlen(json), NULL, &arena, &root, e))
		fail_msg("%s: %s", json, e->message);
	return event_read(&root, &arena, ret_event, ret_leaf, e);
}

static void
the_leaf_is_the_hash_of_seven_lines(void **state)
{
	(void)state;
	struct event ev = example();
	struct digest leaf = event_leaf(&ev);
	char text[DIGEST_TEXT_SIZE];
	digest_format(&leaf, text);
	assert_string_equal(text, LEAF);
}

static void
the_leaf_commits_to_every_member(void **state)
{
	(void)state;
	struct event changed[6];
	for (size_t i = 0; i < ARRAY_LEN(changed); i++)
		changed[i] = example();
	changed[0].seq++;
	changed[1].time++;
	changed[2].actor = "other";
	changed[3].kind = "other";
	changed[4].subject = "other";
	changed[5].body_hash.bytes[0] ^= 1;
	struct event ev = example();
	struct digest leaf = event_leaf(&ev);
	for (size_t i = 0; i < ARRAY_LEN(changed); i++) {
		struct digest other = event_leaf(&changed[i]);
		assert_false(digest_equal(&leaf, &other));
	}
}

static void
a_redacted_body_leaves_the_leaf_as_it_was(void **state)
{
	(void)state;
	struct event ev = example(), found;
	struct digest leaf = event_leaf(&ev), stated, again;
	struct err e;
	ev.body = NULL;
	assert_string_equal(written(&ev), HEAD "\"body\":null" HASHES);
	assert_int_equal(read_text(written(&ev), &found, &stated, &e), ERR_OK);
	assert_null(found.body);
	again = event_leaf(&found);
	assert_true(digest_equal(&again, &leaf));
	assert_true(digest_equal(&stated, &leaf));
}

static void
an_event_comes_back_as_it_was(void **state)
{
	(void)state;
	struct event ev = example(), found;
	struct digest stated, leaf = event_leaf(&ev);
	struct err e;
	assert_string_equal(written(&ev), EXAMPLE);
	assert_int_equal(read_text(EXAMPLE, &found, &stated, &e), ERR_OK);
	assert_int_equal(found.seq, 42);
	assert_int_equal(found.time, ev.time);
	assert_string_equal(found.body, BODY);
	assert_int_equal(found.body_length, strlen(BODY));
	assert_true(digest_equal(&found.body_hash, &ev.body_hash));
	assert_true(digest_equal(&stated, &leaf));
	assert_string_equal(written(&found), EXAMPLE);
}

static void
spaces_between_do_not_matter_but_the_order_of_members_does(void **state)
{
	(void)state;
	struct event found;
	struct digest stated, leaf;
	struct err e;
	assert_int_equal(read_text(HEAD "\"body\": { \"a\" : 1 }" HASHES, &found, &stated, &e),
			 ERR_OK);
	leaf = event_leaf(&found);
	assert_true(digest_equal(&leaf, &stated));

	struct event one, two;
	assert_int_equal(read_text(HEAD "\"body\":{\"a\":1,\"b\":2}" HASHES, &one, &stated, &e),
			 ERR_OK);
	assert_int_equal(read_text(HEAD "\"body\":{\"b\":2,\"a\":1}" HASHES, &two, &stated, &e),
			 ERR_OK);
	assert_false(digest_equal(&one.body_hash, &two.body_hash));
}

/* What an event states of itself is not believed: the hash is made of the body that is there. */
static void
an_altered_body_no_longer_has_the_stated_leaf(void **state)
{
	(void)state;
	struct event found;
	struct digest stated, leaf;
	struct err e;
	assert_int_equal(read_text(HEAD "\"body\":{\"a\":2}" HASHES, &found, &stated, &e), ERR_OK);
	leaf = event_leaf(&found);
	assert_false(digest_equal(&leaf, &stated));
}

static void
what_is_no_event_is_malformed_and_says_where(void **state)
{
	(void)state;
	static const struct {
		const char *json, *message;
		unsigned column;
	} cases[] = {
	    {"[]", "an event is a map, found a list", 1},
	    {"{\"time\":\"2026-11-23T02:39:30Z\"}", "an event needs 'seq'", 1},
	    {"{\"seq\":\"1\"}", "'seq' of an event is a whole number, found a text", 8},
	    {"{\"seq\":0}", "events are numbered from 1, found 0", 8},
	    {"{\"seq\":1,\"time\":\"today\"}",
	     "'today' is no time in UTC with six digits behind the point", 17},
	    {"{\"seq\":1,\"time\":\"2026-11-23T03:39:30.123456+01:00\"}",
	     "'2026-11-23T03:39:30.123456+01:00' is no time in UTC with six digits behind the "
	     "point",
	     17},
	    {"{\"seq\":1,\"time\":\"2026-11-23T02:39:30.000000Z\",\"actor\":\"a\\nb\"}",
	     "'actor' of an event holds a control character", 55},
	    {HEAD "\"body_sha256\":\"00\"}", "an event needs 'body'", 1},
	    {HEAD "\"body\":null,\"body_sha256\":\"00\"}",
	     "'body_sha256' of an event is no SHA-256 in hexadecimal", 0},
	    {HEAD "\"body\":{},\"leaf\":\"00\"}", "'leaf' of an event is no SHA-256 in hexadecimal",
	     0},
	    {HEAD "\"body\":{}}", "an event needs 'leaf'", 1},
	};
	struct event ev;
	struct digest stated;
	struct err e;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(read_text(cases[i].json, &ev, &stated, &e), ERR_MALFORMED);
		assert_string_equal(e.message, cases[i].message);
		assert_int_equal(e.at.line, 1);
		if (cases[i].column)
			assert_int_equal(e.at.column, cases[i].column);
	}
}

static void
members_of_a_later_version_are_passed_over(void **state)
{
	(void)state;
	struct event found;
	struct digest stated;
	struct err e;
	assert_int_equal(
	    read_text(HEAD "\"later\":true,\"body\":" BODY HASHES, &found, &stated, &e), ERR_OK);
	assert_string_equal(written(&found), EXAMPLE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_leaf_is_the_hash_of_seven_lines),
	    cmocka_unit_test(the_leaf_commits_to_every_member),
	    cmocka_unit_test(a_redacted_body_leaves_the_leaf_as_it_was),
	    cmocka_unit_test(an_event_comes_back_as_it_was),
	    cmocka_unit_test(spaces_between_do_not_matter_but_the_order_of_members_does),
	    cmocka_unit_test(an_altered_body_no_longer_has_the_stated_leaf),
	    cmocka_unit_test(what_is_no_event_is_malformed_and_says_where),
	    cmocka_unit_test(members_of_a_later_version_are_passed_over),
	};
	return cmocka_run_group_tests(tests, NULL, free_the_arena);
}
