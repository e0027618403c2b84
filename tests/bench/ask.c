/*
 * ask.c -- GETs over a number of connections, each one with one request in flight.
 *
 *     ask [-p PAUSE] [-f] CONNECTIONS COUNT SECONDS PORT... <PATHS
 *
 * Standard input has one path a line; they are asked for in turn.  With -p each connection waits so
 * many microseconds after an answer: a paced reader shows how long an answer takes, where a busy
 * one shows how many there are.  With -f a path is a list, which is followed from page to page to
 * its end.  It ends after COUNT answers or after SECONDS (0: no such end; without either after the
 * last path), and prints one line of JSON like load's.  Any answer but 200 ends it with a failure.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_client.h"

struct ask {
	char **paths; /* owned, and what it points to */
	size_t path_count, path_room, next_path;
	bool follow;
	double pause;
	uint64_t count, done;
	double start, seconds;
	struct bench_times times;
	uint64_t bytes;
	const char **lists; /* of each connection, the list that it is in; owned */
};

static void
read_paths(struct ask *a)
{
	char *line = NULL;
	size_t size = 0;
	for (ssize_t length; (length = getline(&line, &size, stdin)) > 0;) {
		line[strcspn(line, "\n")] = '\0';
		if (a->path_count == a->path_room) {
			a->path_room = a->path_room ? a->path_room * 2 : 64;
			a->paths = realloc(a->paths, a->path_room * sizeof *a->paths);
		}
		if (!a->paths || !(a->paths[a->path_count++] = strdup(line)))
			bench_fail("memory", "none left");
	}
	free(line);
	if (a->path_count == 0)
		bench_fail("standard input", "there is no path");
}

static bool
is_over(const struct ask *a)
{
	if (a->count == 0 && a->seconds == 0)
		return a->next_path >= a->path_count;
	return (a->count > 0 && a->done >= a->count) ||
	       (a->seconds > 0 && bench_now() - a->start >= a->seconds);
}

static void
write_request(struct bench_call *c, const char *path, const char *cursor, size_t cursor_length)
{
	const char *glue = cursor_length == 0 ? "" : strchr(path, '?') ? "&cursor=" : "?cursor=";
	int whole = snprintf(c->request, sizeof c->request,
			     "GET %s%s%.*s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", path, glue,
			     (int)cursor_length, cursor);
	if (whole < 0 || whole >= (int)sizeof c->request)
		bench_fail("the request", "too long");
	c->request_length = (size_t)whole;
}

/* Where the list goes on: the last member of its answer, a text or null.  Gives its length. */
static size_t
find_cursor(const struct bench_call *c, const char **ret_cursor)
{
	static const char key[] = "\"next\":";
	const char *found = memrchr(c->body, ':', c->body_length);
	if (!found || found - c->body < (ptrdiff_t)sizeof key - 2)
		bench_fail("expected a list, found", c->body);
	found -= sizeof key - 2;
	if (strncmp(found, key, sizeof key - 1) != 0)
		bench_fail("expected a list, found", c->body);
	found += sizeof key - 1;
	*ret_cursor = *found == '"' ? found + 1 : found;
	return *found == '"' ? strcspn(*ret_cursor, "\"") : 0;
}

static void
note_answer(struct ask *a, const struct bench_call *c)
{
	if (c->status != 200)
		bench_fail("expected 200, found", c->body);
	bench_times_add(&a->times, c->took);
	a->bytes += c->body_length;
}

static bool
next(void *user, struct bench_call *c)
{
	struct ask *a = user;
	const char *cursor = NULL;
	size_t length = 0;
	if (c->status != 0) {
		note_answer(a, c);
		c->wait = a->pause;
		length = a->follow ? find_cursor(c, &cursor) : 0;
	}
	bool in_list = length > 0 && a->count == 0 && a->seconds == 0;
	if (!in_list && is_over(a))
		return false;
	a->done++;
	if (length == 0)
		a->lists[c->connection] = a->paths[a->next_path++ % a->path_count];
	write_request(c, a->lists[c->connection], cursor ? cursor : "", length);
	return true;
}

static void
report(struct ask *a, double seconds)
{
	printf("{\"answers\": %zu, \"seconds\": %.3f, \"rate\": %.1f, \"bytes\": %llu, ",
	       a->times.count, seconds, (double)a->times.count / seconds,
	       (unsigned long long)a->bytes);
	bench_times_report(&a->times);
	printf(", \"cpu_seconds\": %.3f}\n", bench_cpu_seconds());
}

static int
usage(void)
{
	fputs("usage: ask [-p PAUSE] [-f] CONNECTIONS COUNT SECONDS PORT... <PATHS\n", stderr);
	return 2;
}

static void
ask_done(struct ask *a)
{
	for (size_t i = 0; i < a->path_count; i++)
		free(a->paths[i]);
	free(a->paths);
	free(a->lists);
	bench_times_done(&a->times);
}

int
main(int argc, char **argv)
{
	struct ask a = {0};
	struct bench_options options = {.next = next, .user = &a};
	for (int option; (option = getopt(argc, argv, "fp:")) != -1;) {
		if (option == 'p')
			a.pause = strtod(optarg, NULL) / 1e6;
		else if (option == 'f')
			a.follow = true;
		else
			return usage();
	}
	if (argc - optind < 4)
		return usage();
	options.connections = strtoul(argv[optind], NULL, 10);
	a.count = strtoull(argv[optind + 1], NULL, 10);
	a.seconds = strtod(argv[optind + 2], NULL);
	bench_read_ports(&options, argv + optind + 3);
	a.lists = calloc(BENCH_MOST_CONNECTIONS, sizeof *a.lists);
	if (!a.lists)
		bench_fail("memory", "none left");
	read_paths(&a);
	a.start = bench_now();
	report(&a, bench_run(&options));
	ask_done(&a);
	return 0;
}
