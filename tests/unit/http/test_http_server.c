/*
 * test_http_server.c -- requests and answers as a well-behaved client meets them.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "wire.h"

#define HOST "Host: weft\r\n"

static enum err_code
say_hello(struct request *rq, struct response *rs, struct err *e)
{
	(void)e;
	rs->etag = "v1";
	buf_printf(&rs->body, "{\"hello\":\"%s\"}", request_part(rq, 0));
	return ERR_OK;
}

static enum err_code
echo(struct request *rq, struct response *rs, struct err *e)
{
	(void)e;
	rs->status = 201;
	rs->content_type = "text/plain";
	response_header(rs, "Location", "/there");
	buf_append(&rs->body, rq->body, rq->body_length);
	return ERR_OK;
}

static enum err_code
complain(struct request *rq, struct response *rs, struct err *e)
{
	buf_text(&rs->body, "half of an answer");
	violation_note(&rq->violations, "unknown-key", "/retension", (struct position){3, 1},
		       "unknown key 'retension'");
	return ERR_AT(e, REFUSED, ((struct position){3, 1}), "the \"document\" has 1 problem");
}

static enum err_code
break_down(struct request *rq, struct response *rs, struct err *e)
{
	(void)rq;
	(void)rs;
	return ERR(e, CORRUPT, "page 7 of /secret/weft.db is damaged");
}

static enum err_code
do_nothing(struct request *rq, struct response *rs, struct err *e)
{
	(void)rq;
	(void)e;
	rs->status = 204;
	return ERR_OK;
}

/* What the helpers of a handler make of this request. */
static enum err_code
look(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const names[] = {"depth", "flag", "limit", "cursor", NULL};
	uint64_t depth;
	bool flag;
	size_t limit;
	const char *cursor, *media_type;
	if (request_only(rq, names, e) != ERR_OK ||
	    request_query_number(rq, "depth", 1, 9, 5, &depth, e) != ERR_OK ||
	    request_query_flag(rq, "flag", &flag, e) != ERR_OK ||
	    request_limit(rq, &limit, e) != ERR_OK || request_cursor(rq, &cursor, e) != ERR_OK ||
	    request_media_type(rq, &media_type, e) != ERR_OK)
		return e->code;
	buf_printf(&rs->body, "depth=%d flag=%d limit=%zu cursor=%s is=%s yaml=%d match=%d next=%s",
		   (int)depth, flag, limit, cursor ? cursor : "-", media_type,
		   request_wants(rq, "application/yaml"), if_match_holds(rq, "abc"),
		   cursor_encode(rq->arena, "a.b"));
	return ERR_OK;
}

static enum err_code
read_document(struct request *rq, struct response *rs, struct err *e)
{
	struct node root;
	const char *media_type;
	if (request_document(rq, &root, &media_type, e) != ERR_OK)
		return e->code;
	buf_printf(&rs->body, "%s %s", node_text(&root, "name", "?"), media_type);
	return ERR_OK;
}

// clang-format off
static const struct route routes[] = {
	{GET,    "/hello/{who}", say_hello,     ROLE_READER, ""},
	{POST,   "/hello/{who}", echo,          ROLE_READER, ""},
	{POST,   "/echo",        echo,          ROLE_READER, ""},
	{PUT,    "/complain",    complain,      ROLE_READER, ""},
	{GET,    "/broken",      break_down,    ROLE_READER, ""},
	{DELETE, "/nothing",     do_nothing,    ROLE_READER, ""},
	{GET,    "/look",        look,          ROLE_READER, ""},
	{POST,   "/document",    read_document, ROLE_READER, ""},
	{0},
};
// clang-format on

static struct http *http;
static struct metrics *metrics;

static void
measure(struct http_options *options)
{
	options->metrics = metrics;
}

static int
start(void **state)
{
	(void)state;
	metrics = metrics_create();
	http = serve(routes, measure);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	http_stop(http);
	metrics_destroy(metrics);
	return 0;
}

static void
ask(const char *text, struct answer *a)
{
	wire_ask(http_port(http), text, a);
}

static void
assert_says(struct answer *a, const char *part)
{
	if (!a->body.data || !strstr(a->body.data, part))
		fail_msg("'%s' is not in '%s'", part, a->body.data ? a->body.data : "");
}

