/*
 * arena.h -- memory that goes all at once.
 *
 * Every request, job and evaluation has one arena; what is made on its behalf lives there and
 * goes with it.  Nothing in an arena is freed alone, and nothing in it needs a destructor.
 *
 * Allocation never fails: when the machine has no memory left the process ends with a message
 * (the database is the truth, the service manager starts it again).  Inputs are bounded before
 * they get here.  Not thread-safe.
 */
#ifndef WEFT_BASE_ARENA_H
#define WEFT_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/compiler.h"

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first; owned */
	char *next, *end;           /* the free part of the newest block */
	size_t used;                /* bytes handed out */
};

/* `struct arena a = {0};` is an empty one, which takes no memory.  arena_done() frees what it
 * holds. */
void arena_done(struct arena *a);

/* arena_reset -- forget everything, keep the largest block for the next use. */
void arena_reset(struct arena *a);

/* Zeroed, aligned for any type.  Size 0 gives a pointer that must not be followed. */
void *arena_alloc(struct arena *a, size_t size);

/* ARENA_NEW(a, struct node) and ARENA_ARRAY(a, struct node, n) */
#define ARENA_NEW(a, type)      ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_array((a), (n), sizeof(type)))

void *arena_array(struct arena *a, size_t count, size_t size);

char *arena_text(struct arena *a, const char *text);
char *arena_bytes(struct arena *a, const void *bytes, size_t length); /* a NUL is put behind */
char *arena_printf(struct arena *a, const char *format, ...) PRINTF(2, 3);

/*
 * arena_grow -- room for one more in a growing array: gives `items` back, moved when it was full.
 * `*capacity` is the caller's; start with NULL and 0.  What the array leaves behind when it moves
 * stays in the arena until the end.
 */
void *arena_grow(struct arena *a, void *items, size_t count, size_t *capacity, size_t size);

/*
 * memory_alloc and memory_resize -- malloc and realloc for long-lived things; end the process
 * rather than fail.
 */
void *memory_alloc(size_t size);
void *memory_resize(void *old, size_t size);
char *memory_text(const char *text);

/* memory_exhausted -- the end, for whom a library tells that it got no memory. */
NORETURN void memory_exhausted(void);

#endif
