/*
 * semver.h -- semantic versions (semver.org 2.0.0).
 */
#ifndef WEFT_BASE_SEMVER_H
#define WEFT_BASE_SEMVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

struct semver {
	uint64_t major, minor, patch;
	const char *prerelease; /* "" when there is none */
};

/* semver_parse -- false when it is none.  Build metadata is read and left out. */
bool semver_parse(const char *text, struct arena *arena, struct semver *ret_version);

/* semver_compare -- below 0, 0 or above 0, by section 11: without build metadata. */
int semver_compare(const struct semver *a, const struct semver *b);

#endif
