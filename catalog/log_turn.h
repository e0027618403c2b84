/*
 * log_turn.h -- a writer's turn at the log, where several nodes write.  Private to catalog/.
 *
 * Who writes holds a lock on one row until its transaction ends.  So events are numbered without
 * gaps and become visible in their order: whoever sees event n sees all before it.
 */
#ifndef WEFT_CATALOG_LOG_TURN_H
#define WEFT_CATALOG_LOG_TURN_H

#include <stdbool.h>

#include "base/err.h"

struct session;
struct store;

/*
 * log_turn_take -- at the beginning of a transaction: wait for the lock, and learn what the other
 * nodes have appended since this node's last turn.  One round trip.
 */
enum err_code log_turn_take(struct session *s, struct err *e);

/* log_turn_tell -- at its end: the other nodes will hear of it when it commits. */
enum err_code log_turn_tell(struct session *s, struct err *e);

/*
 * log_turn_find_out -- the connection broke within the commit: once there is another, did it
 * happen?  ERR_OK when it did; the error that `e` holds when it did not; ERR_TIMEOUT when that
 * could not be found out within FOLLOWER_PATIENCE.
 */
enum err_code log_turn_find_out(struct session *s, struct err *e);

#endif
