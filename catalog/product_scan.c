/*
 * product_scan.c -- spans of names, and the documents in them.
 *
 * The document of a version that is in force lies ready as canonical JSON.  That of an earlier one
 * is in its event's body only.
 */
#include "product_scan.h"

#include <string.h>

#include "store_parts.h"

/* $1: behind this name; $2: the domain or null; $3: the last event. */
#define ROWS " FROM products p WHERE p.name > $1 AND ($2 IS NULL OR p.domain = $2) AND p.id <= $3"

static struct db_value
last_event(const struct product_scan *scan)
{
	return db_int(scan->as_of ? (int64_t)scan->as_of : INT64_MAX);
}

/* What a product's domain was then is said by its document alone. */
static struct db_value
domain_of(const struct product_scan *scan)
{
	return db_text(scan->as_of ? NULL : scan->domain);
}

enum err_code
product_scan_count(struct session *s, const struct product_scan *scan, uint64_t *ret_rows,
		   struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, "SELECT count(*)" ROWS,
		       DB_ARGS(db_text(""), domain_of(scan), last_event(scan)), &q, e));
	if (!db_next(&q))
		return query_failed(&q, e) ? e->code : ERR(e, INTERNAL, "no count of products");
	*ret_rows = (uint64_t)db_column_int(&q, 0);
	return ERR_OK;
}

enum err_code
product_scan_next(struct session *s, const struct product_scan *scan, const char *after,
		  size_t most, struct arena *arena, struct product_span *ret_span, struct err *e)
{
	static const char sql[] = "SELECT count(*), max(name) FROM (SELECT p.name" ROWS
				  " ORDER BY p.name LIMIT $4) AS span";
	CLEANUP(query_close) struct query q = {0};
	after = after ? after : "";
	CHECK(db_query(
	    s->db, sql,
	    DB_ARGS(db_text(after), domain_of(scan), last_event(scan), db_int((int64_t)most)), &q,
	    e));
	if (!db_next(&q))
		return query_failed(&q, e) ? e->code : ERR(e, INTERNAL, "no end of a span");
	*ret_span = (struct product_span){
	    .after = after,
	    .rows = (uint64_t)db_column_int(&q, 0),
	    .last = db_column_text(&q, 1, arena),
	};
	return ERR_OK;
}

#define IN_SPAN                                                                                    \
	" WHERE p.name > $1 AND ($2 IS NULL OR p.domain = $2) AND p.id <= $3 AND p.name <= $4"

static const char present[] =
    "SELECT p.name, p.version, p.seq, d.document, 0, p.domain, p.owner FROM products p"
    " JOIN product_documents d ON d.id = p.id" IN_SPAN " AND p.status <> 'retired' ORDER BY p.name";

/* Retired by then is what was retired behind that version and before then. */
static const char past[] =
    "SELECT p.name, v.version, v.seq, coalesce(d.document, ev.body),"
    " CASE WHEN p.seq = v.seq THEN 0 ELSE 1 END, p.domain, p.owner FROM products p"
    " JOIN product_versions v ON v.id = p.id AND v.seq ="
    " (SELECT max(w.seq) FROM product_versions w WHERE w.id = p.id AND w.seq <= $3)"
    " LEFT JOIN product_documents d ON d.id = p.id AND p.seq = v.seq"
    " LEFT JOIN events ev ON ev.seq = v.seq AND p.seq <> v.seq" IN_SPAN
    " AND NOT EXISTS (SELECT 1 FROM events r WHERE r.subject = p.name"
    " AND r.kind = 'product.retired' AND r.seq > v.seq AND r.seq <= $3) ORDER BY p.name";

static struct scanned_product
product_of_scan(const struct query *q, struct arena *arena)
{
	struct scanned_product p = {
	    .name = db_column_text(q, 0, arena),
	    .version = db_column_text(q, 1, arena),
	    .seq = (uint64_t)db_column_int(q, 2),
	    .is_event = db_column_int(q, 4) != 0,
	};
	p.text = db_column_bytes(q, 3, arena, &p.length);
	if (p.is_event)
		return p;
	p.domain = db_column_text(q, 5, arena);
	p.owner = db_column_text(q, 6, arena);
	return p;
}

enum err_code
product_scan_read(struct session *s, const struct product_scan *scan,
		  const struct product_span *span, struct arena *arena,
		  struct scanned_products *ret_products, struct err *e)
{
	struct scanned_products found = {0};
	size_t room = 0;
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(
	    s->db, scan->as_of ? past : present,
	    DB_ARGS(db_text(span->after), domain_of(scan), last_event(scan), db_text(span->last)),
	    &q, e));
	while (db_next(&q)) {
		struct scanned_product p = product_of_scan(&q, arena);
		if (!p.text) /* redacted */
			continue;
		found.items =
		    arena_grow(arena, found.items, found.count, &room, sizeof *found.items);
		found.items[found.count++] = p;
	}
	if (query_failed(&q, e))
		return e->code;
	*ret_products = found;
	return ERR_OK;
}

/* --- documents --- */

static const struct document_limits source_limits = {
    .bytes = 64 << 20, .nodes = 2000000, .depth = 80};

static enum err_code
read_event_document(const struct scanned_product *p, struct arena *arena, struct node *ret_document,
		    struct err *e)
{
	const struct event ev = {.body = p->text, .body_length = p->length};
	struct node body;
	CHECK(event_body(&ev, arena, &body, e));
	const struct node *source = node_get(&body, "source");
	if (!source || source->kind != NODE_TEXT)
		return ERR(e, CORRUPT, "event %llu has no source", (unsigned long long)p->seq);
	return document_read(document_format_of(node_text(&body, "media_type", "")), source->text,
			     source->count, &source_limits, arena, ret_document, e);
}

enum err_code
scanned_product_document(const struct scanned_product *p, struct arena *arena,
			 struct node *ret_document, struct err *e)
{
	enum err_code code = p->is_event ? read_event_document(p, arena, ret_document, e)
					 : document_read_compact(p->text, p->length, &source_limits,
								 arena, ret_document, e);
	return code == ERR_OK ? ERR_OK : err_while(e, "the document of '%s'", p->name);
}
