/*
 * map.h -- from text to pointer, in an arena.
 *
 * Open addressing, at most half full, never shrinks; there is no removal.  Keys are borrowed:
 * they must live as long as the map.  `struct map m = { .arena = a };` is an empty one.  Not
 * thread-safe while it is being filled.
 */
#ifndef WEFT_BASE_MAP_H
#define WEFT_BASE_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

struct map_slot {
	const char *key; /* NULL: free */
	uint64_t hash;
	void *value;
};

struct map {
	struct arena *arena;
	struct map_slot *slots;
	size_t count, capacity; /* capacity is a power of two, or 0 */
};

/* The value, or NULL when the key is not there. */
void *map_get(const struct map *m, const char *key);

/* map_put -- set the value (not NULL); gives the one it replaced, or NULL. */
void *map_put(struct map *m, const char *key, void *value);

/*
 * map_hash -- of `length` bytes; the same in every run (not for keys that an enemy may choose
 * without bound).
 */
uint64_t map_hash(const void *bytes, size_t length);

#endif
