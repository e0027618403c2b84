/*
 * test_http_limits.c -- clients that send too much, too slowly, or what no client should.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <sys/resource.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

#include "wire.h"

#define HOST "Host: weft\r\n"

static _Atomic int called;

static enum err_code
count_call(struct request *rq, struct response *rs, struct err *e)
{
	(void)e;
	called++;
	buf_printf(&rs->body, "%zu", rq->body_length);
	return ERR_OK;
}

static enum err_code
give_much(struct request *rq, struct response *rs, struct err *e)
{
	(void)rq;
	(void)e;
	char line[1000];
	memset(line, 'x', sizeof(line));
	for (int i = 0; i < 30000; i++)
		buf_append(&rs->body, line, sizeof(line));
	return ERR_OK;
}

// clang-format off
static const struct route routes[] = {
	{GET,  "/a",     count_call, ROLE_ANYBODY,   ""},
	{POST, "/a",     count_call, ROLE_ANYBODY,   ""},
	{GET,  "/much",  give_much,  ROLE_ANYBODY,   ""},
	{POST, "/shut",  count_call, ROLE_PUBLISHER, ""},
	{0},
};
// clang-format on

static enum err_code
only_anybody(struct request *rq, struct err *e)
{
	if (rq->route->role != ROLE_ANYBODY)
		return ERR(e, UNAUTHENTICATED, "who are you?");
	return ERR_OK;
}

static void
be_strict(struct http_options *options)
{
	options->timeout_seconds = 1;
	options->authorize = only_anybody;
	options->max_connections = 300;
}

static struct http *http;

static int
start(void **state)
{
	(void)state;
	http = serve(routes, be_strict);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	http_stop(http);
	return 0;
}

static void
begin(struct wire *w, const char *text)
{
	wire_open(w, http_port(http));
	assert_true(wire_say(w, text));
}

static int
status_of(const char *text)
{
	struct answer a;
	wire_ask(http_port(http), text, &a);
	answer_done(&a);
	return a.status;
}

/* The server must still be there, whatever was done to it. */
static void
assert_alive(void)
{
	assert_int_equal(status_of("GET /a HTTP/1.1\r\n" HOST "\r\n"), 200);
}

static void
a_body_at_the_limit_passes_and_one_byte_more_does_not(void **state)
{
	(void)state;
	for (size_t more = 0; more < 2; more++) {
		struct wire w;
		struct answer a;
		char body[10001];
		memset(body, 'b', sizeof(body));
		begin(&w, more ? "POST /a HTTP/1.1\r\n" HOST "Content-Length: 10001\r\n\r\n"
			       : "POST /a HTTP/1.1\r\n" HOST "Content-Length: 10000\r\n\r\n");
		wire_send(&w, body, 10000 + more);
		wire_read(&w, false, &a);
		assert_int_equal(a.status, more ? 413 : 200);
		if (more)
			assert_string_equal(answer_header(&a, "Content-Type"),
					    "application/problem+json");
		answer_done(&a);
		/* A little too much was read over, and the connection goes on. */
		wire_say(&w, "GET /a HTTP/1.1\r\n" HOST "\r\n");
		wire_read(&w, false, &a);
		assert_int_equal(a.status, 200);
		answer_done(&a);
		wire_close(&w);
	}
}

static void
a_body_far_too_large_is_refused_before_it_was_sent(void **state)
{
	(void)state;
	struct wire w;
	struct answer a;
	char some[4096] = {0};
	int before = called;
	begin(&w, "POST /a HTTP/1.1\r\n" HOST "Content-Length: 99999999999\r\n\r\n");
	wire_send(&w, some, sizeof(some));
	wire_read(&w, false, &a);
	assert_int_equal(a.status, 413);
	assert_non_null(strstr(a.body.data, "the body is larger than 10000 bytes"));
	assert_true(wire_ends_within(&w, 10));
	assert_int_equal(called, before);
	answer_done(&a);
	wire_close(&w);
}

