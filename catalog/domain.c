/*
 * domain.c -- domains: their document, and those that only products name.
 */
#include "domain.h"

#include <string.h>

#include "base/json.h"

#include "projection.h"
#include "store_parts.h"

/* --- the document --- */

enum { MOST_NAME = 100 };

/* Parts with points between, none of them empty. */
static bool
is_name(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
	size_t part;
	for (; (part = strspn(text, letters)) > 0 && text[part] == '.'; text += part + 1)
		;
	return part > 0 && text[part] == '\0';
}

static void
check_name(const struct field_context *context, const struct node *value)
{
	if (!is_name(value->text) || value->count > MOST_NAME)
		violation_note(context->violations, "name", context->pointer, value->at,
			       "'%.*s' is no domain's name: expected 1 to %d of a-z, 0-9, _ and -, "
			       "with a point before each part of a domain, as in retail.cards",
			       MOST_NAME + 20, value->text, MOST_NAME);
}

static const char *const kinds[] = {"Domain", NULL};

// clang-format off
static const struct field contact_fields[] = {
	{"name",  FIELD_TEXT, offsetof(struct domain_contact, name),  FIELD_REQUIRED | FIELD_NOT_EMPTY, .help = "the person or team", .example = "Mary Lee"},
	{"role",  FIELD_TEXT, offsetof(struct domain_contact, role),  .help = "what they do for the domain", .example = "domain lead"},
	{"email", FIELD_TEXT, offsetof(struct domain_contact, email), .help = "where they are reached", .example = "mary.lee@example.com"},
	{0},
};
static const struct field_set contact_set = {
	.name = "domain_contact", .size = sizeof(struct domain_contact), .fields = contact_fields, .has_place = true,
	.help = "Who is asked about the domain",
};

static const struct field fields[] = {
	{"name",         FIELD_TEXT,  offsetof(struct domain_document, name), FIELD_REQUIRED, .check = check_name,
	 .pattern = "^[a-z0-9_-]+(\\.[a-z0-9_-]+)*$", .help = "unique in the mesh; a part of a domain has its name, a point and its own: `retail.cards`", .example = "retail-banking"},
	{"kind",         FIELD_WORD,  offsetof(struct domain_document, kind), .words = kinds,
	 .help = "what the document is; may be left out", .example = "Domain"},
	{"title",        FIELD_TEXT,  offsetof(struct domain_document, title), .help = "the name as people say it", .example = "Retail Banking"},
	{"description",  FIELD_TEXT,  offsetof(struct domain_document, description), .help = "what the domain is about", .example = "Accounts and cards of private customers"},
	{"team",         FIELD_TEXT,  offsetof(struct domain_document, team), .help = "the team that answers for it", .example = "retail-data-team"},
	{"council_seat", FIELD_TEXT,  offsetof(struct domain_document, council_seat), .help = "who speaks for it in the data council", .example = "mary.lee"},
	{"tags",         FIELD_TEXTS, offsetof(struct domain_document, tags), .help = "words to find it by", .example = "[customers, regulated]"},
	{"contacts",     FIELD_LIST,  offsetof(struct domain_document, contacts), FIELD_OR_ONE, .of = &contact_set, .help = "who is asked about it", .example = "[{name: Mary Lee}]"},
	{0},
};
// clang-format on

const struct field_set domain_fields = {
    .name = "domain",
    .size = sizeof(struct domain_document),
    .fields = fields,
    .has_place = true,
    .extensions = true,
    .help = "A domain of the mesh: a part of the organisation that owns data products",
};

bool
domain_decode(const struct node *document, struct violations *violations,
	      struct domain_document *ret_document)
{
	struct field_context context = {
	    .arena = violations->arena, .violations = violations, .pointer = ""};
	return field_decode(&domain_fields, document, &context, ret_document);
}

/* --- the projection --- */

enum err_code
domain_apply_defined(struct session *s, struct happening *h, struct err *e)
{
	static const char sql[] =
	    "INSERT INTO domains (name, document, hash, seq) VALUES ($1, $2, $3, $4)"
	    " ON CONFLICT (name) DO UPDATE SET document = excluded.document,"
	    " hash = excluded.hash, seq = excluded.seq";
	CLEANUP(buf_done) struct buf text = {0};
	json_canonical(&text, h->document);
	return db_run(s->db, sql,
		      DB_ARGS(db_text(h->event->subject), db_text(text.data),
			      db_text(node_text(h->body, "hash", "")),
			      db_int((int64_t)h->event->seq)),
		      e);
}

/* --- reading --- */

static enum err_code
count_products(struct session *s, const char *name, uint64_t *ret_all, uint64_t *ret_in_force,
	       struct err *e)
{
	static const char sql[] =
	    "SELECT count(*), count(*) FILTER (WHERE status <> 'retired') FROM products"
	    " WHERE domain = $1";
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql, DB_ARGS(db_text(name)), &q, e));
	if (!db_next(&q))
		return query_failed(&q, e) ? e->code : ERR(e, INTERNAL, "no count of products");
	*ret_all = (uint64_t)db_column_int(&q, 0);
	*ret_in_force = (uint64_t)db_column_int(&q, 1);
	return ERR_OK;
}

enum err_code
domain_find(struct session *s, const char *name, struct arena *arena, struct domain *ret_domain,
	    struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, "SELECT document, hash, seq FROM domains WHERE name = $1",
		       DB_ARGS(db_text(name)), &q, e));
	if (!db_next(&q))
		return query_failed(&q, e) ? e->code
					   : ERR(e, NOT_FOUND, "no domain named '%s'", name);
	*ret_domain = (struct domain){
	    .name = arena_text(arena, name),
	    .document = db_column_text(&q, 0, arena),
	    .hash = db_column_text(&q, 1, arena),
	    .seq = (uint64_t)db_column_int(&q, 2),
	};
	return ERR_OK;
}

enum err_code
domain_get(struct session *s, const char *name, struct arena *arena, struct domain *ret_domain,
	   struct err *e)
{
	struct domain d = {.name = arena_text(arena, name)};
	uint64_t named = 0, in_force = 0;
	CHECK(count_products(s, name, &named, &in_force, e));
	enum err_code code = domain_find(s, name, arena, &d, e);
	if (code != ERR_OK && (code != ERR_NOT_FOUND || named == 0))
		return code;
	d.products = in_force;
	*ret_domain = d;
	return ERR_OK;
}

/* The next name behind `after` of either table, or NULL. */
static enum err_code
next_name(struct session *s, const char *after, struct arena *arena, const char **ret_name,
	  struct err *e)
{
	static const char sql[] =
	    "SELECT min(name) FROM (SELECT min(name) AS name FROM domains WHERE name > $1"
	    " UNION ALL SELECT min(domain) FROM products WHERE domain > $1) AS both_tables";
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql, DB_ARGS(db_text(after)), &q, e));
	*ret_name = db_next(&q) ? db_column_text(&q, 0, arena) : NULL;
	return query_failed(&q, e) ? e->code : ERR_OK;
}

enum err_code
domain_list(struct session *s, const char *after, size_t limit, struct arena *arena,
	    struct domain_list *ret_list, struct err *e)
{
	struct domain_list list = {0};
	size_t capacity = 0;
	const char *name = after ? after : "";
	for (;;) {
		CHECK(next_name(s, name, arena, &name, e));
		list.more = name && list.count == limit;
		if (!name || list.more)
			break;
		list.items =
		    arena_grow(arena, list.items, list.count, &capacity, sizeof *list.items);
		CHECK(domain_get(s, name, arena, &list.items[list.count++], e));
	}
	*ret_list = list;
	return ERR_OK;
}
