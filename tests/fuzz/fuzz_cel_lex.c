/*
 * fuzz_cel_lex.c -- sources as tokens, and what literals mean.
 *
 * What must hold: tokens come in the order of the source and do not overlap; between them are only
 * spaces and comments; the last is the end or a mistake.  A literal is decoded, or
 * refused with a message and a place inside it; a string is UTF-8, and no longer than its token.
 */
#include "base/utf8.h"
#include "cel/lex.h"
#include "cel/literal.h"

#include "fuzz.h"

/* Spaces, and comments up to the end of their line. */
static void
check_gap(const char *source, uint32_t start, uint32_t end)
{
	for (uint32_t i = start; i < end; i++) {
		MUST(strchr(" \t\n\r\f/", source[i]));
		if (source[i] != '/')
			continue;
		MUST(i + 1 < end && source[i + 1] == '/');
		while (i < end && source[i] != '\n')
			i++;
	}
}

static bool
is_literal(enum token_kind kind)
{
	return kind >= TOKEN_INT && kind <= TOKEN_BYTES;
}

static void
check_literal(const char *source, struct token t, bool negative, struct arena *arena)
{
	struct cel_value v = {0};
	uint32_t offset;
	const char *wrong = literal_decode(source, t, negative, arena, &v, &offset);
	MUST(offset >= t.span.start && offset < t.span.end);
	if (wrong) {
		MUST(wrong[0] != '\0');
		return;
	}
	MUST(v.kind >= CEL_INT && v.kind <= CEL_BYTES);
	if (v.kind == CEL_STRING || v.kind == CEL_BYTES)
		MUST(v.count < t.span.end - t.span.start);
	if (v.kind == CEL_STRING)
		MUST(utf8_check(v.text, v.count) == v.count);
}

static void
check_token(const char *source, struct token t, struct arena *arena)
{
	MUST(t.span.start < t.span.end);
	MUST(t.kind == TOKEN_WRONG || !t.message); /* a sign of another language needs none */
	if (!is_literal(t.kind))
		return;
	check_literal(source, t, false, arena);
	if (t.kind <= TOKEN_DOUBLE)
		check_literal(source, t, true, arena);
}

static void
check_tokens(const char *source, uint32_t length, struct arena *arena)
{
	struct lexer lexer = {.source = source, .length = length};
	uint32_t before = 0;
	for (;;) {
		struct token t = lex_next(&lexer);
		MUST(t.span.start >= before && t.span.end <= length);
		check_gap(source, before, t.span.start);
		if (t.kind == TOKEN_END)
			return;
		check_token(source, t, arena);
		if (t.kind == TOKEN_WRONG)
			return;
		before = t.span.end;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_done) struct arena arena = {0};
	const char *source = arena_bytes(&arena, data, size);
	if (utf8_check(source, size) == size)
		check_tokens(source, (uint32_t)size, &arena);
	return 0;
}
