/*
 * run_weft.h -- run a client command in this process and look at all that it does.
 */
#ifndef WEFT_TEST_RUN_WEFT_H
#define WEFT_TEST_RUN_WEFT_H

#include <stdio.h>

struct run {
	int status;
	char out[100000], err[100000]; /* standard output and standard error */
};

/* run_weft -- the words of the command line behind "weft", ended by NULL. */
#define run_weft(r, ...) run_words(NULL, (r), (const char *const[]){__VA_ARGS__})

/* run_weft_into -- the same, but standard output goes into a file; r->out is empty. */
#define run_weft_into(file, r, ...) run_words((file), (r), (const char *const[]){__VA_ARGS__})

void run_words(FILE *out, struct run *r, const char *const *words);

/* file_in -- write a file into a folder of the test's (folder.h); gives its path, in `path`. */
const char *file_in(const char *folder, const char *name, const char *text, char path[300]);

#endif
