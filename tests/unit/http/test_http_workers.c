/*
 * test_http_workers.c -- handlers that wait: they hold up nobody but themselves.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "unit.h"
#include "wire.h"

#define HOST "Host: weft\r\n"

/* Handlers that wait do so at the gate: nothing here depends on how fast the machine is. */
static _Atomic int begun, finished;
static _Atomic bool gate_is_open;

static void
pause_millis(int millis)
{
	struct timespec pause = {.tv_sec = millis / 1000, .tv_nsec = millis % 1000 * 1000000L};
	nanosleep(&pause, NULL);
}

static void
wait_at_the_gate(void)
{
	begun++;
	for (int i = 0; !gate_is_open && i < 10000; i++)
		pause_millis(2);
	finished++;
}

static enum err_code
commit_slowly(struct request *rq, struct response *rs, struct err *e)
{
	(void)e;
	wait_at_the_gate();
	buf_append(&rs->body, rq->body, rq->body_length);
	return ERR_OK;
}

static enum err_code
be_quick(struct request *rq, struct response *rs, struct err *e)
{
	(void)e;
	buf_printf(&rs->body, "quick %s", rq->body);
	return ERR_OK;
}

static enum err_code
ask_a_plugin(struct request *rq, struct response *rs, struct err *e)
{
	wait_at_the_gate();
	if (request_query(rq, "fail"))
		return ERR(e, UNREACHABLE, "it does not answer");
	buf_printf(&rs->body, "it says %s", request_part(rq, 0));
	return ERR_OK;
}

static enum err_code
begin_to_ask(struct request *rq, struct response *rs, struct err *e)
{
	if (strcmp(request_part(rq, 0), "nobody") == 0)
		return ERR(e, NOT_FOUND, "there is nobody");
	rs->later = ask_a_plugin;
	return ERR_OK;
}

/* Requests that were handed on, for whoever is to end them. */
static pthread_mutex_t shelf_lock = PTHREAD_MUTEX_INITIALIZER;
static struct request *shelf[64];
static int shelved;

static void
put_on_shelf(struct request *rq, void *state)
{
	assert_ptr_equal(state, &shelf);
	pthread_mutex_lock(&shelf_lock);
	shelf[shelved++] = rq;
	pthread_mutex_unlock(&shelf_lock);
}

static int
count_shelf(void)
{
	pthread_mutex_lock(&shelf_lock);
	int count = shelved;
	pthread_mutex_unlock(&shelf_lock);
	return count;
}

static enum err_code
hand_on(struct request *rq, struct response *rs, struct err *e)
{
	(void)e;
	buf_printf(&rs->body, "committed %s", rq->body);
	rs->hand_on = put_on_shelf;
	rs->hand_on_state = &shelf;
	return ERR_OK;
}

static void
finish_at_once(struct request *rq, void *state)
{
	(void)state;
	struct err e;
	request_finish(rq, ERR(&e, NO_SPACE, "the disk is full"), &e);
}

static enum err_code
hand_on_in_vain(struct request *rq, struct response *rs, struct err *e)
{
	(void)rq, (void)e;
	rs->hand_on = finish_at_once;
	return ERR_OK;
}

/* As a committer does: all that has come together. */
static void
finish_shelf(void)
{
	pthread_mutex_lock(&shelf_lock);
	for (; shelved > 0; shelved--) {
		struct err e;
		request_finish(shelf[shelved - 1], ERR_OK, &e);
	}
	pthread_mutex_unlock(&shelf_lock);
}

/* Comes back twice before it is answered, as one that asks, decides and is committed. */
static enum err_code
come_back(struct request *rq, struct response *rs, struct err *e)
{
	if (rq->body_length == 0)
		return ERR(e, REFUSED, "there is nothing in it");
	buf_text(&rs->body, "again ");
	if (rs->body.length > strlen("again again "))
		return ERR_OK;
	rs->hand_on = put_on_shelf;
	return ERR_OK;
}

static enum err_code
go_away(struct request *rq, struct response *rs, struct err *e)
{
	(void)rq, (void)e;
	rs->hand_on = put_on_shelf;
	rs->hand_on_state = &shelf;
	return ERR_OK;
}

