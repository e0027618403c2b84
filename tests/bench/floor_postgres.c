/*
 * floor_postgres.c -- what bare libpq can do: the floor under every publish on PostgreSQL.
 *
 * One publish is a product row of 1.5 KB, an audit row, and ten edges of lineage, in one prepared
 * statement.  Each connection has a thread; with a DEPTH above 1 it sends so many in pipeline mode
 * and then a Sync, which makes one transaction of them.
 *
 *     floor_postgres URL CONNECTIONS DEPTH SECONDS      prints publishes per second
 *
 * It makes its tables anew in a schema of its own, and takes the schema away at its end.
 */
#include <libpq-fe.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	DOCUMENT_SIZE = 1500,
	AUDIT_SIZE = 200,
	EDGES = 10,
	NAME_SIZE = 64,
	MOST_CONNECTIONS = 64,
	ARGUMENTS = 4,
};

#define SCHEMA "weft_floor"
static const char schema[] =
    "DROP SCHEMA IF EXISTS " SCHEMA " CASCADE; CREATE SCHEMA " SCHEMA ";"
    "SET search_path = " SCHEMA ";"
    "CREATE TABLE products (name TEXT PRIMARY KEY, version TEXT, document TEXT);"
    "CREATE TABLE audit (seq BIGSERIAL PRIMARY KEY, subject TEXT, body TEXT);"
    "CREATE TABLE edges (target TEXT, source TEXT, PRIMARY KEY (target, source));"
    "CREATE INDEX edges_by_source ON edges (source, target)";

static const char statement[] = "WITH product AS (INSERT INTO products VALUES ($1, '1.0.0', $2)),"
				" entry AS (INSERT INTO audit (subject, body) VALUES ($1, $3))"
				" INSERT INTO edges SELECT $1, unnest($4::text[])";

struct worker {
	pthread_t thread;
	PGconn *connection;
	uint64_t number, depth, done;
	double until;
	char document[DOCUMENT_SIZE + 1], body[AUDIT_SIZE + 1];
};

static double
now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static _Noreturn void
fail(PGconn *connection, const char *doing)
{
	fprintf(stderr, "floor_postgres: %s: %s\n", doing, PQerrorMessage(connection));
	exit(1);
}

static void
check(PGconn *connection, PGresult *result, ExecStatusType expected, const char *doing)
{
	if (PQresultStatus(result) != expected)
		fail(connection, doing);
	PQclear(result);
}

static PGconn *
connect_to(const char *url)
{
	PGconn *connection = PQconnectdb(url);
	if (PQstatus(connection) != CONNECTION_OK)
		fail(connection, "connecting");
	check(connection, PQexec(connection, "SET client_min_messages = warning"), PGRES_COMMAND_OK,
	      "setting up");
	return connection;
}

/* --- one publish --- */

static void
write_edges(char *out, size_t size, uint64_t pair)
{
	size_t length = 0;
	for (int i = 0; i < EDGES; i++)
		length += (size_t)snprintf(out + length, size - length, "%sbench.source_%llu_%d",
					   i ? "," : "{", (unsigned long long)pair, i);
	snprintf(out + length, size - length, "}");
}

/* Sends it, or in a pipeline queues it. */
static void
send_publish(struct worker *w, uint64_t n)
{
	char name[NAME_SIZE], edges[NAME_SIZE * EDGES];
	const char *arguments[ARGUMENTS] = {name, w->document, w->body, edges};
	snprintf(name, sizeof name, "bench.product_%llu_%llu", (unsigned long long)w->number,
		 (unsigned long long)n);
	write_edges(edges, sizeof edges, n / 2);
	if (!PQsendQueryPrepared(w->connection, "publish", ARGUMENTS, arguments, NULL, NULL, 0))
		fail(w->connection, "sending");
}

/* One result, and the NULL behind it. */
static void
receive(struct worker *w)
{
	check(w->connection, PQgetResult(w->connection), PGRES_COMMAND_OK, "publishing");
	if (PQgetResult(w->connection))
		fail(w->connection, "a second result");
	w->done++;
}

static void
publish_pipeline(struct worker *w)
{
	uint64_t first = w->done;
	for (uint64_t i = 0; i < w->depth; i++)
		send_publish(w, first + i);
	if (!PQpipelineSync(w->connection))
		fail(w->connection, "sending");
	for (uint64_t i = 0; i < w->depth; i++)
		receive(w);
	check(w->connection, PQgetResult(w->connection), PGRES_PIPELINE_SYNC, "ending a pipeline");
}

static void *
run(void *user)
{
	struct worker *w = user;
	if (w->depth > 1 && !PQenterPipelineMode(w->connection))
		fail(w->connection, "entering pipeline mode");
	while (now() < w->until) {
		if (w->depth > 1) {
			publish_pipeline(w);
		} else {
			send_publish(w, w->done);
			receive(w);
		}
	}
	return NULL;
}

/* --- all of it --- */

static void
open_worker(struct worker *w, const char *url)
{
	memset(w->document, 'd', DOCUMENT_SIZE);
	memset(w->body, 'b', AUDIT_SIZE);
	w->connection = connect_to(url);
	check(w->connection, PQexec(w->connection, "SET search_path = " SCHEMA), PGRES_COMMAND_OK,
	      "setting up");
	check(w->connection, PQprepare(w->connection, "publish", statement, ARGUMENTS, NULL),
	      PGRES_COMMAND_OK, "preparing");
}

static double
measure(struct worker *workers, size_t count, double seconds)
{
	uint64_t done = 0;
	double start = now();
	for (size_t i = 0; i < count; i++) {
		workers[i].until = start + seconds;
		if (pthread_create(&workers[i].thread, NULL, run, &workers[i]) != 0)
			fail(workers[i].connection, "starting a thread");
	}
	for (size_t i = 0; i < count; i++) {
		pthread_join(workers[i].thread, NULL);
		done += workers[i].done;
	}
	return (double)done / (now() - start);
}

int
main(int argc, char **argv)
{
	static struct worker workers[MOST_CONNECTIONS];
	if (argc != 5) {
		fputs("usage: floor_postgres URL CONNECTIONS DEPTH SECONDS\n", stderr);
		return 2;
	}
	size_t count = strtoul(argv[2], NULL, 10);
	if (count < 1 || count > MOST_CONNECTIONS) {
		fputs("floor_postgres: expected 1 to 64 connections\n", stderr);
		return 2;
	}
	PGconn *owner = connect_to(argv[1]);
	check(owner, PQexec(owner, schema), PGRES_COMMAND_OK, "making the tables");
	for (size_t i = 0; i < count; i++) {
		workers[i] = (struct worker){.number = i, .depth = strtoull(argv[3], NULL, 10)};
		open_worker(&workers[i], argv[1]);
	}
	printf("%.1f\n", measure(workers, count, strtod(argv[4], NULL)));
	for (size_t i = 0; i < count; i++)
		PQfinish(workers[i].connection);
	check(owner, PQexec(owner, "DROP SCHEMA " SCHEMA " CASCADE"), PGRES_COMMAND_OK,
	      "taking the tables away");
	PQfinish(owner);
	return 0;
}
