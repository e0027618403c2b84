/*
 * transfer.h -- a whole catalog from one database into another: from SQLite into PostgreSQL, back,
 * or between two of a kind.
 *
 * Truth and what is neither truth nor made from it are copied; what is made from the log is made
 * again, and compared.  The log stays the same log: every proof and checkpoint holds, byte for
 * byte.
 */
#ifndef WEFT_CATALOG_TRANSFER_H
#define WEFT_CATALOG_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"

struct transfer_wish {
	const char *from, *to; /* each a data folder or a URL of PostgreSQL */
	const char *keys;      /* the folder with log.key when `from` is a URL; else NULL */
	bool (*progress)(void *user, uint64_t done, uint64_t of); /* false ends it; may be NULL */
	void *user;
};

struct transfer_report {
	uint64_t events, checkpoints, projections; /* the last: how many were compared */
	struct digest root;                        /* of the log, in both */
};

/*
 * transfer -- all of it, or nothing.  Fails: ERR_BUSY (the source is being served), ERR_CONFLICT
 * (there is something in the target), ERR_CORRUPT (what arrived is not what was there) ...
 */
enum err_code transfer(const struct transfer_wish *wish, struct transfer_report *ret_report,
		       struct err *e);

#endif
