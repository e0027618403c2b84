/*
 * bench_client.h -- many connections, each with one request in flight: the core of the load
 * generators.
 *
 * One thread and ppoll(), because a generator is to take little of the machine that it shares with
 * what it measures.  A connection that is refused, breaks, or says nothing for half a minute ends
 * the program: a figure with a hole in it is none.
 */
#ifndef WEFT_BENCH_CLIENT_H
#define WEFT_BENCH_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BENCH_REQUEST_SIZE = 8192, BENCH_MOST_CONNECTIONS = 1024, BENCH_MOST_PORTS = 16 };

/* A connection's last answer (a status of 0: none yet) and its next request. */
struct bench_call {
	size_t connection; /* 0, 1, 2 ... */
	int status;
	const char *body; /* ends with a NUL; valid until next() returns */
	size_t body_length;
	double took; /* seconds from the request's first byte to the answer's last */

	char request[BENCH_REQUEST_SIZE];
	size_t request_length;
	double wait; /* seconds until it is sent; 0: at once */
};

/*
 * Called once for each connection, then after each answer: looks at the answer and writes the next
 * request (or lets the old one stand, to ask again).  False: this connection has nothing left to
 * do.
 */
typedef bool bench_next_fn(void *user, struct bench_call *call);

struct bench_options {
	uint16_t ports[BENCH_MOST_PORTS]; /* connections go round them */
	size_t port_count;
	size_t connections;
	bench_next_fn *next;
	void *user;
};

/* bench_run -- connects, asks, and returns the seconds that it took once every connection is done.
 */
double bench_run(const struct bench_options *options);

/* Reads the words that are left of a command line as ports. */
void bench_read_ports(struct bench_options *options, char **words);

/* Times of answers; all zeroes is an empty one. */
struct bench_times {
	uint32_t *micros; /* owned */
	size_t count, room;
};

void bench_times_add(struct bench_times *times, double seconds);
/* Sorts, and writes `"p50_us": N, "p99_us": N`. */
void bench_times_report(struct bench_times *times);
void bench_times_done(struct bench_times *times);

double bench_now(void);
double bench_cpu_seconds(void); /* of this process */
_Noreturn void bench_fail(const char *what, const char *detail);

#endif
