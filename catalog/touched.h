/*
 * touched.h -- when was anything last said about a name?  Answered from memory, so that a command
 * that waited for its commit learns in no time whether its basis has changed.
 *
 * A table of event numbers, found by the hash of a key: a subject (a product, a domain, a policy)
 * or a kind of event.  Two keys may share a row, and what was undone leaves its number behind: so
 * "not touched" is certain, "touched" is not, and costs who hears it a second look.
 *
 * Safe from every thread.  Private to catalog/.
 */
#ifndef WEFT_CATALOG_TOUCHED_H
#define WEFT_CATALOG_TOUCHED_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { TOUCHED_ROWS = 1 << 14 }; /* 128 KB */

struct touched {
	_Atomic uint64_t newest[TOUCHED_ROWS]; /* INVARIANT: a row never goes back */
};

void touched_note(struct touched *t, const char *key, uint64_t seq);
bool touched_since(const struct touched *t, const char *key, uint64_t seq);

#endif
