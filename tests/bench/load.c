/*
 * load.c -- publishes over a number of connections, each one with one request in flight.
 *
 *     load PORT PREFIX CONNECTIONS COUNT SECONDS
 *
 * Every request publishes a product that was not there: bench.PREFIX_1, bench.PREFIX_2 ... as YAML
 * of about 1.5 KB with three columns and ten edges of lineage.  It ends after COUNT publishes or
 * after SECONDS, whichever comes first (0: no such end), and prints one line of JSON: publishes,
 * seconds, rate, and percentiles of the time until the answer in microseconds.  Any answer but 201
 * ends it with a failure.
 *
 * One thread and poll(): the generator is to take little of the machine that it shares.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { REQUEST_SIZE = 4096, ANSWER_SIZE = 65536, PATIENCE_MS = 30000, MOST_CONNECTIONS = 1024 };

struct connection {
	char request[REQUEST_SIZE];
	size_t request_length, sent;
	char answer[ANSWER_SIZE]; /* what has arrived of it; a NUL behind */
	size_t received;
	double asked_at;
};

struct load {
	const char *prefix;
	uint64_t next, count; /* the number of the next product; how many in all, 0: no end */
	double start, seconds;
	size_t connections, busy;
	struct connection *of; /* beside `polls`; owned */
	struct pollfd *polls;  /* owned */
	uint32_t *micros;      /* of each answer; owned */
	size_t answers, capacity;
};

static const char document[] =
    "name: bench.%s_%llu\n"
    "owner: bench-team\n"
    "domain: bench\n"
    "description: >-\n"
    "  What the load generator publishes: it is as long as what an engineer of a domain writes, "
    "with\n"
    "  a few words on what the rows mean, where they come from, how often they are refreshed, and\n"
    "  whom to ask when they are not what one expected.  The words are the same in each of them; "
    "the\n"
    "  names of the columns and of what they are made from are not, so that the graph grows as "
    "well.\n"
    "  It goes on for a while, because a catalog is for reading.\n"
    "tags: [bench, generated]\n"
    "classification: internal\n"
    "retention: 2 years\n"
    "inputs: [bench.left_%llu, bench.right_%llu]\n"
    "schema:\n"
    "  - name: id\n"
    "    type: STRING\n"
    "    key: true\n"
    "    pii: true\n"
    "    description: Whom the row is about.\n"
    "    from: [bench.left_%llu#id, bench.right_%llu#id]\n"
    "  - name: amount\n"
    "    type: DECIMAL(18,2)\n"
    "    classification: confidential\n"
    "    description: How much it was, in the currency of the account.\n"
    "    from: [bench.left_%llu#amount, bench.right_%llu#amount, bench.left_%llu#fee]\n"
    "  - name: booked_at\n"
    "    type: TIMESTAMP\n"
    "    description: When it was booked.\n"
    "    from: [bench.left_%llu#at, bench.right_%llu#at, bench.right_%llu#zone]\n"
    "sla: {freshness: 1 hour, availability: 99.9%%}\n"
    "access:\n"
    "  - {role: analysts, level: read}\n"
    "quality_checks:\n"
    "  - unique: id\n"
    "  - not_null: [id, amount]\n";

static double
now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
fail(const char *what, const char *detail)
{
	fprintf(stderr, "load: %s: %s\n", what, detail);
	exit(1);
}

static int
connect_to(uint16_t port)
{
	const struct sockaddr_in address = {.sin_family = AF_INET,
					    .sin_port = htons(port),
					    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const int yes = 1;
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s < 0 || connect(s, (const struct sockaddr *)&address, sizeof address) != 0)
		fail("connecting", strerror(errno));
	setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
	return s;
}

static bool
is_over(const struct load *l)
{
	return (l->count > 0 && l->next > l->count) ||
	       (l->seconds > 0 && now() - l->start >= l->seconds);
}

/* Two products share their upstreams, so that edges meet. */
static void
write_request(struct load *l, struct connection *c)
{
	unsigned long long n = l->next++, up = n / 2;
	char body[REQUEST_SIZE];
	int length = snprintf(body, sizeof body, document, l->prefix, n, up, up, up, up, up, up, up,
			      up, up, up);
	int whole = snprintf(c->request, sizeof c->request,
			     "POST /api/v1/products HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
			     "application/yaml\r\nContent-Length: %d\r\n\r\n%s",
			     length, body);
	if (length >= (int)sizeof body || whole >= (int)sizeof c->request)
		fail("the request", "too long");
	c->request_length = (size_t)whole;
	c->sent = c->received = 0;
}

