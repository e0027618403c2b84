/*
 * product_list.c -- products by name, filtered, a page at a time.
 *
 * One list of conditions serves all; what leads differs: a tag's own index, a domain's, or the
 * names themselves.  Full text is a set of ids that the row must be in.
 */
#include "product_row.h"
#include "search_index.h"
#include "store_parts.h"

#define CONDITIONS                                                                                 \
	" AND ($3 IS NULL OR p.domain = $3) AND ($4 IS NULL OR p.owner = $4)"                      \
	" AND ($5 IS NULL OR p.classification = $5) AND ($6 IS NULL OR p.status = $6)"             \
	" AND ($7 IS NULL OR p.standing = $7) AND ($8 IS NULL OR p.personal = $8)"
#define WORDS_SQLITE   " AND p.id IN (" SEARCH_IDS_SQLITE("$9") ")"
#define WORDS_POSTGRES " AND p.id IN (" SEARCH_IDS_POSTGRES("$9") ")"

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

enum err_code
product_list(struct session *s, const struct product_filter *f, struct arena *arena,
	     struct product_list *ret_list, struct err *e)
{
	struct product_list list = {0};
	size_t capacity = 0;
	const char *words = NULL;
	if (f->words)
		CHECK(search_expression(s->db, f->words, SEARCH_ALL, arena, &words, e));
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, text_for(f, db_dialect(s->db)),
		       DB_ARGS(db_text(f->after ? f->after : ""), db_int((int64_t)f->limit + 1),
			       db_text(f->domain), db_text(f->owner), db_text(f->classification),
			       db_text(f->status), db_text(f->standing),
			       f->personal < 0 ? db_null_of(DB_INT) : db_int(f->personal),
			       db_text(words), db_text(f->tag)),
		       &q, e));
	while (list.count < f->limit && db_next(&q)) {
		list.items =
		    arena_grow(arena, list.items, list.count, &capacity, sizeof *list.items);
		list.items[list.count++] = product_of_row(&q, arena);
	}
	list.more = list.count == f->limit && db_next(&q);
	if (query_failed(&q, e))
		return e->code;
	*ret_list = list;
	return ERR_OK;
}
