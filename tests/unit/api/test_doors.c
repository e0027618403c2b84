/*
 * test_doors.c -- what the doors do themselves: let in by role, read the past, page, follow, and
 * keep answers.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

#include "doors.h"

static struct doors doors;
static struct arena arena;

static int
start(void **state)
{
	(void)state;
	doors_open(&doors, true);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	doors_close(&doors);
	arena_done(&arena);
	return 0;
}

/* The answer as a tree; its status must be `status`. */
static struct node
asked_with(const char *method, const char *target, const char *header, const char *body, int status)
{
	struct answer a;
	struct node root = {.kind = NODE_NULL};
	struct err e;
	doors_ask(&doors, method, target, header, body, &a);
	if (a.status != status)
		fail_msg("%s %s is answered by %d: %s", method, target, a.status,
			 a.body.data ? a.body.data : "");
	if (a.body.length > 0 && a.body.data[0] == '{' &&
	    document_read(DOCUMENT_JSON, a.body.data, a.body.length, NULL, &arena, &root, &e) !=
		ERR_OK)
		fail_msg("%s %s: %s", method, target, e.message);
	answer_done(&a);
	return root;
}

static struct node
got(const char *target)
{
	return asked_with("GET", target, NULL, NULL, 200);
}

static struct node
publish(const char *name, const char *description, const char *header, int status)
{
	const char *text = arena_printf(
	    &arena,
	    "{name: %s, owner: o, domain: d, description: %s, schema: [{name: x, type: "
	    "STRING}], quality_checks: [{unique: x}]}",
	    name, description);
	return asked_with("POST", "/api/v1/products", header, text, status);
}

static const char *
now_text(void)
{
	struct timespec pause = {.tv_nsec = 2000000};
	char text[CLOCK_TEXT_SIZE];
	nanosleep(&pause, NULL);
	clock_format(clock_now(&(struct clock){0}), text);
	nanosleep(&pause, NULL);
	return arena_text(&arena, text);
}

static const char *
description_of(const struct node *answer)
{
	return node_text(node_get(answer, "product"), "description", "");
}

static void
a_product_can_be_read_as_it_was(void **state)
{
	(void)state;
	const char *before = now_text();
	publish("past.one", "first", NULL, 201);
	const char *then = now_text();
	publish("past.one", "second", NULL, 200);
	const char *later = now_text();
	asked_with("DELETE", "/api/v1/products/past.one", NULL, NULL, 200);

	struct node n = got(arena_printf(&arena, "/api/v1/products/past.one?as_of=%s", then));
	assert_string_equal(description_of(&n), "first");
	assert_string_equal(node_text(&n, "version", ""), "1.0.0");
	assert_string_equal(node_text(&n, "status", ""), "active");
	assert_string_equal(node_text(&n, "standing", ""), "compliant");
	n = got(arena_printf(&arena, "/api/v1/products/past.one?as_of=%s", later));
	assert_string_equal(description_of(&n), "second");
	assert_string_equal(node_text(&n, "status", ""), "active");
	n = got(arena_printf(&arena, "/api/v1/products/past.one?as_of=%s", now_text()));
	assert_string_equal(node_text(&n, "status", ""), "retired");
	asked_with("GET", arena_printf(&arena, "/api/v1/products/past.one?as_of=%s", before), NULL,
		   NULL, 404);
	asked_with("GET", "/api/v1/products/past.one?as_of=1999-01-01", NULL, NULL, 404);
	asked_with("GET", "/api/v1/products/past.one?as_of=yesterday", NULL, NULL, 400);
}

