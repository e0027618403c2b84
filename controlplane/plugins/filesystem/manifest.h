/*
 * manifest.h -- what a bucket is, in manifest.json beside its data: for people and programs that
 * meet the folder alone.
 */
#ifndef WEFT_FILESYSTEM_MANIFEST_H
#define WEFT_FILESYSTEM_MANIFEST_H

#include "bucket.h"

/* manifest_read -- the stored one, or NULL when there is none or what is there is no manifest. */
json_t *manifest_read(const struct bucket *b);

/*
 * manifest_wanted -- what it should be: the wish, with `created` and `access` of the stored one
 * (may be NULL).
 */
json_t *manifest_wanted(const json_t *resource, const json_t *stored);

/*
 * manifest_write -- replaced as a whole or not at all, and on disk when it returns; does nothing
 * when equal to `stored`.
 */
bool manifest_write(const struct bucket *b, const json_t *manifest, const json_t *stored,
		    struct weft_failure *failure);

#endif
