/*
 * zone.h -- time zones by their names ("Europe/Berlin"): how far ahead of UTC clocks are, when.
 *
 * The zones are those of the IANA Time Zone Database, packed into the program when it is built
 * (zone_pack.c): nothing is read, and every node that runs the same program gives the same answers.
 */
#ifndef WEFT_POLICY_ZONE_H
#define WEFT_POLICY_ZONE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct zone;

/* zone_find -- the zone of exactly this name, or NULL. */
const struct zone *zone_find(const char *name, size_t length);

/* zone_offset -- seconds east of UTC at a moment in seconds since 1970. */
int64_t zone_offset(const struct zone *z, int64_t seconds);

/* zone_nearest -- the name that a wrong one may have meant, or NULL. */
const char *zone_nearest(struct arena *arena, const char *name);

/* The release of the database: "2025b". */
extern const char zone_release[];

#endif
