/*
 * cli_policy_versions.c -- weft policy show, versions, retire: what a policy says, what it said
 * before, and its end.
 */
#include "base/json.h"

#include "listing.h"
#include "offline_rules.h"
#include "policy_verbs.h"

/* ---- show */

// clang-format off
const struct flag policy_show_flags[] = {
	{"version", 0, FLAG_NUMBER, offsetof(struct policy_show_flags, version), "N",    "this version instead of the one in force"},
	{"as-of",   0, FLAG_TEXT,   offsetof(struct policy_show_flags, as_of),   "TIME", "as it was then: 2026-01-31, 2026-01-31T12:00:00Z"},
	{0},
};

static const struct view version_views[] = {
	{"VERSION",     "version",     SHOW_TEXT},
	{"STATE",       "state",       SHOW_STATE},
	{"ENFORCEMENT", "enforcement", SHOW_STATE},
	{"SCOPE",       "scope",       SHOW_TEXT},
	{"DEFINED",     "defined_at",  SHOW_TIME},
	{"BY",          "defined_by",  SHOW_TEXT},
	{"EVENT",       "event",       SHOW_TEXT},
	{"RETIRED",     "retired_at",  SHOW_TIME},
	{"BY",          "retired_by",  SHOW_TEXT},
	{0},
};
// clang-format on

static const char *
path_of_shown(struct call *c, const struct policy_show_flags *flags)
{
	const char *name = c->words.items[0];
	if (!flags->version.given)
		return path_with(c->arena, api_path(c->arena, "policies", name, NULL), "as_of",
				 flags->as_of);
	const char *number =
	    arena_printf(c->arena, "%llu", (unsigned long long)flags->version.value);
	return api_path(c->arena, "policies", name, "versions", number, NULL);
}

/* One that waits to be adopted; `*e` is what the server said. */
static enum err_code
show_ready_made(struct call *c, struct err *e)
{
	struct sent_file file;
	struct err ignored;
	struct node document;
	const char *name = c->words.items[0];
	if (offline_rules_find_ready_made(c, name, &file, &ignored) ||
	    document_read(DOCUMENT_YAML, file.text, file.length, NULL, c->arena, &document,
			  &ignored))
		return e->code;
	c->problem = NULL;
	note(c, "'%s' is not in force here; this is the ready-made one: weft policy adopt %s", name,
	     name);
	if (c->json)
		json_pretty(&c->page, &document);
	else
		buf_append(&c->page, file.text, file.length);
	return ERR_OK;
}

/* The document as it was sent; its comments are part of what the council decided. */
enum err_code
cli_policy_show(struct call *c, struct err *e)
{
	const struct policy_show_flags *flags = c->flags;
	if (flags->version.given && flags->as_of)
		return ERR(e, USAGE, "--version or --as-of, not both");
	struct question q = {
	    .path = path_of_shown(c, flags),
	    .accept = c->json ? NULL : "application/yaml",
	};
	struct answer a;
	enum err_code code = client_ask(c, &q, &a, e);
	if (!code)
		answer_show_json(c, &a);
	bool is_past = flags->version.given || flags->as_of;
	return code == ERR_NOT_FOUND && !is_past ? show_ready_made(c, e) : code;
}

/* ---- versions */

enum err_code
cli_policy_versions(struct call *c, struct err *e)
{
	return listing_show(c, version_views,
			    api_path(c->arena, "policies", c->words.items[0], "versions", NULL),
			    MANY, "no versions", e);
}

/* ---- retire */

// clang-format off
const struct flag policy_retire_flags[] = {
	{"reason",  0, FLAG_TEXT,   offsetof(struct policy_retire_flags, reason),  "TEXT", "why; kept in the log"},
	{"dry-run", 0, FLAG_SWITCH, offsetof(struct policy_retire_flags, dry_run), NULL,   "only say what would happen"},
	{0},
};
// clang-format on

static void
show_retirement(struct call *c, const struct answer *a)
{
	const char *outcome = node_text(&a->root, "outcome", "retired");
	paint(&c->out, &c->page, BOLD, c->words.items[0]);
	buf_printf(&c->page, " %lld  ", (long long)node_int(&a->root, "version", 0));
	paint(&c->out, &c->page, paint_of_word(outcome), outcome);
	if (node_int(&a->root, "event", 0))
		buf_printf(&c->page, " by event %lld; its versions stay",
			   (long long)node_int(&a->root, "event", 0));
	buf_char(&c->page, '\n');
}

enum err_code
cli_policy_retire(struct call *c, struct err *e)
{
	const struct policy_retire_flags *flags = c->flags;
	enum err_code code = flags->dry_run ? ERR_OK : reason_check(flags->reason, e);
	if (code)
		return code;
	const char *path = api_path(c->arena, "policies", c->words.items[0], NULL);
	path = path_with(c->arena, path, "reason", flags->reason);
	path = path_with(c->arena, path, "dry_run", flags->dry_run ? "true" : NULL);
	struct answer a;
	code = client_ask(c, &(struct question){.method = "DELETE", .path = path}, &a, e);
	if (code)
		return code;
	if (c->json)
		answer_show_json(c, &a);
	else
		show_retirement(c, &a);
	return ERR_OK;
}
