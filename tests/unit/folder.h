/*
 * folder.h -- a temporary folder for one test, removed with all that is in it.
 */
#ifndef WEFT_TESTS_FOLDER_H
#define WEFT_TESTS_FOLDER_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct folder {
	char path[64];
};

static inline void
folder_make(struct folder *f)
{
	strcpy(f->path, "/tmp/weft-test-XXXXXX");
	if (!mkdtemp(f->path))
		abort();
}

static inline int
folder_remove_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	(void)st, (void)type, (void)walk;
	return remove(path);
}

static inline void
folder_remove(struct folder *f)
{
	nftw(f->path, folder_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
