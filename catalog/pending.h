/*
 * pending.h -- what a command writes, and the queue in which it waits for its commit.
 *
 * Commands that are parsed, authorized and judged queue up; one thread, the committer, takes
 * whatever waits (at most CHANGES_AT_ONCE, without a timer), writes all of it in one durable
 * transaction, and tells each of them when it is on disk.  So the more
 * publishers there are, the less a commit costs each of them.
 *
 *     store_submit -> queue -> write, write, write -> commit -> done, done, done
 *
 * A change that refuses or fails harms no neighbour.
 */
#ifndef WEFT_CATALOG_PENDING_H
#define WEFT_CATALOG_PENDING_H

#include "catalog/store.h"

enum { CHANGES_AT_ONCE = 64 };

struct pending {
	/*
	 * Write what is to be written.  It may be called again, from the start, when a neighbour
	 * has undone the whole transaction: then nothing is there of what the call before wrote,
	 * and nothing may be left in memory either.
	 */
	enum err_code (*write)(struct pending *self, struct session *s, struct err *e);

	/*
	 * Called once, on the committer's thread: durable (ERR_OK), or nothing of it has happened.
	 * It must not wait for anybody, and may end the life of the change.
	 */
	void (*done)(struct pending *self, enum err_code code, const struct err *e);
	void *user; /* who asked; for `done` */

	/* The queue's. */
	struct pending *next;
	moment queued; /* clock_monotonic */
	enum err_code code;
	struct err e;
};

/*
 * store_submit -- queue it; `done` will be called.  Fails, and `done` is not called: ERR_BUSY when
 * the queue is full, ERR_REFUSED in a store that only reads.
 */
enum err_code store_submit(struct store *store, struct pending *change, struct err *e);

/*
 * What a change fails with is its own, or the transaction's: ERR_NO_SPACE, ERR_IO ...;
 * ERR_UNAVAILABLE when the database could not be reached for some seconds, and nothing has
 * happened; ERR_TIMEOUT when it went away within the commit, and nobody knows.
 */

/* store_run -- the same, and wait for the end; `done` and `user` are not the caller's to set. */
enum err_code store_run(struct store *store, struct pending *change, struct err *e);

/*
 * plain_change -- a change that needs no struct of its own: `write` with `user`.  store_change --
 * the same, and wait for the end.
 */
typedef enum err_code change_fn(void *user, struct session *s, struct err *e);
struct plain_change {
	struct pending pending; /* the first member: a pointer to one points to the other */
	change_fn *write;
	void *user;
};
void plain_change_init(struct plain_change *c, change_fn *write, void *user);
enum err_code store_change(struct store *store, change_fn *write, void *user, struct err *e);

#endif