static void
a_client_that_asks_first_is_told_at_once(void **state)
{
	(void)state;
	struct wire w;
	struct answer a;
	begin(&w,
	      "POST /a HTTP/1.1\r\n" HOST "Content-Length: 20000\r\nExpect: 100-continue\r\n\r\n");
	wire_read(&w, false, &a);
	assert_int_equal(a.status, 413);
	answer_done(&a);
	wire_close(&w);

	begin(&w, "POST /a HTTP/1.1\r\n" HOST "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
	wire_read(&w, false, &a);
	assert_int_equal(a.status, 100);
	answer_done(&a);
	wire_say(&w, "hi");
	wire_read(&w, false, &a);
	assert_int_equal(a.status, 200);
	answer_done(&a);
	wire_close(&w);
}

/* One chunk of `size` bytes, as it goes over the wire. */
static struct buf
make_chunk(size_t size)
{
	struct buf b = {0};
	buf_printf(&b, "%zx\r\n", size);
	for (size_t i = 0; i < size; i++)
		buf_char(&b, 'c');
	buf_text(&b, "\r\n");
	return b;
}

static void
chunks_beyond_the_limit_are_refused(void **state)
{
	(void)state;
	struct wire w;
	struct answer a;
	CLEANUP(buf_done) struct buf chunk = make_chunk(4000);
	begin(&w, "POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 3; i++)
		assert_true(wire_send(&w, chunk.data, chunk.length));
	assert_true(wire_say(&w, "0\r\n\r\n"));
	wire_read(&w, false, &a);
	assert_int_equal(a.status, 413);
	answer_done(&a);
	wire_close(&w);
}

/* 200 MB, while the server may not keep more than a little of it. */
static void
chunks_without_end_are_refused_and_not_kept(void **state)
{
	(void)state;
	struct wire w;
	struct answer a;
	struct rusage before, after;
	const long most = 32L * 1024; /* KiB */
	CLEANUP(buf_done) struct buf chunk = make_chunk(1 << 20);
	getrusage(RUSAGE_SELF, &before);
	begin(&w, "POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n");
	bool taken = true;
	for (int i = 0; i < 200 && taken; i++)
		taken = wire_send(&w, chunk.data, chunk.length);
	assert_false(taken);
	getrusage(RUSAGE_SELF, &after);
	assert_true(after.ru_maxrss - before.ru_maxrss < most);
	wire_close(&w);

	begin(&w, "POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n");
	wire_send(&w, chunk.data, chunk.length);
	wire_send(&w, chunk.data, 30000);
	wire_read(&w, false, &a);
	assert_int_equal(a.status, 413);
	assert_string_equal(answer_header(&a, "Connection"), "close");
	answer_done(&a);
	wire_close(&w);
	assert_alive();
}

static void
who_may_not_is_told_without_the_body_being_kept(void **state)
{
	(void)state;
	struct wire w;
	struct answer a;
	int before = called;
	begin(&w, "POST /shut HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello");
	wire_read(&w, false, &a);
	assert_int_equal(a.status, 401);
	assert_string_equal(answer_header(&a, "WWW-Authenticate"), "Bearer realm=\"weft\"");
	answer_done(&a);
	wire_say(&w, "POST /shut HTTP/1.1\r\n" HOST
		     "Authorization: Bearer x\r\nContent-Length: 0\r\n\r\n");
	wire_read(&w, false, &a);
	assert_string_equal(answer_header(&a, "WWW-Authenticate"),
			    "Bearer realm=\"weft\", error=\"invalid_token\"");
	answer_done(&a);
	assert_int_equal(called, before);
	wire_close(&w);
}

static void
silence_is_cut(void **state)
{
	(void)state;
	struct wire w;
	begin(&w, "");
	assert_true(wire_ends_within(&w, 6));
	wire_close(&w);
	begin(&w, "GET /a HTTP/1.1\r\nHo");
	assert_true(wire_ends_within(&w, 6));
	wire_close(&w);
}

/* Send one byte of `text` every tenth of a second until the server has had enough; false when it
 * takes them all. */
static bool
drip(const char *beginning, size_t bytes)
{
	struct wire w;
	begin(&w, beginning);
	bool cut = false;
	for (size_t i = 0; i < bytes && !cut; i++) {
		struct timespec pause = {.tv_nsec = 100000000};
		nanosleep(&pause, NULL);
		cut = !wire_send(&w, "x", 1);
	}
	wire_close(&w);
	return cut;
}

static void
a_header_in_drops_is_cut(void **state)
{
	(void)state;
	assert_true(drip("GET /a HTTP/1.1\r\nX-Slow: ", 80));
}

static void
a_request_line_in_drops_is_cut(void **state)
{
	(void)state;
	assert_true(drip("GET /", 80));
}

static void
a_body_in_drops_is_cut(void **state)
{
	(void)state;
	assert_true(drip("POST /a HTTP/1.1\r\n" HOST "Content-Length: 5000\r\n\r\n", 80));
}

static void
a_compressed_body_is_refused(void **state)
{
	(void)state;
	assert_int_equal(status_of("POST /a HTTP/1.1\r\n" HOST
				   "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nab"),
			 415);
	assert_int_equal(status_of("POST /a HTTP/1.1\r\n" HOST
				   "Content-Encoding: identity\r\nContent-Length: 2\r\n\r\nab"),
			 200);
}

static void
a_header_flood_is_refused(void **state)
{
	(void)state;
	struct wire w;
	struct answer a;
	begin(&w, "GET /a HTTP/1.1\r\n" HOST);
	bool taken = true;
	for (int i = 0; i < 5000 && taken; i++)
		taken = wire_say(&w, "X-Header: 0123456789012345678901234567890123456789\r\n");
	wire_read(&w, false, &a);
	assert_true(a.status == 431 || a.status == 413 || (a.status == 0 && !taken));
	answer_done(&a);
	wire_close(&w);
	assert_alive();
}

static int
status_of_long_address(int length)
{
	CLEANUP(buf_done) struct buf text = {0};
	buf_text(&text, "GET /");
	for (int i = 0; i < length; i++)
		buf_char(&text, 'a');
	buf_text(&text, " HTTP/1.1\r\n" HOST "\r\n");
	return status_of(text.data);
}

static void
an_absurd_address_is_refused(void **state)
{
	(void)state;
	assert_int_equal(status_of_long_address(9000), 400);
	int status = status_of_long_address(100000);
	assert_true(status == 414 || status == 431 || status == 0);
	assert_alive();
}

static void
bad_escapes_are_refused(void **state)
{
	(void)state;
	assert_int_equal(status_of("GET /a%zz HTTP/1.1\r\n" HOST "\r\n"), 400);
	assert_int_equal(status_of("GET /a?b=%4 HTTP/1.1\r\n" HOST "\r\n"), 400);
	assert_int_equal(status_of("GET /%00 HTTP/1.1\r\n" HOST "\r\n"), 400);
	assert_int_equal(status_of("GET a HTTP/1.1\r\n" HOST "\r\n"), 400);
	assert_int_equal(status_of("OPTIONS * HTTP/1.1\r\n" HOST "\r\n"), 400);
	assert_int_equal(status_of("GET http://elsewhere/a HTTP/1.1\r\n" HOST "\r\n"), 200);
}

static void
a_nul_in_the_request_line_is_refused(void **state)
{
	(void)state;
	static const char path[] = "GET /a\0/../b HTTP/1.1\r\n" HOST "\r\n";
	static const char query[] = "GET /a?x=\0y HTTP/1.1\r\n" HOST "\r\n";
	int before = called;
	for (int i = 0; i < 2; i++) {
		struct wire w;
		struct answer a;
		wire_open(&w, http_port(http));
		wire_send(&w, i ? query : path, i ? sizeof(query) - 1 : sizeof(path) - 1);
		wire_read(&w, false, &a);
		assert_int_equal(a.status, 400);
		answer_done(&a);
		wire_close(&w);
	}
	assert_int_equal(called, before);
}

static void
what_can_be_read_in_two_ways_is_refused(void **state)
{
	(void)state;
	static const char *const requests[] = {
	    "POST /a HTTP/1.1\r\n" HOST
	    "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	    "POST /a HTTP/1.1\r\n" HOST "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
	    "POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip\r\n\r\nabcd",
	    "POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
	    "POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n"
	    "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n",
	    "POST /a HTTP/1.1\r\n" HOST "Content-Length : 4\r\n\r\nabcd",
	    "POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
	    "POST /a HTTP/1.1\r\n Content-Length: 4\r\n" HOST "\r\nabcd",
	    "GET /a HTTP/1.1\r\n" HOST HOST "\r\n",
	    "POST /a HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n",
	    "POST /a HTTP/1.1\r\n" HOST "Content-Length: 3x\r\n\r\nabc",
	};
	int before = called;
	for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
		struct wire w;
		struct answer a;
		begin(&w, requests[i]);
		wire_read(&w, false, &a);
		if (a.status != 400)
			fail_msg("%s is answered by %d", requests[i], a.status);
		assert_true(wire_ends_within(&w, 5));
		answer_done(&a);
		wire_close(&w);
	}
	assert_int_equal(called, before);
}

static void
what_is_no_http_is_refused(void **state)
{
	(void)state;
	static const char *const requests[] = {
	    "\r\n\r\nnonsense\r\n\r\n",
	    "GET\r\n\r\n",
	    "GET /a\r\n\r\n",
	    "GET /a HTTP/9.9\r\n" HOST "\r\n",
	    "GET /a HTTP/1.1\r\n\r\n", /* no Host */
	    "GET /a b HTTP/1.1\r\n" HOST "\r\n",
	    "POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
	    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
	};
	int before = called;
	for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
		int status = status_of(requests[i]);
		if (status != 0 && status != 400 && status != 505)
			fail_msg("%s is answered by %d", requests[i], status);
	}
	assert_int_equal(called, before);
	assert_alive();
}

