/*
 * sqlite_file.h -- the database file of a product, and talking to it.
 *
 * ROOT/PRODUCT.db, or ROOT/PRODUCT-NAME.db when the wish has a name of its own (no product's name
 * has a "-").  Changes are transactions with a rollback journal and synchronous FULL: after a crash
 * the file is as before or as after.  Every statement ends when the time that Weft gives for a call
 * is nearly over.
 */
#ifndef WEFT_SQLITE_SQLITE_FILE_H
#define WEFT_SQLITE_SQLITE_FILE_H

#include <limits.h>
#include <sqlite3.h>

#include "weft_plugin.h"

struct database {
	sqlite3 *db;       /* NULL: there is no file */
	const char *table; /* the last part of the product's name; borrowed from the request */
	char path[PATH_MAX];
	int64_t deadline; /* of the monotonic clock, in milliseconds */
};

/* database_check_names -- may the product and the wish be called so? */
bool database_check_names(const json_t *resource, struct weft_failure *failure);

/*
 * database_find -- open the file if there is one.  database_make -- and make it when there is
 * none.
 *
 */
bool database_find(const json_t *resource, const json_t *settings, struct database *d,
		   struct weft_failure *failure);
bool database_make(const json_t *resource, const json_t *settings, struct database *d,
		   struct weft_failure *failure);

/* database_remove -- close and delete the file and what SQLite keeps beside it. */
bool database_remove(struct database *d, struct weft_failure *failure);
void database_close(struct database *d);

/*
 * database_fail -- the failure from SQLite's own words, which name tables and columns but no
 * values.  Gives false.
 */
bool database_fail(const struct database *d, struct weft_failure *failure, const char *doing);

/*
 * database_run -- statements without answers; %w inside "..." is an identifier, %Q a text with
 * its quotes.
 */
bool database_run(struct database *d, struct weft_failure *failure, const char *format, ...);

/*
 * database_ask -- the first row's texts appended to the JSON list `ret_rows` as a list, row by
 * row.
 *
 */
bool database_ask(struct database *d, struct weft_failure *failure, json_t *ret_rows,
		  const char *format, ...);

/*
 * database_has -- is there a table or view of this name?  Only inside database_hold() or
 * database_begin().
 */
bool database_has(struct database *d, const char *table);

/*
 * database_hold -- from here to database_close() the file reads as it is now; nothing to do when
 * there is none.
 */
bool database_hold(struct database *d, struct weft_failure *failure);

/*
 * A change: database_begin, then database_end with whether all went well: committed, or rolled
 * back.
 */
bool database_begin(struct database *d, struct weft_failure *failure);
bool database_end(struct database *d, bool well, struct weft_failure *failure);

#endif
