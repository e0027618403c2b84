/*
 * bucket.h -- where a bucket is: ROOT/PRODUCT/NAME/, with manifest.json and data/ in it.
 *
 * Names are checked before they become paths, and folders are opened one below the other without
 * following symbolic links, so that no request and no link leads out of the root.
 */
#ifndef WEFT_FILESYSTEM_BUCKET_H
#define WEFT_FILESYSTEM_BUCKET_H

#include <limits.h>

#include "weft_plugin.h"

struct bucket {
	const char *root_path, *product, *name; /* borrowed from the request */
	int root, above, folder,
	    data; /* open folders: the root, PRODUCT, NAME, data; -1: not there */
};

#define BUCKET_NONE                                                                                \
	{                                                                                          \
		.root = -1, .above = -1, .folder = -1, .data = -1                                  \
	}

/*
 * bucket_find -- open what there is; what is not there stays -1.  False with the failure when it
 * cannot tell.
 */
bool bucket_find(const json_t *resource, const json_t *settings, struct bucket *b,
		 struct weft_failure *failure);

/* bucket_make -- the same, and make what is not there; all of it is on disk afterwards. */
bool bucket_make(const json_t *resource, const json_t *settings, struct bucket *b,
		 struct weft_failure *failure);

/*
 * bucket_remove -- after bucket_find(): the bucket with all its data, and the product's folder
 * when it is empty then.
 */
bool bucket_remove(struct bucket *b, struct weft_failure *failure);

void bucket_close(struct bucket *b);

/* bucket_path -- for people: ROOT/PRODUCT/NAME/LEAF */
void bucket_path(const struct bucket *b, const char *leaf, char ret_path[PATH_MAX]);

/*
 * bucket_fail -- the failure of a system call with the bucket; what a person must repair is not
 * tried again at once.
 */
bool bucket_fail(const struct bucket *b, struct weft_failure *failure, int number,
		 const char *doing);

#endif
