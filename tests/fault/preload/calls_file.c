/*
 * calls_file.c -- files: reading, writing, cutting, syncing and opening.  What is done goes into
 * the journal where one is kept.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <unistd.h>

#include "control.h"
#include "journal.h"

static bool
strikes(enum fault_kind kind, int file)
{
	return fault_counts(kind) && fault_means_file(file) && fault_strikes(kind);
}

/* --- reading --- */

ssize_t
read(int file, void *bytes, size_t length)
{
	return strikes(FAULT_READ, file) ? -1 : REAL(read)(file, bytes, length);
}

ssize_t
pread(int file, void *bytes, size_t length, off_t offset)
{
	return strikes(FAULT_READ, file) ? -1 : REAL(pread)(file, bytes, length, offset);
}

ssize_t
pread64(int file, void *bytes, size_t length, off64_t offset)
{
	return pread(file, bytes, length, offset);
}

/* --- writing --- */

static ssize_t
write_at(int file, const void *bytes, size_t length, off_t offset)
{
	char name[JOURNAL_NAME];
	if (!journal_keeps(file, name))
		return REAL(pwrite)(file, bytes, length, offset);
	journal_enter();
	ssize_t done = REAL(pwrite)(file, bytes, length, offset);
	if (done > 0)
		journal_note(JOURNAL_WRITE, name, offset, bytes, (size_t)done);
	journal_leave();
	return done;
}

static ssize_t
write_on(int file, const void *bytes, size_t length)
{
	char name[JOURNAL_NAME];
	if (!journal_keeps(file, name))
		return REAL(write)(file, bytes, length);
	journal_enter();
	off_t offset = lseek(file, 0, SEEK_CUR);
	ssize_t done = REAL(write)(file, bytes, length);
	if (done > 0)
		journal_note(JOURNAL_WRITE, name, offset, bytes, (size_t)done);
	journal_leave();
	return done;
}

/* A write of one byte has no half. */
static bool
fails_wholly(size_t length)
{
	return !fault_is_short() || length < 2;
}

ssize_t
write(int file, const void *bytes, size_t length)
{
	if (!strikes(FAULT_WRITE, file))
		return write_on(file, bytes, length);
	return fails_wholly(length) ? -1 : write_on(file, bytes, length / 2);
}

ssize_t
pwrite(int file, const void *bytes, size_t length, off_t offset)
{
	if (!strikes(FAULT_WRITE, file))
		return write_at(file, bytes, length, offset);
	return fails_wholly(length) ? -1 : write_at(file, bytes, length / 2, offset);
}

ssize_t
pwrite64(int file, const void *bytes, size_t length, off64_t offset)
{
	return pwrite(file, bytes, length, offset);
}

/* --- cutting --- */

int
ftruncate(int file, off_t length)
{
	char name[JOURNAL_NAME];
	if (strikes(FAULT_TRUNCATE, file))
		return -1;
	if (!journal_keeps(file, name))
		return REAL(ftruncate)(file, length);
	journal_enter();
	int result = REAL(ftruncate)(file, length);
	if (result == 0)
		journal_note(JOURNAL_TRUNCATE, name, length, NULL, 0);
	journal_leave();
	return result;
}

int
ftruncate64(int file, off64_t length)
{
	return ftruncate(file, length);
}

/* --- syncing --- */

typedef int sync_fn(int file);

static int
synchronize(int file, sync_fn *sync_file)
{
	char name[JOURNAL_NAME];
	if (!journal_keeps(file, name))
		return sync_file(file);
	journal_enter();
	int64_t number = journal_number();
	journal_note(JOURNAL_SYNC, name, number, NULL, 0);
	journal_leave();
	int result = sync_file(file);
	journal_enter();
	if (result == 0)
		journal_note(JOURNAL_SYNCED, name, number, NULL, 0);
	journal_leave();
	return result;
}

int
fsync(int file)
{
	return strikes(FAULT_SYNC, file) ? -1 : synchronize(file, REAL(fsync));
}

int
fdatasync(int file)
{
	return strikes(FAULT_SYNC, file) ? -1 : synchronize(file, REAL(fdatasync));
}

/* --- opening --- */

int
open(const char *path, int flags, ...)
{
	va_list rest;
	va_start(rest, flags);
	mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
	va_end(rest);
	if (fault_counts(FAULT_OPEN) && fault_means_path(path) && fault_strikes(FAULT_OPEN))
		return -1;
	return REAL(open)(path, flags, mode);
}

int
open64(const char *path, int flags, ...)
{
	va_list rest;
	va_start(rest, flags);
	mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
	va_end(rest);
	return open(path, flags, mode);
}
