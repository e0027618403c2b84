/*
 * fuzz_cel_layout.c -- sources in their canonical layout, at a width that the first byte chooses.
 *
 * What must hold: what parses is laid out, and is the same expression; laid out again it stays as
 * it is; at another width it is the same expression as well.
 */
#include "policy/layout.h"

#include "fuzz.h"

enum { WIDEST = 120, OTHER_WIDTH = 30 };

static void
lay_out(const struct buf *source, uint32_t columns, struct buf *out, struct arena *arena)
{
	struct cel_issues issues = {.arena = arena};
	MUST(cel_layout(source->data, source->length, columns, out, &issues));
	MUST(cel_same_expression(source->data, out->data));
}

static bool
same(const struct buf *a, const struct buf *b)
{
	return a->length == b->length && memcmp(a->data, b->data, a->length) == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_done) struct arena arena = {0};
	CLEANUP(buf_done) struct buf once = {0}, twice = {0}, narrow = {0};
	if (size == 0 || memchr(data, '\0', size))
		return 0;
	uint32_t columns = 1 + data[0] % WIDEST;
	const char *source = arena_bytes(&arena, data + 1, size - 1);
	struct cel_issues issues = {.arena = &arena};
	if (!cel_layout(source, size - 1, columns, &once, &issues)) {
		MUST(issues.count > 0 && issues.items[0].offset <= size);
		return 0;
	}
	MUST(issues.count == 0);
	MUST(cel_same_expression(source, once.data));
	lay_out(&once, columns, &twice, &arena);
	MUST(same(&once, &twice));
	lay_out(&once, OTHER_WIDTH, &narrow, &arena);
	return 0;
}