/* The status of one request, and what its body must have in it. */
static void
assert_answers(const char *text, int status, const char *part)
{
	struct answer a;
	ask(text, &a);
	if (a.status != status)
		fail_msg("%.40s: %d and not %d: %s", text, a.status, status,
			 a.body.data ? a.body.data : "");
	if (part)
		assert_says(&a, part);
	answer_done(&a);
}

static void
a_get_is_answered(void **state)
{
	(void)state;
	struct answer a;
	ask("GET /hello/world HTTP/1.1\r\n" HOST "\r\n", &a);
	assert_int_equal(a.status, 200);
	assert_string_equal(a.body.data, "{\"hello\":\"world\"}");
	assert_string_equal(answer_header(&a, "Content-Type"), "application/json");
	assert_string_equal(answer_header(&a, "ETag"), "\"v1\"");
	assert_string_equal(answer_header(&a, "X-Content-Type-Options"), "nosniff");
	assert_null(answer_header(&a, "Connection"));
	answer_done(&a);
}

static void
a_connection_holds_over_many_requests(void **state)
{
	(void)state;
	struct wire w;
	wire_open(&w, http_port(http));
	for (int i = 0; i < 500; i++) {
		struct answer a;
		wire_say(&w, i % 3 == 2 ? "POST /echo HTTP/1.1\r\n" HOST
					  "Content-Length: 5\r\n\r\nbytes"
			     : i % 3 == 1 ? "GET /nowhere HTTP/1.1\r\n" HOST "\r\n"
					  : "GET /hello/w HTTP/1.1\r\n" HOST "\r\n");
		wire_read(&w, false, &a);
		assert_int_equal(a.status, i % 3 == 2 ? 201 : i % 3 == 1 ? 404 : 200);
		assert_null(answer_header(&a, "Connection"));
		answer_done(&a);
	}
	wire_close(&w);
}

static void
requests_in_one_piece_are_answered_in_order(void **state)
{
	(void)state;
	struct wire w;
	wire_open(&w, http_port(http));
	CLEANUP(buf_done) struct buf all = {0};
	for (int i = 0; i < 50; i++)
		buf_printf(&all,
			   "GET /hello/n%d HTTP/1.1\r\n" HOST "\r\nPOST /echo HTTP/1.1\r\n" HOST
			   "Content-Length: 3\r\n\r\n%03d",
			   i, i);
	assert_true(wire_send(&w, all.data, all.length));
	for (int i = 0; i < 50; i++) {
		struct answer a;
		char expected[40];
		wire_read(&w, false, &a);
		snprintf(expected, sizeof(expected), "{\"hello\":\"n%d\"}", i);
		assert_string_equal(a.body.data, expected);
		answer_done(&a);
		wire_read(&w, false, &a);
		snprintf(expected, sizeof(expected), "%03d", i);
		assert_string_equal(a.body.data, expected);
		answer_done(&a);
	}
	wire_close(&w);
}

static void
a_body_may_come_in_pieces(void **state)
{
	(void)state;
	struct wire w;
	struct answer a;
	wire_open(&w, http_port(http));
	wire_say(&w, "POST /echo HTTP/1.1\r\n" HOST "Content-Le");
	wire_say(&w, "ngth: 9000\r\n\r\n");
	char piece[901];
	for (int i = 0; i < 10; i++) {
		memset(piece, 'a' + i, 900);
		assert_true(wire_send(&w, piece, 900));
		struct timespec pause = {.tv_nsec = 2000000};
		nanosleep(&pause, NULL);
	}
	wire_read(&w, false, &a);
	assert_int_equal(a.status, 201);
	assert_int_equal(a.body.length, 9000);
	for (size_t i = 0; i < 9000; i++)
		assert_int_equal(a.body.data[i], 'a' + (int)i / 900);
	assert_string_equal(answer_header(&a, "Location"), "/there");
	answer_done(&a);
	wire_close(&w);
}

static void
a_body_may_come_in_chunks(void **state)
{
	(void)state;
	assert_answers("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"
		       "4\r\nWiki\r\n6;ext=1\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n0\r\n\r\n",
		       201, "Wikipedia in \r\n\r\nchunks.");
}

