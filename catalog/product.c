/*
 * product.c -- reading products: the version in force, the versions before it, and the documents as
 * they were sent.
 */
#include <string.h>

#include "base/json.h"

#include "event_log.h"
#include "product_row.h"
#include "store_parts.h"

struct product
product_of_row(const struct query *q, struct arena *arena)
{
	return (struct product){
	    .id = db_column_int(q, 0),
	    .name = db_column_text(q, 1, arena),
	    .version = db_column_text(q, 2, arena),
	    .domain = db_column_text(q, 3, arena),
	    .owner = db_column_text(q, 4, arena),
	    .description = db_column_text(q, 5, arena),
	    .status = db_column_text(q, 6, arena),
	    .standing = db_column_text(q, 7, arena),
	    .classification = db_column_text(q, 8, arena),
	    .personal = db_column_int(q, 9) != 0,
	    .published_at = db_column_int(q, 10),
	    .published_by = db_column_text(q, 11, arena),
	    .seq = (uint64_t)db_column_int(q, 12),
	    .hash = db_column_text(q, 13, arena),
	    .judged_seq = (uint64_t)db_column_int(q, 14),
	};
}

enum err_code
product_get(struct session *s, const char *name, struct arena *arena, struct product *ret_product,
	    struct err *e)
{
	static const char sql[] =
	    "SELECT " PRODUCT_COLUMNS ", d.document FROM " PRODUCT_TABLES " WHERE p.name = $1";
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql, DB_ARGS(db_text(name)), &q, e));
	if (!db_next(&q))
		return query_failed(&q, e) ? e->code
					   : ERR(e, NOT_FOUND, "no data product named '%s'", name);
	*ret_product = product_of_row(&q, arena);
	ret_product->document =
	    db_column_bytes(&q, PRODUCT_COLUMN_COUNT, arena, &ret_product->document_length);
	return ERR_OK;
}

enum err_code
product_count(struct session *s, uint64_t *ret_count, struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, "SELECT count(*) FROM products", DB_NO_ARGS, &q, e));
	if (!db_next(&q))
		return query_failed(&q, e) ? e->code : ERR(e, INTERNAL, "no count of products");
	*ret_count = (uint64_t)db_column_int(&q, 0);
	return ERR_OK;
}

/* --- several at once --- */

enum { NAMES_AT_ONCE = 8 };

static enum err_code
read_several(struct session *s, const char *const *names, size_t count, struct arena *arena,
	     struct product_list *list, struct err *e)
{
	static const char sql[] = "SELECT " PRODUCT_COLUMNS ", d.document FROM " PRODUCT_TABLES
				  " WHERE p.name IN ($1, $2, $3, $4, $5, $6, $7, $8)";
	struct db_value values[NAMES_AT_ONCE];
	for (size_t i = 0; i < NAMES_AT_ONCE; i++)
		values[i] = db_text(i < count ? names[i] : NULL);
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql, (struct db_args){values, NAMES_AT_ONCE}, &q, e));
	while (db_next(&q)) {
		struct product *p = &list->items[list->count++];
		*p = product_of_row(&q, arena);
		p->document = db_column_bytes(&q, PRODUCT_COLUMN_COUNT, arena, &p->document_length);
	}
	return query_failed(&q, e) ? e->code : ERR_OK;
}

enum err_code
product_several(struct session *s, const char *const *names, size_t count, struct arena *arena,
		struct product_list *ret_list, struct err *e)
{
	/* A name that is asked for twice, in two pieces, comes twice. */
	struct product_list list = {.items = ARENA_ARRAY(arena, struct product, count)};
	for (size_t i = 0; i < count; i += NAMES_AT_ONCE) {
		size_t left = count - i;
		CHECK(read_several(s, names + i, left < NAMES_AT_ONCE ? left : NAMES_AT_ONCE, arena,
				   &list, e));
	}
	*ret_list = list;
	return ERR_OK;
}

/* --- versions --- */

#define VERSION_COLUMNS "version, change, hash, published_by, published_at, seq"
#define OF_PRODUCT      "id = (SELECT id FROM products WHERE name = $1)"

