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
void run_weft(struct run *r, ...) __attribute__((sentinel));

/* run_weft_into -- the same, but standard output goes there; r->out is empty. */
void run_weft_into(FILE *file, struct run *r, ...) __attribute__((sentinel));

/* file_in -- write a file into a folder of the test's (folder.h); gives its path, in `path`. */
const char *file_in(const char *folder, const char *name, const char *text, char path[300]);

#endif
