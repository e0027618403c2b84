/*
 * Fetching, from a server of this test that answers what it is told.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fetch.h"

#include "reading.h"

/* Answers the connections that come, one after another, each with the next answer; keeps the last
 * request. */
struct server {
	int listener;
	unsigned port;
	const char
	    *answers[4];    /* up to NULL; "" answers nothing and waits for the client to give up */
	struct buf request; /* the last one */
	unsigned served;
	pthread_t thread;
};

static void
take_request(struct server *s, int client)
{
	char piece[4096];
	buf_clear(&s->request);
	for (;;) {
		ssize_t n = recv(client, piece, sizeof piece, 0);
		if (n <= 0)
			return;
		buf_append(&s->request, piece, (size_t)n);
		const char *end = strstr(s->request.data, "\r\n\r\n");
		const char *length = strcasestr(s->request.data, "content-length: ");
		size_t body = end && length && length < end ? strtoul(length + 16, NULL, 10) : 0;
		if (end && s->request.length >= (size_t)(end + 4 - s->request.data) + body)
			return;
	}
}

static void *
serve(void *user)
{
	struct server *s = user;
	for (; s->answers[s->served]; s->served++) {
		const char *answer = s->answers[s->served];
		char rest;
		int client = accept(s->listener, NULL, NULL);
		if (client < 0)
			break;
		take_request(s, client);
		if (*answer)
			send(client, answer, strlen(answer), MSG_NOSIGNAL);
		else
			recv(client, &rest, 1, 0);
		close(client);
	}
	return NULL;
}

static void
server_start(struct server *s)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof at;
	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->listener, (struct sockaddr *)&at, size), 0);
	assert_int_equal(listen(s->listener, 8), 0);
	assert_int_equal(getsockname(s->listener, (struct sockaddr *)&at, &size), 0);
	s->port = ntohs(at.sin_port);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void
server_stop(struct server *s)
{
	shutdown(s->listener, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->listener);
	buf_done(&s->request);
}

static const char *
address(void **state, const struct server *s, const char *path)
{
	return arena_printf(*state, "http://127.0.0.1:%u%s", s->port, path);
}

#define OK_HEAD "HTTP/1.1 200 OK\r\nConnection: close\r\n"

static void
an_answer_comes_whole(void **state)
{
	struct server s = {
	    .answers = {
		OK_HEAD
		"Content-Type: text/plain; x=y\r\nETag: \"7\"\r\nContent-Length: 5\r\n\r\nhello"}};
	struct fetch_response r;
	struct err e;
	server_start(&s);
	const struct fetch_request q = {.url = address(state, &s, "/a?b=c")};
	assert_int_equal(fetch(&q, *state, &r, &e), ERR_OK);
	assert_int_equal(r.status, 200);
	assert_string_equal(r.content_type, "text/plain; x=y");
	assert_string_equal(r.etag, "\"7\"");
	assert_int_equal(r.body_length, 5);
	assert_string_equal(r.body, "hello");
	assert_memory_equal(s.request.data, "GET /a?b=c HTTP/1.1\r\n", 21);
	assert_contains(s.request.data, "User-Agent: weft/");
	server_stop(&s);
}

static void
no_proxy_is_asked_for_what_is_on_this_machine(void **state)
{
	struct server s = {.answers = {OK_HEAD "Content-Length: 2\r\n\r\nok"}};
	struct fetch_response r;
	struct err e;
	setenv("http_proxy", "http://127.0.0.1:1", 1); /* where nobody listens */
	server_start(&s);
	const struct fetch_request here = {.url = address(state, &s, "/here")};
	assert_int_equal(fetch(&here, *state, &r, &e), ERR_OK);
	assert_memory_equal(s.request.data, "GET /here HTTP/1.1\r\n", 20);
	const struct fetch_request there = {.url = "http://weft.example/there"};
	assert_int_equal(fetch(&there, *state, &r, &e), ERR_UNREACHABLE);
	assert_contains(e.message, "127.0.0.1 port 1");
	unsetenv("http_proxy");
	server_stop(&s);
}