static struct product_version
version_of_row(const struct query *q, struct arena *arena)
{
	return (struct product_version){
	    .version = db_column_text(q, 0, arena),
	    .change = db_column_text(q, 1, arena),
	    .hash = db_column_text(q, 2, arena),
	    .published_by = db_column_text(q, 3, arena),
	    .published_at = db_column_int(q, 4),
	    .seq = (uint64_t)db_column_int(q, 5),
	};
}

enum err_code
product_first_published(struct session *s, const char *name, moment *ret_time, struct err *e)
{
	static const char sql[] = "SELECT published_at FROM product_versions"
				  " WHERE " OF_PRODUCT " ORDER BY seq LIMIT 1";
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql, DB_ARGS(db_text(name)), &q, e));
	if (!db_next(&q))
		return query_failed(&q, e) ? e->code
					   : ERR(e, NOT_FOUND, "no data product named '%s'", name);
	*ret_time = db_column_int(&q, 0);
	return ERR_OK;
}

enum err_code
product_versions(struct session *s, const char *name, uint64_t before, size_t limit,
		 struct arena *arena, struct product_versions *ret_versions, struct err *e)
{
	static const char sql[] = "SELECT " VERSION_COLUMNS " FROM product_versions"
				  " WHERE " OF_PRODUCT " AND seq < $2 ORDER BY seq DESC LIMIT $3";
	struct product_versions list = {0};
	size_t capacity = 0;
	int64_t end = before == 0 || before > INT64_MAX ? INT64_MAX : (int64_t)before;
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql, DB_ARGS(db_text(name), db_int(end), db_int((int64_t)limit + 1)),
		       &q, e));
	while (list.count < limit && db_next(&q)) {
		list.items =
		    arena_grow(arena, list.items, list.count, &capacity, sizeof *list.items);
		list.items[list.count++] = version_of_row(&q, arena);
	}
	list.more = list.count == limit && db_next(&q);
	if (query_failed(&q, e))
		return e->code;
	*ret_versions = list;
	return ERR_OK;
}

/* The newest of that number: a retired product may begin its numbers anew. */
enum err_code
product_version_get(struct session *s, const char *name, const char *version, struct arena *arena,
		    struct product_version *ret_version, struct err *e)
{
	static const char sql[] =
	    "SELECT " VERSION_COLUMNS " FROM product_versions"
	    " WHERE " OF_PRODUCT " AND version = $2 ORDER BY seq DESC LIMIT 1";
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql, DB_ARGS(db_text(name), db_text(version)), &q, e));
	if (!db_next(&q))
		return query_failed(&q, e)
			   ? e->code
			   : ERR(e, NOT_FOUND, "no version %s of data product '%s'", version, name);
	*ret_version = version_of_row(&q, arena);
	return ERR_OK;
}

/* --- documents as they were sent --- */

enum err_code
product_source(struct session *s, uint64_t seq, struct arena *arena, const char **ret_source,
	       size_t *ret_length, const char **ret_media_type, struct err *e)
{
	struct event_source source;
	CHECK(event_document(s, seq, "product.published", arena, &source, e));
	*ret_source = source.text;
	*ret_length = source.length;
	*ret_media_type = source.media_type;
	return ERR_OK;
}

enum err_code
product_document(struct session *s, uint64_t seq, struct arena *arena, struct node *ret_document,
		 struct err *e)
{
	static const struct document_limits limits = {
	    .bytes = 64 << 20, .nodes = 2000000, .depth = 80};
	const char *source = "", *media_type = "";
	size_t length = 0;
	CHECK(product_source(s, seq, arena, &source, &length, &media_type, e));
	if (document_read(document_format_of(media_type), source, length, &limits, arena,
			  ret_document, e) != ERR_OK)
		return err_while(e, "the document of event %llu", (unsigned long long)seq);
	return ERR_OK;
}

enum err_code
product_decode(struct session *s, uint64_t seq, struct arena *arena,
	       struct descriptor *ret_descriptor, struct err *e)
{
	struct node *root = ARENA_NEW(arena, struct node); /* the descriptor points to it */
	struct violations ignored = {.arena = arena};
	CHECK(product_document(s, seq, arena, root, e));
	descriptor_decode(root, &ignored, ret_descriptor);
	return ERR_OK;
}