static void
what_is_read_is_never_older_than_what_was_written(void **state)
{
	(void)state;
	publish("fresh.other", "other", NULL, 201);
	for (int i = 0; i < 20; i++) {
		const char *description = arena_printf(&arena, "number-%d", i);
		publish("fresh.one", description, NULL, i ? 200 : 201);
		for (int again = 0; again < 3; again++) {
			struct node n = got("/api/v1/products/fresh.one");
			assert_string_equal(description_of(&n), description);
			n = got("/api/v1/products/fresh.other");
			assert_string_equal(description_of(&n), "other");
		}
	}
	asked_with("DELETE", "/api/v1/products/fresh.one", NULL, NULL, 200);
	struct node n = got("/api/v1/products/fresh.one");
	assert_string_equal(node_text(&n, "status", ""), "retired");
}

static void
a_retired_product_answers_no_etag_of_the_time_before(void **state)
{
	(void)state;
	struct answer a;
	publish("etag.one", "x", NULL, 201);
	doors_ask(&doors, "GET", "/api/v1/products/etag.one", NULL, NULL, &a);
	const char *condition =
	    arena_printf(&arena, "If-None-Match: %s\r\n", answer_header(&a, "ETag"));
	answer_done(&a);
	asked_with("GET", "/api/v1/products/etag.one", condition, NULL, 304);
	asked_with("DELETE", "/api/v1/products/etag.one", NULL, NULL, 200);
	asked_with("GET", "/api/v1/products/etag.one", condition, NULL, 200);
}

static void
a_new_product_says_where_it_is(void **state)
{
	(void)state;
	struct answer a;
	doors_ask(&doors, "POST", "/api/v1/products", NULL,
		  "{name: where.is, owner: o, domain: d, schema: [{name: x, type: STRING}], "
		  "quality_checks: [{unique: x}]}",
		  &a);
	assert_int_equal(a.status, 201);
	assert_string_equal(answer_header(&a, "Location"), "/api/v1/products/where.is");
	answer_done(&a);
}

static void
a_repeated_command_says_that_it_is_one(void **state)
{
	(void)state;
	static const char key[] = "Idempotency-Key: \"once\"\r\n";
	struct answer a;
	const char *text =
	    "{name: once.one, owner: o, domain: d, schema: [{name: x, type: STRING}], "
	    "quality_checks: [{unique: x}]}";
	doors_ask(&doors, "POST", "/api/v1/products", key, text, &a);
	assert_int_equal(a.status, 201);
	assert_null(answer_header(&a, "Idempotent-Replayed"));
	answer_done(&a);
	doors_ask(&doors, "POST", "/api/v1/products", "Idempotency-Key: once\r\n", text, &a);
	assert_int_equal(a.status, 201);
	assert_string_equal(answer_header(&a, "Idempotent-Replayed"), "true");
	answer_done(&a);
	asked_with("POST", "/api/v1/products?dry_run=false", key, text, 409);
}

static void
a_key_where_no_answer_is_kept_is_refused(void **state)
{
	(void)state;
	asked_with("POST", "/api/v1/tokens", "Idempotency-Key: k\r\n", "{name: n, role: reader}",
		   400);
}

static void
a_pretended_token_is_checked_and_not_made(void **state)
{
	(void)state;
	struct node before = got("/api/v1/tokens");
	asked_with("POST", "/api/v1/tokens?dry_run=true", NULL, "{name: pretended, role: reader}",
		   200);
	asked_with("POST", "/api/v1/tokens?dry_run=true", NULL, "{name: pretended, role: king}",
		   400);
	asked_with("POST", "/api/v1/tokens?dry_run=true", NULL,
		   "{name: pretended, role: reader, expires: soon}", 400);
	struct node after = got("/api/v1/tokens");
	assert_true(node_equal(&before, &after));
}

static void
filters_know_their_words(void **state)
{
	(void)state;
	struct node n = asked_with("GET", "/api/v1/products?status=actve", NULL, NULL, 400);
	assert_non_null(strstr(node_text(&n, "detail", ""), "draft, active, deprecated, retired"));
	asked_with("GET", "/api/v1/products?standing=good", NULL, NULL, 400);
	asked_with("GET", "/api/v1/products?classification=secret", NULL, NULL, 400);
	asked_with("GET", "/api/v1/products?pii=maybe", NULL, NULL, 400);
}

