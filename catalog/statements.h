/*
 * statements.h -- the prepared statements of one connection, each prepared once.  Private to the
 * SQLite driver.
 *
 * The catalog's SQL is literals, so a statement is found by the address of its text; the text is
 * compared, too, because a text that was put together in an arena may come to lie where another one
 * was.
 */
#ifndef WEFT_CATALOG_STATEMENTS_H
#define WEFT_CATALOG_STATEMENTS_H

#include <sqlite3.h>
#include <stdbool.h>

enum {
	STATEMENT_MOST_ARGS = 24,
	STATEMENT_SLOTS = 256, /* a power of two */
};

struct statement {
	const char *address; /* of the SQL; NULL in a free slot */
	sqlite3_stmt *prepared;
	unsigned char
	    places[STATEMENT_MOST_ARGS]; /* SQLite's number of $1, $2, ...; 0: not in the text */
	bool busy;                       /* being stepped through */
	bool kept;                       /* stays when it has run */
};

struct statements {
	struct statement *slots[STATEMENT_SLOTS]; /* owned; open addressing by address */
	unsigned count;
};

/*
 * statement_get -- ready to be bound and run; give it back with statement_release().  One that is
 * being stepped through is prepared a second time.  NULL when it does not compile: the connection's
 * error says why.
 */
struct statement *statement_get(struct statements *all, sqlite3 *handle, const char *sql);
void statement_release(struct statement *s);

/* statements_done -- finalize all.  None may be busy. */
void statements_done(struct statements *all);

#endif
