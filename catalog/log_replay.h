/*
 * log_replay.h -- a log read from one database and written into another, with everything that is
 * made from it.  Private to catalog/.
 */
#ifndef WEFT_CATALOG_LOG_REPLAY_H
#define WEFT_CATALOG_LOG_REPLAY_H

#include "store.h"

/*
 * log_replay -- every event of `from` behind the last one of `to`, as it is: number, moment, hash.
 * `to` is a writer's session on an empty log, which the caller commits.  Fails: ERR_CORRUPT when an
 * event is missing.
 */
enum err_code log_replay(struct session *from, struct session *to,
			 bool (*progress)(void *user, uint64_t done, uint64_t of), void *user,
			 struct err *e);

#endif