static void
who_does_not_read_is_cut(void **state)
{
	(void)state;
	struct wire w;
	begin(&w, "GET /much HTTP/1.1\r\n" HOST "\r\n");
	struct timespec pause = {.tv_sec = 4};
	nanosleep(&pause, NULL);
	/* Had it waited for us, all 30 MB would come now. */
	size_t got = 0;
	while (wire_read_more(&w, "x", 2)) {
		got += w.unread.length;
		buf_clear(&w.unread);
		w.unread.data[0] = '\0';
	}
	assert_true(got < 30000000);
	wire_close(&w);
}

static void
more_connections_than_allowed_wait_and_are_served(void **state)
{
	(void)state;
	enum { MANY = 400 };
	struct wire *all = calloc(MANY, sizeof(*all));
	for (int i = 0; i < MANY; i++)
		wire_open(&all[i], http_port(http));
	for (int i = 0; i < MANY; i++)
		wire_close(&all[i]);
	free(all);
	assert_alive();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_body_at_the_limit_passes_and_one_byte_more_does_not),
	    cmocka_unit_test(a_body_far_too_large_is_refused_before_it_was_sent),
	    cmocka_unit_test(a_client_that_asks_first_is_told_at_once),
	    cmocka_unit_test(chunks_beyond_the_limit_are_refused),
	    cmocka_unit_test(chunks_without_end_are_refused_and_not_kept),
	    cmocka_unit_test(who_may_not_is_told_without_the_body_being_kept),
	    cmocka_unit_test(silence_is_cut),
	    cmocka_unit_test(a_header_in_drops_is_cut),
	    cmocka_unit_test(a_request_line_in_drops_is_cut),
	    cmocka_unit_test(a_body_in_drops_is_cut),
	    cmocka_unit_test(a_compressed_body_is_refused),
	    cmocka_unit_test(a_header_flood_is_refused),
	    cmocka_unit_test(an_absurd_address_is_refused),
	    cmocka_unit_test(bad_escapes_are_refused),
	    cmocka_unit_test(a_nul_in_the_request_line_is_refused),
	    cmocka_unit_test(what_can_be_read_in_two_ways_is_refused),
	    cmocka_unit_test(what_is_no_http_is_refused),
	    cmocka_unit_test(who_does_not_read_is_cut),
	    cmocka_unit_test(more_connections_than_allowed_wait_and_are_served),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
