/*
 * sqlite_access.h -- what a role may read, as a view: TABLE__ROLE shows the columns that the
 * product's access entry names.
 *
 * SQLite has no accounts: whoever can open the file can read all of it.  The views say what was
 * agreed, for tools that go by them; the result says so.
 */
#ifndef WEFT_SQLITE_SQLITE_ACCESS_H
#define WEFT_SQLITE_SQLITE_ACCESS_H

#include "sqlite_file.h"

/*
 * access_grant -- afterwards the roles of the resource's access list have their views, and no
 * others.
 */
json_t *access_grant(struct database *d, const json_t *resource, struct weft_failure *failure);

/* access_revoke -- afterwards the roles of the list have none. */
json_t *access_revoke(struct database *d, const json_t *resource, struct weft_failure *failure);

#endif
