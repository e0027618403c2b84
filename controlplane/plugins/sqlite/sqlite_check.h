/*
 * sqlite_check.h -- the declared quality checks, judged by SQL.
 *
 * What comes out are counts and ages, never values: a result is read by more people than the data.
 */
#ifndef WEFT_SQLITE_SQLITE_CHECK_H
#define WEFT_SQLITE_SQLITE_CHECK_H

#include "sqlite_file.h"

/*
 * checks_run -- a result for each check of the resource, or NULL with the failure.  The file must
 * be held.
 */
json_t *checks_run(struct database *d, const json_t *resource, struct weft_failure *failure);

#endif