static void
head_is_get_without_its_body(void **state)
{
	(void)state;
	struct wire w;
	struct answer a;
	wire_open(&w, http_port(http));
	wire_say(&w,
		 "HEAD /hello/world HTTP/1.1\r\n" HOST "\r\nGET /hello/x HTTP/1.1\r\n" HOST "\r\n");
	wire_read(&w, true, &a);
	assert_int_equal(a.status, 200);
	assert_string_equal(answer_header(&a, "Content-Length"), "17");
	assert_string_equal(answer_header(&a, "ETag"), "\"v1\"");
	answer_done(&a);
	wire_read(&w, false, &a);
	assert_string_equal(a.body.data, "{\"hello\":\"x\"}");
	answer_done(&a);
	wire_close(&w);
}

static void
a_method_that_is_not_there_is_405_with_allow(void **state)
{
	(void)state;
	struct answer a;
	ask("DELETE /hello/world HTTP/1.1\r\n" HOST "\r\n", &a);
	assert_int_equal(a.status, 405);
	assert_string_equal(answer_header(&a, "Allow"), "GET, HEAD, POST");
	assert_says(&a, "DELETE is not allowed at /hello/world");
	answer_done(&a);
	ask("HEAD /echo HTTP/1.1\r\n" HOST "\r\n", &a);
	assert_int_equal(a.status, 405);
	assert_string_equal(answer_header(&a, "Allow"), "POST");
	answer_done(&a);
	assert_answers("BREW /echo HTTP/1.1\r\n" HOST "\r\n", 405, "BREW");
	assert_answers("OPTIONS /echo HTTP/1.1\r\n" HOST "\r\n", 405, NULL);
}

static void
what_is_not_there_is_404(void **state)
{
	(void)state;
	assert_answers("GET / HTTP/1.1\r\n" HOST "\r\n", 404,
		       "\"detail\":\"there is nothing at /\"");
	assert_answers("GET /hello HTTP/1.1\r\n" HOST "\r\n", 404, NULL);
	assert_answers("GET /hello/ HTTP/1.1\r\n" HOST "\r\n", 404, NULL);
	assert_answers("GET /hello/a/b HTTP/1.1\r\n" HOST "\r\n", 404, NULL);
	assert_answers("PUT /%2e%2e HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nab", 404, NULL);
}

static void
a_failure_is_a_problem_document(void **state)
{
	(void)state;
	struct answer a;
	ask("PUT /complain?x=1 HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", &a);
	assert_int_equal(a.status, 422);
	assert_string_equal(answer_header(&a, "Content-Type"), "application/problem+json");
	struct arena arena = {0};
	struct node root;
	struct err e;
	assert_int_equal(
	    document_read(DOCUMENT_JSON, a.body.data, a.body.length, NULL, &arena, &root, &e),
	    ERR_OK);
	assert_string_equal(node_text(&root, "type", ""), "urn:weft:problem:refused");
	assert_string_equal(node_text(&root, "title", ""), "Refused");
	assert_int_equal(node_int(&root, "status", 0), 422);
	assert_string_equal(node_text(&root, "detail", ""), "the \"document\" has 1 problem");
	assert_string_equal(node_text(&root, "instance", ""), "/complain");
	assert_int_equal(node_int(&root, "line", 0), 3);
	assert_int_equal(node_int(&root, "column", 0), 1);
	const struct node *violations = node_get(&root, "violations");
	assert_int_equal(violations->count, 1);
	assert_string_equal(node_text(&violations->items[0], "pointer", ""), "/retension");
	assert_string_equal(node_text(&violations->items[0], "rule", ""), "unknown-key");
	arena_done(&arena);
	answer_done(&a);
}

static void
what_broke_inside_is_not_told_outside(void **state)
{
	(void)state;
	struct answer a;
	ask("GET /broken HTTP/1.1\r\n" HOST "X-Request-Id: find-me\r\n\r\n", &a);
	assert_int_equal(a.status, 500);
	assert_null(strstr(a.body.data, "/secret"));
	assert_says(&a, "find-me");
	answer_done(&a);
}

