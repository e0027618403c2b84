/*
 * product_names.c -- a query for each reason to look at a product once more.
 */
#include "product_names.h"

#include <assert.h>

#include "product_row.h"
#include "store_parts.h"

static enum err_code
read_names(struct query *q, struct arena *arena, struct product_names *ret_names, struct err *e)
{
	struct product_names names = {0};
	size_t capacity = 0;
	while (db_next(q)) {
		names.items =
		    arena_grow(arena, names.items, names.count, &capacity, sizeof *names.items);
		names.items[names.count++] =
		    (struct product_name){db_column_text(q, 0, arena), db_column_text(q, 1, arena)};
	}
	if (query_failed(q, e))
		return e->code;
	*ret_names = names;
	return ERR_OK;
}

/* '/' is the character behind '.': what lies between are the domain's parts. */
enum err_code
product_names_page(struct session *s, const char *domain, const char *after, size_t most,
		   struct arena *arena, struct product_names *ret_names, struct err *e)
{
	static const char sql[] =
	    "SELECT name, domain FROM products WHERE name > $1 AND status <> 'retired'"
	    " AND ($2 IS NULL OR domain = $2 OR (domain > $2 || '.' AND domain < $2 || '/'))"
	    " ORDER BY name LIMIT $3";
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql,
		       DB_ARGS(db_text(after ? after : ""), db_text(domain), db_int((int64_t)most)),
		       &q, e));
	return read_names(&q, arena, ret_names, e);
}

enum err_code
product_names_of_policy(struct session *s, const char *policy, struct arena *arena,
			struct product_names *ret_names, struct err *e)
{
	static const char sql[] = "SELECT DISTINCT product, domain FROM violations"
				  " WHERE policy = $1 ORDER BY product";
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql, DB_ARGS(db_text(policy)), &q, e));
	return read_names(&q, arena, ret_names, e);
}

enum err_code
product_names_of_grace(struct session *s, moment after, uint64_t seen, moment until,
		       struct arena *arena, struct product_names *ret_names, struct err *e)
{
	static const char sql[] =
	    "SELECT DISTINCT product, domain FROM violations"
	    " WHERE grace_end <= $3 AND (grace_end > $1 OR seq > $2) ORDER BY product";
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql, DB_ARGS(db_int(after), db_int((int64_t)seen), db_int(until)), &q,
		       e));
	return read_names(&q, arena, ret_names, e);
}

enum err_code
product_next_grace(struct session *s, moment after, moment *ret_end, struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, "SELECT min(grace_end) FROM violations WHERE grace_end > $1",
		       DB_ARGS(db_int(after)), &q, e));
	moment end = db_next(&q) ? db_column_int(&q, 0) : 0;
	if (query_failed(&q, e))
		return e->code;
	*ret_end = end;
	return ERR_OK;
}

enum err_code
product_names_beside(struct session *s, const char *product, uint64_t since, struct arena *arena,
		     struct product_names *ret_names, struct err *e)
{
	static const char sql[] =
	    "SELECT p.name, p.domain FROM lineage_edges l JOIN products p"
	    " ON p.name = substr(l.target, 9) WHERE l.source = $1 AND l.until_seq IS NULL"
	    " AND p.status <> 'retired'"
	    " UNION SELECT p.name, p.domain FROM lineage_edges l JOIN products p"
	    " ON p.name = substr(l.source, 9) WHERE l.target = $1 AND l.source LIKE 'product:%'"
	    " AND (l.until_seq IS NULL OR l.until_seq >= $2) AND p.status <> 'retired' ORDER BY 1";
	const char *node = arena_printf(arena, "product:%s", product);
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql, DB_ARGS(db_text(node), db_int((int64_t)since)), &q, e));
	return read_names(&q, arena, ret_names, e);
}

static struct product
with_document(const struct query *q, struct arena *arena)
{
	struct product p = product_of_row(q, arena);
	p.document = db_column_bytes(q, PRODUCT_COLUMN_COUNT, arena, &p.document_length);
	return p;
}

enum err_code
products_in_force(struct session *s, const char *const *names, size_t count, struct arena *arena,
		  struct product_list *ret_list, struct err *e)
{
	static const char sql[] = "SELECT " PRODUCT_COLUMNS ", d.document FROM " PRODUCT_TABLES
				  " WHERE p.name IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,"
				  " $12, $13, $14, $15, $16) AND p.status <> 'retired'";
	struct db_value values[PRODUCTS_AT_ONCE];
	struct product_list list = {.items = ARENA_ARRAY(arena, struct product, count)};
	assert(count <= PRODUCTS_AT_ONCE);
	for (size_t i = 0; i < PRODUCTS_AT_ONCE; i++)
		values[i] = db_text(i < count ? names[i] : NULL);
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql, (struct db_args){values, PRODUCTS_AT_ONCE}, &q, e));
	while (list.count < count && db_next(&q))
		list.items[list.count++] = with_document(&q, arena);
	if (query_failed(&q, e))
		return e->code;
	*ret_list = list;
	return ERR_OK;
}
