/*
 * test_http_stream.c -- endless answers, and the server's own end.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

#include "wire.h"

#define HOST   "Host: weft\r\n"
#define FOLLOW "GET /follow HTTP/1.1\r\n" HOST "\r\n"

static _Atomic int news, ended, answered;

struct follower {
	int seen;
};

static int64_t
tell_news(void *state, struct buf *out)
{
	struct follower *f = state;
	if (news < 0)
		return -1;
	if (f->seen == news)
		return 0;
	buf_printf(out, "news %d\n", ++f->seen);
	return (int64_t)out->length;
}

static void
end_news(void *state)
{
	ended++;
	free(state);
}

static enum err_code
follow(struct request *rq, struct response *rs, struct err *e)
{
	struct follower *f = calloc(1, sizeof(*f));
	rs->content_type = "text/event-stream";
	rs->stream = tell_news;
	rs->stream_end = end_news;
	rs->stream_state = f;
	return request_query(rq, "fail") ? ERR(e, CONFLICT, "changed my mind") : ERR_OK;
}

static enum err_code
take_time(struct request *rq, struct response *rs, struct err *e)
{
	(void)rq;
	(void)e;
	struct timespec pause = {.tv_nsec = 500000000};
	nanosleep(&pause, NULL);
	answered++;
	buf_text(&rs->body, "done");
	return ERR_OK;
}

static enum err_code
be_quick(struct request *rq, struct response *rs, struct err *e)
{
	(void)rq;
	(void)e;
	buf_text(&rs->body, "quick");
	return ERR_OK;
}

// clang-format off
static const struct route routes[] = {
	{GET, "/follow", follow,    ROLE_ANYBODY, ""},
	{GET, "/slow",   take_time, ROLE_ANYBODY, ""},
	{GET, "/quick",  be_quick,  ROLE_ANYBODY, ""},
	{0},
};
// clang-format on

static void
allow_two_streams(struct http_options *options)
{
	options->max_connections = 5;
}

static int
begin(void **state)
{
	(void)state;
	news = ended = answered = 0;
	return 0;
}

static void
wait_until(_Atomic int *value, int wanted)
{
	moment end = clock_monotonic() + SECONDS(10);
	while (*value != wanted && clock_monotonic() < end) {
		struct timespec pause = {.tv_nsec = 10000000};
		nanosleep(&pause, NULL);
	}
	assert_int_equal(*value, wanted);
}

static void
open_stream(struct wire *w, struct http *http)
{
	wire_open(w, http_port(http));
	assert_true(wire_say(w, FOLLOW));
	assert_true(wire_read_more(w, "\r\n\r\n", 5));
	assert_non_null(strstr(w->unread.data, "text/event-stream"));
	assert_non_null(strstr(w->unread.data, "chunked"));
}

static void
news_come_as_they_happen(void **state)
{
	(void)state;
	struct http *http = serve(routes, NULL);
	struct wire w;
	open_stream(&w, http);
	assert_null(strstr(w.unread.data, "news"));
	news = 1;
	assert_true(wire_read_more(&w, "news 1\n", 5));
	news = 4;
	assert_true(wire_read_more(&w, "news 4\n", 5));
	assert_non_null(strstr(w.unread.data, "news 2\n"));
	wire_close(&w);
	news = 5;
	wait_until(&ended, 1);
	http_stop(http);
}

static void
who_left_is_noticed_without_news(void **state)
{
	(void)state;
	struct http *http = serve(routes, NULL);
	struct wire w;
	open_stream(&w, http);
	moment began = clock_monotonic();
	wire_close(&w);
	wait_until(&ended, 1);
	assert_true(clock_monotonic() - began < SECONDS(3));
	http_stop(http);
}

static void
many_streams_hold_no_thread(void **state)
{
	(void)state;
	struct http *http = serve(routes, NULL);
	struct wire streams[20];
	for (size_t i = 0; i < ARRAY_LEN(streams); i++)
		open_stream(&streams[i], http);
	for (int i = 0; i < 20; i++) {
		struct answer a;
		moment began = clock_monotonic();
		wire_ask(http_port(http), "GET /quick HTTP/1.1\r\n" HOST "\r\n", &a);
		assert_int_equal(a.status, 200);
		assert_true(clock_monotonic() - began < SECONDS(2));
		answer_done(&a);
	}
	news = 1;
	for (size_t i = 0; i < ARRAY_LEN(streams); i++)
		assert_true(wire_read_more(&streams[i], "news 1\n", 5));
	for (size_t i = 0; i < ARRAY_LEN(streams); i++)
		wire_close(&streams[i]);
	http_stop(http);
	assert_int_equal(ended, 20);
}

static void
a_stream_that_ends_itself_leaves_the_connection(void **state)
{
	(void)state;
	struct http *http = serve(routes, NULL);
	struct wire w;
	open_stream(&w, http);
	news = -1;
	assert_true(wire_read_more(&w, "\r\n0\r\n\r\n", 5));
	wait_until(&ended, 1);
	buf_clear(&w.unread);
	struct answer a;
	wire_say(&w, "GET /quick HTTP/1.1\r\n" HOST "\r\n");
	wire_read(&w, false, &a);
	assert_string_equal(a.body.data, "quick");
	answer_done(&a);
	wire_close(&w);
	http_stop(http);
}

static void
a_handler_that_fails_after_all_ends_its_stream(void **state)
{
	(void)state;
	struct http *http = serve(routes, NULL);
	struct answer a;
	wire_ask(http_port(http), "GET /follow?fail HTTP/1.1\r\n" HOST "\r\n", &a);
	assert_int_equal(a.status, 409);
	answer_done(&a);
	wait_until(&ended, 1);
	http_stop(http);
}

static void
the_header_of_a_stream_can_be_asked_for_alone(void **state)
{
	(void)state;
	struct http *http = serve(routes, NULL);
	struct answer a;
	wire_ask(http_port(http), "HEAD /follow HTTP/1.1\r\n" HOST "\r\n", &a);
	assert_int_equal(a.status, 200);
	answer_done(&a);
	wait_until(&ended, 1);
	http_stop(http);
}

static void
streams_leave_room_for_others(void **state)
{
	(void)state;
	struct http *http = serve(routes, allow_two_streams);
	struct wire streams[2];
	struct answer a;
	for (int i = 0; i < 2; i++)
		open_stream(&streams[i], http);
	wire_ask(http_port(http), FOLLOW, &a);
	assert_int_equal(a.status, 503);
	assert_string_equal(answer_header(&a, "Retry-After"), "1");
	answer_done(&a);
	wait_until(&ended, 1);
	wire_close(&streams[0]);
	news = 1;
	wait_until(&ended, 2);
	open_stream(&streams[0], http);
	wire_close(&streams[0]);
	wire_close(&streams[1]);
	http_stop(http);
	assert_int_equal(ended, 4); /* the refused one, too */
}

