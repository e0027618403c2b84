/*
 * product_list.c -- products by name, filtered, a page at a time.
 *
 * One list of conditions serves all; what leads differs: a tag's own index, a domain's, or the
 * names themselves.  Full text is a set of ids that the row must be in; documents that the index
 * does not know yet pass, and are looked through here.
 */
#include <stdlib.h>

#include "product_row.h"
#include "search_index.h"
#include "search_match.h"
#include "store_parts.h"

#define CONDITIONS                                                                                 \
	" AND ($3 IS NULL OR p.domain = $3) AND ($4 IS NULL OR p.owner = $4)"                      \
	" AND ($5 IS NULL OR p.classification = $5) AND ($6 IS NULL OR p.status = $6)"             \
	" AND ($7 IS NULL OR p.standing = $7) AND ($8 IS NULL OR p.personal = $8)"
#define OR_PENDING     " OR p.id IN (SELECT id FROM search_pending))"
#define WORDS_SQLITE   " AND (p.id IN (" SEARCH_IDS_SQLITE("$9") ")" OR_PENDING
#define WORDS_POSTGRES " AND (p.id IN (" SEARCH_IDS_POSTGRES("$9") ")" OR_PENDING

#define BY_NAME        "SELECT " PRODUCT_COLUMNS " FROM " PRODUCT_TABLES " WHERE p.name > $1"
#define BY_DOMAIN                                                                                  \
	"SELECT " PRODUCT_COLUMNS " FROM " PRODUCT_TABLES " WHERE p.domain = $3 AND p.name > $1"
#define BY_TAG                                                                                     \
	"SELECT " PRODUCT_COLUMNS " FROM product_tags t JOIN products p ON p.name = t.product"     \
	" JOIN product_documents d ON d.id = p.id WHERE t.tag = $10 AND t.product > $1"

#define TEXTS(lead, order)                                                                         \
	{                                                                                          \
		lead CONDITIONS order, lead CONDITIONS WORDS_SQLITE order,                         \
		    lead CONDITIONS WORDS_POSTGRES order                                           \
	}

enum { LEAD_NAME, LEAD_DOMAIN, LEAD_TAG };
static const char *const texts[][1 + DIALECT_COUNT] = {
    /* without words, and with words in each dialect */
    [LEAD_NAME] = TEXTS(BY_NAME, " ORDER BY p.name LIMIT $2"),
    [LEAD_DOMAIN] = TEXTS(BY_DOMAIN, " ORDER BY p.name LIMIT $2"),
    [LEAD_TAG] = TEXTS(BY_TAG, " ORDER BY t.product LIMIT $2"),
};

static const char *
text_for(const struct product_filter *f, enum dialect dialect)
{
	const char *const *of_lead = texts[f->tag ? LEAD_TAG : f->domain ? LEAD_DOMAIN : LEAD_NAME];
	return f->words ? of_lead[1 + dialect] : of_lead[0];
}

/* --- documents that the index does not know yet --- */

struct unmatched {
	struct word_cutter *cutter;
	struct arena *arena;
	struct typed_words typed;
	int64_t *ids; /* of those that do not match, in ascending order */
	size_t count, room;
};

static void
try_pending(void *user, int64_t id, const struct texts_of_document *document)
{
	struct unmatched *u = user;
	double ignored;
	if (search_match(u->cutter, &u->typed, document, &ignored))
		return;
	u->ids = arena_grow(u->arena, u->ids, u->count, &u->room, sizeof *u->ids);
	u->ids[u->count++] = id;
}

static int
compare_ids(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

static bool
is_unmatched(const struct unmatched *u, int64_t id)
{
	return u->count > 0 && bsearch(&id, u->ids, u->count, sizeof id, compare_ids);
}

static enum err_code
find_unmatched(struct session *s, const char *words, struct unmatched *u, struct err *e)
{
	u->cutter = db_cutter(s->db);
	typed_words_read(&u->typed, u->cutter, words);
	return search_pending_each(s, try_pending, u, u->arena, e);
}

/* --- the list --- */

/* The next row that belongs to the list. */
static bool
next_product(struct query *q, const struct unmatched *u, struct arena *arena,
	     struct product *ret_product)
{
	while (db_next(q)) {
		*ret_product = product_of_row(q, arena);
		if (!is_unmatched(u, ret_product->id))
			return true;
	}
	return false;
}

enum err_code
product_list(struct session *s, const struct product_filter *f, struct arena *arena,
	     struct product_list *ret_list, struct err *e)
{
	struct product_list list = {0};
	struct unmatched unmatched = {.arena = arena};
	struct product next;
	size_t capacity = 0;
	const char *words = NULL;
	if (f->words) {
		CHECK(search_expression(s->db, f->words, SEARCH_ALL, arena, &words, e));
		CHECK(find_unmatched(s, f->words, &unmatched, e));
	}
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, text_for(f, db_dialect(s->db)),
		       DB_ARGS(db_text(f->after ? f->after : ""),
			       db_int((int64_t)(f->limit + 1 + unmatched.count)),
			       db_text(f->domain), db_text(f->owner), db_text(f->classification),
			       db_text(f->status), db_text(f->standing),
			       f->personal < 0 ? db_null_of(DB_INT) : db_int(f->personal),
			       db_text(words), db_text(f->tag)),
		       &q, e));
	while (list.count < f->limit && next_product(&q, &unmatched, arena, &next)) {
		list.items =
		    arena_grow(arena, list.items, list.count, &capacity, sizeof *list.items);
		list.items[list.count++] = next;
	}
	list.more = list.count == f->limit && next_product(&q, &unmatched, arena, &next);
	if (query_failed(&q, e))
		return e->code;
	*ret_list = list;
	return ERR_OK;
}
