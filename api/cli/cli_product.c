/*
 * cli_product.c -- weft get, versions, list, search, diff, retire: data products as the catalog
 * knows them.
 */
#include <string.h>

#include "families.h"
#include "listing.h"
#include "report.h"
#include "width.h"

enum { USUAL_LIMIT = 100, USUAL_WIDTH = 100 };

/* ---- weft get */

struct get_flags {
	const char *version, *as_of;
	bool yaml;
};

// clang-format off
static const struct flag get_flags[] = {
	{"version", 0, FLAG_TEXT,   offsetof(struct get_flags, version), "V",  "this version instead of the one in force"},
	{"as-of",   0, FLAG_TEXT,   offsetof(struct get_flags, as_of),   "TIME", "as it was then: 2026-01-31, 2026-01-31T12:00:00Z"},
	{"yaml",    0, FLAG_SWITCH, offsetof(struct get_flags, yaml),    NULL, "the document, byte for byte as it was sent"},
	{0},
};

static const struct view product_facts[] = {
	{"  domain",         "product/domain",         SHOW_TEXT},
	{"  owner",          "product/owner",          SHOW_TEXT},
	{"  status",         "status",                 SHOW_STATE},
	{"  classification", "product/classification", SHOW_TEXT},
	{"  retention",      "product/retention",      SHOW_TEXT},
	{"  freshness",      "product/sla/freshness",  SHOW_TEXT},
	{"  availability",   "product/sla/availability", SHOW_TEXT},
	{"  tags",           "product/tags",           SHOW_TEXT},
	{"  published",      "published_at",           SHOW_TIME},
	{"  by",             "published_by",           SHOW_TEXT},
	{"  event",          "event",                  SHOW_TEXT},
	{"  hash",           "hash",                   SHOW_TEXT},
	{0},
};

static const struct view column_views[] = {
	{"COLUMN",         "name",           SHOW_TEXT},
	{"TYPE",           "type",           SHOW_TEXT},
	{"PII",            "pii",            SHOW_MARK},
	{"KEY",            "key",            SHOW_MARK},
	{"CLASSIFICATION", "classification", SHOW_TEXT},
	{"DESCRIPTION",    "description",    SHOW_TEXT},
	{0},
};
// clang-format on

static void
show_product(struct call *c, const struct node *root)
{
	const struct node *product = node_get(root, "product");
	const char *standing = node_text(root, "standing", "");
	const char *description = node_text(product, "description", NULL);
	paint(&c->out, &c->page, BOLD, node_text(product, "name", "?"));
	buf_char(&c->page, ' ');
	paint(&c->out, &c->page, BOLD, node_text(root, "version", ""));
	buf_text(&c->page, "  ");
	paint(&c->out, &c->page, paint_of_word(standing), standing);
	buf_char(&c->page, '\n');
	if (description)
		text_wrap(&c->page, text_plain_new(c->arena, description), 2,
			  c->out.width ? c->out.width : USUAL_WIDTH);
	facts_write(c, product_facts, root);
	buf_char(&c->page, '\n');
	listing_table(c, column_views, node_get(product, "schema"), "the product has no columns");
}

static enum err_code
get(struct call *c, struct err *e)
{
	const struct get_flags *flags = c->flags;
	const char *versions = flags->version ? "versions" : NULL;
	const char *path =
	    api_path(c->arena, "products", c->words.items[0], versions, flags->version, NULL);
	struct question q = {
	    .path = path_with(c->arena, path, "as_of", flags->as_of),
	    .accept = flags->yaml ? "application/yaml" : NULL,
	};
	struct answer a;
	enum err_code code = client_ask(c, &q, &a, e);
	if (code)
		return code;
	if (flags->yaml)
		buf_append(&c->page, a.body, a.length);
	else if (c->json)
		answer_show_json(c, &a);
	else
		show_product(c, &a.root);
	return ERR_OK;
}

const struct verb get_verbs[] = {
    {.flags = get_flags, .size = sizeof(struct get_flags), .least = 1, .most = 1, .run = get},
    {0},
};

/* ---- weft versions */

// clang-format off
static const struct view version_views[] = {
	{"VERSION",   "version",      SHOW_TEXT},
	{"CHANGE",    "change",       SHOW_STATE},
	{"PUBLISHED", "published_at", SHOW_TIME},
	{"BY",        "published_by", SHOW_TEXT},
	{"EVENT",     "event",        SHOW_TEXT},
	{0},
};
// clang-format on

