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
bool word_is_whole(size_t length); /* as typed, in bytes */
enum search_scope { SEARCH_ALL, SEARCH_NAME, SEARCH_SCOPES };
enum err_code search_expression(struct db *db, const char *words, enum search_scope scope,
				struct arena *arena, const char **ret_expression, struct err *e);

/*
 * search_index_update -- what the session's events changed, brought into the index at its end: FTS5
 * writes a segment at each savepoint and each commit, so that all of a session's documents go in
 * one.
 */
struct index_change;
struct index_changes {
	struct index_change *items; /* in the session's arena */
	size_t count, room;
};
enum err_code search_index_update(struct session *s, struct err *e);

/* Make the index anew from search_documents; see rebuild.c. */
enum err_code search_index_rebuild(struct session *s, struct err *e);

/* --- between the three files --- */

enum { SEARCH_TEXTS = 6 };

/* What is in the index, in the order of its columns. */
struct texts_of_document {
	const char *text[SEARCH_TEXTS]; /* name, description, columns, tags, owner, domain */
};

/* A document whose texts changed: what the index knows of it, and what it is to know. */
struct index_change {
	int64_t id;
	bool is_new;
	struct texts_of_document before, after;
};

/* One for each dialect.  add_word -- one of the user's words, behind `count` others. */
struct search_engine {
	enum err_code (*change)(struct session *s, const struct index_change *c, struct err *e);
	enum err_code (*rebuild)(struct session *s, struct err *e);
	void (*add_word)(struct db *db, const char *word, size_t length, struct buf *out);
	const char *opens[SEARCH_SCOPES], *closes[SEARCH_SCOPES];
};
extern const struct search_engine fts5_engine, tsvector_engine;

#endif
