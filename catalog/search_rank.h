/*
 * search_rank.h -- what search.c uses in SQL beyond what FTS5 has.  Private to the SQLite driver.
 *
 *     search_rank(search_index, weight, ...)    BM25 of the row, a weight for each column
 *     search_snippet(words, text, ...)          where the words stand in the texts, marked
 */
#ifndef WEFT_CATALOG_SEARCH_RANK_H
#define WEFT_CATALOG_SEARCH_RANK_H

#include <sqlite3.h>

/* search_functions_register -- on a new connection.  Gives a result code of SQLite. */
int search_functions_register(sqlite3 *handle);

/* search_snippet.c: the second of them. */
int search_snippet_register(sqlite3 *handle, fts5_api *api);

#endif
