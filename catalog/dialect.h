/*
 * dialect.h -- where the databases cannot be asked with one text.  Private to catalog/.
 *
 * What differs is a row with a column for each dialect, beside the function that uses it:
 *
 *     static const char *const find[] = {
 *             [DIALECT_SQLITE]   = "SELECT ... MATCH $1",
 *             [DIALECT_POSTGRES] = "SELECT ... @@ $1::tsquery",
 *     };
 *     db_query(db, find[db_dialect(db)], ...)
 *
 * No function asks which dialect it is.
 */
#ifndef WEFT_CATALOG_DIALECT_H
#define WEFT_CATALOG_DIALECT_H

#include "base/arena.h"
#include "base/embedded.h"

struct db;

enum dialect { DIALECT_SQLITE, DIALECT_POSTGRES, DIALECT_COUNT };

enum dialect db_dialect(const struct db *db);

/*
 * dialect_migration -- the SQL of a migration for this dialect: the file's own text, with other
 * words for types, or of the file that takes its place.
 */
const char *dialect_migration(enum dialect dialect, const struct embedded_file *file,
			      struct arena *arena);

#endif
