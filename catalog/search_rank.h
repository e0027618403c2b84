/*
 * search_rank.h -- what search.c uses in SQL beyond what FTS5 has.  For the SQLite driver, and for
 * who needs FTS5's own parts.
 *
 *     search_rank(search_index, weight, ...)    BM25 of the row, a weight for each column
 */
#ifndef WEFT_CATALOG_SEARCH_RANK_H
#define WEFT_CATALOG_SEARCH_RANK_H

#include <sqlite3.h>

/* search_rank_register -- on a new connection.  Gives a result code of SQLite. */
int search_rank_register(sqlite3 *handle);

/* fts5_api_find -- NULL when this SQLite was built without. */
fts5_api *fts5_api_find(sqlite3 *handle);

#endif