static void
an_answer_without_body_has_none(void **state)
{
	(void)state;
	struct answer a;
	ask("DELETE /nothing HTTP/1.1\r\n" HOST "\r\n", &a);
	assert_int_equal(a.status, 204);
	assert_null(answer_header(&a, "Content-Type"));
	answer_done(&a);
}

static void
what_the_client_has_is_304(void **state)
{
	(void)state;
	static const char *const has[] = {"\"v1\"", "W/\"v1\"", "\"v0\", \"v1\"", "*",
					  "\"v0\",W/\"v1\""};
	static const char *const has_not[] = {"\"v2\"", "v1", "\"v\"", "\"v11\"", "\"v1", ""};
	char text[200];
	for (size_t i = 0; i < ARRAY_LEN(has); i++) {
		struct answer a;
		snprintf(text, sizeof(text),
			 "GET /hello/w HTTP/1.1\r\n" HOST "If-None-Match: %s\r\n\r\n", has[i]);
		ask(text, &a);
		assert_int_equal(a.status, 304);
		assert_string_equal(answer_header(&a, "ETag"), "\"v1\"");
		answer_done(&a);
	}
	for (size_t i = 0; i < ARRAY_LEN(has_not); i++) {
		snprintf(text, sizeof(text),
			 "GET /hello/w HTTP/1.1\r\n" HOST "If-None-Match: %s\r\n\r\n", has_not[i]);
		assert_answers(text, 200, "hello");
	}
	assert_answers("POST /hello/w HTTP/1.1\r\n" HOST
		       "If-None-Match: *\r\nContent-Length: 2\r\n\r\nhi",
		       201, "hi");
}

static void
a_304_leaves_the_connection_usable(void **state)
{
	(void)state;
	struct wire w;
	struct answer a;
	wire_open(&w, http_port(http));
	for (int i = 0; i < 3; i++) {
		wire_say(&w, "GET /hello/w HTTP/1.1\r\n" HOST "If-None-Match: \"v1\"\r\n\r\n");
		wire_read(&w, false, &a);
		assert_int_equal(a.status, 304);
		answer_done(&a);
		wire_say(&w, "GET /hello/w HTTP/1.1\r\n" HOST "\r\n");
		wire_read(&w, false, &a);
		assert_int_equal(a.status, 200);
		answer_done(&a);
	}
	wire_close(&w);
}

static void
assert_id(const char *sent, bool is_kept)
{
	char text[300];
	struct answer a;
	snprintf(text, sizeof(text), "GET /hello/w HTTP/1.1\r\n" HOST "X-Request-Id: %s\r\n\r\n",
		 sent);
	ask(text, &a);
	assert_int_equal(strcmp(answer_header(&a, "X-Request-Id"), sent) == 0, is_kept);
	answer_done(&a);
}

static void
a_short_and_plain_request_id_is_kept(void **state)
{
	(void)state;
	assert_id("abc-123_x.y:z", true);
	assert_id("a b", false);
	assert_id("a\"b", false);
	assert_id("0123456789012345678901234567890123456789012345678901234567890123", true);
	assert_id("01234567890123456789012345678901234567890123456789012345678901234", false);
}

static void
every_answer_has_a_request_id_of_its_own(void **state)
{
	(void)state;
	char ids[2][40];
	for (int i = 0; i < 2; i++) {
		struct answer a;
		ask("GET /nowhere HTTP/1.1\r\n" HOST "\r\n", &a);
		snprintf(ids[i], sizeof(ids[i]), "%s", answer_header(&a, "X-Request-Id"));
		answer_done(&a);
		assert_int_equal(strspn(ids[i], "0123456789abcdef"), 16);
	}
	assert_string_not_equal(ids[0], ids[1]);
}