/* The next request, or a connection that has nothing left to do. */
static void
ask(struct load *l, size_t i)
{
	if (is_over(l)) {
		close(l->polls[i].fd);
		l->polls[i].fd = -1;
		l->busy--;
		return;
	}
	write_request(l, &l->of[i]);
	l->of[i].asked_at = now();
	l->polls[i].events = POLLOUT;
}

static void
send_more(struct load *l, size_t i)
{
	struct connection *c = &l->of[i];
	ssize_t n = send(l->polls[i].fd, c->request + c->sent, c->request_length - c->sent,
			 MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN)
		fail("sending", strerror(errno));
	c->sent += n > 0 ? (size_t)n : 0;
	if (c->sent == c->request_length)
		l->polls[i].events = POLLIN;
}

/* Is the whole answer there?  Weft's answers to a publish have a length. */
static bool
is_complete(const struct connection *c)
{
	const char *end = strstr(c->answer, "\r\n\r\n");
	const char *length = strcasestr(c->answer, "\r\nContent-Length:");
	if (!end)
		return false;
	if (!length || length > end)
		fail("the answer has no length", c->answer);
	size_t body = strtoul(length + strlen("\r\nContent-Length:"), NULL, 10);
	return c->received >= (size_t)(end - c->answer) + 4 + body;
}

static void
record(struct load *l, double seconds)
{
	if (l->answers == l->capacity) {
		l->capacity = l->capacity ? l->capacity * 2 : 65536;
		l->micros = realloc(l->micros, l->capacity * sizeof *l->micros);
		if (!l->micros)
			fail("memory", "none left");
	}
	l->micros[l->answers++] = (uint32_t)(seconds * 1e6);
}

static void
receive_more(struct load *l, size_t i)
{
	struct connection *c = &l->of[i];
	ssize_t n = recv(l->polls[i].fd, c->answer + c->received, ANSWER_SIZE - 1 - c->received,
			 MSG_DONTWAIT);
	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0)
		fail("the server closed the connection", n ? strerror(errno) : "without an answer");
	c->received += (size_t)n;
	c->answer[c->received] = '\0';
	if (!is_complete(c))
		return;
	if (strncmp(c->answer, "HTTP/1.1 201 ", 13) != 0)
		fail("expected 201, found", c->answer);
	record(l, now() - c->asked_at);
	ask(l, i);
}

static void
run(struct load *l)
{
	for (size_t i = 0; i < l->connections; i++)
		ask(l, i);
	while (l->busy > 0) {
		if (poll(l->polls, l->connections, PATIENCE_MS) <= 0)
			fail("waiting for answers", "none came for half a minute");
		for (size_t i = 0; i < l->connections; i++) {
			if (l->polls[i].fd < 0 || !l->polls[i].revents)
				continue;
			if (l->polls[i].revents & POLLOUT)
				send_more(l, i);
			else
				receive_more(l, i);
		}
	}
}

static int
by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static uint32_t
percentile(const struct load *l, double share)
{
	return l->micros[(size_t)((double)(l->answers - 1) * share)];
}

static void
report(struct load *l, double seconds)
{
	if (l->answers == 0)
		fail("nothing was published", "no time");
	qsort(l->micros, l->answers, sizeof *l->micros, by_size);
	printf("{\"publishes\": %zu, \"seconds\": %.3f, \"rate\": %.1f, \"p50_us\": %u, "
	       "\"p99_us\": %u}\n",
	       l->answers, seconds, (double)l->answers / seconds, percentile(l, 0.50),
	       percentile(l, 0.99));
}

int
main(int argc, char **argv)
{
	if (argc != 6) {
		fputs("usage: load PORT PREFIX CONNECTIONS COUNT SECONDS\n", stderr);
		return 2;
	}
	uint16_t port = (uint16_t)strtoul(argv[1], NULL, 10);
	struct load l = {.prefix = argv[2], .next = 1};
	l.connections = l.busy = strtoul(argv[3], NULL, 10);
	l.count = strtoull(argv[4], NULL, 10);
	l.seconds = strtod(argv[5], NULL);
	if (l.connections < 1 || l.connections > MOST_CONNECTIONS)
		fail("connections", "expected 1 to 1024");
	l.of = calloc(l.connections, sizeof *l.of);
	l.polls = calloc(l.connections, sizeof *l.polls);
	if (!l.of || !l.polls)
		fail("memory", "none left");
	for (size_t i = 0; i < l.connections; i++)
		l.polls[i].fd = connect_to(port);
	l.start = now();
	run(&l);
	report(&l, now() - l.start);
	free(l.of);
	free(l.polls);
	free(l.micros);
	return 0;
}