static void
stopping_ends_streams_properly(void **state)
{
	(void)state;
	struct http *http = serve(routes, NULL);
	struct wire w[8];
	for (size_t i = 0; i < ARRAY_LEN(w); i++)
		open_stream(&w[i], http);
	moment began = clock_monotonic();
	http_stop(http);
	assert_true(clock_monotonic() - began < SECONDS(5));
	assert_int_equal(ended, 8);
	for (size_t i = 0; i < ARRAY_LEN(w); i++) {
		assert_true(wire_read_more(&w[i], "\r\n0\r\n\r\n", 2));
		wire_close(&w[i]);
	}
}

static void *
stop_it(void *http)
{
	http_stop(http);
	return NULL;
}

static void
what_was_begun_is_finished(void **state)
{
	(void)state;
	struct http *http = serve(routes, NULL);
	struct wire w;
	struct answer a;
	wire_open(&w, http_port(http));
	wire_say(&w, "GET /slow HTTP/1.1\r\n" HOST "\r\n");
	struct timespec pause = {.tv_nsec = 200000000};
	nanosleep(&pause, NULL);
	pthread_t thread;
	assert_int_equal(pthread_create(&thread, NULL, stop_it, http), 0);
	wire_read(&w, false, &a);
	assert_string_equal(a.body.data, "done");
	assert_string_equal(answer_header(&a, "Connection"), "close");
	assert_true(wire_ends_within(&w, 5));
	pthread_join(thread, NULL);
	assert_int_equal(answered, 1);
	answer_done(&a);
	wire_close(&w);
}

