/*
 * cli_lineage.c -- weft lineage: where something comes from, and where it goes.
 */
#include <string.h>

#include "families.h"
#include "listing.h"
#include "tree.h"

struct lineage_flags {
	bool up, down, columns;
	struct flag_number depth;
	const char *as_of;
};

// clang-format off
static const struct flag lineage_flags[] = {
	{"up",      'u', FLAG_SWITCH, offsetof(struct lineage_flags, up),      NULL, "only what it is made from"},
	{"down",    'd', FLAG_SWITCH, offsetof(struct lineage_flags, down),    NULL, "only what is made from it"},
	{"columns", 'c', FLAG_SWITCH, offsetof(struct lineage_flags, columns), NULL, "column by column"},
	{"depth",   0,   FLAG_NUMBER, offsetof(struct lineage_flags, depth),   "N",  "at most so many steps away"},
	{"as-of",   0,   FLAG_TEXT,   offsetof(struct lineage_flags, as_of),   "TIME", "as it was then: 2026-01-31, 2026-01-31T12:00:00Z"},
	{0},
};
// clang-format on

static bool
begins_with(const char *text, const char *beginning)
{
	return !strncmp(text, beginning, strlen(beginning));
}

/*
 * `risk.exposure` is a product, `risk.exposure#amount` a column, `postgres://oms|trades` a dataset.
 */
static const char *
node_id(struct arena *arena, const char *word)
{
	static const char *const kinds[] = {"product:", "column:", "dataset:"};
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (begins_with(word, kinds[i]))
			return word;
	const char *kind = strchr(word, '#') ? "column" : strchr(word, '|') ? "dataset" : "product";
	return arena_printf(arena, "%s:%s", kind, word);
}

static const char *
lineage_path(struct call *c, const struct lineage_flags *flags)
{
	const char *id = node_id(c->arena, c->words.items[0]);
	bool by_column = flags->columns || begins_with(id, "column:");
	const char *direction = flags->up == flags->down ? "both" : flags->up ? "up" : "down";
	const char *path = path_with(c->arena, api_path(c->arena, "lineage", NULL), "node", id);
	path = path_with(c->arena, path, "direction", direction);
	path = path_with(c->arena, path, "level", by_column ? "column" : "product");
	path = path_with(c->arena, path, "as_of", flags->as_of);
	return flags->depth.given ? path_with_number(c->arena, path, "depth", flags->depth.value)
				  : path;
}

static void
show_direction(struct call *c, const struct node *graph, enum tree_direction direction, bool titled)
{
	const char *title = direction == TREE_UP ? "made from" : "goes into";
	if (titled) {
		paint(&c->out, &c->page, DIM, title);
		buf_char(&c->page, '\n');
	}
	if (tree_draw(&c->out, graph, direction, c->arena, &c->page) == 0) {
		paint(&c->out, &c->page, DIM,
		      direction == TREE_UP ? "└─ nothing that is known" : "└─ nothing so far");
		buf_char(&c->page, '\n');
	}
}

static enum err_code
lineage(struct call *c, struct err *e)
{
	const struct lineage_flags *flags = c->flags;
	struct answer a;
	enum err_code code = client_get(c, lineage_path(c, flags), &a, e);
	if (code)
		return code;
	if (c->json) {
		answer_show_json(c, &a);
		return ERR_OK;
	}
	bool both = flags->up == flags->down;
	if (both || flags->up)
		show_direction(c, &a.root, TREE_UP, both);
	if (both)
		buf_char(&c->page, '\n');
	if (both || flags->down)
		show_direction(c, &a.root, TREE_DOWN, both);
	const struct node *next = node_get(&a.root, "next");
	if (next && next->kind != NODE_NULL)
		note(c, "there is more than one answer holds: ask with --depth, or from a node "
			"further on");
	return ERR_OK;
}

const struct verb lineage_verbs[] = {
    {.flags = lineage_flags,
     .size = sizeof(struct lineage_flags),
     .least = 1,
     .most = 1,
     .run = lineage},
    {0},
};
