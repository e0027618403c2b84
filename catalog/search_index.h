/*
 * search_index.h -- the full-text index as the rest of the catalog sees it: the one place that
 * knows FTS5.
 *
 * Private to catalog/.
 */
#ifndef WEFT_CATALOG_SEARCH_INDEX_H
#define WEFT_CATALOG_SEARCH_INDEX_H

#include "db.h"
#include "store.h"

/* The ids of the documents that match the expression in a parameter: for an IN. */
#define SEARCH_IDS(parameter) "SELECT rowid FROM search_index WHERE search_index MATCH " parameter

/*
 * search_expression -- what the user typed as an expression of the index: each word by its
 * beginning, all of them. `column` restricts it to one column, or is NULL.  Fails: ERR_MALFORMED
 * (no word, too long, too many).
 */
enum err_code search_expression(const char *words, const char *column, struct arena *arena,
				const char **ret_expression, struct err *e);

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

#endif
