/*
 * limit.c -- from the place of an error to the part of the source that stands there.
 */
#include "cel/limit.h"

#include "base/utf8.h"
#include "cel/parse.h"

enum { MOST_SHOWN = 60 };

static const struct cel_expr *find_part(const struct cel_expr *x, uint32_t at);

static const struct cel_expr *
find_below(const struct cel_expr *x, uint32_t at)
{
	const struct cel_expr *found = find_part(x->target, at);
	for (uint32_t i = 0; !found && i < x->count; i++)
		found = find_part(x->children[i], at);
	found = found ? found : find_part(x->predicate, at);
	return found ? found : find_part(x->transform, at);
}

/* The node that points there, or NULL. */
static const struct cel_expr *
find_part(const struct cel_expr *x, uint32_t at)
{
	if (!x || x->at == at)
		return x;
	return at < x->span.start || at >= x->span.end ? NULL : find_below(x, at);
}

struct cel_value
limit_name(const struct cel_program *p, struct arena *arena, struct cel_value error)
{
	CLEANUP(arena_done) struct arena scratch = {0};
	const struct parse_options options = {0};
	struct cel_issues issues = {.arena = &scratch};
	uint32_t length = (uint32_t)strlen(p->source), at = error.error->offset;
	const struct cel_expr *root = parse(p->source, length, &options, &scratch, &issues);
	const struct cel_expr *part = find_part(root, at);
	struct cel_span span = part ? part->span : (struct cel_span){0, length};
	int shown = utf8_cut(p->source + span.start, span.end - span.start, MOST_SHOWN);
	struct cel_error *named = ARENA_NEW(arena, struct cel_error);
	*named = *error.error;
	named->message =
	    arena_printf(arena, "%s: %.*s%s", named->message, shown, p->source + span.start,
			 (uint32_t)shown < span.end - span.start ? "..." : "");
	error.error = named;
	return error;
}
