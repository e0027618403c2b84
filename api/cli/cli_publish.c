/*
 * cli_publish.c -- weft publish: send descriptors, show what became of each.
 */
#include <string.h>

#include "families.h"
#include "listing.h"
#include "report.h"
#include "sending.h"

struct publish_flags {
	bool dry_run;
};

// clang-format off
static const struct flag publish_flags[] = {
	{"dry-run", 'n', FLAG_SWITCH, offsetof(struct publish_flags, dry_run), NULL, "do all but store it"},
	{0},
};
// clang-format on

static bool
is_outcome(const struct node *verdict, const char *outcome)
{
	return !strcmp(node_text(verdict, "outcome", ""), outcome);
}

/*
 * Policies that found nothing are mentioned in one breath; what the others say is in the warnings
 * above.
 */
static void
add_verdicts(struct table *t, const struct node *verdicts)
{
	size_t satisfied = 0, others = 0;
	for (size_t i = 0; verdicts && verdicts->kind == NODE_LIST && i < verdicts->count; i++) {
		const struct node *v = &verdicts->items[i];
		if (is_outcome(v, "satisfied"))
			satisfied++;
		else if (!is_outcome(v, "not-concerned"))
			others++;
	}
	if (satisfied + others == 0)
		return;
	const char *text = arena_printf(t->arena, "%zu satisfied", satisfied);
	if (others)
		text = arena_printf(t->arena, "%s, %zu not", text, others);
	table_painted(t, DIM, "  policies");
	table_painted(t, others ? YELLOW : PLAIN, text);
}

static void
add_changes(struct table *t, const struct node *changes)
{
	for (size_t i = 0; changes && changes->kind == NODE_LIST && i < changes->count; i++) {
		const char *level = node_text(&changes->items[i], "level", "");
		table_painted(t, paint_of_word(level), arena_printf(t->arena, "  %s", level));
		table_cell(t, node_text(&changes->items[i], "message", ""));
	}
}

static void
add_resources(struct table *t, const struct node *resources)
{
	for (size_t i = 0; resources && resources->kind == NODE_LIST && i < resources->count; i++) {
		const struct node *r = &resources->items[i];
		const char *state = node_text(r, "state", "wanted");
		const char *name = node_text(r, "name", "default");
		table_painted(t, DIM,
			      arena_printf(t->arena, "  %s", node_text(r, "role", "resource")));
		table_painted(
		    t, paint_of_word(state),
		    arena_printf(t->arena, "%s/%s %s", node_text(r, "plugin", "?"), name, state));
	}
}

static void
show_outcome(struct call *c, const struct node *root)
{
	const char *outcome = node_text(root, "outcome", "published");
	paint(&c->out, &c->page, BOLD, node_text(root, "name", "?"));
	buf_char(&c->page, ' ');
	paint(&c->out, &c->page, BOLD, node_text(root, "version", ""));
	buf_text(&c->page, "  ");
	paint(&c->out, &c->page, paint_of_word(outcome), outcome);
	if (node_int(root, "event", 0))
		buf_printf(&c->page, " by event %lld", (long long)node_int(root, "event", 0));
	if (!strcmp(outcome, "checked"))
		buf_text(&c->page, "; nothing was stored");
	buf_char(&c->page, '\n');

	struct table t = {.arena = c->arena, .columns = 2};
	add_changes(&t, node_get(root, "changes"));
	add_verdicts(&t, node_get(root, "verdicts"));
	add_resources(&t, node_get(root, "resources"));
	table_write(&t, &c->out, &c->page);
}

static enum err_code
publish_file(struct call *c, const char *path, const char **ret_word, struct err *e)
{
	const struct publish_flags *flags = c->flags;
	struct sent_file file;
	struct answer a;
	enum err_code code = sent_file_read(c, path, &file, e);
	if (code)
		return code;
	const char *target = path_with(c->arena, api_path(c->arena, "products", NULL), "dry_run",
				       flags->dry_run ? "true" : NULL);
	code = send_document(c, &file, "POST", target, &a, e);
	if (code)
		return code;
	*ret_word = node_text(&a.root, "outcome", "published");
	if (c->json)
		answer_show_json(c, &a);
	else
		show_outcome(c, &a.root);
	return ERR_OK;
}

static enum err_code
publish(struct call *c, struct err *e)
{
	return each_file(c, publish_file, e);
}

const struct verb publish_verbs[] = {
    {.flags = publish_flags,
     .size = sizeof(struct publish_flags),
     .least = 1,
     .most = MANY,
     .run = publish},
    {0},
};
