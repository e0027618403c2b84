/*
 * calls_memory.c -- allocations.  Under names of its own glibc offers what stands behind malloc, so
 * that nothing has to be looked up (which would allocate).
 */
#include <stdlib.h>

#include "control.h"

void *__libc_malloc(size_t size);               // NOLINT(bugprone-reserved-identifier)
void *__libc_calloc(size_t count, size_t size); // NOLINT(bugprone-reserved-identifier)
void *__libc_realloc(void *old, size_t size);   // NOLINT(bugprone-reserved-identifier)

void *
malloc(size_t size)
{
	return fault_strikes(FAULT_MEMORY) ? NULL : __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
	return fault_strikes(FAULT_MEMORY) ? NULL : __libc_calloc(count, size);
}

void *
realloc(void *old, size_t size)
{
	return fault_strikes(FAULT_MEMORY) ? NULL : __libc_realloc(old, size);
}
