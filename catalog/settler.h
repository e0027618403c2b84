/*
 * settler.h -- a thread that moves what was committed from the journal into the database, so that
 * no commit does.
 *
 * A writer says after each commit how long the journal is.  From SETTLE_PAGES on the thread moves
 * what it can while writers go on.  They keep adding meanwhile, so that the journal could not begin
 * anew: from SETTLE_ALONE_PAGES on it moves the small rest while no writer works, and the next
 * commit begins the journal at its start.
 */
#ifndef WEFT_CATALOG_SETTLER_H
#define WEFT_CATALOG_SETTLER_H

#include <stdint.h>

#include "base/err.h"

#include "writer_gate.h"

enum { SETTLE_PAGES = 4000, SETTLE_ALONE_PAGES = 12000 };

struct settler;

/* `gate` keeps writers away; both are borrowed. */
enum err_code settler_create(const char *database, struct writer_gate *gate,
			     struct settler **ret_settler, struct err *e);
void settler_destroy(struct settler *settler);
void settler_note(struct settler *settler, uint32_t waiting);

#endif
