/*
 * sqlite_table.h -- the table that a product wants, and how the one that is there differs from it.
 */
#ifndef WEFT_SQLITE_SQLITE_TABLE_H
#define WEFT_SQLITE_SQLITE_TABLE_H

#include "sqlite_file.h"

enum { MOST_COLUMNS = 2000 }; /* SQLite's own limit */

/* table_validate -- can there be such a table? */
bool table_validate(const json_t *columns, struct weft_failure *failure);

/* table_create_sql -- CREATE TABLE ...; to be freed with sqlite3_free(). */
char *table_create_sql(const char *table, const json_t *columns);

/*
 * What must be done so that the table is the wanted one.  SQLite can only append columns that may
 * be empty; all else is a new table into which the common columns are copied.
 */
enum table_step { TABLE_FITS, TABLE_CREATE, TABLE_APPEND, TABLE_REBUILD };

struct table_diff {
	enum table_step step;
	bool loses; /* columns are removed or retyped: the old table is kept under another name */
	json_t *reasons; /* texts for people: "add column x"; owned */
	/* the columns there are: lists of name, type, not null, place in the key; owned */
	json_t *there;
};

bool table_compare(struct database *d, const json_t *columns, struct table_diff *ret_diff,
		   struct weft_failure *failure);
void table_diff_done(struct table_diff *diff);

/*
 * table_append and table_rebuild -- inside a transaction; `old_version` names the table that is
 * kept.
 */
bool table_append(struct database *d, const json_t *columns, const struct table_diff *diff,
		  struct weft_failure *failure);
bool table_rebuild(struct database *d, const json_t *columns, const struct table_diff *diff,
		   const char *old_version, struct weft_failure *failure);

#endif
