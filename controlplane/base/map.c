/*
 * map.c -- linear probing over a power of two of slots; FNV-1a with a final mix.
 */
#include "map.h"

#include <string.h>

uint64_t
map_hash(const void *bytes, size_t length)
{
	const unsigned char *p = bytes;
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < length; i++)
		h = (h ^ p[i]) * UINT64_C(0x100000001b3);
	h ^= h >> 32;
	return h * UINT64_C(0x9e3779b97f4a7c15);
}

/* The slot that holds the key, or the free one where it belongs. */
static struct map_slot *
find_slot(const struct map *m, const char *key, uint64_t hash)
{
	size_t mask = m->capacity - 1;
	size_t i = (size_t)(hash >> 20) & mask;
	while (m->slots[i].key && (m->slots[i].hash != hash || strcmp(m->slots[i].key, key) != 0))
		i = (i + 1) & mask;
	return &m->slots[i];
}

void *
map_get(const struct map *m, const char *key)
{
	if (m->capacity == 0)
		return NULL;
	return find_slot(m, key, map_hash(key, strlen(key)))->value;
}

static void
widen(struct map *m)
{
	struct map old = *m;
	m->capacity = old.capacity ? old.capacity * 2 : 16;
	m->slots = ARENA_ARRAY(m->arena, struct map_slot, m->capacity);
	for (size_t i = 0; i < old.capacity; i++)
		if (old.slots[i].key)
			*find_slot(m, old.slots[i].key, old.slots[i].hash) = old.slots[i];
}

void *
map_put(struct map *m, const char *key, void *value)
{
	if (m->count * 2 >= m->capacity)
		widen(m);
	uint64_t hash = map_hash(key, strlen(key));
	struct map_slot *slot = find_slot(m, key, hash);
	void *before = slot->value;
	if (!slot->key)
		m->count++;
	*slot = (struct map_slot){.key = key, .hash = hash, .value = value};
	return before;
}
