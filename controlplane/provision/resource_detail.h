/*
 * resource_detail.h -- what is remembered of a resource between two looks at it: the `detail` of
 * its last event.
 *
 * It is what the plugin answered last, with one member more, "weft", for what the reconciler itself
 * needs to know:
 *
 *     {"location": "/...", "table": "...", "weft": {"applied": DIGEST, "access": [...],
 * "retention_seconds": N, "tried": DIGEST, "final": true, "note": "..."}}
 */
#ifndef WEFT_PROVISION_RESOURCE_DETAIL_H
#define WEFT_PROVISION_RESOURCE_DETAIL_H

#include "base/arena.h"
#include "base/document.h"
#include "catalog/resource.h"

struct resource_detail {
	const struct node *answer; /* of the plugin, to apply; NULL: none yet */
	const char *applied;       /* digest of the message that it was last made by; NULL: never */
	const struct node *access; /* who was given access then; NULL: nobody */
	int64_t retention_seconds; /* of the product then; 0: none stated */
	const char *tried;         /* digest of the message that failed last, or NULL */
	bool final;                /* that failure will not go away by itself */
	const char *note;          /* what the last event was about beyond its state, or NULL */
};

/* resource_detail_read -- all zero when there is none. */
struct resource_detail resource_detail_read(const struct resource *r, struct arena *arena);

/* resource_detail_text -- as JSON in `arena`. */
const char *resource_detail_text(const struct resource_detail *d, struct arena *arena);

#endif
