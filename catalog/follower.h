/*
 * follower.h -- one thread that keeps an eye on a database which other nodes write to, and which
 * may go away.  Private to catalog/.
 *
 * It is told of each commit (LISTEN), and looks once a second all the same; it moves the store's
 * `committed` and `commits` on, so that readers, caches and waiters of this node follow the others.
 * While the database is lost it tries to reach it again, so that nobody else has to wait for a
 * connection that is not to be had.
 *
 * A store that no other process writes to has none: all calls take NULL, and then nothing is lost.
 */
#ifndef WEFT_CATALOG_FOLLOWER_H
#define WEFT_CATALOG_FOLLOWER_H

#include "base/clock.h"

#include "store.h"

struct follower;

enum err_code follower_create(struct store *store, struct follower **ret_follower, struct err *e);
void follower_destroy(struct follower *f);

/*
 * follower_check -- Fails: ERR_UNAVAILABLE when the database has been lost for longer than `since`
 * (0: when it is lost).
 */
enum err_code follower_check(struct follower *f, moment since, struct err *e);

/* follower_note_loss -- a connection broke or could not be made: lost, until the thread has looked.
 */
void follower_note_loss(struct follower *f, const struct err *why);

/*
 * follower_await -- until the database is there again; false when it is not by the deadline (of
 * clock_monotonic), or has been lost for FOLLOWER_PATIENCE.
 */
bool follower_await(struct follower *f, moment deadline);

/* A database that is away for less is not missed by who reads: a new connection may do. */
#define FOLLOWER_BLINK ((moment)300000)

/* For how long a commit that met a broken connection waits and is tried again. */
#define FOLLOWER_PATIENCE SECONDS(5)

#endif