static void
parameters_are_read_within_their_bounds(void **state)
{
	(void)state;
	assert_answers("GET /look HTTP/1.1\r\n" HOST "\r\n", 200,
		       "depth=5 flag=0 limit=50 cursor=- is=application/yaml");
	assert_answers("GET /look?depth=9&flag&limit=1000 HTTP/1.1\r\n" HOST "\r\n", 200,
		       "depth=9 flag=1 limit=1000");
	assert_answers("GET /look?flag=false&cursor=YS5i HTTP/1.1\r\n" HOST "\r\n", 200,
		       "flag=0 limit=50 cursor=a.b");
	assert_answers("GET /look HTTP/1.1\r\n" HOST "\r\n", 200, "next=YS5i");
	assert_answers("GET /look?depth=10 HTTP/1.1\r\n" HOST "\r\n", 400,
		       "the parameter 'depth' is '10', expected a number from 1 to 9");
	assert_answers("GET /look?depth=-1 HTTP/1.1\r\n" HOST "\r\n", 400, "'-1'");
	assert_answers("GET /look?depth= HTTP/1.1\r\n" HOST "\r\n", 400, "''");
	assert_answers("GET /look?depth=99999999999999999999 HTTP/1.1\r\n" HOST "\r\n", 400,
		       "'depth'");
	assert_answers("GET /look?limit=0 HTTP/1.1\r\n" HOST "\r\n", 400, "'limit'");
	assert_answers("GET /look?flag=yes HTTP/1.1\r\n" HOST "\r\n", 400,
		       "expected true or false");
	assert_answers("GET /look?cursor=%2A HTTP/1.1\r\n" HOST "\r\n", 400, "'cursor'");
	assert_answers("GET /look?cursor= HTTP/1.1\r\n" HOST "\r\n", 400, "'cursor'");
	assert_answers("GET /look?cursor=AAAA HTTP/1.1\r\n" HOST "\r\n", 400, "'cursor'");
}

static void
an_unknown_parameter_gets_a_suggestion(void **state)
{
	(void)state;
	assert_answers("GET /look?dept=1 HTTP/1.1\r\n" HOST "\r\n", 400,
		       "unknown parameter 'dept', did you mean 'depth'?");
	assert_answers("GET /look?xyzzy=1 HTTP/1.1\r\n" HOST "\r\n", 400,
		       "known are: depth, flag, limit, cursor");
}

static void
a_parameter_that_is_given_twice_is_refused(void **state)
{
	(void)state;
	assert_answers("GET /look?depth=1&flag=true&depth=2 HTTP/1.1\r\n" HOST "\r\n", 400,
		       "the parameter 'depth' is given twice");
	assert_answers("GET /look?flag=true&flag=true HTTP/1.1\r\n" HOST "\r\n", 400,
		       "the parameter 'flag' is given twice");
}

static void
accept_decides_the_form(void **state)
{
	(void)state;
	static const struct {
		const char *accept;
		int yaml;
	} cases[] = {
	    {"application/yaml", 1},
	    {"application/json", 0},
	    {"*/*", 0},
	    {"application/*", 0},
	    {"application/yaml, */*", 1},
	    {"application/yaml;q=0.5, application/json", 0},
	    {"application/yaml, application/json;q=0.5", 1},
	    {"application/yaml;q=0, */*", 0},
	    {"application/json;q=0.1, application/*;q=0.2", 1},
	    {"text/html,application/xhtml+xml,*/*;q=0.8", 0},
	    {"application/yamlish", 0},
	    {"", 0},
	    {";;,,q=1", 0},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[200], expected[20];
		snprintf(text, sizeof(text), "GET /look HTTP/1.1\r\n" HOST "Accept: %s\r\n\r\n",
			 cases[i].accept);
		snprintf(expected, sizeof(expected), "yaml=%d", cases[i].yaml);
		assert_answers(text, 200, expected);
	}
}

static void
if_match_compares_strongly(void **state)
{
	(void)state;
	static const struct {
		const char *tag;
		int holds;
	} cases[] = {
	    {"\"abc\"", 1}, {"*", 1},   {"\"x\", \"abc\"", 1},
	    {"\"x\"", 0},   {"abc", 0}, {"W/\"abc\"", 0},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[200], expected[20];
		snprintf(text, sizeof(text), "GET /look HTTP/1.1\r\n" HOST "If-Match: %s\r\n\r\n",
			 cases[i].tag);
		snprintf(expected, sizeof(expected), "match=%d", cases[i].holds);
		assert_answers(text, 200, expected);
	}
}

