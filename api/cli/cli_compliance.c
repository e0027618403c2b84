/*
 * cli_compliance.c -- weft compliance, violations: what falls short of the policies, of one product
 * and of the mesh.
 */
#include <string.h>

#include "base/json.h"

#include "families.h"
#include "listing.h"

enum { USUAL_LIMIT = 100 };

/* ---- weft compliance */

struct compliance_flags {
	const char *as_of;
};

// clang-format off
static const struct flag compliance_flags[] = {
	{"as-of", 0, FLAG_TEXT, offsetof(struct compliance_flags, as_of), "TIME", "as it was judged then: 2026-01-31, 2026-01-31T12:00:00Z"},
	{0},
};
// clang-format on

/* Why a policy is not satisfied: the messages of its violations. */
static const char *
reasons(struct arena *arena, const struct node *violations)
{
	CLEANUP(buf_done) struct buf b = {0};
	for (size_t i = 0; violations && violations->kind == NODE_LIST && i < violations->count;
	     i++)
		buf_printf(&b, "%s%s", i ? "; " : "",
			   node_text(&violations->items[i], "message", ""));
	return b.length ? arena_bytes(arena, b.data, b.length) : "";
}

static void
show_compliance(struct call *c, const struct node *root)
{
	static const char *const headers[] = {"POLICY",  "SCOPE", "ENFORCEMENT",
					      "VERDICT", "SINCE", "WHY"};
	struct table t = {.arena = c->arena, .headers = headers, .columns = ARRAY_LEN(headers)};
	const struct node *policies = node_get(root, "policies");
	for (size_t i = 0; policies && policies->kind == NODE_LIST && i < policies->count; i++) {
		const struct node *p = &policies->items[i];
		const char *outcome = node_text(p, "outcome", "");
		table_cell(&t, node_text(p, "policy", ""));
		table_cell(&t, node_text(p, "scope", ""));
		table_cell(&t, node_text(p, "enforcement", ""));
		table_painted(&t, paint_of_word(outcome), outcome);
		table_cell(&t, time_shown(c->arena, node_text(p, "since", "")));
		table_cell(&t, reasons(c->arena, node_get(p, "violations")));
	}
	const char *standing = node_text(root, "standing", "");
	paint(&c->out, &c->page, BOLD, node_text(root, "name", "?"));
	buf_char(&c->page, ' ');
	paint(&c->out, &c->page, BOLD, node_text(root, "version", ""));
	buf_text(&c->page, "  ");
	paint(&c->out, &c->page, paint_of_word(standing), standing);
	buf_text(&c->page, "\n\n");
	table_write(&t, &c->out, &c->page);
}

static enum err_code
compliance(struct call *c, struct err *e)
{
	const struct compliance_flags *flags = c->flags;
	struct answer a;
	const char *path = api_path(c->arena, "products", c->words.items[0], "compliance", NULL);
	enum err_code code = client_get(c, path_with(c->arena, path, "as_of", flags->as_of), &a, e);
	if (code)
		return code;
	if (c->json)
		answer_show_json(c, &a);
	else
		show_compliance(c, &a.root);
	/* For pipelines: the product is in force, but would not be let in today. */
	return strcmp(node_text(&a.root, "standing", ""), "violating") != 0
		   ? ERR_OK
		   : call_told(ERR_REFUSED, e);
}

const struct verb compliance_verbs[] = {
    {.flags = compliance_flags,
     .size = sizeof(struct compliance_flags),
     .least = 1,
     .most = 1,
     .run = compliance},
    {0},
};

/* ---- weft violations */

struct violations_flags {
	const char *product, *domain, *owner, *policy, *enforcement;
	bool count;
	struct flag_number limit;
};

// clang-format off
static const struct flag violations_flags[] = {
	{"product",     0, FLAG_TEXT,   offsetof(struct violations_flags, product),     "NAME", "of this data product"},
	{"domain",      0, FLAG_TEXT,   offsetof(struct violations_flags, domain),      "NAME", "of products of this domain"},
	{"owner",       0, FLAG_TEXT,   offsetof(struct violations_flags, owner),       "NAME", "of products of this owner"},
	{"policy",      0, FLAG_TEXT,   offsetof(struct violations_flags, policy),      "NAME", "of this policy"},
	{"enforcement", 0, FLAG_TEXT,   offsetof(struct violations_flags, enforcement), "WORD", "deny, warn or audit"},
	{"count",       0, FLAG_SWITCH, offsetof(struct violations_flags, count),       NULL,   "only how many, by policy, domain and enforcement"},
	{"limit",       0, FLAG_NUMBER, offsetof(struct violations_flags, limit),       "N",    "at most so many (100)"},
	{0},
};

static const struct view violation_views[] = {
	{"PRODUCT",     "product",     SHOW_TEXT},
	{"DOMAIN",      "domain",      SHOW_TEXT},
	{"OWNER",       "owner",       SHOW_TEXT},
	{"POLICY",      "policy",      SHOW_TEXT},
	{"ENFORCEMENT", "enforcement", SHOW_STATE},
	{"SINCE",       "since",       SHOW_TIME},
	{"GRACE ENDS",  "grace_end",   SHOW_TIME},
	{"WHY",         "message",     SHOW_TEXT},
	{0},
};

static const struct view count_views[] = {
	{"BY",         "key",   SHOW_TEXT},
	{"VALUE",      "value", SHOW_TEXT},
	{"VIOLATIONS", "count", SHOW_TEXT},
	{0},
};
// clang-format on

static const char nothing[] = "nothing falls short";

static const char *
violations_path(struct call *c)
{
	const struct violations_flags *flags = c->flags;
	const struct {
		const char *key, *value;
	} filters[] = {
	    {"product", flags->product},
	    {"domain", flags->domain},
	    {"owner", flags->owner},
	    {"policy", flags->policy},
	    {"enforcement", flags->enforcement},
	};
	const char *path = api_path(c->arena, "violations", NULL);
	for (size_t i = 0; i < ARRAY_LEN(filters); i++)
		path = path_with(c->arena, path, filters[i].key, filters[i].value);
	return path;
}

static enum err_code
show_counts(struct call *c, struct err *e)
{
	struct answer a;
	const char *path = path_with_number(c->arena, violations_path(c), "limit", 1);
	enum err_code code = client_get(c, path, &a, e);
	if (code)
		return code;
	const struct node *facets = node_get(&a.root, "facets");
	if (c->json && facets) {
		json_node(&(struct json){.out = &c->page}, facets);
		buf_char(&c->page, '\n');
	} else {
		listing_table(c, count_views, facets, nothing);
	}
	return ERR_OK;
}

static enum err_code
violations(struct call *c, struct err *e)
{
	const struct violations_flags *flags = c->flags;
	if (flags->count)
		return show_counts(c, e);
	size_t limit = flags->limit.given ? flags->limit.value : USUAL_LIMIT;
	return listing_show(c, violation_views, violations_path(c), limit, nothing, e);
}

const struct verb violations_verbs[] = {
    {.flags = violations_flags, .size = sizeof(struct violations_flags), .run = violations},
    {0},
};
