/*
 * commit_queue.h -- the queue of pending.h and its thread.  Private to catalog/.
 */
#ifndef WEFT_CATALOG_COMMIT_QUEUE_H
#define WEFT_CATALOG_COMMIT_QUEUE_H

#include "pending.h"

struct commit_queue;

/* `room`: how many changes may wait; further ones are refused. */
enum err_code commit_queue_create(struct store *store, size_t room, struct commit_queue **ret_queue,
				  struct err *e);

/* commit_queue_destroy -- what is queued is committed first.  NULL is a no-op. */
void commit_queue_destroy(struct commit_queue *q);

enum err_code commit_queue_put(struct commit_queue *q, struct pending *change, struct err *e);

#endif
