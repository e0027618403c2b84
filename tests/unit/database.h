/*
 * database.h -- where one test keeps its catalog: in its folder, or in a schema of its own of the
 * PostgreSQL that WEFT_TEST_STORE names (a URL).
 */
#ifndef WEFT_TESTS_DATABASE_H
#define WEFT_TESTS_DATABASE_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct database {
	char url[1000]; /* "" is SQLite */
	char schema[60];
};

/* "" when it is SQLite. */
static inline const char *
database_server(void)
{
	const char *store = getenv("WEFT_TEST_STORE");
	return store ? store : "";
}

static inline bool
database_is_sqlite(void)
{
	return !*database_server();
}

/* The schema is made by who writes there first. */
static inline void
database_make(struct database *d)
{
	static unsigned count;
	*d = (struct database){.url = ""};
	if (database_is_sqlite())
		return;
	snprintf(d->schema, sizeof d->schema, "t_%d_%u", (int)getpid(), ++count);
	snprintf(d->url, sizeof d->url, "%s%soptions=-csearch_path%%3D%s", database_server(),
		 strchr(database_server(), '?') ? "&" : "?", d->schema);
}

/* What somebody with psql could do.  Gives what went wrong, or NULL; in `ret_rows`, when it is not
 * NULL, the first column of all rows, one a line, to free. */
static inline const char *
database_do(const struct database *d, const char *sql, char **ret_rows)
{
	static char message[500];
	PGconn *conn = PQconnectdb(d->url);
	PGresult *result = PQexec(conn, sql);
	ExecStatusType status = PQresultStatus(result);
	bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
	snprintf(message, sizeof message, "%s", PQerrorMessage(conn));
	if (ret_rows) {
		size_t size = 1;
		*ret_rows = calloc(1, 1 << 20);
		for (int i = 0; i < PQntuples(result); i++)
			size += (size_t)snprintf(*ret_rows + size - 1, (1 << 20) - size, "%s\n",
						 PQgetvalue(result, i, 0));
	}
	PQclear(result);
	PQfinish(conn);
	return good ? NULL : message;
}

static inline void
database_remove(struct database *d)
{
	char sql[200];
	if (!*d->url)
		return;
	snprintf(sql, sizeof sql,
		 "SET client_min_messages = error; DROP SCHEMA IF EXISTS %s CASCADE", d->schema);
	const char *message = database_do(d, sql, NULL);
	if (message)
		fprintf(stderr, "%s\n", message);
}

#endif
