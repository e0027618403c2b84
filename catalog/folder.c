/*
 * folder.c -- the data folder as the file system sees it: made, locked, and files that appear whole
 * or not at all.
 */
#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store_parts.h"

static void
close_file(const int *descriptor)
{
	if (*descriptor >= 0)
		close(*descriptor);
}

bool
file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

enum err_code
folder_create(const char *folder, struct err *e)
{
	if (mkdir(folder, 0750) != 0 && errno != EEXIST) {
		err_errno(e, errno, "making the folder '%s'", folder);
		return e->code = e->code == ERR_NOT_FOUND ? ERR_IO : e->code;
	}
	return ERR_OK;
}

enum err_code
folder_sync(const char *folder, struct err *e)
{
	CLEANUP(close_file) int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (descriptor < 0 || fsync(descriptor) != 0)
		return err_errno(e, errno, "writing the folder '%s'", folder);
	return ERR_OK;
}

/* The holder's process number is for people: the lock is what counts. */
static enum err_code
locked_by_other(int lock, const char *folder, struct err *e)
{
	char holder[20] = "";
	ssize_t length = pread(lock, holder, sizeof holder - 1, 0);
	holder[length > 0 ? length : 0] = '\0';
	holder[strcspn(holder, "\n")] = '\0';
	return ERR(e, BUSY, "the folder '%s' is already served by another process (%s)", folder,
		   *holder ? holder : "unknown");
}

enum err_code
folder_lock(const char *folder, int *ret_lock, struct err *e)
{
	char path[4096], holder[20];
	snprintf(path, sizeof path, "%s/weft.lock", folder);
	int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (lock < 0)
		return err_errno(e, errno, "opening '%s'", path);
	if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
		enum err_code code = errno == EWOULDBLOCK
					 ? locked_by_other(lock, folder, e)
					 : err_errno(e, errno, "locking '%s'", path);
		close(lock);
		return code;
	}
	int length = snprintf(holder, sizeof holder, "%d\n", (int)getpid());
	if (ftruncate(lock, 0) != 0 || pwrite(lock, holder, (size_t)length, 0) != length) {
		int number = errno;
		close(lock);
		return err_errno(e, number, "writing '%s'", path);
	}
	*ret_lock = lock;
	return ERR_OK;
}

void
folder_unlock(int lock)
{
	close(lock); /* which frees it */
}

bool
folder_is_locked_by(const char *folder, int lock)
{
	char path[4096];
	struct stat there, ours;
	snprintf(path, sizeof path, "%s/weft.lock", folder);
	return stat(path, &there) == 0 && fstat(lock, &ours) == 0 && there.st_ino == ours.st_ino &&
	       there.st_dev == ours.st_dev;
}

static enum err_code
write_whole(int descriptor, const char *path, const char *text, struct err *e)
{
	size_t left = strlen(text);
	while (left > 0) {
		ssize_t written = write(descriptor, text, left);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return err_errno(e, errno, "writing '%s'", path);
		text += written;
		left -= (size_t)written;
	}
	if (fsync(descriptor) != 0)
		return err_errno(e, errno, "writing '%s'", path);
	return ERR_OK;
}

/* Under another name first: whoever sees the file sees all of it, whenever the machine stops. */
enum err_code
file_create(const char *folder, const char *name, const char *text, int permissions, struct err *e)
{
	char path[4096], draft[4096];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	snprintf(draft, sizeof draft, "%s/%s.new", folder, name);
	if (file_exists(path))
		return ERR(e, CONFLICT, "'%s' is already there", path);
	unlink(draft); /* of a process that died here */

	CLEANUP(close_file)
	int descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions);
	if (descriptor < 0)
		return err_errno(e, errno, "making '%s'", draft);
	if (write_whole(descriptor, draft, text, e) != ERR_OK) {
		unlink(draft);
		return e->code;
	}
	if (rename(draft, path) != 0)
		return err_errno(e, errno, "making '%s'", path);
	return folder_sync(folder, e);
}
