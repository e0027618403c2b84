/*
 * field_sets.h -- a table and all that it leads to, for what is derived from tables.
 */
#ifndef WEFT_BASE_FIELD_SETS_H
#define WEFT_BASE_FIELD_SETS_H

#include "field.h"

struct field_sets {
	const struct field_set *
	    *items; /* each once, in the order of the reference; the caller's to free() */
	size_t count;
};

/* field_sets_from -- `root` first, then what its fields hold, depth first. */
struct field_sets field_sets_from(const struct field_set *root);

#endif