static void
an_idle_connection_does_not_delay_the_end(void **state)
{
	(void)state;
	struct http *http = serve(routes, NULL);
	struct wire w;
	struct answer a;
	wire_open(&w, http_port(http));
	wire_say(&w, "GET /quick HTTP/1.1\r\n" HOST "\r\n");
	wire_read(&w, false, &a);
	answer_done(&a);
	moment began = clock_monotonic();
	http_stop(http);
	assert_true(clock_monotonic() - began < SECONDS(3));
	wire_close(&w);
}

static void
assert_does_not_start(struct http_options *options, enum err_code code, const char *because)
{
	static const struct route *const tables[] = {routes, NULL};
	struct http *http = NULL;
	struct err e = {0};
	if (!options->tables)
		options->tables = tables;
	assert_int_equal(http_start(options, &http, &e), code);
	assert_null(http);
	if (!strstr(e.message, because))
		fail_msg("%s", e.message);
}

static void
what_cannot_start_says_why(void **state)
{
	(void)state;
	struct http *http = serve(routes, NULL);
	CLEANUP(buf_done) struct buf taken = {0};
	buf_printf(&taken, "127.0.0.1:%u", http_port(http));
	assert_does_not_start(&(struct http_options){.listen = taken.data, .threads = 1}, ERR_IO,
			      "in use");
	http_stop(http);

	static const char *const no_address[] = {
	    "",           "8080",           ":8080",           "host:http",
	    "127.0.0.1:", "::1:80",         "127.0.0.1:65536", "127.0.0.1:8x",
	    "[]:80",      "weft.example:80"};
	for (size_t i = 0; i < ARRAY_LEN(no_address); i++)
		assert_does_not_start(&(struct http_options){.listen = no_address[i]}, ERR_USAGE,
				      "address");

	static const struct route open_door[] = {{GET, "/x", be_quick, ROLE_NOBODY, ""}, {0}};
	static const struct route *const tables[] = {open_door, NULL};
	assert_does_not_start(&(struct http_options){.listen = "127.0.0.1:0", .tables = tables},
			      ERR_INTERNAL, "nobody's role");
}

static void
loopback_is_known(void **state)
{
	(void)state;
	assert_true(is_loopback_address("127.0.0.1:80"));
	assert_true(is_loopback_address("127.3.2.1:80"));
	assert_true(is_loopback_address("localhost:80"));
	assert_true(is_loopback_address("[::1]:80"));
	assert_false(is_loopback_address("0.0.0.0:80"));
	assert_false(is_loopback_address("[::]:80"));
	assert_false(is_loopback_address("192.168.0.1:80"));
	assert_false(is_loopback_address("localhost.example:80"));
	assert_false(is_loopback_address("nonsense"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(news_come_as_they_happen, begin),
	    cmocka_unit_test_setup(who_left_is_noticed_without_news, begin),
	    cmocka_unit_test_setup(many_streams_hold_no_thread, begin),
	    cmocka_unit_test_setup(a_stream_that_ends_itself_leaves_the_connection, begin),
	    cmocka_unit_test_setup(a_handler_that_fails_after_all_ends_its_stream, begin),
	    cmocka_unit_test_setup(the_header_of_a_stream_can_be_asked_for_alone, begin),
	    cmocka_unit_test_setup(streams_leave_room_for_others, begin),
	    cmocka_unit_test_setup(stopping_ends_streams_properly, begin),
	    cmocka_unit_test_setup(what_was_begun_is_finished, begin),
	    cmocka_unit_test_setup(an_idle_connection_does_not_delay_the_end, begin),
	    cmocka_unit_test(what_cannot_start_says_why),
	    cmocka_unit_test(loopback_is_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