/* ---- lineage in pages */

static void
make_fan(void)
{
	static const char *const names[] = {"a", "b", "c", "d", "e"};
	publish("fan.root", "root", NULL, 201);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		asked_with("POST", "/api/v1/products", NULL,
			   arena_printf(&arena,
					"{name: fan.%s, owner: o, domain: d, inputs: [fan.root], "
					"schema: [{name: x, "
					"type: STRING}], quality_checks: [{unique: x}]}",
					names[i]),
			   201);
}

static void
a_graph_in_pages_is_the_graph(void **state)
{
	(void)state;
	make_fan();
	struct node whole = got("/api/v1/lineage?node=product:fan.root&direction=down");
	assert_int_equal(node_get(&whole, "nodes")->count, 6);
	assert_int_equal(node_get(&whole, "edges")->count, 5);
	assert_int_equal(node_get(&whole, "next")->kind, NODE_NULL);

	size_t nodes = 0, edges = 0, pages = 0;
	const char *cursor = NULL;
	do {
		struct node page = got(arena_printf(
		    &arena, "/api/v1/lineage?node=product:fan.root&direction=down&limit=2%s%s",
		    cursor ? "&cursor=" : "", cursor ? cursor : ""));
		const struct node *found = node_get(&page, "nodes");
		for (uint32_t i = 0; i < found->count; i++, nodes++)
			assert_string_equal(
			    node_text(&found->items[i], "id", "?"),
			    node_text(&node_get(&whole, "nodes")->items[nodes], "id", ""));
		edges += node_get(&page, "edges")->count;
		cursor = node_text(&page, "next", NULL);
	} while (cursor && ++pages < 10);
	assert_int_equal(nodes, 6);
	assert_int_equal(edges, 5);
	assert_int_equal(pages, 2);
}

/* ---- the log */

static void
the_log_comes_in_pages_by_cursor(void **state)
{
	(void)state;
	uint64_t expected = 1;
	const char *cursor = NULL;
	do {
		struct node page =
		    got(arena_printf(&arena, "/api/v1/events?limit=3%s%s", cursor ? "&cursor=" : "",
				     cursor ? cursor : ""));
		const struct node *items = node_get(&page, "items");
		for (uint32_t i = 0; i < items->count; i++, expected++)
			assert_int_equal(node_int(&items->items[i], "seq", 0), expected);
		cursor = node_text(&page, "next", NULL);
	} while (cursor);
	struct node size = asked_with("GET", "/api/v1/audit/checkpoint",
				      "Accept: application/json\r\n", NULL, 200);
	assert_int_equal(node_int(&size, "size", 0), expected - 1);
}

static void
a_filtered_feed_skips_what_it_does_not_want(void **state)
{
	(void)state;
	struct wire w;
	wire_open(&w, http_port(doors.http));
	wire_say(&w,
		 "GET /api/v1/events?after=0&kind=product.retired HTTP/1.1\r\nHost: localhost\r\n"
		 "Accept: text/event-stream\r\n\r\n");
	assert_true(wire_read_more(&w, "still here", 5));
	publish("feed.one", "x", NULL, 201);
	asked_with("DELETE", "/api/v1/products/feed.one", NULL, NULL, 200);
	assert_true(wire_read_more(&w, "\"subject\":\"feed.one\"", 5));
	assert_null(strstr(w.unread.data, "product.published"));
	assert_non_null(strstr(w.unread.data, "id: "));
	wire_close(&w);
	asked_with("GET", "/api/v1/events", "Last-Event-ID: x\r\n", NULL, 400);
}

/* ---- who may */

static const char *
token_for(struct doors *d, const char *role)
{
	struct err e = {0};
	struct token_record token;
	const char *secret = NULL;
	const char *const everywhere[] = {"*", NULL};
	const struct token_wish wish = {.name = role,
					.role = role,
					.domains =
					    strcmp(role, "publisher") == 0 ? everywhere : NULL};
	if (token_create(d->services.store, "tester", &wish, &arena, &token, &secret, &e) != ERR_OK)
		fail_msg("%s", e.message);
	return arena_printf(&arena, "Authorization: Bearer %s\r\n", secret);
}

