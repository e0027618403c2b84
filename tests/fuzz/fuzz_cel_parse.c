/*
 * fuzz_cel_parse.c -- sources as trees, with macros and without.
 *
 * What must hold: there is a tree or exactly one mistake, whose place is inside the source and
 * whose message is UTF-8.  Every node's span is inside the source and inside its parent's, it
 * points inside its own, and its depth is that of what is below and one more, at most
 * CEL_MOST_DEPTH.  A node holds what its kind needs.
 */
#include "base/utf8.h"
#include "cel/macro.h"
#include "cel/parse.h"

#include "fuzz.h"

static void check_node(const struct cel_expr *x, struct cel_span within, uint32_t above);

static void
check_children(const struct cel_expr *x)
{
	if (x->target)
		check_node(x->target, x->span, x->depth);
	for (uint32_t i = 0; i < x->count; i++)
		check_node(x->children[i], x->span, x->depth);
	if (x->predicate)
		check_node(x->predicate, x->span, x->depth);
	if (x->transform)
		check_node(x->transform, x->span, x->depth);
}

static void
check_macro(const struct cel_expr *x)
{
	MUST(x->macro && x->target && x->count == 0);
	MUST(x->macro->variables > 0 && x->variables[0]);
	MUST((x->macro->variables > 1) == (x->variables[1] != NULL));
	MUST(x->predicate || x->transform);
}

static void
check_kind(const struct cel_expr *x)
{
	switch (x->kind) {
	case EXPR_LITERAL:
		MUST(x->literal.kind != CEL_ERROR && x->literal.kind <= CEL_BYTES);
		return;
	case EXPR_NAME:
		MUST(x->name && x->name[0]);
		return;
	case EXPR_SELECT:
		MUST(x->name && x->target);
		return;
	case EXPR_CALL:
		MUST(x->name && x->name[0]);
		return;
	case EXPR_LOGIC:
		MUST(x->count >= 2);
		return;
	case EXPR_LIST:
		return;
	case EXPR_MAP:
		MUST(x->count % 2 == 0);
		return;
	case EXPR_MACRO:
		check_macro(x);
		return;
	}
}

/* A node in parentheses spans what is inside them, as its parent knows. */
static void
check_node(const struct cel_expr *x, struct cel_span within, uint32_t above)
{
	MUST(x->span.start >= within.start && x->span.end <= within.end);
	MUST(x->span.start < x->span.end);
	MUST(x->at >= x->span.start && x->at < x->span.end);
	MUST(x->depth >= 1 && x->depth < above);
	check_kind(x);
	check_children(x);
}

static bool
is_utf8(const char *text)
{
	return utf8_check(text, strlen(text)) == strlen(text);
}

static void
check_source(const char *source, size_t length, bool no_macros, struct arena *arena)
{
	const struct parse_options options = {.no_macros = no_macros};
	struct cel_issues issues = {.arena = arena};
	const struct cel_expr *x = parse(source, length, &options, arena, &issues);
	if (x) {
		MUST(issues.count == 0);
		check_node(x, (struct cel_span){0, (uint32_t)length}, CEL_MOST_DEPTH + 1);
		return;
	}
	MUST(issues.count == 1);
	MUST(issues.items[0].offset <= length);
	MUST(issues.items[0].offset + issues.items[0].length <= length);
	MUST(issues.items[0].message[0] != '\0');
	MUST(is_utf8(issues.items[0].message));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_done) struct arena arena = {0};
	const char *source = arena_bytes(&arena, data, size);
	if (utf8_check(source, size) != size)
		return 0;
	check_source(source, size, false, &arena);
	check_source(source, size, true, &arena);
	return 0;
}
