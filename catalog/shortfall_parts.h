/*
 * shortfall_parts.h -- which complaints of a judgement are kept, and how they are told apart.
 * Private to catalog/.
 */
#ifndef WEFT_CATALOG_SHORTFALL_PARTS_H
#define WEFT_CATALOG_SHORTFALL_PARTS_H

#include "base/violation.h"

#include "db.h"

/* shortfalls_kept -- how many of the list: as many as an event's body holds. */
size_t shortfalls_kept(const struct violations *found);

/* shortfall_part -- the how manieth complaint of its validation is it? */
uint32_t shortfall_part(const struct violations *found, size_t index);

/* shortfall_fill -- the rows of a database of before, in the transaction that made the table. */
enum err_code shortfall_fill(struct db *db, struct err *e);

#endif
