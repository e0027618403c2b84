/*
 * comment.c -- comments stand between tokens.
 */
#include "cel/comment.h"

static bool
begins_its_line(const char *source, uint32_t offset)
{
	while (offset > 0 && (source[offset - 1] == ' ' || source[offset - 1] == '\t'))
		offset--;
	return offset == 0 || source[offset - 1] == '\n' || source[offset - 1] == '\r';
}

/* Up to the line end, without spaces before it. */
static uint32_t
end_of_comment(const char *source, uint32_t start, uint32_t most)
{
	uint32_t end = start;
	while (end < most && source[end] != '\n')
		end++;
	while (end > start && strchr(" \t\r\f", source[end - 1]))
		end--;
	return end;
}

struct comments
comments_find(const char *source, size_t length, struct arena *arena)
{
	struct lexer lexer = {.source = source, .length = (uint32_t)length};
	struct comment *items = NULL;
	size_t count = 0, capacity = 0;
	for (uint32_t gap = 0;;) {
		struct token t = lex_next(&lexer);
		for (; gap < t.span.start; gap++) {
			if (source[gap] != '/')
				continue;
			uint32_t end = end_of_comment(source, gap, t.span.start);
			items = arena_grow(arena, items, count, &capacity, sizeof *items);
			items[count++] = (struct comment){gap, end, begins_its_line(source, gap)};
			while (gap < t.span.start && source[gap] != '\n')
				gap++;
		}
		gap = t.span.end;
		if (t.kind == TOKEN_END || t.kind == TOKEN_WRONG)
			return (struct comments){items, count};
	}
}

struct comments
comments_before(struct comments *list, uint32_t offset)
{
	struct comments before = {list->items, 0};
	while (before.count < list->count && list->items[before.count].start < offset)
		before.count++;
	if (before.count == 0)
		return before;
	list->items += before.count;
	list->count -= before.count;
	return before;
}
