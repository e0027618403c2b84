/*
 * postgres_statements.h -- which SQL a session of PostgreSQL has prepared, under which name.
 * Private to the PostgreSQL driver; the same idea as statements.h.
 *
 * A statement is of one list of types: the same text with others is not kept a second time.
 */
#ifndef WEFT_CATALOG_POSTGRES_STATEMENTS_H
#define WEFT_CATALOG_POSTGRES_STATEMENTS_H

#include "postgres_value.h"

enum { POSTGRES_STATEMENT_SLOTS = 256 /* a power of two */ };

struct postgres_statement {
	const char *address; /* of the SQL */
	char *text;          /* owned: what stood there */
	char name[12];
	bool prepared; /* asked for, and not refused since */
	int count;
	Oid types[POSTGRES_MOST_ARGS];
};

struct postgres_statements {
	struct postgres_statement *slots[POSTGRES_STATEMENT_SLOTS]; /* owned */
	unsigned count;
};

/*
 * postgres_statement_get -- NULL when it is not to be kept: there is no room, or another text or
 * other types have its place.
 */
struct postgres_statement *postgres_statement_get(struct postgres_statements *all, const char *sql,
						  const struct postgres_args *args);
void postgres_statements_done(struct postgres_statements *all);

#endif
