/*
 * log_tree.h -- the table log_tree as a source and a sink of merkle.h.  Private to catalog/.
 */
#ifndef WEFT_CATALOG_LOG_TREE_H
#define WEFT_CATALOG_LOG_TREE_H

#include "event_log.h"

/* The last event, counting from 1, that the subtree (level, index) covers: its row's seq. */
uint64_t log_tree_seq(unsigned level, uint64_t index);

struct merkle_source log_tree_source(struct session *s);
merkle_store_fn log_tree_store; /* user: the session */

/* log_tree_find -- false when the row is not there; a failure is an error. */
enum err_code log_tree_find(struct session *s, unsigned level, uint64_t index,
			    struct digest *ret_hash, bool *ret_found, struct err *e);

#endif
