/*
 * arena.c -- blocks in a list, a pointer that moves up.
 *
 *     blocks -> [ header | used ......... | free ... ] -> [ header | used ... ] -> NULL
 *                                          ^next    ^end
 */
#include "arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
	struct arena_block *next;
	size_t size; /* of the whole block, header included */
};

enum { FIRST_BLOCK = 4096, LARGEST_STEP = 1 << 20 };

static const size_t ALIGN = alignof(max_align_t);

static size_t
round_up(size_t size)
{
	return (size + ALIGN - 1) & ~(ALIGN - 1);
}

void
memory_exhausted(void)
{
	fputs("weft: out of memory\n", stderr);
	abort();
}

void *
memory_alloc(size_t size)
{
	void *p = calloc(1, size ? size : 1);
	if (!p)
		memory_exhausted();
	return p;
}

void *
memory_resize(void *old, size_t size)
{
	void *p = realloc(old, size ? size : 1);
	if (!p)
		memory_exhausted();
	return p;
}

char *
memory_text(const char *text)
{
	size_t size = strlen(text) + 1;
	return memcpy(memory_alloc(size), text, size);
}

static void
free_blocks(struct arena_block *block)
{
	while (block) {
		struct arena_block *next = block->next;
		free(block);
		block = next;
	}
}

void
arena_done(struct arena *a)
{
	free_blocks(a->blocks);
	*a = (struct arena){0};
}

static void
use_block(struct arena *a, struct arena_block *block)
{
	a->next = (char *)block + round_up(sizeof *block);
	a->end = (char *)block + block->size;
}

void
arena_reset(struct arena *a)
{
	if (!a->blocks)
		return;
	free_blocks(a->blocks->next);
	a->blocks->next = NULL;
	a->used = 0;
	use_block(a, a->blocks);
}

static void
add_block(struct arena *a, size_t need)
{
	size_t size = a->blocks ? a->blocks->size * 2 : FIRST_BLOCK;
	if (size > LARGEST_STEP)
		size = LARGEST_STEP;
	if (size < need + round_up(sizeof(struct arena_block)))
		size = need + round_up(sizeof(struct arena_block));

	struct arena_block *block = malloc(size);
	if (!block)
		memory_exhausted();
	block->size = size;
	block->next = a->blocks;
	a->blocks = block;
	use_block(a, block);
}

void *
arena_alloc(struct arena *a, size_t size)
{
	if (size > SIZE_MAX / 2)
		memory_exhausted();
	size_t need = round_up(size);
	if (!a->next || need > (size_t)(a->end - a->next))
		add_block(a, need);
	void *p = a->next;
	a->next += need;
	a->used += need;
	return memset(p, 0, size);
}

void *
arena_array(struct arena *a, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / 2 / size)
		memory_exhausted();
	return arena_alloc(a, count * size);
}

char *
arena_bytes(struct arena *a, const void *bytes, size_t length)
{
	char *copy = arena_alloc(a, length + 1);
	if (length)
		memcpy(copy, bytes, length);
	return copy;
}

char *
arena_text(struct arena *a, const char *text)
{
	return arena_bytes(a, text, strlen(text));
}

char *
arena_printf(struct arena *a, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	char *text = arena_alloc(a, (size_t)length + 1);
	vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	return text;
}

void *
arena_grow(struct arena *a, void *items, size_t count, size_t *capacity, size_t size)
{
	if (count < *capacity)
		return items;
	size_t wider = *capacity ? *capacity * 2 : 8;
	void *moved = arena_array(a, wider, size);
	if (count)
		memcpy(moved, items, count * size);
	*capacity = wider;
	return moved;
}
