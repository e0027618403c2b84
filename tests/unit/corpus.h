/*
 * corpus.h -- inputs that other projects published, read where they lie and never copied into the
 * tree.
 *
 * WEFT_CORPUS names their folder; without it, it is looked for beside the project.  Tests that want
 * it skip themselves where it is not.
 */
#ifndef WEFT_TESTS_CORPUS_H
#define WEFT_TESTS_CORPUS_H

#include <sys/stat.h>

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct corpus {
	char folder[1024];
	struct dirent **entries;
	int count, next;
};

/* corpus_open -- the files of one of its folders; false, with a message, when it is not there. */
static inline bool
corpus_open(struct corpus *c, const char *part)
{
	const char *root = getenv("WEFT_CORPUS");
	snprintf(c->folder, sizeof c->folder, "%s/%s",
		 root ? root : WEFT_SOURCE_DIR "/../shared/corpus", part);
	c->next = 0;
	c->count = scandir(c->folder, &c->entries, NULL, alphasort);
	if (c->count < 0)
		printf("skipped: no corpus at '%s'; WEFT_CORPUS names its folder\n", c->folder);
	return c->count >= 0;
}

/* corpus_next -- the next regular file's name, and its path; NULL at the end, which frees the list.
 */
static inline const char *
corpus_next(struct corpus *c, char *ret_path, size_t size)
{
	for (; c->next < c->count; c->next++) {
		const char *name = c->entries[c->next]->d_name;
		struct stat s;
		snprintf(ret_path, size, "%s/%s", c->folder, name);
		if (stat(ret_path, &s) == 0 && S_ISREG(s.st_mode)) {
			c->next++;
			return name;
		}
	}
	while (c->count > 0)
		free(c->entries[--c->count]);
	free(c->entries);
	return NULL;
}

#endif
