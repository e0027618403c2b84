/*
 * indexer.h -- a thread that takes documents into the search index a moment after their commit,
 * many at a time, so that no publish does.  Private to catalog/.
 *
 * Until then whoever searches reads them from search_pending (search_index.h): nobody sees that the
 * index is late.
 */
#ifndef WEFT_CATALOG_INDEXER_H
#define WEFT_CATALOG_INDEXER_H

#include "base/err.h"

struct indexer;
struct store;

/* indexer_create -- what was left by a process before is done first.  The store must take changes.
 */
enum err_code indexer_create(struct store *store, struct indexer **ret_indexer, struct err *e);
void indexer_destroy(struct indexer *indexer);

/* indexer_note -- something was committed that the index is to learn.  NULL is a no-op. */
void indexer_note(struct indexer *indexer);

#endif
