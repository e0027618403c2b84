/*
 * search_index.c -- search_documents, what of them the index must learn, and what users type.
 *
 * A document's old row is read before the new one is written: the index may have to be told what
 * leaves it.
 */
#include "search_index.h"

#include <string.h>

#include "base/buf.h"

#include "projection.h"
#include "store_parts.h"

static const struct search_engine *const engines[] = {
    [DIALECT_SQLITE] = &fts5_engine,
    [DIALECT_POSTGRES] = &tsvector_engine,
};

/* --- what the user types --- */

enum { MOST_BYTES = 1000, MOST_WORDS = 32 };

/* Beyond ASCII the index knows better what a letter is; a word without any matches all. */
static bool
is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (unsigned char)c >= 0x80;
}

bool
word_is_whole(size_t length)
{
	return length == 1;
}

static enum err_code
check_count(const char *words, int count, struct err *e)
{
	if (count == 0)
		return ERR(e, MALFORMED, "there is no word to search for in '%.100s'", words);
	if (count > MOST_WORDS)
		return ERR(e, MALFORMED, "a search has at most %d words, this one %d", MOST_WORDS,
			   count);
	return ERR_OK;
}

enum err_code
search_expression(struct db *db, const char *words, enum search_scope scope, struct arena *arena,
		  const char **ret_expression, struct err *e)
{
	const struct search_engine *engine = engines[db_dialect(db)];
	if (strlen(words) > MOST_BYTES)
		return ERR(e, MALFORMED, "a search is at most %d bytes long", MOST_BYTES);
	CLEANUP(buf_done) struct buf out = {0};
	int count = 0;
	buf_text(&out, engine->opens[scope]);
	for (const char *p = words; *p;) {
		size_t length = 0;
		while (is_word_byte(p[length]))
			length++;
		if (length > 0 && ++count <= MOST_WORDS)
			engine->add_word(db, p, length, &out);
		p += length > 0 ? length : 1;
	}
	buf_text(&out, engine->closes[scope]);
	CHECK(check_count(words, count, e));
	*ret_expression = arena_bytes(arena, out.data, out.length);
	return ERR_OK;
}

/* --- documents --- */

static struct texts_of_document
texts_of(const struct product_draft *draft)
{
	const struct descriptor *d = draft->product;
	return (struct texts_of_document){{d->name, d->description ? d->description : "",
					   draft->column_words, draft->tag_words, d->owner,
					   d->domain}};
}

static enum err_code
read_old(struct session *s, struct happening *h, struct texts_of_document *ret_texts, struct err *e)
{
	static const char sql[] =
	    "SELECT name, description, columns, tags, owner, domain FROM search_documents"
	    " WHERE id = $1";
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, sql, DB_ARGS(db_int(h->product_id)), &q, e));
	if (!db_next(&q))
		return query_failed(&q, e)
			   ? e->code
			   : ERR(e, CORRUPT, "'%s' is not in the search", h->product->name);
	for (int i = 0; i < SEARCH_TEXTS; i++)
		ret_texts->text[i] = db_column_text(&q, i, h->arena);
	return ERR_OK;
}

static bool
is_same(const struct texts_of_document *a, const struct texts_of_document *b)
{
	for (int i = 0; i < SEARCH_TEXTS; i++)
		if (strcmp(a->text[i], b->text[i]) != 0)
			return false;
	return true;
}

static enum err_code
put_document(struct session *s, struct happening *h, const struct texts_of_document *t,
	     struct err *e)
{
	static const char sql[] = "INSERT INTO search_documents"
				  " (id, name, description, columns, tags, owner, domain, version, "
				  "standing, classification, status)"
				  " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
				  " ON CONFLICT (id) DO UPDATE SET description = "
				  "excluded.description, columns = excluded.columns,"
				  " tags = excluded.tags, owner = excluded.owner, domain = "
				  "excluded.domain, version = excluded.version,"
				  " standing = excluded.standing, classification = "
				  "excluded.classification, status = excluded.status";
	return db_run(s->db, sql,
		      DB_ARGS(db_int(h->product_id), db_text(t->text[0]), db_text(t->text[1]),
			      db_text(t->text[2]), db_text(t->text[3]), db_text(t->text[4]),
			      db_text(t->text[5]), db_text(h->draft->finding.version),
			      db_text(h->draft->finding.standing),
			      db_text(h->draft->classification),
			      db_text(status_name(h->product->status))),
		      e);
}

/* --- the index --- */

static struct texts_of_document
copy_texts(struct arena *arena, const struct texts_of_document *t)
{
	struct texts_of_document copy;
	for (int i = 0; i < SEARCH_TEXTS; i++)
		copy.text[i] = arena_text(arena, t->text[i]);
	return copy;
}

static void
remember_change(struct session *s, const struct happening *h,
		const struct texts_of_document *before, const struct texts_of_document *after)
{
	struct index_changes *all = &s->index_changes;
	all->items = arena_grow(&s->arena, all->items, all->count, &all->room, sizeof *all->items);
	struct index_change *c = &all->items[all->count++];
	*c = (struct index_change){.id = h->product_id, .is_new = h->product_is_new};
	c->after = copy_texts(&s->arena, after);
	if (!c->is_new)
		c->before = copy_texts(&s->arena, before);
}

enum err_code
search_index_update(struct session *s, struct err *e)
{
	for (size_t i = 0; i < s->index_changes.count; i++)
		CHECK(engines[db_dialect(s->db)]->change(s, &s->index_changes.items[i], e));
	s->index_changes.count = 0;
	return ERR_OK;
}

enum err_code
search_index_rebuild(struct session *s, struct err *e)
{
	return engines[db_dialect(s->db)]->rebuild(s, e);
}

enum err_code
search_apply_published(struct session *s, struct happening *h, struct err *e)
{
	struct texts_of_document texts = texts_of(h->draft), old = texts;
	if (!h->product_is_new)
		CHECK(read_old(s, h, &old, e));
	if (!s->rebuilding && (h->product_is_new || !is_same(&old, &texts)))
		remember_change(s, h, &old, &texts);
	return put_document(s, h, &texts, e);
}

/* It stays in the index: search() leaves it out, a list by words finds it. */
enum err_code
search_apply_retired(struct session *s, struct happening *h, struct err *e)
{
	return db_run(s->db, "UPDATE search_documents SET status = 'retired' WHERE id = $1",
		      DB_ARGS(db_int(h->product_id)), e);
}
