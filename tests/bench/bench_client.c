/*
 * bench_client.c -- see the header.  Reads in order: small things, times, one connection, all of
 * them.
 */
#include "bench_client.h"

#include <sys/resource.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_ANSWER_SIZE = 8192, MOST_ANSWER_SIZE = 64 << 20 };
static const double patience = 30;

double
bench_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double
bench_cpu_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

_Noreturn void
bench_fail(const char *what, const char *detail)
{
	fprintf(stderr, "%s: %s: %.2000s\n", program_invocation_short_name, what, detail);
	exit(1);
}

static void *
grow(void *old, size_t size)
{
	void *new = realloc(old, size);
	if (!new)
		bench_fail("memory", "none left");
	return new;
}

/* --- times --- */

void
bench_times_add(struct bench_times *times, double seconds)
{
	if (times->count == times->room) {
		times->room = times->room ? times->room * 2 : 65536;
		times->micros = grow(times->micros, times->room * sizeof *times->micros);
	}
	times->micros[times->count++] = (uint32_t)(seconds * 1e6);
}

static int
by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static uint32_t
percentile(const struct bench_times *times, double share)
{
	return times->micros[(size_t)((double)(times->count - 1) * share)];
}

void
bench_times_report(struct bench_times *times)
{
	if (times->count == 0)
		bench_fail("nothing was answered", "no time");
	qsort(times->micros, times->count, sizeof *times->micros, by_size);
	printf("\"p50_us\": %u, \"p99_us\": %u", percentile(times, 0.50), percentile(times, 0.99));
}

void
bench_times_done(struct bench_times *times)
{
	free(times->micros);
	*times = (struct bench_times){0};
}

/* --- one connection --- */

struct connection {
	struct bench_call call;
	size_t sent;
	double due; /* when it is sent, while it waits; else 0 */
	double asked_at;
	char *answer; /* what has arrived of it; a NUL behind; owned */
	size_t received, room;
	size_t whole; /* its length once the head is there, else 0 */
};

static int
connect_to(uint16_t port)
{
	const struct sockaddr_in address = {.sin_family = AF_INET,
					    .sin_port = htons(port),
					    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const int yes = 1;
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s < 0 || connect(s, (const struct sockaddr *)&address, sizeof address) != 0)
		bench_fail("connecting", strerror(errno));
	setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
	return s;
}

static void
send_more(struct connection *c, struct pollfd *p)
{
	if (c->sent == 0)
		c->asked_at = bench_now();
	ssize_t n = send(p->fd, c->call.request + c->sent, c->call.request_length - c->sent,
			 MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN)
		bench_fail("sending", strerror(errno));
	c->sent += n > 0 ? (size_t)n : 0;
	p->events = c->sent == c->call.request_length ? POLLIN : POLLOUT;
}

/* The next request goes out, waits, or there is none and the connection ends. */
static bool
ask(struct connection *c, struct pollfd *p, const struct bench_options *options)
{
	c->call.wait = 0;
	if (!options->next(options->user, &c->call)) {
		close(p->fd);
		p->fd = -1;
		return false;
	}
	c->sent = c->received = c->whole = 0;
	c->due = c->call.wait > 0 ? bench_now() + c->call.wait : 0;
	p->events = 0;
	if (c->due == 0)
		send_more(c, p);
	return true;
}

/* Weft's answers have a length.  Once the head is there, how long the whole answer will be. */
static void
read_head(struct connection *c)
{
	const char *end = strstr(c->answer, "\r\n\r\n");
	const char *length = strcasestr(c->answer, "\r\nContent-Length:");
	if (!end)
		return;
	if (!length || length > end)
		bench_fail("the answer has no length", c->answer);
	c->call.body_length = strtoul(length + strlen("\r\nContent-Length:"), NULL, 10);
	c->whole = (size_t)(end - c->answer) + 4 + c->call.body_length;
	c->call.status = atoi(c->answer + strlen("HTTP/1.1 "));
}

static void
make_room(struct connection *c)
{
	size_t wanted = c->whole + 1 > FIRST_ANSWER_SIZE ? c->whole + 1 : FIRST_ANSWER_SIZE;
	if (wanted > MOST_ANSWER_SIZE)
		bench_fail("the answer is too long", c->answer);
	if (c->room >= wanted && c->received + 1 < c->room)
		return;
	c->room = c->room >= wanted ? c->room * 2 : wanted;
	c->answer = grow(c->answer, c->room);
}

