/*
 * load.c -- publishes over a number of connections, each one with one request in flight.
 *
 *     load [-f FIRST] [-u COUNT] PREFIX CONNECTIONS COUNT SECONDS PORT...
 *
 * Every request publishes a product that was not there: bench.PREFIX_1 (or FIRST), bench.PREFIX_2
 * ...  With -u it publishes the next version of products 1 to COUNT, in turn, which are there; let
 * them be more than the connections.  It ends after COUNT publishes or after SECONDS, whichever
 * comes first (0: no such end), and prints one line of JSON: publishes, seconds, rate, percentiles
 * of the time until the answer in microseconds, how many were put off with 503 and asked again,
 * and the seconds of CPU that the generator itself took.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench_client.h"
#include "bench_product.h"

static const double put_off_seconds = 0.05;

struct load {
	const char *prefix;
	uint64_t first, count, done; /* how many were asked for so far; `count` 0: no end */
	uint64_t updated;            /* so many products get new versions; 0: each is new */
	uint64_t revision;           /* unlike any of an earlier run */
	double start, seconds;
	struct bench_times times;
	uint64_t put_off;
};

static bool
is_over(const struct load *l)
{
	return (l->count > 0 && l->done >= l->count) ||
	       (l->seconds > 0 && bench_now() - l->start >= l->seconds);
}

static void
write_request(struct load *l, struct bench_call *c)
{
	char body[BENCH_REQUEST_SIZE / 2];
	uint64_t n = l->updated ? l->done % l->updated + 1 : l->first + l->done;
	uint64_t revision = l->updated ? l->revision + l->done : 0;
	l->done++;
	size_t length = bench_product_write(body, sizeof body, l->prefix, n, revision);
	int whole = snprintf(c->request, sizeof c->request,
			     "POST /api/v1/products HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
			     "application/yaml\r\nContent-Length: %zu\r\n\r\n%s",
			     length, body);
	if (whole < 0 || whole >= (int)sizeof c->request)
		bench_fail("the request", "too long");
	c->request_length = (size_t)whole;
}

static bool
next(void *user, struct bench_call *c)
{
	struct load *l = user;
	if (c->status == 503) {
		l->put_off++;
		c->wait = put_off_seconds;
		return true;
	}
	if (c->status != 0) {
		if (c->status != (l->updated ? 200 : 201))
			bench_fail(l->updated ? "expected 200, found" : "expected 201, found",
				   c->body);
		bench_times_add(&l->times, c->took);
	}
	if (is_over(l))
		return false;
	write_request(l, c);
	return true;
}

static void
report(struct load *l, double seconds)
{
	printf("{\"publishes\": %zu, \"seconds\": %.3f, \"rate\": %.1f, ", l->times.count, seconds,
	       (double)l->times.count / seconds);
	bench_times_report(&l->times);
	printf(", \"put_off\": %llu, \"cpu_seconds\": %.3f}\n", (unsigned long long)l->put_off,
	       bench_cpu_seconds());
}

static int
usage(void)
{
	fputs("usage: load [-f FIRST] [-u COUNT] PREFIX CONNECTIONS COUNT SECONDS PORT...\n",
	      stderr);
	return 2;
}

int
main(int argc, char **argv)
{
	struct load l = {.first = 1, .revision = (uint64_t)time(NULL) * 1000000};
	struct bench_options options = {.next = next, .user = &l};
	for (int option; (option = getopt(argc, argv, "f:u:")) != -1;) {
		if (option == 'f')
			l.first = strtoull(optarg, NULL, 10);
		else if (option == 'u')
			l.updated = strtoull(optarg, NULL, 10);
		else
			return usage();
	}
	if (argc - optind < 5)
		return usage();
	l.prefix = argv[optind];
	options.connections = strtoul(argv[optind + 1], NULL, 10);
	l.count = strtoull(argv[optind + 2], NULL, 10);
	l.seconds = strtod(argv[optind + 3], NULL);
	bench_read_ports(&options, argv + optind + 4);
	l.start = bench_now();
	report(&l, bench_run(&options));
	bench_times_done(&l.times);
	return 0;
}
