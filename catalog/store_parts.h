/*
 * store_parts.h -- what a store and a session are made of.  Private to catalog/.
 *
 *     store.c         opens and closes the folder
 *     folder.c        lock and files
 *     migrate.c       the schema
 *     log_key.c       the key that signs checkpoints
 *     readers.c       connections for who reads
 *     session.c       readers, the writer, commit and undo
 *     log_turn.c      the writer's turn among several nodes
 *     follower.c      what other nodes commit; the database lost and found
 *     commit_queue.c  changes wait for the writer, and are committed together
 *     settler.c       the journal is kept short
 *     indexer.c       documents are taken into the search index
 *
 * Three locks, never held together but in this order: writer_gate (while a writer's session is
 * open), then one of pool_lock and commit_lock (for a few instructions).
 */
#ifndef WEFT_CATALOG_STORE_PARTS_H
#define WEFT_CATALOG_STORE_PARTS_H

#include <pthread.h>

#include "base/arena.h"
#include "base/digest.h"
#include "proof/event.h"
#include "proof/merkle.h"

#include "commit_queue.h"
#include "db.h"
#include "follower.h"
#include "indexer.h"
#include "settler.h"
#include "store.h"
#include "store_clock.h"
#include "touched.h"
#include "writer_gate.h"

/*
 * The end of the log, so that an append reads nothing.  Only good after a commit: whatever is
 * undone unloads it.
 */
struct log_head {
	bool loaded;
	struct merkle_edge edge;
	moment time; /* of the last event; 0 when there is none */
};

/* A connection that no reader uses. */
struct idle_reader {
	struct db *db;
	uint64_t number; /* 1, 2 ... as they were made */
};

struct store {
	struct arena arena; /* holds the texts below */
	const char *folder, *database, *origin;
	const char *shown;  /* the database's name, for messages */
	const char *node;   /* this process's, among all that share the database */
	const char *holder; /* the folder's, on this machine: the same after a restart */
	enum store_mode mode;
	struct store_clock clock;
	struct metrics *metrics;  /* or NULL; not owned */
	struct metric *journal;   /* or NULL */
	struct metric *available; /* the database; 0 or 1 */
	int lock;                 /* descriptor of weft.lock, or -1 */
	struct verifier_key verifier;
	struct signing_key key; /* zeros in STORE_VERIFY */

	struct writer_gate writer_gate;
	struct db *writer; /* this and the next four: of who is in the gate */
	struct log_head head;
	struct log_head before;    /* what rolling back brings back */
	int64_t turn;              /* of this node: counts its transactions */
	uint64_t heard_of;         /* `touched` knows all events up to this one */
	struct follower *follower; /* NULL: nobody else writes to the database */
	struct settler *settler;
	struct indexer *indexer;    /* NULL where nobody publishes */
	int64_t index_debt;         /* about how many; of who is in the gate */
	struct commit_queue *queue; /* NULL in STORE_VERIFY */
	struct touched touched;
	_Atomic uint64_t committed; /* the last event that every new reader sees */

	pthread_mutex_t pool_lock;
	struct idle_reader *idle; /* the oldest is last */
	size_t idle_count, idle_room;
	uint64_t readers_made;      /* the newest one's number */
	uint64_t readers_forgotten; /* this one and those before are not used again */

	pthread_mutex_t commit_lock;
	pthread_cond_t changed; /* commits or wakes grew */
	uint64_t commits, wakes;
};

struct session {
	struct store *store;
	struct db *db;         /* NULL once it has ended */
	struct log_head *head; /* NULL in a reader */
	int64_t turn;
	uint64_t reader; /* a reader's: the number of its connection */
	uint64_t basis;  /* a reader's: it sees at least the events up to this one */
	moment now;
	bool broken;        /* a change failed half-way: it must not commit */
	bool rebuilding;    /* the search index is made at the end */
	int64_t index_debt; /* how many more documents the search index is to learn of */
};

/* folder.c */
enum err_code folder_create(const char *folder, struct err *e);
enum err_code folder_lock(const char *folder, int *ret_lock, struct err *e);
void folder_unlock(int lock);
enum err_code folder_sync(const char *folder, struct err *e);
bool file_exists(const char *path);

/* folder_is_locked_by -- does the folder still hold the file that was locked? */
bool folder_is_locked_by(const char *folder, int lock);

/*
 * file_create -- a new file, whole or not at all, on disk when it returns.  Only for who holds
 * the folder's lock.
 */
enum err_code file_create(const char *folder, const char *name, const char *text, int permissions,
			  struct err *e);

/* migrate.c: bring the schema to this program's; migrate_check only looks.  Fails: ERR_REFUSED. */
enum err_code migrate(struct db *db, struct err *e);
enum err_code migrate_check(struct db *db, struct err *e);

/* log_key.c: read the key pair, or make it when the folder has no log yet. */
enum err_code log_key_load(struct store *store, const char *origin, bool log_is_new, struct err *e);
enum err_code log_verifier_load(struct store *store, struct err *e);

/* log_key_examine -- is the key in this file the verifier's other half?  Fails: ERR_CORRUPT. */
enum err_code log_key_examine(const char *path, const struct verifier_key *verifier, struct err *e);

/*
 * readers.c.  reader_open -- the oldest connection that is idle, or a new one, with its snapshot
 * begun; gives its number, too.  reader_close -- kept for the next, or closed.
 * readers_forget -- none that was made before is used again.
 */
enum err_code reader_open(struct store *store, struct db **ret_db, uint64_t *ret_number,
			  struct err *e);
void reader_close(struct store *store, struct db *db, uint64_t number);
void readers_forget(struct store *store);

/* session.c.  writer_open -- in the gate: a connection that is not lost. */
enum err_code writer_open(struct store *store, struct err *e);
void store_tell_commit(struct store *store);
bool store_note_committed(struct store *store, uint64_t seq); /* true: that is news */

/* event_log.c: read the head when it is not loaded. */
enum err_code log_head_load(struct session *s, struct err *e);

/*
 * event_append_as_it_is -- one that happened in another database, with all that it says of itself.
 * Fails: ERR_CORRUPT when it is not the next one.
 */
enum err_code event_append_as_it_is(struct session *s, const struct event *ev, struct err *e);

#endif
