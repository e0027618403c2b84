/*
 * bucket.c -- see bucket.h.
 */
#include "bucket.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "file_tree.h"

/*
 * Folders on the way can be passed but not listed by others, so that a group that was given data/
 * reaches it; data/ itself is for the owner and that group alone.
 */
enum { WAY_MODE = 0711, DATA_MODE = 0750 };

void
bucket_path(const struct bucket *b, const char *leaf, char ret_path[PATH_MAX])
{
	snprintf(ret_path, PATH_MAX, "%s/%s/%s/%s", b->root_path, b->product, b->name, leaf);
}

bool
bucket_fail(const struct bucket *b, struct weft_failure *failure, int number, const char *doing)
{
	if (number == ELOOP || number == ENOTDIR)
		weft_fail(failure, false,
			  "%s of bucket %s/%s: a symbolic link or file is where a folder must be",
			  doing, b->product, b->name);
	else
		weft_fail(failure, true, "%s of bucket %s/%s: %s", doing, b->product, b->name,
			  strerror(number));
	return false;
}

static bool
read_names(const json_t *resource, const json_t *settings, struct bucket *b,
	   struct weft_failure *failure)
{
	b->root_path = weft_text(settings, "root", "");
	b->product = weft_text(resource, "product", "");
	b->name = weft_text(resource, "name", "default");
	if (b->root_path[0] != '/')
		weft_fail(failure, false, "settings: root: expected an absolute path");
	else if (!weft_is_name(b->product))
		weft_fail(failure, false, "product: '%.100s' cannot name a folder", b->product);
	else if (!weft_is_name(b->name))
		weft_fail(failure, false,
			  "name: '%.100s' cannot name a folder; use letters, digits, '_' and '-'",
			  b->name);
	else
		return true;
	return false;
}

/* Open the folder if it is there; absent is no failure. */
static bool
open_folder(int parent, const char *name, int *ret_folder)
{
	int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder < 0)
		return errno == ENOENT;
	*ret_folder = folder;
	return true;
}

/* Make the folder if it is not there.  Its name is on disk once the folder above is synced. */
static bool
make_folder(int parent, const char *name, int *ret_folder)
{
	if (mkdirat(parent, name, DATA_MODE) != 0 && errno != EEXIST)
		return false;
	return fsync(parent) == 0 && open_folder(parent, name, ret_folder) && *ret_folder >= 0;
}

static bool
open_root(struct bucket *b, struct weft_failure *failure)
{
	b->root = open(b->root_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (b->root >= 0)
		return true;
	weft_fail(failure, true, "opening the root '%.300s': %s", b->root_path, strerror(errno));
	return false;
}

bool
bucket_find(const json_t *resource, const json_t *settings, struct bucket *b,
	    struct weft_failure *failure)
{
	if (!read_names(resource, settings, b, failure) || !open_root(b, failure))
		return false;
	bool well = open_folder(b->root, b->product, &b->above) &&
		    (b->above < 0 || open_folder(b->above, b->name, &b->folder)) &&
		    (b->folder < 0 || open_folder(b->folder, "data", &b->data));
	return well || bucket_fail(b, failure, errno, "opening the folder");
}

bool
bucket_make(const json_t *resource, const json_t *settings, struct bucket *b,
	    struct weft_failure *failure)
{
	if (!read_names(resource, settings, b, failure) || !open_root(b, failure))
		return false;
	bool well = make_folder(b->root, b->product, &b->above) &&
		    fchmod(b->above, WAY_MODE) == 0 && make_folder(b->above, b->name, &b->folder) &&
		    fchmod(b->folder, WAY_MODE) == 0 && make_folder(b->folder, "data", &b->data);
	return well || bucket_fail(b, failure, errno, "making the folder");
}

/* The product's folder goes with its last bucket; one that still holds others stays. */
static bool
remove_above(struct bucket *b)
{
	if (unlinkat(b->root, b->product, AT_REMOVEDIR) == 0)
		return fsync(b->root) == 0;
	return errno == ENOTEMPTY || errno == EEXIST || errno == ENOENT;
}

bool
bucket_remove(struct bucket *b, struct weft_failure *failure)
{
	if (b->above < 0)
		return true;
	if (!tree_remove(b->above, b->name) || fsync(b->above) != 0 || !remove_above(b))
		return bucket_fail(b, failure, errno, "removing the folder");
	return true;
}

static void
close_folder(int *folder)
{
	if (*folder >= 0)
		close(*folder);
	*folder = -1;
}

void
bucket_close(struct bucket *b)
{
	close_folder(&b->data);
	close_folder(&b->folder);
	close_folder(&b->above);
	close_folder(&b->root);
}
