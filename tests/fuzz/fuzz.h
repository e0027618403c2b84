/*
 * fuzz.h -- what a fuzz target defines, and how it says that something must hold.
 */
#ifndef WEFT_TESTS_FUZZ_H
#define WEFT_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* Holds for every input; kept when assertions are not. */
#define MUST(what)                                                                                 \
	do {                                                                                       \
		if (!(what)) {                                                                     \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #what);  \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* The input as a text that ends with it (at its first NUL): for free(). */
static inline char *
fuzz_text(const uint8_t *bytes, size_t length)
{
	char *text = malloc(length + 1);
	MUST(text);
	if (length)
		memcpy(text, bytes, length);
	text[length] = '\0';
	return text;
}

#endif
