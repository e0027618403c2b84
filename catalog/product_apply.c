/*
 * product_apply.c -- product.published, product.judged and product.retired as rows of products,
 * their documents, versions and tags.
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
	static const char add[] =
	    "INSERT INTO products (name, id, seq, version, domain, owner, status, standing, "
	    "classification, personal)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
	static const char change[] =
	    "UPDATE products SET seq = $3, version = $4, domain = $5, owner = $6, status = $7,"
	    " standing = $8, classification = $9, personal = $10, judged_seq = NULL"
	    " WHERE name = $1 AND id = $2";
	const struct descriptor *d = h->product;
	return db_run(s->db, h->product_is_new ? add : change,
		      DB_ARGS(db_text(d->name), db_int(h->product_id),
			      db_int((int64_t)h->event->seq), db_text(h->draft->finding.version),
			      db_text(d->domain), db_text(d->owner),
			      db_text(status_name(d->status)), db_text(h->draft->finding.standing),
			      db_text(h->draft->classification), db_int(h->draft->personal)),
		      e);
}

static enum err_code
put_document(struct session *s, struct happening *h, struct err *e)
{
	static const char add[] =
	    "INSERT INTO product_documents (id, description, hash, published_at, published_by, "
	    "document)"
	    " VALUES ($1, $2, $3, $4, $5, $6)";
	static const char change[] =
	    "UPDATE product_documents SET description = $2, hash = $3, published_at = $4,"
	    " published_by = $5, document = $6 WHERE id = $1";
	const struct product_draft *draft = h->draft;
	const char *description = draft->product->description;
	return db_run(s->db, h->product_is_new ? add : change,
		      DB_ARGS(db_int(h->product_id), db_text(description ? description : ""),
			      db_text(draft->finding.hash), db_int(h->event->time),
			      db_text(h->event->actor), db_text(draft->finding.document)),
		      e);
}

static enum err_code
put_version(struct session *s, struct happening *h, struct err *e)
{
	static const char sql[] = "INSERT INTO product_versions (id, seq, version, change, hash, "
				  "published_at, published_by)"
				  " VALUES ($1, $2, $3, $4, $5, $6, $7)";
	return db_run(s->db, sql,
		      DB_ARGS(db_int(h->product_id), db_int((int64_t)h->event->seq),
			      db_text(h->draft->finding.version), db_text(h->draft->finding.change),
			      db_text(h->draft->finding.hash), db_int(h->event->time),
			      db_text(h->event->actor)),
		      e);
}

/* The tags of the version before are known by the search's document, which is replaced later. */
static enum err_code
drop_old_tags(struct session *s, struct happening *h, struct err *e)
{
	static const char sql[] = "DELETE FROM product_tags WHERE tag = $1 AND product = $2";
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, "SELECT tags FROM search_documents WHERE id = $1",
		       DB_ARGS(db_int(h->product_id)), &q, e));
	const char *tags = db_next(&q) ? db_column_text(&q, 0, h->arena) : "";
	if (query_failed(&q, e))
		return e->code;
	for (const char *end; (end = strchr(tags, '\n')) != NULL; tags = end + 1) {
		const char *tag = arena_bytes(h->arena, tags, (size_t)(end - tags));
		CHECK(db_run(s->db, sql, DB_ARGS(db_text(tag), db_text(h->product->name)), e));
	}
	return ERR_OK;
}

static enum err_code
put_tags(struct session *s, struct happening *h, struct err *e)
{
	static const char sql[] = "INSERT INTO product_tags (tag, product) VALUES ($1, $2)"
				  " ON CONFLICT (tag, product) DO NOTHING";
	const struct descriptor *d = h->product;
	if (!h->product_is_new)
		CHECK(drop_old_tags(s, h, e));
	for (size_t i = 0; i < d->tags.count; i++)
		CHECK(db_run(s->db, sql, DB_ARGS(db_text(d->tags.items[i]), db_text(d->name)), e));
	return ERR_OK;
}

/* A publisher whose basis still holds has said it; else the row does. */
static enum err_code
find_id(struct session *s, struct happening *h, struct err *e)
{
	if (h->draft && h->draft->body) {
		h->product_is_new = h->draft->id == 0;
		h->product_id = h->product_is_new ? (int64_t)h->event->seq : h->draft->id;
		return ERR_OK;
	}
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, "SELECT id FROM products WHERE name = $1",
		       DB_ARGS(db_text(h->event->subject)), &q, e));
	h->product_is_new = !db_next(&q);
	h->product_id = h->product_is_new ? (int64_t)h->event->seq : db_column_int(&q, 0);
	return query_failed(&q, e) ? e->code : ERR_OK;
}

enum err_code
product_apply_published(struct session *s, struct happening *h, struct err *e)
{
	CHECK(find_id(s, h, e));
	CHECK(put_row(s, h, e));
	CHECK(put_document(s, h, e));
	CHECK(put_version(s, h, e));
	return put_tags(s, h, e);
}

enum err_code
product_apply_judged(struct session *s, struct happening *h, struct err *e)
{
	return db_run(s->db, "UPDATE products SET standing = $2, judged_seq = $3 WHERE name = $1",
		      DB_ARGS(db_text(h->event->subject), db_text(h->draft->finding.standing),
			      db_int((int64_t)h->event->seq)),
		      e);
}

enum err_code
product_apply_retired(struct session *s, struct happening *h, struct err *e)
{
	CHECK(find_id(s, h, e));
	if (h->product_is_new)
		return ERR(e, NOT_FOUND, "no data product named '%s'", h->event->subject);
	return db_run(s->db, "UPDATE products SET status = 'retired' WHERE name = $1",
		      DB_ARGS(db_text(h->event->subject)), e);
}
