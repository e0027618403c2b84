/*
 * cli_token.c -- weft token create, list, revoke; weft whoami.
 */
#include <string.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/json.h"
#include "base/role.h"

#include "families.h"
#include "listing.h"

/* ---- weft token create */

struct create_flags {
	const char *name, *role, *expires;
	struct words domains;
};

// clang-format off
static const struct flag create_flags[] = {
	{"name",    0, FLAG_TEXT,  offsetof(struct create_flags, name),    "NAME", "whom it speaks for: the actor in events"},
	{"role",    0, FLAG_TEXT,  offsetof(struct create_flags, role),    "ROLE", "reader, publisher, auditor, steward or admin"},
	{"domain",  0, FLAG_TEXTS, offsetof(struct create_flags, domains), "NAME", "where a publisher may publish; several times, or '*'"},
	{"expires", 0, FLAG_TEXT,  offsetof(struct create_flags, expires), "TIME", "\"90 days\", or a date; without it, never"},
	{0},
};
// clang-format on

/* "90 days" from now, or a moment; NULL stays NULL. */
static enum err_code
expiry(struct call *c, const char *text, const char **ret_time, struct err *e)
{
	moment at;
	struct duration d;
	char formatted[CLOCK_TEXT_SIZE];
	*ret_time = NULL;
	if (!text)
		return ERR_OK;
	if (!clock_parse(text, &at)) {
		if (duration_parse(text, &d, e))
			return ERR(e, USAGE,
				   "--expires: '%s' is neither a length of time such as \"90 "
				   "days\" nor a date",
				   text);
		at = clock_now(&(struct clock){0}) + duration_shortest(d);
	}
	clock_format(at, formatted);
	*ret_time = arena_text(c->arena, formatted);
	return ERR_OK;
}

static enum err_code
check_wish(const struct create_flags *flags, struct err *e)
{
	enum role role;
	if (!flags->name || !flags->role)
		return ERR(e, USAGE, "a token needs --name and --role");
	if (!role_from_name(flags->role, &role))
		return ERR(e, USAGE,
			   "no role '%s'; there are reader, publisher, auditor, steward, admin",
			   flags->role);
	if (role == ROLE_PUBLISHER && flags->domains.count == 0)
		return ERR(e, USAGE,
			   "a publisher needs at least one --domain, or --domain '*' for all");
	return ERR_OK;
}

static void
write_wish(const struct create_flags *flags, const char *expires, struct buf *out)
{
	struct json j = {.out = out};
	json_begin_map(&j);
	json_member_text(&j, "name", flags->name);
	json_member_text(&j, "role", flags->role);
	if (flags->domains.count) {
		json_key(&j, "domains");
		json_begin_list(&j);
		for (size_t i = 0; i < flags->domains.count; i++)
			json_text(&j, flags->domains.items[i]);
		json_end_list(&j);
	}
	if (expires)
		json_member_text(&j, "expires", expires);
	json_end_map(&j);
}

/*
 * The secret alone on standard output, so that it can be sent on into a file; all else is for
 * people.
 */
static enum err_code
create(struct call *c, struct err *e)
{
	const struct create_flags *flags = c->flags;
	CLEANUP(buf_done) struct buf wish = {0};
	const char *expires;
	struct answer a;
	if (check_wish(flags, e) || expiry(c, flags->expires, &expires, e))
		return e->code;
	write_wish(flags, expires, &wish);
	struct question q = {"POST",    api_path(c->arena, "tokens", NULL),
			     NULL,      "application/json",
			     wish.data, wish.length};
	enum err_code code = client_ask(c, &q, &a, e);
	if (code)
		return code;
	if (c->json) {
		answer_show_json(c, &a);
		return ERR_OK;
	}
	buf_printf(&c->page, "%s\n", node_text(&a.root, "token", ""));
	note(c, "the token %s of %s (%s) is shown only this once", node_text(&a.root, "id", ""),
	     flags->name, flags->role);
	return ERR_OK;
}

/* ---- weft token list, revoke */

// clang-format off
static const struct view token_views[] = {
	{"ID",      "id",         SHOW_TEXT},
	{"NAME",    "name",       SHOW_TEXT},
	{"ROLE",    "role",       SHOW_TEXT},
	{"DOMAINS", "domains",    SHOW_TEXT},
	{"CREATED", "created_at", SHOW_TIME},
	{"EXPIRES", "expires_at", SHOW_TIME},
	{"REVOKED", "revoked",    SHOW_MARK},
	{0},
};
// clang-format on

static enum err_code
list(struct call *c, struct err *e)
{
	struct answer a;
	enum err_code code = client_get(c, api_path(c->arena, "tokens", NULL), &a, e);
	if (code)
		return code;
	if (c->json)
		answer_show_json(c, &a);
	else
		listing_table(c, token_views, node_get(&a.root, "items"), "no tokens");
	return ERR_OK;
}

static enum err_code
revoke(struct call *c, struct err *e)
{
	const char *id = c->words.items[0];
	struct question q = {.method = "DELETE", .path = api_path(c->arena, "tokens", id, NULL)};
	struct answer a;
	enum err_code code = client_ask(c, &q, &a, e);
	if (code)
		return code;
	if (c->json)
		answer_show_json(c, &a);
	else
		note(c, "the token %s is revoked", id);
	return ERR_OK;
}

const struct verb token_verbs[] = {
    {
	.name = "create",
	.arguments = "",
	.summary = "Make a token; its text is shown once",
	.help = "Roles: reader, publisher (publishes into its domains), auditor (reads the log), "
		"steward (domains and\n"
		"policies), admin.  Needs the role admin.\n"
		"\n"
		"  weft token create --name retail-pipeline --role publisher --domain "
		"retail-banking \\\n"
		"      --expires '90 days' > retail.token\n",
	.flags = create_flags,
	.size = sizeof(struct create_flags),
	.run = create,
    },
    {
	.name = "list",
	.arguments = "",
	.summary = "All tokens; never their text",
	.help = "  weft token list\n",
	.run = list,
    },
    {
	.name = "revoke",
	.arguments = "ID",
	.summary = "Make a token invalid, at once",
	.help = "  weft token revoke 4f2a91\n",
	.least = 1,
	.most = 1,
	.run = revoke,
    },
    {0},
};

/* ---- weft whoami */

// clang-format off
static const struct view whoami_views[] = {
	{"name",    "name",    SHOW_TEXT},
	{"role",    "role",    SHOW_TEXT},
	{"domains", "domains", SHOW_TEXT},
	{0},
};
// clang-format on

static enum err_code
whoami(struct call *c, struct err *e)
{
	struct answer a;
	enum err_code code = client_get(c, api_path(c->arena, "whoami", NULL), &a, e);
	if (code)
		return code;
	if (c->json)
		answer_show_json(c, &a);
	else
		facts_write(c, whoami_views, &a.root);
	return ERR_OK;
}

const struct verb whoami_verbs[] = {
    {.run = whoami},
    {0},
};
