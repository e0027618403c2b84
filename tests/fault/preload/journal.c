/*
 * journal.c -- see journal.h.
 */
#include "journal.h"

#include <sys/uio.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int journal = -1;
static const char *folder;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int64_t last_number;

__attribute__((constructor)) static void
begin(void)
{
	const char *path = getenv("FAULT_JOURNAL");
	folder = getenv("FAULT_FOLDER");
	if (!path || !folder)
		return;
	journal = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (journal < 0) {
		perror(path);
		_exit(99);
	}
}

bool
journal_keeps(int file, char *ret_name)
{
	char link[40], path[JOURNAL_NAME];
	if (journal < 0)
		return false;
	snprintf(link, sizeof link, "/proc/self/fd/%d", file);
	ssize_t length = readlink(link, path, sizeof path - 1);
	size_t base = strlen(folder);
	if (length < 0)
		return false;
	path[length] = '\0';
	if (strncmp(path, folder, base) != 0 || path[base] != '/')
		return false;
	strcpy(ret_name, path + base + 1);
	return true;
}

void
journal_enter(void)
{
	pthread_mutex_lock(&lock);
}

void
journal_leave(void)
{
	pthread_mutex_unlock(&lock);
}

int64_t
journal_number(void)
{
	return ++last_number;
}

void
journal_note(enum journal_what what, const char *name, int64_t offset, const void *bytes,
	     size_t length)
{
	struct {
		uint32_t what, name_length;
		int64_t offset;
		uint64_t length;
	} head = {what, (uint32_t)strlen(name), offset, length};
	struct iovec parts[] = {
	    {&head, sizeof head}, {(void *)name, head.name_length}, {(void *)bytes, length}};
	ssize_t all = (ssize_t)(sizeof head + head.name_length + length);
	if (writev(journal, parts, 3) != all) {
		perror("fault: writing the journal");
		_exit(99);
	}
}