static void
any_status_is_an_answer(void **state)
{
	struct server s = {.answers = {"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"}};
	struct fetch_response r;
	struct err e;
	server_start(&s);
	assert_int_equal(
	    fetch(&(struct fetch_request){.url = address(state, &s, "/")}, *state, &r, &e), ERR_OK);
	assert_int_equal(r.status, 404);
	assert_string_equal(r.body, "no");
	assert_string_equal(r.content_type, "");
	assert_null(r.etag);
	server_stop(&s);
}

static void
a_body_is_sent_as_it_is(void **state)
{
	struct server s = {
	    .answers = {OK_HEAD "Content-Length: 0\r\n\r\n", OK_HEAD "Content-Length: 0\r\n\r\n"}};
	const char *const headers[] = {"Content-Type: application/yaml", "X-One: 1", NULL};
	struct fetch_response r;
	struct err e;
	server_start(&s);
	struct fetch_request q = {.method = "PUT",
				  .url = address(state, &s, "/p"),
				  .headers = headers,
				  .bearer = "secret",
				  .body = "a\0b",
				  .body_length = 3};
	assert_int_equal(fetch(&q, *state, &r, &e), ERR_OK);
	assert_memory_equal(s.request.data, "PUT /p HTTP/1.1\r\n", 17);
	assert_contains(s.request.data, "Authorization: Bearer secret\r\n");
	assert_contains(s.request.data, "Content-Type: application/yaml\r\n");
	assert_contains(s.request.data, "X-One: 1\r\n");
	assert_memory_equal(s.request.data + s.request.length - 3, "a\0b", 3);
	q = (struct fetch_request){.method = "POST", .url = q.url};
	assert_int_equal(fetch(&q, *state, &r, &e), ERR_OK);
	assert_contains(s.request.data, "Content-Length: 0\r\n");
	assert_null(strcasestr(s.request.data, "content-type"));
	server_stop(&s);
}

static void
a_redirect_is_followed_only_without_a_token(void **state)
{
	const char *redirect = "HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: "
			       "0\r\nConnection: close\r\n\r\n";
	struct server s = {.answers = {redirect, redirect, OK_HEAD "Content-Length: 2\r\n\r\nok"}};
	struct fetch_response r;
	struct err e;
	server_start(&s);
	struct fetch_request q = {.url = address(state, &s, "/"), .bearer = "secret"};
	assert_int_equal(fetch(&q, *state, &r, &e), ERR_OK);
	assert_int_equal(r.status, 302);
	q.bearer = NULL;
	assert_int_equal(fetch(&q, *state, &r, &e), ERR_OK);
	assert_int_equal(r.status, 200);
	assert_string_equal(r.body, "ok");
	server_stop(&s);
}

static void
an_answer_that_is_too_large_is_refused(void **state)
{
	const char *answer = OK_HEAD "Content-Length: 5\r\n\r\nhello";
	struct server s = {.answers = {answer, answer}};
	struct fetch_response r;
	struct err e;
	server_start(&s);
	struct fetch_request q = {.url = address(state, &s, "/"), .most = 5};
	assert_int_equal(fetch(&q, *state, &r, &e), ERR_OK);
	q.most = 4;
	assert_int_equal(fetch(&q, *state, &r, &e), ERR_TOO_LARGE);
	assert_contains(e.message, "more than 4 bytes");
	server_stop(&s);
}

static void
a_deadline_is_kept(void **state)
{
	struct server s = {.answers = {""}};
	struct fetch_response r;
	struct err e;
	server_start(&s);
	const struct fetch_request q = {.url = address(state, &s, "/"), .deadline = 100000};
	moment start = clock_monotonic();
	assert_int_equal(fetch(&q, *state, &r, &e), ERR_TIMEOUT);
	assert_true(clock_monotonic() - start < SECONDS(10));
	server_stop(&s);
}

