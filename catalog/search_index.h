/*
 * search_index.h -- the full-text index as the rest of the catalog sees it.  Private to catalog/.
 *
 *     search_index.c      the documents, and what the user types
 *     search_fts5.c       the index over them in SQLite
 *     search_tsvector.c   the same in PostgreSQL
 */
#ifndef WEFT_CATALOG_SEARCH_INDEX_H
#define WEFT_CATALOG_SEARCH_INDEX_H

#include "base/buf.h"

#include "db.h"
#include "dialect.h"
#include "store.h"

/* The ids of the documents that match the expression in a parameter: for an IN. */
#define SEARCH_IDS_SQLITE(parameter)                                                               \
	"SELECT rowid FROM search_index WHERE search_index MATCH " parameter
#define SEARCH_IDS_POSTGRES(parameter)                                                             \
	"SELECT id FROM search_words WHERE words @@ " parameter "::tsquery"

/*
 * search_expression -- what the user typed as an expression of the index: each word by its
 * beginning (a single letter only as it is: most words begin with any), all of them.  In SQLite
 * SEARCH_NAME restricts it to names; PostgreSQL has them in a column of their own.  Fails:
 * ERR_MALFORMED (no word, too long, too many).
 */
enum search_scope { SEARCH_ALL, SEARCH_NAME, SEARCH_SCOPES };
enum err_code search_expression(struct db *db, const char *words, enum search_scope scope,
				struct arena *arena, const char **ret_expression, struct err *e);

/*
 * search_index_follow -- take at most `most` of the documents that the index does not know yet into
 * it.  Gives how many there were: 0 when it knows all.
 */
enum err_code search_index_follow(struct session *s, size_t most, size_t *ret_count, struct err *e);

/*
 * search_index_pay -- before a commit: when the index would fall behind further than searches read,
 * the session brings it up to date itself.
 */
enum err_code search_index_pay(struct session *s, struct err *e);

/*
 * search_pending_each -- the documents that the index does not know yet, the oldest first, at most
 * SEARCH_MOST_PENDING.
 */
enum { SEARCH_MOST_PENDING = 4000 };
struct texts_of_document;
typedef void search_pending_fn(void *user, int64_t id, const struct texts_of_document *texts);
enum err_code search_pending_each(struct session *s, search_pending_fn *visit, void *user,
				  struct arena *arena, struct err *e);

/* Make the index anew from search_documents; see rebuild.c. */
enum err_code search_index_rebuild(struct session *s, struct err *e);

/* --- between the three files --- */

enum { SEARCH_TEXTS = 6 };

/* What is in the index, in the order of its columns. */
struct texts_of_document {
	const char *text[SEARCH_TEXTS]; /* name, description, columns, tags, owner, domain */
};

/* One for each dialect.  put_in and take_out -- of the index: a document, with the texts that it is
 * known by.  add_word -- one of the user's words, behind `count` others. */
struct search_engine {
	enum err_code (*put_in)(struct session *s, int64_t id, const struct texts_of_document *t,
				struct err *e);
	enum err_code (*take_out)(struct session *s, int64_t id, const struct texts_of_document *t,
				  struct err *e);
	enum err_code (*rebuild)(struct session *s, struct err *e);
	void (*add_word)(struct db *db, const char *word, size_t length, struct buf *out);
	const char *opens[SEARCH_SCOPES], *closes[SEARCH_SCOPES];
};
extern const struct search_engine fts5_engine, tsvector_engine;

#endif
