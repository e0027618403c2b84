/*
 * rebuild.h -- all projections made again from the log.
 */
#ifndef WEFT_CATALOG_REBUILD_H
#define WEFT_CATALOG_REBUILD_H

#include "catalog/store.h"

struct projection_digest {
	const char *table;
	uint64_t rows;
	struct digest digest; /* of every column of every row, in the order of the primary key */
};

struct projection_digests {
	struct projection_digest *items;
	size_t count;
};

/* projection_digests -- what the projections hold now. */
enum err_code projection_digests(struct session *s, struct arena *arena,
				 struct projection_digests *ret_digests, struct err *e);

/*
 * rebuild -- in one transaction: drop what every projection holds and apply all events again.
 * `progress` is called now and then, and may be NULL.  A crash half-way leaves the old
 * projections.
 */
enum err_code rebuild(struct store *store, void (*progress)(void *user, uint64_t done, uint64_t of),
		      void *user, struct err *e);

#endif