static void
what_cannot_be_reached_is_told(void **state)
{
	struct server s = {.answers = {NULL}};
	struct fetch_response r;
	struct err e;
	server_start(&s);
	struct fetch_request q = {.url = address(state, &s, "/")};
	server_stop(&s);
	assert_int_equal(fetch(&q, *state, &r, &e), ERR_UNREACHABLE);
	assert_contains(e.message, q.url);
	q.url = "file:///etc/passwd";
	assert_int_equal(fetch(&q, *state, &r, &e), ERR_UNREACHABLE);
	assert_contains(e.message, "does not begin with http://");
}

static void
a_line_end_cannot_smuggle_a_header(void **state)
{
	const char *const headers[] = {"X-One: 1\r\nX-Two: 2", NULL};
	struct fetch_response r;
	struct err e;
	struct fetch_request q = {.url = "http://127.0.0.1:1/", .bearer = "secret\n"};
	assert_int_equal(fetch(&q, *state, &r, &e), ERR_UNREACHABLE);
	assert_contains(e.message, "line end");
	assert_null(strstr(e.message, "secret"));
	q = (struct fetch_request){.url = q.url, .headers = headers};
	assert_int_equal(fetch(&q, *state, &r, &e), ERR_UNREACHABLE);
}

struct listener {
	struct buf heard;
	unsigned left;
};

static bool
hear(void *user, const char *bytes, size_t length)
{
	struct listener *l = user;
	buf_append(&l->heard, bytes, length);
	return --l->left > 0;
}

static void
a_stream_is_given_piece_by_piece_until_it_is_stopped(void **state)
{
	const char *answer =
	    OK_HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n";
	struct server s = {
	    .answers = {answer, answer, "HTTP/1.1 500 No\r\nContent-Length: 3\r\n\r\nbad"}};
	struct listener l = {.left = 100};
	struct fetch_response r;
	struct err e;
	server_start(&s);
	const struct fetch_request q = {
	    .url = address(state, &s, "/"), .deadline = -1, .on_bytes = hear, .user = &l};
	assert_int_equal(fetch(&q, *state, &r, &e), ERR_OK);
	assert_string_equal(l.heard.data, "onetwo");
	assert_int_equal(r.body_length, 0);
	l.left = 1;
	assert_int_equal(fetch(&q, *state, &r, &e), ERR_OK);
	assert_int_equal(r.status, 200);
	buf_clear(&l.heard);
	assert_int_equal(fetch(&q, *state, &r, &e), ERR_OK);
	assert_string_equal(r.body, "bad");
	assert_int_equal(l.heard.length, 0);
	buf_done(&l.heard);
	server_stop(&s);
}

static void
parts_of_an_address_are_escaped(void **state)
{
	assert_string_equal(fetch_escape(*state, "aZ09-._~"), "aZ09-._~");
	assert_string_equal(fetch_escape(*state, "a b/c?d=\xC3\xA9%"), "a%20b%2Fc%3Fd%3D%C3%A9%25");
}

int
main(void)
{
	unsetenv("http_proxy");
	signal(SIGPIPE, SIG_IGN); /* as the program does */
	fetch_start_up();
	const struct CMUnitTest tests[] = {
	    IN_ARENA(an_answer_comes_whole),
	    IN_ARENA(no_proxy_is_asked_for_what_is_on_this_machine),
	    IN_ARENA(any_status_is_an_answer),
	    IN_ARENA(a_body_is_sent_as_it_is),
	    IN_ARENA(a_redirect_is_followed_only_without_a_token),
	    IN_ARENA(an_answer_that_is_too_large_is_refused),
	    IN_ARENA(a_deadline_is_kept),
	    IN_ARENA(what_cannot_be_reached_is_told),
	    IN_ARENA(a_line_end_cannot_smuggle_a_header),
	    IN_ARENA(a_stream_is_given_piece_by_piece_until_it_is_stopped),
	    IN_ARENA(parts_of_an_address_are_escaped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