static void
resume_shelf(void)
{
	struct request *taken[64];
	pthread_mutex_lock(&shelf_lock);
	int count = shelved;
	memcpy(taken, shelf, sizeof taken);
	shelved = 0;
	pthread_mutex_unlock(&shelf_lock);
	for (int i = 0; i < count; i++)
		request_resume(taken[i], come_back);
}

static void
wait_for_shelf(int wanted)
{
	for (int i = 0; count_shelf() < wanted && i < 5000; i++)
		pause_millis(2);
	assert_int_equal(count_shelf(), wanted);
}

// clang-format off
static const struct route routes[] = {
	{POST, "/hand-on", hand_on,         ROLE_ANYBODY, ""},
	{POST, "/back",    go_away,         ROLE_ANYBODY, ""},
	{POST, "/in-vain", hand_on_in_vain, ROLE_ANYBODY, ""},
	{POST, "/commit",    commit_slowly, ROLE_ANYBODY, ""},
	{GET,  "/quick",     be_quick,      ROLE_ANYBODY, ""},
	{POST, "/quick",     be_quick,      ROLE_ANYBODY, ""},
	{GET,  "/ask/{who}", begin_to_ask,  ROLE_ANYBODY, ""},
	{POST, "/ask/{who}", begin_to_ask,  ROLE_ANYBODY, ""},
	{0},
};
// clang-format on

static struct http *http;

