/*
 * file_tree.c -- one walk, and the three things that are done on it.
 *
 * Each folder is opened by name below the folder that is open already (openat with O_NOFOLLOW), so
 * that nobody who can write into a bucket can lead the walk out of it by putting a symbolic link in
 * the way.
 */
#include "file_tree.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { DEEPEST = 100 }; /* a folder open for each level */

/* Called for each entry, a folder after what is in it.  False ends the walk, with errno. */
typedef bool tree_visit(int folder, const char *name, const struct stat *st, void *user);

static bool walk(int folder, int depth, tree_visit *visit, void *user);

static bool
is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static bool
walk_folder(int parent, const char *name, int depth, tree_visit *visit, void *user)
{
	int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder < 0)
		return errno == ENOENT;
	return walk(folder, depth, visit, user);
}

static bool
walk_entry(int folder, const char *name, int depth, tree_visit *visit, void *user)
{
	struct stat st;
	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT;
	if (S_ISDIR(st.st_mode) && !walk_folder(folder, name, depth + 1, visit, user))
		return false;
	return visit(folder, name, &st, user);
}

/* Takes `folder` over. */
static bool
walk(int folder, int depth, tree_visit *visit, void *user)
{
	DIR *listing = depth > DEEPEST ? NULL : fdopendir(folder);
	if (!listing) {
		int number = depth > DEEPEST ? ENAMETOOLONG : errno;
		close(folder);
		errno = number;
		return false;
	}
	bool well = true;
	struct dirent *entry;
	while (well && (errno = 0, entry = readdir(listing)))
		well =
		    is_dots(entry->d_name) || walk_entry(folder, entry->d_name, depth, visit, user);
	int number = errno;
	closedir(listing);
	errno = number;
	return well && number == 0;
}

/* The walk of a folder that the caller keeps open. */
static bool
walk_below(int folder, tree_visit *visit, void *user)
{
	return walk_folder(folder, ".", 0, visit, user);
}

static bool
add_to_totals(int folder, const char *name, const struct stat *st, void *user)
{
	struct tree_totals *totals = user;
	(void)folder, (void)name;
	if (S_ISREG(st->st_mode)) {
		totals->bytes += st->st_size;
		totals->files++;
	}
	return true;
}

bool
tree_measure(int folder, struct tree_totals *ret_totals)
{
	struct tree_totals totals = {0};
	if (!walk_below(folder, add_to_totals, &totals))
		return false;
	*ret_totals = totals;
	return true;
}

struct removal {
	time_t before;
	int64_t removed;
};

static bool
remove_if_old(int folder, const char *name, const struct stat *st, void *user)
{
	struct removal *removal = user;
	if (S_ISDIR(st->st_mode) || st->st_mtime >= removal->before)
		return true;
	if (unlinkat(folder, name, 0) != 0)
		return errno == ENOENT;
	removal->removed++;
	return true;
}

bool
tree_remove_before(int folder, time_t moment, int64_t *ret_removed)
{
	struct removal removal = {.before = moment};
	if (!walk_below(folder, remove_if_old, &removal))
		return false;
	*ret_removed = removal.removed;
	return true;
}

static bool
remove_entry(int folder, const char *name, const struct stat *st, void *user)
{
	(void)user;
	return unlinkat(folder, name, S_ISDIR(st->st_mode) ? AT_REMOVEDIR : 0) == 0 ||
	       errno == ENOENT;
}

bool
tree_remove(int parent, const char *name)
{
	return walk_entry(parent, name, 0, remove_entry, NULL);
}
