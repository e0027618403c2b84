/*
 * zone_table.h -- how the zones lie in the program: what zone_pack.c writes and zone.c reads.
 *
 * zones[] has the names in the order of their bytes, each with where its data begins; names of one
 * zone share it.  The data is
 *
 *     the rule from the last change on, a text with a NUL
 *     how many offsets there are (one byte), and each, signed, in seconds; the first holds before
 *         any change
 *     how many changes there are, and each, as one number
 *
 * A number is seven bits a byte, the lowest first, with the eighth set on all but the last; a
 * signed one has its sign in its lowest bit.  A change is the time since the one before (of the
 * first, since ZONE_START), multiplied by how many offsets there are, plus the number of the offset
 * from then on; that time is in quarters of an hour, times two, or in seconds, times two plus one.
 */
#ifndef WEFT_POLICY_ZONE_TABLE_H
#define WEFT_POLICY_ZONE_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* Seconds since 1970 of a moment before any change. */
#define ZONE_START (INT64_C(-8589934592))

enum { ZONE_QUARTER = 900 };

struct zone {
	uint32_t name; /* where it begins in zone_names */
	uint32_t data; /* where it begins in zone_data */
};

extern const struct zone zones[];
extern const size_t zone_count;
extern const char zone_names[];
extern const unsigned char zone_data[];

#endif
