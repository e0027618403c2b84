/*
 * bucket_access.h -- who may have the data of a bucket.
 */
#ifndef WEFT_FILESYSTEM_BUCKET_ACCESS_H
#define WEFT_FILESYSTEM_BUCKET_ACCESS_H

#include "bucket.h"

/*
 * Both record in the manifest who has access, and set the permissions of data/ for a group of the
 * system that has the role's name, where there is one: a folder has one group, so the first role
 * that has one gets it. The result says for each role whether it is `enforced`, and if not, why.
 */
json_t *bucket_grant(const struct bucket *b, const json_t *resource, struct weft_failure *failure);
json_t *bucket_revoke(const struct bucket *b, const json_t *resource, struct weft_failure *failure);

#endif
