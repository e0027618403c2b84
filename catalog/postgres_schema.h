/*
 * postgres_schema.h -- where in a database of PostgreSQL the catalog lies, and which migration it
 * is of.  Private to the PostgreSQL driver.
 *
 * It lies in the first schema of the search path, alone there: in the table weft_schema it says
 * whose it is, as the header of a SQLite file does.
 */
#ifndef WEFT_CATALOG_POSTGRES_SCHEMA_H
#define WEFT_CATALOG_POSTGRES_SCHEMA_H

#include "db.h"

/*
 * postgres_schema_find -- on a new connection: make that schema the only one of the session; a
 * writer creates it when it is absent.  `*ret_there` says whether there is a catalog.  Fails:
 * ERR_CORRUPT (another program's tables).
 */
enum err_code postgres_schema_find(struct db *db, enum db_mode mode, bool *ret_there,
				   struct err *e);

/* A writer's look holds the number until its transaction ends: two nodes do not migrate at once. */
enum err_code postgres_schema_number(struct db *db, enum db_mode mode, int64_t *ret_number,
				     struct err *e);
enum err_code postgres_schema_set(struct db *db, int64_t number, struct err *e);

#endif
