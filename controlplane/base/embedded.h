/*
 * embedded.h -- files that were put into the program when it was built (weft_embed() in
 * cmake/weft.cmake).
 */
#ifndef WEFT_BASE_EMBEDDED_H
#define WEFT_BASE_EMBEDDED_H

#include <stddef.h>

/*
 * A table of these ends with a row whose name is NULL.  The data is followed by a NUL that `size`
 * does not count.
 */
struct embedded_file {
	/* as the folder's CMakeLists.txt gives it: "library/quality-checks-required.yaml" */
	const char *name;
	const char *data;
	size_t size;
};

#endif
