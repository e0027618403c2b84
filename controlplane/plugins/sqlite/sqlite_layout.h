/*
 * sqlite_layout.h -- what Weft keeps in a product's file besides the product's table, and bringing
 * both up to the wish.
 *
 *     weft_about      key, value: the product, its version, its checks as they were declared
 *     weft_roles      what the file was asked for: storage, compute; it is deleted when neither is
 * left weft_checks     the declared checks, for people who look weft_loads      when the table was
 * last written, kept by triggers; NULL: never weft_access     who may read what, and the view that
 * shows it weft_archives   tables of earlier versions whose columns the present one no longer has
 */
#ifndef WEFT_SQLITE_SQLITE_LAYOUT_H
#define WEFT_SQLITE_SQLITE_LAYOUT_H

#include "sqlite_table.h"

/* layout_plan -- what layout_apply() would do: texts appended to `changes`. */
bool layout_plan(struct database *d, const json_t *resource, json_t *changes,
		 struct weft_failure *failure);

/* layout_apply -- in one transaction; none when nothing is to be done. */
bool layout_apply(struct database *d, const json_t *resource, struct weft_failure *failure);

/* layout_serves -- is the table there, and was the file asked for in this role? */
bool layout_serves(struct database *d, const char *role);

/* layout_leave -- the role is over; `*ret_last` when no other is left. */
bool layout_leave(struct database *d, const char *role, bool *ret_last,
		  struct weft_failure *failure);

#endif
