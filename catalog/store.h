/*
 * store.h -- the catalog's data folder: who may write, who reads what.
 *
 * A folder holds
 *
 *     weft.db       the database: the log, its tree, and the projections
 *     weft.lock     held by the one process that serves the folder
 *     log.key       the secret key that signs checkpoints (mode 0600)
 *     log.verifier  its public counterpart, as text (checkpoint.h); give it to auditors
 *
 * All access goes through a session.  A reader has a snapshot and waits for nobody; there is one
 * writer at a time, and what it commits is on disk before session_commit() returns.  A session
 * belongs to one thread.  Commands do not take the writer's session themselves: they queue what
 * they write (pending.h), and share a commit.
 *
 *     CLEANUP(session_end) struct session *s = NULL;
 *     if (store_read(store, &s, e) != ERR_OK) return e->code;
 *     ...
 */
#ifndef WEFT_CATALOG_STORE_H
#define WEFT_CATALOG_STORE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/metrics.h"
#include "proof/checkpoint.h"

struct store;
struct session;

enum store_mode {
	STORE_SERVE,   /* take the lock, create or migrate what is missing */
	STORE_VERIFY,  /* read only, beside a running server; no lock, nothing created */
	STORE_SCRATCH, /* a copy to try something on: written, but without a key nothing is signed
			*/
};

struct store_options {
	const char *folder;
	const char *database; /* NULL: weft.db in the folder; or a URL of PostgreSQL */
	const char *origin;   /* the log's name when it is created; later the stored one counts */
	enum store_mode mode;
	struct clock clock;
	/* connections kept for readers; further ones are opened and closed as needed */
	int readers;
	struct metrics *metrics; /* or NULL; borrowed */
	int queue; /* how many changes may wait for their commit; 0: as many as are sensible */
};

/*
 * store_make_key -- the key pair of a log that is still to begin, in a folder that has none: for
 * who must have it before the first start, on all nodes.  Fails: ERR_CONFLICT (there is one).
 */
enum err_code store_make_key(const char *folder, const char *origin, struct err *e);

/*
 * store_open -- Fails with a message for people: the folder is locked by another process (BUSY),
 * of a newer version of Weft (REFUSED), damaged or no database (CORRUPT), not writable (IO), its
 * log shorter than its last checkpoint (CORRUPT).
 */
enum err_code store_open(const struct store_options *options, struct store **ret_store,
			 struct err *e);
void store_close(struct store *store);

const char *store_origin(const struct store *store);
const char *store_folder(const struct store *store);
const struct verifier_key *store_verifier(const struct store *store);

/*
 * store_now -- the time that events get and jobs are due by: never before the last event's.
 * store_clock is the machine's, for what others agreed upon, such as the end of a token.
 */
moment store_now(const struct store *store);
struct clock store_clock(const struct store *store);

struct metrics *store_metrics(const struct store *store); /* or NULL */

/* store_followed -- the last event that this process knows to be committed, by whichever node. */
uint64_t store_followed(struct store *store);

/* store_commits -- a number that grows with each commit. */
uint64_t store_commits(struct store *store);

/*
 * store_wait -- waits until store_commits() is not `seen`, or until the deadline (of
 * clock_monotonic), and gives it; store_wake ends every wait early, without a commit, so that
 * threads can be stopped.
 */
uint64_t store_wait(struct store *store, uint64_t seen, moment deadline);
void store_wake(struct store *store);

enum err_code store_read(struct store *store, struct session **ret_session, struct err *e);
enum err_code store_write(struct store *store, struct session **ret_session, struct err *e);

/*
 * session_commit -- durable when it returns ERR_OK; on any failure nothing of the session has
 * happened.
 */
enum err_code session_commit(struct session *s, struct err *e);

/*
 * session_end -- in every case, also after a commit; what was not committed is rolled back.
 * Idempotent; for CLEANUP.
 */
void session_end(struct session **s);

/* The writer's moment: the same for everything that one session does. */
moment session_now(const struct session *s);

/*
 * session_basis -- the session sees at least the events up to this one.  session_is_touched -- has
 * an event about `key`, a subject ("retail.accounts") or a kind ("policy.defined"), come after
 * `since`?  A writer's no is certain; a yes may be wrong and means to look again.  So a decision
 * that was made on a reader's snapshot is known to hold without reading anything twice.
 */
uint64_t session_basis(const struct session *s);
bool session_writes(const struct session *s);
bool session_is_touched(const struct session *s, const char *key, uint64_t since);

/*
 * store_is_touched -- the same without a session, for what is kept of one: its basis is `since`.
 * Yes as well while the database is lost, when nobody knows.  Of other nodes' events it knows those
 * that this process has heard of.
 */
bool store_is_touched(struct store *store, const char *key, uint64_t since);

#endif