static void
assert_door(struct doors *d, const struct route *r, const char *role)
{
	enum role has = ROLE_ANYBODY;
	const char *header = role && role_from_name(role, &has) ? token_for(d, role) : NULL;
	CLEANUP(buf_done) struct buf target = {0};
	for (const char *p = r->path; *p; p++) {
		if (*p == '{')
			p = strchr(p, '}'), buf_text(&target, "no.such");
		else
			buf_char(&target, *p);
	}
	/* A parameter that nobody knows: refused by whoever lets one in, before anything else is
	 * done. */
	buf_text(&target, "?qqqqqqqqqqqq=1");
	struct answer a;
	doors_ask(d, method_name(r->method), target.data, header, r->method == GET ? NULL : "{}",
		  &a);
	int expected = role_includes(has, r->role) ? 400 : role ? 403 : 401;
	if (a.status != expected)
		fail_msg("%s %s for %s is answered by %d", method_name(r->method), r->path,
			 role ? role : "nobody", a.status);
	answer_done(&a);
}

static void
every_door_opens_to_its_role_and_no_other(void **state)
{
	(void)state;
	static const char *const roles[] = {NULL,      "reader",  "publisher",
					    "auditor", "steward", "admin"};
	struct doors closed;
	doors_open(&closed, false);
	for (size_t t = 0; api_tables[t]; t++)
		for (const struct route *r = api_tables[t]; r->path; r++)
			for (size_t i = 0; i < ARRAY_LEN(roles); i++)
				assert_door(&closed, r, roles[i]);
	doors_close(&closed);
}

static void
a_feed_ends_with_its_token(void **state)
{
	(void)state;
	struct doors closed;
	struct wire w;
	struct token_list tokens;
	struct err e;
	doors_open(&closed, false);
	const char *header = token_for(&closed, "auditor");
	wire_open(&w, http_port(closed.http));
	wire_say(&w, arena_printf(&arena,
				  "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAccept: "
				  "text/event-stream\r\n%s\r\n",
				  header));
	assert_true(wire_read_more(&w, "token.created", 5));
	{
		CLEANUP(session_end) struct session *s = NULL;
		assert_int_equal(store_write(closed.services.store, &s, &e), ERR_OK);
		assert_int_equal(token_list(s, &arena, &tokens, &e), ERR_OK);
		assert_int_equal(token_revoke(s, "tester", tokens.items[0].id, &e), ERR_OK);
		assert_int_equal(session_commit(s, &e), ERR_OK);
	}
	assert_true(wire_read_more(&w, "\r\n0\r\n\r\n", 5));
	assert_null(strstr(w.unread.data, "token.revoked"));
	wire_close(&w);
	doors_close(&closed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_product_can_be_read_as_it_was),
	    cmocka_unit_test(what_is_read_is_never_older_than_what_was_written),
	    cmocka_unit_test(a_retired_product_answers_no_etag_of_the_time_before),
	    cmocka_unit_test(a_new_product_says_where_it_is),
	    cmocka_unit_test(a_repeated_command_says_that_it_is_one),
	    cmocka_unit_test(a_key_where_no_answer_is_kept_is_refused),
	    cmocka_unit_test(a_pretended_token_is_checked_and_not_made),
	    cmocka_unit_test(filters_know_their_words),
	    cmocka_unit_test(a_graph_in_pages_is_the_graph),
	    cmocka_unit_test(the_log_comes_in_pages_by_cursor),
	    cmocka_unit_test(a_filtered_feed_skips_what_it_does_not_want),
	    cmocka_unit_test(every_door_opens_to_its_role_and_no_other),
	    cmocka_unit_test(a_feed_ends_with_its_token),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