static enum err_code
versions(struct call *c, struct err *e)
{
	const char *path = api_path(c->arena, "products", c->words.items[0], "versions", NULL);
	return listing_show(c, version_views, path, MANY, "no versions", e);
}

const struct verb versions_verbs[] = {
    {.least = 1, .most = 1, .run = versions},
    {0},
};

/* ---- weft list */

struct list_flags {
	const char *domain, *owner, *tag, *status, *classification, *standing;
	bool pii;
	struct flag_number limit;
};

// clang-format off
static const struct flag list_flags[] = {
	{"domain",         0, FLAG_TEXT,   offsetof(struct list_flags, domain),         "NAME",  "products of this domain"},
	{"owner",          0, FLAG_TEXT,   offsetof(struct list_flags, owner),          "NAME",  "of this owner"},
	{"tag",            0, FLAG_TEXT,   offsetof(struct list_flags, tag),            "TAG",   "with this tag"},
	{"status",         0, FLAG_TEXT,   offsetof(struct list_flags, status),         "WORD",  "draft, active, deprecated or retired"},
	{"classification", 0, FLAG_TEXT,   offsetof(struct list_flags, classification), "WORD",  "public, internal, confidential or restricted"},
	{"pii",            0, FLAG_SWITCH, offsetof(struct list_flags, pii),            NULL,    "only those with personal data"},
	{"standing",       0, FLAG_TEXT,   offsetof(struct list_flags, standing),       "WORD",  "compliant, warned or violating"},
	{"limit",          0, FLAG_NUMBER, offsetof(struct list_flags, limit),          "N",     "at most so many (100)"},
	{0},
};

static const struct view product_views[] = {
	{"NAME",           "name",           SHOW_TEXT},
	{"VERSION",        "version",        SHOW_TEXT},
	{"DOMAIN",         "domain",         SHOW_TEXT},
	{"OWNER",          "owner",          SHOW_TEXT},
	{"STATUS",         "status",         SHOW_STATE},
	{"STANDING",       "standing",       SHOW_STATE},
	{"CLASSIFICATION", "classification", SHOW_TEXT},
	{"PII",            "personal",       SHOW_MARK},
	{0},
};
// clang-format on

static enum err_code
list(struct call *c, struct err *e)
{
	const struct list_flags *flags = c->flags;
	const struct {
		const char *key, *value;
	} filters[] = {
	    {"domain", flags->domain},
	    {"owner", flags->owner},
	    {"tag", flags->tag},
	    {"status", flags->status},
	    {"classification", flags->classification},
	    {"standing", flags->standing},
	    {"pii", flags->pii ? "true" : NULL},
	};
	const char *path = api_path(c->arena, "products", NULL);
	for (size_t i = 0; i < ARRAY_LEN(filters); i++)
		path = path_with(c->arena, path, filters[i].key, filters[i].value);
	size_t limit = flags->limit.given ? flags->limit.value : USUAL_LIMIT;
	return listing_show(c, product_views, path, limit, "no products", e);
}

const struct verb list_verbs[] = {
    {.flags = list_flags, .size = sizeof(struct list_flags), .run = list},
    {0},
};

/* ---- weft search */

struct search_flags {
	const char *domain;
	struct flag_number limit;
};

// clang-format off
static const struct flag search_flags[] = {
	{"domain", 0, FLAG_TEXT,   offsetof(struct search_flags, domain), "NAME", "only products of this domain"},
	{"limit",  0, FLAG_NUMBER, offsetof(struct search_flags, limit),  "N",    "at most so many (20)"},
	{0},
};

static const struct view hit_views[] = {
	{"NAME",     "name",     SHOW_TEXT},
	{"DOMAIN",   "domain",   SHOW_TEXT},
	{"OWNER",    "owner",    SHOW_TEXT},
	{"STANDING", "standing", SHOW_STATE},
	{"FOUND IN", "snippet",  SHOW_TEXT},
	{0},
};
// clang-format on

static const char *
joined_words(const struct call *c)
{
	CLEANUP(buf_done) struct buf b = {0};
	for (size_t i = 0; i < c->words.count; i++)
		buf_printf(&b, "%s%s", i ? " " : "", c->words.items[i]);
	return arena_bytes(c->arena, b.data, b.length);
}

