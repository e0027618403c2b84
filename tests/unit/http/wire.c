/*
 * wire.c -- sockets, and as much of HTTP/1.1 as a test needs to read an answer.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

// clang-format off
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "base/clock.h"

#include "wire.h"

enum { PATIENCE = 20000 }; /* milliseconds */

void
wire_open(struct wire *w, unsigned port)
{
	*w = (struct wire){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(connect(w->fd, (struct sockaddr *)&address, sizeof(address)), 0);
}

void
wire_close(struct wire *w)
{
	close(w->fd);
	buf_done(&w->unread);
}

bool
wire_send(struct wire *w, const char *bytes, size_t length)
{
	while (length > 0) {
		struct pollfd wait = {.fd = w->fd, .events = POLLOUT};
		if (poll(&wait, 1, PATIENCE) != 1)
			return false;
		ssize_t sent = send(w->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0 && errno == EAGAIN)
			continue;
		if (sent <= 0)
			return false;
		bytes += sent;
		length -= (size_t)sent;
	}
	return true;
}

bool
wire_say(struct wire *w, const char *text)
{
	return wire_send(w, text, strlen(text));
}

/* More bytes into `unread`; false at the end, on an error, or when nothing came in time. */
static bool
read_some(struct wire *w, int milliseconds)
{
	struct pollfd wait = {.fd = w->fd, .events = POLLIN};
	if (poll(&wait, 1, milliseconds) != 1)
		return false;
	buf_reserve(&w->unread, 65536);
	ssize_t got = recv(w->fd, w->unread.data + w->unread.length, 65535, 0);
	if (got <= 0)
		return false;
	w->unread.length += (size_t)got;
	w->unread.data[w->unread.length] = '\0';
	return true;
}

static void
take(struct wire *w, size_t length, struct buf *out)
{
	if (out)
		buf_append(out, w->unread.data, length);
	memmove(w->unread.data, w->unread.data + length, w->unread.length - length + 1);
	w->unread.length -= length;
}

/* The length of the first line with its end, reading on until there is one; 0 when there never is.
 */
static size_t
line_length(struct wire *w, const char *end)
{
	const char *found;
	while (!(found = w->unread.length ? strstr(w->unread.data, end) : NULL))
		if (!read_some(w, PATIENCE))
			return 0;
	return (size_t)(found - w->unread.data) + strlen(end);
}

static void
take_exactly(struct wire *w, size_t length, struct buf *out)
{
	while (w->unread.length < length)
		if (!read_some(w, PATIENCE))
			return;
	take(w, length, out);
}

static void
read_chunks(struct wire *w, struct buf *out)
{
	size_t line;
	while ((line = line_length(w, "\r\n"))) {
		size_t size = strtoul(w->unread.data, NULL, 16);
		take(w, line, NULL);
		take_exactly(w, size, out);
		take_exactly(w, 2, NULL);
		if (size == 0)
			return;
	}
}

void
wire_read(struct wire *w, bool is_head, struct answer *a)
{
	*a = (struct answer){0};
	size_t length = line_length(w, "\r\n\r\n");
	if (length == 0)
		return;
	take(w, length, &a->head);
	a->status = (int)strtol(a->head.data + strlen("HTTP/1.1 "), NULL, 10);
	const char *size = answer_header(a, "Content-Length");
	if (is_head || a->status == 304 || a->status == 204 || a->status == 100)
		return;
	if (size)
		take_exactly(w, strtoul(size, NULL, 10), &a->body);
	else
		read_chunks(w, &a->body);
	buf_append(&a->body, "", 0);
	buf_text(&a->body, "");
}

bool
wire_read_more(struct wire *w, const char *wanted, int seconds)
{
	moment end = clock_monotonic() + SECONDS(seconds);
	while (!w->unread.length || !strstr(w->unread.data, wanted)) {
		moment left = end - clock_monotonic();
		if (left <= 0 || !read_some(w, (int)(left / 1000)))
			return false;
	}
	return true;
}

bool
wire_ends_within(struct wire *w, int seconds)
{
	moment end = clock_monotonic() + SECONDS(seconds);
	for (moment left; (left = end - clock_monotonic()) > 0;) {
		struct pollfd wait = {.fd = w->fd, .events = POLLIN};
		char bytes[4096];
		if (poll(&wait, 1, (int)(left / 1000)) == 1 &&
		    recv(w->fd, bytes, sizeof(bytes), 0) <= 0)
			return true;
	}
	return false;
}

void
wire_ask(unsigned port, const char *text, struct answer *a)
{
	struct wire w;
	wire_open(&w, port);
	assert_true(wire_say(&w, text));
	wire_read(&w, strncmp(text, "HEAD ", 5) == 0, a);
	wire_close(&w);
}

void
answer_done(struct answer *a)
{
	buf_done(&a->head);
	buf_done(&a->body);
}

const char *
answer_header(const struct answer *a, const char *name)
{
	static char value[1000];
	size_t length = strlen(name);
	for (const char *line = a->head.data; line && *line; line = strstr(line, "\r\n")) {
		line += strspn(line, "\r\n");
		if (strncasecmp(line, name, length) != 0 || line[length] != ':')
			continue;
		const char *begin = line + length + 1 + strspn(line + length + 1, " ");
		size_t size = strcspn(begin, "\r");
		assert_true(size < sizeof(value));
		memcpy(value, begin, size);
		value[size] = '\0';
		return value;
	}
	return NULL;
}

static enum err_code
let_everybody(struct request *rq, struct err *e)
{
	(void)e;
	rq->actor = "somebody";
	return ERR_OK;
}

struct http *
serve(const struct route *routes, void (*change)(struct http_options *options))
{
	const struct route *tables[] = {routes, NULL};
	struct http_options options = {
	    .listen = "127.0.0.1:0",
	    .threads = 2,
	    .max_connections = 64,
	    .timeout_seconds = 10,
	    .max_body = 10000,
	    .tables = tables,
	    .authorize = let_everybody,
	};
	if (change)
		change(&options);
	struct http *http = NULL;
	struct err e = {0};
	if (http_start(&options, &http, &e) != ERR_OK)
		fail_msg("%s", e.message);
	return http;
}