static void
assert_document(const char *type, const char *body, int status, const char *part)
{
	char text[400];
	snprintf(text, sizeof(text),
		 "POST /document HTTP/1.1\r\n" HOST "%s%s%sContent-Length: %zu\r\n\r\n%s",
		 type ? "Content-Type: " : "", type ? type : "", type ? "\r\n" : "", strlen(body),
		 body);
	assert_answers(text, status, part);
}

static void
a_document_is_read_by_its_content_type(void **state)
{
	(void)state;
	assert_document("application/json", "{\"name\":\"a\"}", 200, "a application/json");
	assert_document("application/json; charset=UTF-8", "{\"name\":\"a\"}", 200,
			"a application/json");
	assert_document("application/cloudevents+json", "{\"name\":\"a\"}", 200,
			"a application/json");
	assert_document("Text/YAML", "name: b", 200, "b application/yaml");
	assert_document("application/x-yaml", "name: b", 200, "b application/yaml");
	assert_document(NULL, "name: b", 200, "b application/yaml");
	assert_document("application/json", "name: b", 400, "\"line\":1");
	assert_document("application/yaml", "name: [", 400, "\"line\":");
	assert_document("application/x-www-form-urlencoded", "name: b", 415,
			"send application/yaml or application/json");
	assert_document("application/json; charset=utf-16", "{}", 415, "utf-16");
	assert_document("text/plain", "name: b", 415, NULL);
}

static void
the_metrics_count_by_route_and_status(void **state)
{
	(void)state;
	assert_answers("GET /hello/w HTTP/1.1\r\n" HOST "\r\n", 200, NULL);
	assert_answers("GET /metrics-nowhere HTTP/1.1\r\n" HOST "\r\n", 404, NULL);
	CLEANUP(buf_done) struct buf text = {0};
	metrics_write(metrics, &text);
	assert_non_null(strstr(
	    text.data,
	    "weft_http_requests_total{method=\"GET\",route=\"/hello/{who}\",code=\"200\"} "));
	assert_non_null(
	    strstr(text.data, "weft_http_requests_total{method=\"\",route=\"\",code=\"404\"} "));
	assert_non_null(strstr(
	    text.data, "weft_http_request_seconds_count{method=\"GET\",route=\"/hello/{who}\"} "));
}

static void
an_old_client_is_answered_and_closed(void **state)
{
	(void)state;
	struct wire w;
	struct answer a;
	wire_open(&w, http_port(http));
	wire_say(&w, "GET /hello/w HTTP/1.0\r\n\r\n");
	wire_read(&w, false, &a);
	assert_int_equal(a.status, 200);
	assert_true(wire_ends_within(&w, 2));
	answer_done(&a);
	wire_close(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_get_is_answered),
	    cmocka_unit_test(a_connection_holds_over_many_requests),
	    cmocka_unit_test(requests_in_one_piece_are_answered_in_order),
	    cmocka_unit_test(a_body_may_come_in_pieces),
	    cmocka_unit_test(a_body_may_come_in_chunks),
	    cmocka_unit_test(head_is_get_without_its_body),
	    cmocka_unit_test(a_method_that_is_not_there_is_405_with_allow),
	    cmocka_unit_test(what_is_not_there_is_404),
	    cmocka_unit_test(a_failure_is_a_problem_document),
	    cmocka_unit_test(what_broke_inside_is_not_told_outside),
	    cmocka_unit_test(an_answer_without_body_has_none),
	    cmocka_unit_test(what_the_client_has_is_304),
	    cmocka_unit_test(a_304_leaves_the_connection_usable),
	    cmocka_unit_test(a_short_and_plain_request_id_is_kept),
	    cmocka_unit_test(every_answer_has_a_request_id_of_its_own),
	    cmocka_unit_test(parameters_are_read_within_their_bounds),
	    cmocka_unit_test(an_unknown_parameter_gets_a_suggestion),
	    cmocka_unit_test(a_parameter_that_is_given_twice_is_refused),
	    cmocka_unit_test(accept_decides_the_form),
	    cmocka_unit_test(if_match_compares_strongly),
	    cmocka_unit_test(a_document_is_read_by_its_content_type),
	    cmocka_unit_test(the_metrics_count_by_route_and_status),
	    cmocka_unit_test(an_old_client_is_answered_and_closed),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