static enum err_code
search_products(struct call *c, struct err *e)
{
	const struct search_flags *flags = c->flags;
	struct answer a;
	const char *path =
	    path_with(c->arena, api_path(c->arena, "search", NULL), "q", joined_words(c));
	path = path_with(c->arena, path, "domain", flags->domain);
	path =
	    path_with_number(c->arena, path, "limit", flags->limit.given ? flags->limit.value : 20);
	enum err_code code = client_get(c, path, &a, e);
	if (code)
		return code;
	if (c->json)
		answer_show_json(c, &a);
	else
		listing_table(c, hit_views, node_get(&a.root, "items"),
			      "nothing found; all words must match");
	return ERR_OK;
}

const struct verb search_verbs[] = {
    {.flags = search_flags,
     .size = sizeof(struct search_flags),
     .least = 1,
     .most = MANY,
     .run = search_products},
    {0},
};

/* ---- weft diff */

struct diff_flags {
	const char *from, *to;
};

// clang-format off
static const struct flag diff_flags[] = {
	{"from", 0, FLAG_TEXT, offsetof(struct diff_flags, from), "V", "the older version (the one before --to)"},
	{"to",   0, FLAG_TEXT, offsetof(struct diff_flags, to),   "V", "the newer version (the one in force)"},
	{0},
};

static const struct view change_views[] = {
	{"LEVEL",   "level",   SHOW_STATE},
	{"CHANGE",  "message", SHOW_TEXT},
	{"POINTER", "pointer", SHOW_TEXT},
	{0},
};
// clang-format on

static enum err_code
diff(struct call *c, struct err *e)
{
	const struct diff_flags *flags = c->flags;
	struct answer a;
	const char *from = c->words.count > 1 ? c->words.items[1] : flags->from;
	const char *to = c->words.count > 2 ? c->words.items[2] : flags->to;
	const char *path = api_path(c->arena, "products", c->words.items[0], "diff", NULL);
	path = path_with(c->arena, path_with(c->arena, path, "from", from), "to", to);
	enum err_code code = client_get(c, path, &a, e);
	if (code)
		return code;
	if (c->json) {
		answer_show_json(c, &a);
		return ERR_OK;
	}
	paint(&c->out, &c->page, BOLD, c->words.items[0]);
	buf_char(&c->page, ' ');
	paint(&c->out, &c->page, PLAIN, node_text(&a.root, "from", "?"));
	buf_text(&c->page, " → ");
	paint(&c->out, &c->page, PLAIN, node_text(&a.root, "to", "?"));
	buf_text(&c->page, "\n\n");
	listing_table(c, change_views, node_get(&a.root, "changes"), "nothing changed");
	return ERR_OK;
}

const struct verb diff_verbs[] = {
    {.flags = diff_flags, .size = sizeof(struct diff_flags), .least = 1, .most = 3, .run = diff},
    {0},
};

/* ---- weft retire */

struct retire_flags {
	const char *reason;
};

// clang-format off
static const struct flag retire_flags[] = {
	{"reason", 0, FLAG_TEXT, offsetof(struct retire_flags, reason), "TEXT", "why; kept in the log"},
	{0},
};
// clang-format on

static enum err_code
retire(struct call *c, struct err *e)
{
	const struct retire_flags *flags = c->flags;
	enum err_code code = reason_check(flags->reason, e);
	if (code)
		return code;
	const char *path = api_path(c->arena, "products", c->words.items[0], NULL);
	struct question q = {
	    "DELETE", path_with(c->arena, path, "reason", flags->reason), NULL, NULL, NULL, 0};
	struct answer a;
	code = client_ask(c, &q, &a, e);
	if (code)
		return code;
	if (c->json) {
		answer_show_json(c, &a);
		return ERR_OK;
	}
	const char *outcome = node_text(&a.root, "outcome", "retired");
	paint(&c->out, &c->page, BOLD, c->words.items[0]);
	buf_text(&c->page, "  ");
	paint(&c->out, &c->page, paint_of_word(outcome), outcome);
	if (node_int(&a.root, "event", 0))
		buf_printf(&c->page, " by event %lld", (long long)node_int(&a.root, "event", 0));
	buf_text(&c->page, "; what it holds is kept until its retention ends\n");
	return ERR_OK;
}

const struct verb retire_verbs[] = {
    {.flags = retire_flags,
     .size = sizeof(struct retire_flags),
     .least = 1,
     .most = 1,
     .run = retire},
    {0},
};
