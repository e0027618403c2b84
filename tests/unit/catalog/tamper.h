/*
 * tamper.h -- what somebody with the database file and the sqlite3 command could do behind Weft's
 * back.
 */
#ifndef WEFT_TESTS_CATALOG_TAMPER_H
#define WEFT_TESTS_CATALOG_TAMPER_H

#include <sqlite3.h>

#include "fixture.h"

static inline void
tamper(struct mesh *m, const char *sql)
{
	sqlite3 *db = NULL;
	char *message = NULL;
	assert_int_equal(sqlite3_open(mesh_path(m, "weft.db"), &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
		fail_msg("%s: %s", sql, message);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

#endif