static int
start(void **state)
{
	(void)state;
	begun = finished = 0;
	gate_is_open = false;
	http = serve(routes, NULL);
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

static void
end(struct wire *w, const char *expected)
{
	struct answer a;
	wire_read(w, false, &a);
	assert_int_equal(a.status, 200);
	assert_string_equal(a.body.data, expected);
	answer_done(&a);
	wire_close(w);
}

static void
assert_answered(const char *method)
{
	struct answer a;
	char text[100];
	snprintf(text, sizeof(text), "%s /quick HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n",
		 method);
	wire_ask(http_port(http), text, &a);
	assert_int_equal(a.status, 200);
	answer_done(&a);
}

static void
wait_until_begun(int wanted)
{
	for (int i = 0; begun < wanted && i < 5000; i++)
		pause_millis(2);
	assert_true(begun >= wanted);
}

static void
readers_do_not_wait_for_commits(void **state)
{
	(void)state;
	struct wire writers[20];
	for (size_t i = 0; i < ARRAY_LEN(writers); i++)
		begin(&writers[i], "POST /commit HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nab");
	wait_until_begun(HTTP_WORKERS);
	for (int i = 0; i < 10; i++)
		assert_answered("GET");
	assert_int_equal(begun, HTTP_WORKERS);
	assert_int_equal(finished, 0);
	gate_is_open = true;
	for (size_t i = 0; i < ARRAY_LEN(writers); i++)
		end(&writers[i], "ab");
	assert_int_equal(finished, 20);
}

static void
commits_do_not_wait_for_plugins(void **state)
{
	(void)state;
	struct wire asking[20];
	for (size_t i = 0; i < ARRAY_LEN(asking); i++)
		begin(&asking[i], i % 2 ? "GET /ask/me HTTP/1.1\r\n" HOST "\r\n"
					: "POST /ask/me HTTP/1.1\r\n" HOST
					  "Content-Length: 0\r\n\r\n");
	wait_until_begun(HTTP_WAITERS);
	for (int i = 0; i < 10; i++) {
		assert_answered("POST");
		assert_answered("GET");
	}
	assert_int_equal(begun, HTTP_WAITERS);
	assert_int_equal(finished, 0);
	gate_is_open = true;
	for (size_t i = 0; i < ARRAY_LEN(asking); i++)
		end(&asking[i], "it says me");
}

#define HAND_ON "POST /hand-on HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nab"

static void
what_is_handed_on_holds_no_thread(void **state)
{
	(void)state;
	struct wire writers[40];
	for (size_t i = 0; i < ARRAY_LEN(writers); i++)
		begin(&writers[i], HAND_ON);
	wait_for_shelf(ARRAY_LEN(writers));
	for (int i = 0; i < 10; i++) {
		assert_answered("POST");
		assert_answered("GET");
	}
	finish_shelf();
	for (size_t i = 0; i < ARRAY_LEN(writers); i++)
		end(&writers[i], "committed ab");
}

#define GO_AWAY "POST /back HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nab"

static void
what_was_handed_on_may_come_back(void **state)
{
	(void)state;
	struct wire away[20];
	for (size_t i = 0; i < ARRAY_LEN(away); i++)
		begin(&away[i], GO_AWAY);
	for (int round = 0; round < 3; round++) {
		wait_for_shelf(ARRAY_LEN(away));
		assert_answered("POST");
		resume_shelf();
	}
	for (size_t i = 0; i < ARRAY_LEN(away); i++)
		end(&away[i], "again again again ");
}

static void
what_comes_back_may_fail_or_find_nobody(void **state)
{
	(void)state;
	struct wire w;
	struct answer a;
	begin(&w, "POST /back HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n");
	wait_for_shelf(1);
	resume_shelf();
	wire_read(&w, false, &a);
	assert_int_equal(a.status, 422);
	answer_done(&a);
	wire_close(&w);
	begin(&w, GO_AWAY);
	wait_for_shelf(1);
	wire_close(&w);
	for (int round = 0; round < 3; round++) {
		wait_for_shelf(1);
		resume_shelf();
	}
	assert_answered("GET");
}

static void
what_is_handed_on_may_fail_before_the_hands_are_empty(void **state)
{
	(void)state;
	struct answer a;
	for (int i = 0; i < 50; i++) {
		wire_ask(http_port(http),
			 "POST /in-vain HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", &a);
		assert_int_equal(a.status, 507);
		assert_non_null(strstr(a.body.data, "the disk is full"));
		answer_done(&a);
	}
}

static void
who_leaves_while_it_is_handed_on_is_no_harm(void **state)
{
	(void)state;
	struct wire writers[8];
	for (size_t i = 0; i < ARRAY_LEN(writers); i++)
		begin(&writers[i], HAND_ON);
	wait_for_shelf(ARRAY_LEN(writers));
	for (size_t i = 0; i < ARRAY_LEN(writers); i++)
		wire_close(&writers[i]);
	finish_shelf();
	assert_answered("GET");
}

static void
a_rest_may_fail_and_a_beginning_may_have_none(void **state)
{
	(void)state;
	struct answer a;
	gate_is_open = true;
	wire_ask(http_port(http), "GET /ask/me?fail HTTP/1.1\r\n" HOST "\r\n", &a);
	assert_int_equal(a.status, 502);
	assert_non_null(strstr(a.body.data, "it does not answer"));
	answer_done(&a);
	wire_ask(http_port(http), "POST /ask/nobody HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n",
		 &a);
	assert_int_equal(a.status, 404);
	answer_done(&a);
	assert_int_equal(begun, 1);
}

static void
a_connection_goes_on_after_work(void **state)
{
	(void)state;
	struct wire w;
	wire_open(&w, http_port(http));
	for (int i = 0; i < 300; i++) {
		struct answer a;
		char text[200], expected[40];
		snprintf(text, sizeof(text),
			 "POST /quick HTTP/1.1\r\n" HOST
			 "Content-Length: 3\r\n\r\n%03dGET /quick HTTP/1.1\r\n" HOST "\r\n",
			 i);
		wire_say(&w, text);
		wire_read(&w, false, &a);
		snprintf(expected, sizeof(expected), "quick %03d", i);
		assert_string_equal(a.body.data, expected);
		answer_done(&a);
		wire_read(&w, false, &a);
		assert_string_equal(a.body.data, "quick ");
		answer_done(&a);
	}
	wire_close(&w);
}

static void
who_leaves_meanwhile_is_no_harm(void **state)
{
	(void)state;
	for (int i = 0; i < HTTP_WORKERS; i++) {
		struct wire w;
		begin(&w, "POST /commit HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nab");
		wait_until_begun(i + 1);
		wire_close(&w);
	}
	gate_is_open = true;
	for (int i = 0; finished < HTTP_WORKERS && i < 5000; i++)
		pause_millis(2);
	assert_int_equal(finished, HTTP_WORKERS);
	assert_answered("GET");
}

static void *
stop_it(void *unused)
{
	(void)unused;
	http_stop(http);
	return NULL;
}

static void
what_is_being_worked_on_is_finished_at_the_end(void **state)
{
	(void)state;
	struct wire writers[12], asking[2];
	pthread_t thread;
	start(state);
	for (size_t i = 0; i < ARRAY_LEN(asking); i++)
		begin(&asking[i], "GET /ask/me HTTP/1.1\r\n" HOST "\r\n");
	for (size_t i = 0; i < ARRAY_LEN(writers); i++)
		begin(&writers[i], "POST /commit HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nab");
	wait_until_begun(2 + HTTP_WORKERS);
	pause_millis(100);
	assert_int_equal(pthread_create(&thread, NULL, stop_it, NULL), 0);
	pause_millis(100);
	gate_is_open = true;
	for (size_t i = 0; i < ARRAY_LEN(writers); i++)
		end(&writers[i], "ab");
	for (size_t i = 0; i < ARRAY_LEN(asking); i++)
		end(&asking[i], "it says me");
	pthread_join(thread, NULL);
	assert_int_equal(finished, 14);
}

static void
what_was_handed_on_is_waited_for_at_the_end(void **state)
{
	(void)state;
	struct wire writers[12];
	pthread_t thread;
	start(state);
	for (size_t i = 0; i < ARRAY_LEN(writers); i++)
		begin(&writers[i], HAND_ON);
	wait_for_shelf(ARRAY_LEN(writers));
	assert_int_equal(pthread_create(&thread, NULL, stop_it, NULL), 0);
	pause_millis(100);
	assert_int_equal(pthread_tryjoin_np(thread, NULL), EBUSY);
	finish_shelf();
	for (size_t i = 0; i < ARRAY_LEN(writers); i++)
		end(&writers[i], "committed ab");
	pthread_join(thread, NULL);
}

static void
what_comes_back_is_brought_to_its_end(void **state)
{
	(void)state;
	struct wire away[12];
	pthread_t thread;
	start(state);
	for (size_t i = 0; i < ARRAY_LEN(away); i++)
		begin(&away[i], GO_AWAY);
	wait_for_shelf(ARRAY_LEN(away));
	assert_int_equal(pthread_create(&thread, NULL, stop_it, NULL), 0);
	pause_millis(100);
	for (int round = 0; round < 3; round++) {
		wait_for_shelf(ARRAY_LEN(away));
		assert_int_equal(pthread_tryjoin_np(thread, NULL), EBUSY);
		resume_shelf();
	}
	for (size_t i = 0; i < ARRAY_LEN(away); i++)
		end(&away[i], "again again again ");
	pthread_join(thread, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(readers_do_not_wait_for_commits, start, stop),
	    cmocka_unit_test_setup_teardown(commits_do_not_wait_for_plugins, start, stop),
	    cmocka_unit_test_setup_teardown(what_is_handed_on_holds_no_thread, start, stop),
	    cmocka_unit_test_setup_teardown(what_was_handed_on_may_come_back, start, stop),
	    cmocka_unit_test_setup_teardown(what_comes_back_may_fail_or_find_nobody, start, stop),
	    cmocka_unit_test_setup_teardown(what_is_handed_on_may_fail_before_the_hands_are_empty,
					    start, stop),
	    cmocka_unit_test_setup_teardown(who_leaves_while_it_is_handed_on_is_no_harm, start,
					    stop),
	    cmocka_unit_test_setup_teardown(a_rest_may_fail_and_a_beginning_may_have_none, start,
					    stop),
	    cmocka_unit_test_setup_teardown(a_connection_goes_on_after_work, start, stop),
	    cmocka_unit_test_setup_teardown(who_leaves_meanwhile_is_no_harm, start, stop),
	    cmocka_unit_test(what_is_being_worked_on_is_finished_at_the_end),
	    cmocka_unit_test(what_was_handed_on_is_waited_for_at_the_end),
	    cmocka_unit_test(what_comes_back_is_brought_to_its_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
