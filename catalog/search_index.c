/*
 * search_index.c -- search_documents, what of them the index must learn, and what users type.
 *
 * A document's old row is read before the new one is written: the index may have to be told what
 * leaves it.
 */
#include "search_index.h"

#include <string.h>

#include "base/buf.h"
#include "base/thread.h"

#include "projection.h"
#include "store_parts.h"

static const struct search_engine *const engines[] = {
    [DIALECT_SQLITE] = &fts5_engine,
    [DIALECT_POSTGRES] = &tsvector_engine,
};

/* --- what the user types --- */

enum { MOST_BYTES = 1000, MOST_WORDS = 32 };

/* With several nodes each runs into as much; their sum is to be less than SEARCH_MOST_PENDING. */
enum { MOST_DEBT = 1000 };

/* Beyond ASCII the index knows better what a letter is; a word without any matches all. */
static bool
is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (unsigned char)c >= 0x80;
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
	static const char add[] = "INSERT INTO search_documents"
				  " (id, name, description, columns, tags, owner, domain, version, "
				  "standing, classification, status)"
				  " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
	static const char change[] =
	    "UPDATE search_documents SET name = $2, description = $3, columns = $4, tags = $5,"
	    " owner = $6, domain = $7, version = $8, standing = $9, classification = $10,"
	    " status = $11 WHERE id = $1";
	return db_run(s->db, h->product_is_new ? add : change,
		      DB_ARGS(db_int(h->product_id), db_text(t->text[0]), db_text(t->text[1]),
			      db_text(t->text[2]), db_text(t->text[3]), db_text(t->text[4]),
			      db_text(t->text[5]), db_text(h->draft->finding.version),
			      db_text(h->draft->finding.standing),
			      db_text(h->draft->classification),
			      db_text(status_name(h->product->status))),
		      e);
}

/* --- the index --- */

static enum err_code
is_in_index(struct session *s, int64_t id, bool *ret_is, struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, "SELECT 1 FROM search_pending WHERE id = $1", DB_ARGS(db_int(id)), &q,
		       e));
	*ret_is = !db_next(&q);
	return query_failed(&q, e) ? e->code : ERR_OK;
}

/* The index learns of it later; what it knows of the document it forgets now. */
static enum err_code
put_off(struct session *s, const struct happening *h, const struct texts_of_document *known,
	struct err *e)
{
	bool is_known = false;
	if (!h->product_is_new) {
		CHECK(is_in_index(s, h->product_id, &is_known, e));
		if (!is_known)
			return ERR_OK;
	}
	CHECK(db_run(s->db, "INSERT INTO search_pending (id) VALUES ($1)",
		     DB_ARGS(db_int(h->product_id)), e));
	s->index_debt++;
	return is_known ? engines[db_dialect(s->db)]->take_out(s, h->product_id, known, e) : ERR_OK;
}

#define PENDING                                                                                    \
	"SELECT d.id, d.name, d.description, d.columns, d.tags, d.owner, d.domain"                 \
	" FROM search_pending w JOIN search_documents d ON d.id = w.id ORDER BY w.id LIMIT $1"

/* A document that waits for the index, in a list. */
struct waiting {
	struct waiting *next;
	int64_t id;
	struct texts_of_document texts;
};

static enum err_code
read_waiting(struct session *s, size_t most, struct arena *arena, struct waiting **ret_first,
	     struct err *e)
{
	struct waiting *first = NULL, **last = &first;
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, PENDING, DB_ARGS(db_int((int64_t)most)), &q, e));
	while (db_next(&q)) {
		struct waiting *w = ARENA_NEW(arena, struct waiting);
		w->id = db_column_int(&q, 0);
		for (int i = 0; i < SEARCH_TEXTS; i++)
			w->texts.text[i] = db_column_text(&q, i + 1, arena);
		*last = w;
		last = &w->next;
	}
	if (query_failed(&q, e))
		return e->code;
	*ret_first = first;
	return ERR_OK;
}

enum err_code
search_index_follow(struct session *s, size_t most, size_t *ret_count, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct waiting *first = NULL;
	size_t count = 0;
	CHECK(read_waiting(s, most, &arena, &first, e));
	for (const struct waiting *w = first; w; w = w->next, count++) {
		/* The view that the index is made of has it from now on. */
		CHECK(db_run(s->db, "DELETE FROM search_pending WHERE id = $1",
			     DB_ARGS(db_int(w->id)), e));
		CHECK(engines[db_dialect(s->db)]->put_in(s, w->id, &w->texts, e));
		thread_let_others();
	}
	s->index_debt -= (int64_t)count;
	*ret_count = count;
	return ERR_OK;
}

enum err_code
search_index_pay(struct session *s, struct err *e)
{
	size_t count = MOST_DEBT;
	if (s->rebuilding || s->store->index_debt + s->index_debt <= MOST_DEBT)
		return ERR_OK;
	while (count == MOST_DEBT)
		CHECK(search_index_follow(s, MOST_DEBT, &count, e));
	return ERR_OK;
}

enum err_code
search_pending_each(struct session *s, search_pending_fn *visit, void *user, struct arena *arena,
		    struct err *e)
{
	struct waiting *first = NULL;
	CHECK(read_waiting(s, SEARCH_MOST_PENDING, arena, &first, e));
	for (const struct waiting *w = first; w; w = w->next)
		visit(user, w->id, &w->texts);
	return ERR_OK;
}

enum err_code
search_index_rebuild(struct session *s, struct err *e)
{
	CHECK(db_run(s->db, "DELETE FROM search_pending", DB_NO_ARGS, e));
	return engines[db_dialect(s->db)]->rebuild(s, e);
}

enum err_code
search_apply_published(struct session *s, struct happening *h, struct err *e)
{
	struct texts_of_document texts = texts_of(h->draft), old = texts;
	if (!h->product_is_new)
		CHECK(read_old(s, h, &old, e));
	if (!s->rebuilding && (h->product_is_new || !is_same(&old, &texts)))
		CHECK(put_off(s, h, &old, e));
	return put_document(s, h, &texts, e);
}

/* It stays in the index: search() leaves it out, a list by words finds it. */
enum err_code
search_apply_retired(struct session *s, struct happening *h, struct err *e)
{
	return db_run(s->db, "UPDATE search_documents SET status = 'retired' WHERE id = $1",
		      DB_ARGS(db_int(h->product_id)), e);
}
