/*
 * touched.c -- one row for all keys of a hash.
 */
#include "touched.h"

#include <string.h>

#include "base/map.h"

static size_t
row_of(const char *key)
{
	return (size_t)(map_hash(key, strlen(key)) >> 20) % TOUCHED_ROWS;
}

void
touched_note(struct touched *t, const char *key, uint64_t seq)
{
	_Atomic uint64_t *row = &t->newest[row_of(key)];
	uint64_t before = atomic_load_explicit(row, memory_order_relaxed);
	while (before < seq && !atomic_compare_exchange_weak(row, &before, seq))
		;
}

bool
touched_since(const struct touched *t, const char *key, uint64_t seq)
{
	return atomic_load(&t->newest[row_of(key)]) > seq;
}
