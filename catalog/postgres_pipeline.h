/*
 * postgres_pipeline.h -- statements on their way to PostgreSQL, and the answers that are owed.
 * Private to the PostgreSQL driver.
 *
 *     sent:     BEGIN  INSERT  INSERT  INSERT  sync  SELECT  sync        (one round trip)
 *     steps:    [prepare][run][run]...               what comes back, in the same order
 *
 * Who sends a message notes the step that will answer it.  Nobody waits but pipeline_await(), which
 * sends and receives at once: neither side can be stuck with a full buffer.  After an error the
 * server skips all up to the next sync point, and within a transaction refuses everything until it
 * is rolled back; the first error is kept until then.
 *
 * A server that says nothing for `patience` is given up: the connection is lost, and with it what
 * was not committed.
 */
#ifndef WEFT_CATALOG_POSTGRES_PIPELINE_H
#define WEFT_CATALOG_POSTGRES_PIPELINE_H

#include <libpq-fe.h>

#include "base/clock.h"

#include "postgres_statements.h"

/* Of the last COMMIT: asked for means that nobody knows, once the connection is lost. */
enum commit_state { COMMIT_NONE, COMMIT_ASKED_FOR, COMMIT_DONE, COMMIT_REFUSED };

enum step_kind { STEP_PREPARE, STEP_RUN, STEP_QUERY, STEP_COMMIT, STEP_SYNC };

struct step {
	enum step_kind kind;
	uint64_t number;
	struct postgres_statement *statement; /* of a STEP_PREPARE; not owned */
};

struct pipeline {
	PGconn *conn; /* owned; NULL once it is lost */
	enum db_mode mode;
	moment patience;

	struct step *steps; /* owned: first .. first + count wait for their answers */
	size_t first, count, room;
	uint64_t sent;   /* the number of the last step */
	size_t unsynced; /* bytes behind the last sync point */

	struct err failure; /* the first; its code is ERR_OK while there is none */
	enum commit_state commit;

	PGresult *rows;  /* of the last STEP_QUERY; owned */
	int64_t changed; /* rows of the last STEP_RUN */
};

enum { /* seconds */
       PIPELINE_SHORT_PATIENCE = 3,
       PIPELINE_PATIENCE = 10,
       PIPELINE_LONG_PATIENCE = 3600
};

/* pipeline_open -- takes the connection, also when it fails. */
enum err_code pipeline_open(struct pipeline *p, PGconn *conn, enum db_mode mode, struct err *e);
void pipeline_close(struct pipeline *p);

/*
 * pipeline_send -- queue a statement; its answer is the step p->sent.  `statement` is NULL for one
 * that is not kept.  pipeline_sync -- a sync point behind it, and off with all of it.
 */
enum err_code pipeline_send(struct pipeline *p, enum step_kind kind, const char *sql,
			    struct postgres_statement *statement, const struct postgres_args *args,
			    struct err *e);
void pipeline_sync(struct pipeline *p);

/*
 * pipeline_await -- until the step has been answered, and all before it.  Fails with the first
 * failure since pipeline_forgive(), whenever that was.
 */
enum err_code pipeline_await(struct pipeline *p, uint64_t number, struct err *e);
enum err_code pipeline_failure(const struct pipeline *p, struct err *e);

/* pipeline_glance -- take what has arrived without waiting: notices a connection that is gone. */
void pipeline_glance(struct pipeline *p);

/*
 * pipeline_await_notice -- true for one that another session sent with something else than `self`;
 * false in time, on a loss, or when there is something to read from `wake`.
 */
bool pipeline_await_notice(struct pipeline *p, const char *self, int wake, int milliseconds);

/* pipeline_forgive -- the transaction was rolled back: what failed in it is over.  A lost
 * connection stays lost. */
void pipeline_forgive(struct pipeline *p);

/* pipeline_script -- several statements as one message, outside of the pipeline. */
enum err_code pipeline_script(struct pipeline *p, const char *sql, struct err *e);

#endif
