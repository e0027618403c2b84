/*
 * check_parts.h -- the check of a copy that is there already, for who wants to keep the copy.
 * Private to catalog/.
 */
#ifndef WEFT_CATALOG_CHECK_PARTS_H
#define WEFT_CATALOG_CHECK_PARTS_H

#include "catalog_check.h"
#include "scratch.h"

/* check_copy -- spoils nothing that counts: afterwards the copy's projections are made anew. */
enum err_code check_copy(const struct check_wish *wish, const struct scratch *scratch,
			 struct arena *arena, struct check_report *ret_report, struct err *e);

#endif
