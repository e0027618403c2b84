/*
 * db_sqlite.h -- SQLite's own handles, for the files of the catalog that work on a database as a
 * file.  Private to the SQLite driver.
 */
#ifndef WEFT_CATALOG_DB_SQLITE_H
#define WEFT_CATALOG_DB_SQLITE_H

#include <sqlite3.h>

#include "db.h"

/* sqlite_open -- as db_open() opens it; the handle is to be closed also on failure. */
int sqlite_open(const char *path, enum db_mode mode, sqlite3 **ret_handle);

/* sqlite_open_frozen -- a file that nobody changes: no lock is taken, nothing is made beside it. */
int sqlite_open_frozen(const char *path, sqlite3 **ret_handle);

/* sqlite_fail -- what the handle's last call reported, as an error. */
enum err_code sqlite_fail(sqlite3 *handle, struct err *e);

#endif
