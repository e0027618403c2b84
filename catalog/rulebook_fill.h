/*
 * rulebook_fill.h -- what a database that knew no versions of policies learns of them from its own
 * log.  Private to catalog/.
 */
#ifndef WEFT_CATALOG_RULEBOOK_FILL_H
#define WEFT_CATALOG_RULEBOOK_FILL_H

#include "db.h"

/* rulebook_fill_versions -- the rows of policy_versions, in the transaction that made the table. */
enum err_code rulebook_fill_versions(struct db *db, struct err *e);

#endif
