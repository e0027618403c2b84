/*
 * product_apply.c -- product.published and product.retired as rows of products, their documents,
 * versions and tags.
 *
 * One publish of a new product is one row in each; of a known one, its row, its document and what
 * changed of its tags.
 */
#include <string.h>

#include "base/json.h"

#include "projection.h"
#include "store_parts.h"

/* Keeps the id of a known product; for a new one the id is this event. */
static enum err_code
put_row(struct session *s, struct happening *h, struct err *e)
{
	static const char sql[] =
	    "INSERT INTO products (name, id, version, domain, owner, description, status, "
	    "standing, classification,"
	    " personal, hash, published_at, published_by, seq)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $2)"
	    " ON CONFLICT (name) DO UPDATE SET version = excluded.version, domain = "
	    "excluded.domain,"
	    " owner = excluded.owner, description = excluded.description, status = excluded.status,"
	    " standing = excluded.standing, classification = excluded.classification, personal = "
	    "excluded.personal,"
	    " hash = excluded.hash, published_at = excluded.published_at, published_by = "
	    "excluded.published_by,"
	    " seq = excluded.seq"
	    " RETURNING id";
	const struct descriptor *d = &h->product;
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql,
		       DB_ARGS(db_text(d->name), db_int((int64_t)h->event->seq),
			       db_text(node_text(h->body, "version", "")), db_text(d->domain),
			       db_text(d->owner), db_text(d->description ? d->description : ""),
			       db_text(status_name(d->status)),
			       db_text(node_text(h->body, "standing", "compliant")),
			       db_text(classification_name(descriptor_classification(d))),
			       db_int(descriptor_is_personal(d)),
			       db_text(node_text(h->body, "hash", "")), db_int(h->event->time),
			       db_text(h->event->actor)),
		       &q, e));
	if (!db_next(&q))
		return query_failed(&q, e) ? e->code : ERR(e, INTERNAL, "no row for '%s'", d->name);
	h->product_id = db_column_int(&q, 0);
	h->product_is_new = h->product_id == (int64_t)h->event->seq;
	return ERR_OK;
}

static enum err_code
put_document(struct session *s, struct happening *h, struct err *e)
{
	static const char sql[] = "INSERT INTO product_documents (id, document) VALUES ($1, $2)"
				  " ON CONFLICT (id) DO UPDATE SET document = excluded.document";
	CLEANUP(buf_done) struct buf text = {0};
	json_canonical(&text, &h->document);
	return db_run(s->db, sql, DB_ARGS(db_int(h->product_id), db_text(text.data)), e);
}

static enum err_code
put_version(struct session *s, struct happening *h, struct err *e)
{
	static const char sql[] = "INSERT INTO product_versions (name, seq, version, change, hash, "
				  "published_at, published_by)"
				  " VALUES ($1, $2, $3, $4, $5, $6, $7)";
	return db_run(s->db, sql,
		      DB_ARGS(db_text(h->product.name), db_int((int64_t)h->event->seq),
			      db_text(node_text(h->body, "version", "")),
			      db_text(node_text(h->body, "change", "none")),
			      db_text(node_text(h->body, "hash", "")), db_int(h->event->time),
			      db_text(h->event->actor)),
		      e);
}

static enum err_code
put_tags(struct session *s, struct happening *h, struct err *e)
{
	static const char sql[] = "INSERT INTO product_tags (product, tag) VALUES ($1, $2)"
				  " ON CONFLICT (product, tag) DO NOTHING";
	const struct descriptor *d = &h->product;
	if (!h->product_is_new)
		CHECK(db_run(s->db, "DELETE FROM product_tags WHERE product = $1",
			     DB_ARGS(db_text(d->name)), e));
	for (size_t i = 0; i < d->tags.count; i++)
		CHECK(db_run(s->db, sql, DB_ARGS(db_text(d->name), db_text(d->tags.items[i])), e));
	return ERR_OK;
}

enum err_code
product_apply_published(struct session *s, struct happening *h, struct err *e)
{
	CHECK(put_row(s, h, e));
	CHECK(put_document(s, h, e));
	CHECK(put_version(s, h, e));
	return put_tags(s, h, e);
}

enum err_code
product_apply_retired(struct session *s, struct happening *h, struct err *e)
{
	CHECK(db_run(s->db, "UPDATE products SET status = 'retired' WHERE name = $1",
		     DB_ARGS(db_text(h->event->subject)), e));
	if (db_changed(s->db) == 0)
		return ERR(e, NOT_FOUND, "no data product named '%s'", h->event->subject);
	return ERR_OK;
}
