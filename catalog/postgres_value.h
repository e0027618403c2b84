/*
 * postgres_value.h -- values in PostgreSQL's binary form.  Private to the PostgreSQL driver.
 *
 * A parameter says its type: bigint, double precision, text or bytea; a null of no kind leaves it
 * to the server.  What comes out is read by the type that the server gave it.
 */
#ifndef WEFT_CATALOG_POSTGRES_VALUE_H
#define WEFT_CATALOG_POSTGRES_VALUE_H

#include <libpq-fe.h>

#include "db.h"

enum { POSTGRES_MOST_ARGS = 24 };

/* As libpq wants them; texts and bytes are borrowed. */
struct postgres_args {
	int count;
	Oid types[POSTGRES_MOST_ARGS];
	const char *values[POSTGRES_MOST_ARGS]; /* NULL is null */
	int lengths[POSTGRES_MOST_ARGS], formats[POSTGRES_MOST_ARGS];
	uint64_t numbers[POSTGRES_MOST_ARGS]; /* what some of the values point to */
	size_t bytes;
};

/*
 * postgres_args_read -- for the parameters of `sql`: one that is left out is null.  Fails:
 * ERR_MALFORMED (a text that PostgreSQL cannot keep: not UTF-8, or with a NUL).
 */
enum err_code postgres_args_read(struct postgres_args *ret_args, const char *sql,
				 struct db_args args, struct err *e);

/* postgres_value_of -- a text or bytes lie in the result. */
struct db_value postgres_value_of(const PGresult *result, int row, int column);

#endif
