/*
 * cli_domain.c -- weft domain list, put.
 */
#include "families.h"
#include "listing.h"
#include "sending.h"

// clang-format off
static const struct view domain_views[] = {
	{"NAME",     "name",         SHOW_TEXT},
	{"TITLE",    "title",        SHOW_TEXT},
	{"TEAM",     "team",         SHOW_TEXT},
	{"SEAT",     "council_seat", SHOW_TEXT},
	{"TAGS",     "tags",         SHOW_TEXT},
	{"PRODUCTS", "products",     SHOW_TEXT},
	{0},
};
// clang-format on

static enum err_code
list(struct call *c, struct err *e)
{
	return listing_show(c, domain_views, api_path(c->arena, "domains", NULL), MANY,
			    "no domains", e);
}

static enum err_code
put_file(struct call *c, const char *path, const char **ret_word, struct err *e)
{
	return put_document(c, path, "domains", ret_word, e);
}

static enum err_code
put(struct call *c, struct err *e)
{
	return each_file(c, put_file, e);
}

const struct verb domain_verbs[] = {
    {
	.name = "list",
	.arguments = "",
	.summary = "The domains of the mesh",
	.help = "  weft domain list\n",
	.run = list,
    },
    {
	.name = "put",
	.arguments = "FILE...",
	.summary = "Define domains: their team, council seat, tags",
	.help = "Each document is stored under the `name` in it.  Needs the role steward.\n"
		"\n"
		"  weft domain put retail-banking.yaml\n",
	.least = 1,
	.most = MANY,
	.run = put,
    },
    {0},
};
