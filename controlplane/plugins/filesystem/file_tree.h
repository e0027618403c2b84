/*
 * file_tree.h -- everything below a folder, without ever following a symbolic link.
 */
#ifndef WEFT_FILESYSTEM_FILE_TREE_H
#define WEFT_FILESYSTEM_FILE_TREE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct tree_totals {
	int64_t bytes, files;
};

/*
 * All three fail with errno set; `folder` stays open.  What vanishes while they look is no
 * failure.
 *
 */
bool tree_measure(int folder, struct tree_totals *ret_totals);

/* tree_remove_before -- the files (not the folders) last written before `moment`. */
bool tree_remove_before(int folder, time_t moment, int64_t *ret_removed);

/*
 * tree_remove -- the folder of that name with all that is in it.  One that is not there is
 * removed already.
 */
bool tree_remove(int parent, const char *name);

#endif