/* True: the answer is whole. */
static bool
receive_more(struct connection *c, int fd)
{
	make_room(c);
	ssize_t n = recv(fd, c->answer + c->received, c->room - 1 - c->received, MSG_DONTWAIT);
	if (n < 0 && errno == EAGAIN)
		return false;
	if (n <= 0)
		bench_fail("the server closed the connection", n ? strerror(errno) : "at its end");
	c->received += (size_t)n;
	c->answer[c->received] = '\0';
	if (c->whole == 0)
		read_head(c);
	if (c->whole == 0 || c->received < c->whole)
		return false;
	c->call.body = c->answer + c->whole - c->call.body_length;
	c->call.took = bench_now() - c->asked_at;
	return true;
}

/* --- all of them --- */

struct bench_client {
	const struct bench_options *options;
	struct connection *of; /* beside `polls`; both owned */
	struct pollfd *polls;
	size_t busy;
};

/* What is due goes out; gives the seconds until the next one is, at most the patience. */
static double
send_due(struct bench_client *client)
{
	double soonest = patience;
	double now = 0; /* asked for only where somebody waits */
	for (size_t i = 0; i < client->options->connections; i++) {
		struct connection *c = &client->of[i];
		if (client->polls[i].fd < 0 || c->due == 0)
			continue;
		now = now > 0 ? now : bench_now();
		if (c->due <= now) {
			c->due = 0;
			send_more(c, &client->polls[i]);
		} else if (c->due - now < soonest) {
			soonest = c->due - now;
		}
	}
	return soonest;
}

static void
wait_for_events(struct bench_client *client)
{
	double seconds = send_due(client);
	struct timespec most = {.tv_sec = (time_t)seconds,
				.tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};
	int ready = ppoll(client->polls, client->options->connections, &most, NULL);
	if (ready < 0 && errno != EINTR)
		bench_fail("waiting for answers", strerror(errno));
	if (ready == 0 && seconds >= patience)
		bench_fail("waiting for answers", "none came for half a minute");
}

static void
handle_events(struct bench_client *client)
{
	for (size_t i = 0; i < client->options->connections; i++) {
		struct pollfd *p = &client->polls[i];
		if (p->fd < 0 || !p->revents)
			continue;
		if (p->revents & POLLOUT)
			send_more(&client->of[i], p);
		else if (receive_more(&client->of[i], p->fd) &&
			 !ask(&client->of[i], p, client->options))
			client->busy--;
	}
}

static void
open_all(struct bench_client *client)
{
	const struct bench_options *options = client->options;
	for (size_t i = 0; i < options->connections; i++) {
		client->of[i].call.connection = i;
		client->polls[i].fd = connect_to(options->ports[i % options->port_count]);
	}
}

double
bench_run(const struct bench_options *options)
{
	if (options->connections < 1 || options->connections > BENCH_MOST_CONNECTIONS)
		bench_fail("connections", "expected 1 to 1024");
	struct bench_client client = {
	    .options = options,
	    .of = calloc(options->connections, sizeof *client.of),
	    .polls = calloc(options->connections, sizeof *client.polls),
	};
	if (!client.of || !client.polls)
		bench_fail("memory", "none left");
	open_all(&client);
	double start = bench_now();
	for (size_t i = 0; i < options->connections; i++)
		client.busy += ask(&client.of[i], &client.polls[i], options);
	while (client.busy > 0) {
		wait_for_events(&client);
		handle_events(&client);
	}
	double took = bench_now() - start;
	for (size_t i = 0; i < options->connections; i++)
		free(client.of[i].answer);
	free(client.of);
	free(client.polls);
	return took;
}

void
bench_read_ports(struct bench_options *options, char **words)
{
	for (; *words; words++) {
		unsigned long port = strtoul(*words, NULL, 10);
		if (port < 1 || port > UINT16_MAX || options->port_count == BENCH_MOST_PORTS)
			bench_fail("expected up to 16 ports, not", *words);
		options->ports[options->port_count++] = (uint16_t)port;
	}
	if (options->port_count == 0)
		bench_fail("usage", "no port was given");
}
