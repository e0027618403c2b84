/*
 * cli_resource.c -- weft resources, check, plugins: what was made for a product, and whether its
 * data is good.
 */
#include <string.h>

#include "families.h"
#include "listing.h"
#include "report.h"

/* ---- weft resources */

// clang-format off
static const struct view resource_views[] = {
	{"ROLE",    "role",       SHOW_TEXT},
	{"PLUGIN",  "plugin",     SHOW_TEXT},
	{"NAME",    "name",       SHOW_TEXT},
	{"STATE",   "state",      SHOW_STATE},
	{"CHANGED", "changed_at", SHOW_TIME},
	{"ERROR",   "error",      SHOW_TEXT},
	{0},
};
// clang-format on

/* The answer is a list, or a map that holds one under `items`. */
static const struct node *
items_of(const struct answer *a)
{
	return a->root.kind == NODE_LIST ? &a->root : node_get(&a->root, "items");
}

static enum err_code
resources(struct call *c, struct err *e)
{
	struct answer a;
	enum err_code code = client_get(
	    c, api_path(c->arena, "products", c->words.items[0], "resources", NULL), &a, e);
	if (code)
		return code;
	if (c->json)
		answer_show_json(c, &a);
	else
		listing_table(c, resource_views, items_of(&a),
			      "the product asks for no storage and no compute");
	return ERR_OK;
}

const struct verb resources_verbs[] = {
    {.least = 1, .most = 1, .run = resources},
    {0},
};

/* ---- weft check */

static const char *
check_title(struct arena *arena, const struct node *check)
{
	const char *columns = node_shown(arena, check, "columns");
	const char *kind = node_text(check, "check", "check");
	return *columns ? arena_printf(arena, "%s(%s)", kind, columns) : kind;
}

/* Most plugins name the check in their message; the others are helped. */
static void
show_check(struct call *c, const struct node *check)
{
	bool passed = node_bool(check, "passed", false);
	const char *kind = node_text(check, "check", "check");
	const char *message = node_text(check, "message", "");
	paint(&c->out, &c->page, passed ? GREEN : RED, passed ? "✔ " : "✘ ");
	if (strncmp(message, kind, strlen(kind)) != 0) {
		paint(&c->out, &c->page, PLAIN, check_title(c->arena, check));
		buf_text(&c->page, *message ? ": " : "");
	}
	paint(&c->out, &c->page, PLAIN, message);
	buf_char(&c->page, '\n');
}

static size_t
show_checks(struct call *c, const struct node *checks)
{
	size_t failed = 0;
	for (size_t i = 0; checks && checks->kind == NODE_LIST && i < checks->count; i++) {
		show_check(c, &checks->items[i]);
		failed += !node_bool(&checks->items[i], "passed", false);
	}
	return failed;
}

static enum err_code
check(struct call *c, struct err *e)
{
	const char *path = api_path(c->arena, "products", c->words.items[0], "quality", NULL);
	struct question q = {.method = "POST", .path = path};
	struct answer a;
	enum err_code code = client_ask(c, &q, &a, e);
	if (code)
		return code;
	const struct node *checks = node_get(&a.root, "checks");
	bool passed = node_bool(&a.root, "passed", false);
	if (c->json) {
		answer_show_json(c, &a);
		return passed ? ERR_OK : call_told(ERR_REFUSED, e);
	}
	size_t failed = show_checks(c, checks);
	size_t all = checks && checks->kind == NODE_LIST ? checks->count : 0;
	note(c, "%s, %zu failed", counted(c->arena, all, "check"), failed);
	return passed ? ERR_OK : call_told(ERR_REFUSED, e);
}

const struct verb check_verbs[] = {
    {.least = 1, .most = 1, .run = check},
    {0},
};

/* ---- weft plugins */

// clang-format off
static const struct view plugin_views[] = {
	{"NAME",        "name",        SHOW_TEXT},
	{"STATE",       "state",       SHOW_STATE},
	{"ROLES",       "roles",       SHOW_TEXT},
	{"RESTARTS",    "restarts",    SHOW_TEXT},
	{"ERROR",       "error",       SHOW_TEXT},
	{"DESCRIPTION", "description", SHOW_TEXT},
	{0},
};
// clang-format on

static enum err_code
plugins(struct call *c, struct err *e)
{
	struct answer a;
	enum err_code code = client_get(c, api_path(c->arena, "plugins", NULL), &a, e);
	if (code)
		return code;
	if (c->json)
		answer_show_json(c, &a);
	else
		listing_table(c, plugin_views, items_of(&a), "the server has no plugins");
	return ERR_OK;
}

const struct verb plugins_verbs[] = {
    {.run = plugins},
    {0},
};
