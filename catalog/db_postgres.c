/*
 * db_postgres.c -- the driver behind db.h for PostgreSQL 14 and later: transactions,
 * statements and their rows.
 *
 * Within a transaction db_run() only sends, and gathers what is inserted by the same text; whoever
 * needs an answer waits for all that were sent before.  So a commit of many publishes, which are
 * many statements each, is a few statements and round trips.  A reader's BEGIN goes
 * with its first query, and nobody waits for its COMMIT.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db_driver.h"
#include "postgres_connect.h"
#include "postgres_pipeline.h"
#include "postgres_rows.h"
#include "postgres_schema.h"

enum {
	SCAN_BYTES = 4 << 20, /* of a page of a scan, about */
	SCAN_MOST_ROWS = 2000,
	SCAN_FIRST_ROWS = 64,
};

struct postgres_db {
	struct db db;
	enum db_mode mode;
	struct pipeline pipeline;
	struct postgres_statements statements;
	struct postgres_rows rows; /* of the writer's transaction: not sent yet */
	bool in_transaction;
	bool has_schema; /* there is a table that says which */
	unsigned scans;  /* to name their cursors */
};

/* The rows of one query, or of a page of a scan. */
struct rows {
	PGresult *result; /* owned */
	int row;
	unsigned cursor; /* 0: no scan */
	int page;        /* rows asked for */
};

static struct postgres_db *
ours(const struct db *db)
{
	return (struct postgres_db *)db;
}

/* --- sending and waiting --- */

static enum err_code
send_rows(struct postgres_db *o, struct err *e)
{
	return postgres_rows_send(&o->rows, &o->statements, &o->pipeline, e);
}

/* The few that are written at run time would take the places of those that come again. */
static enum err_code
send_once(struct postgres_db *o, enum step_kind kind, const char *sql, struct db_args args,
	  struct err *e)
{
	struct postgres_args a;
	CHECK(postgres_args_read(&a, sql, args, e));
	CHECK(send_rows(o, e));
	return pipeline_send(&o->pipeline, kind, sql, NULL, &a, e);
}

static enum err_code
send(struct postgres_db *o, enum step_kind kind, const char *sql, struct db_args args,
     struct err *e)
{
	struct postgres_args a;
	CHECK(postgres_args_read(&a, sql, args, e));
	if (kind == STEP_RUN && o->mode == DB_WRITE && o->in_transaction &&
	    postgres_rows_take(&o->rows, sql, &a))
		return postgres_rows_are_many(&o->rows) ? send_rows(o, e)
							: pipeline_failure(&o->pipeline, e);
	CHECK(send_rows(o, e));
	return pipeline_send(&o->pipeline, kind, sql,
			     postgres_statement_get(&o->statements, sql, &a), &a, e);
}

/* Outside of a transaction a failure is over with its statement. */
static enum err_code
await_all(struct postgres_db *o, struct err *e)
{
	if (o->pipeline.unsynced > 0)
		pipeline_sync(&o->pipeline);
	enum err_code code = pipeline_await(&o->pipeline, o->pipeline.sent, e);
	if (!o->in_transaction)
		pipeline_forgive(&o->pipeline);
	return code;
}

static enum err_code
await_rows(struct postgres_db *o, struct err *e)
{
	uint64_t number = o->pipeline.sent;
	pipeline_sync(&o->pipeline);
	if (!o->in_transaction)
		return await_all(o, e);
	return pipeline_await(&o->pipeline, number, e);
}

/* --- statements --- */

static enum err_code
postgres_run(struct db *db, const char *sql, struct db_args args, struct err *e)
{
	struct postgres_db *o = ours(db);
	CHECK(send(o, STEP_RUN, sql, args, e));
	return o->in_transaction ? ERR_OK : await_all(o, e);
}

static enum err_code
postgres_script(struct db *db, const char *sql, struct err *e)
{
	struct postgres_db *o = ours(db);
	CHECK(send_rows(o, e));
	enum err_code code = pipeline_script(&o->pipeline, sql, e);
	if (!o->in_transaction)
		pipeline_forgive(&o->pipeline);
	return code;
}

static int64_t
postgres_changed(struct db *db)
{
	struct err ignored;
	struct postgres_db *o = ours(db);
	if (!o->in_transaction)
		return o->pipeline.changed;
	return await_all(o, &ignored) == ERR_OK ? o->pipeline.changed : 0;
}

/* --- transactions --- */

static enum err_code
postgres_begin(struct db *db, struct err *e)
{
	static const char *const texts[] = {
	    [DB_READ] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
	    [DB_WRITE] = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
	};
	struct postgres_db *o = ours(db);
	assert(!o->in_transaction);
	pipeline_glance(&o->pipeline);
	CHECK(send(o, STEP_RUN, texts[o->mode], DB_NO_ARGS, e));
	o->in_transaction = true;
	return ERR_OK;
}

static void
postgres_roll_back(struct db *db)
{
	struct err ignored;
	struct postgres_db *o = ours(db);
	struct pipeline *p = &o->pipeline;
	if (!o->in_transaction)
		return;
	postgres_rows_forget(&o->rows);
	pipeline_sync(p); /* after an error the server skips all that stands before one */
	pipeline_await(p, p->sent, &ignored);
	pipeline_forgive(p);
	o->in_transaction = false;
	p->patience = SECONDS(PIPELINE_PATIENCE);
	if (send(o, STEP_RUN, "ROLLBACK", DB_NO_ARGS, &ignored) == ERR_OK)
		await_all(o, &ignored);
}

/* Nothing is lost with a reader's: who uses the connection next hears of a failure. */
static enum err_code
end_snapshot(struct postgres_db *o, struct err *e)
{
	CHECK(send(o, STEP_RUN, "COMMIT", DB_NO_ARGS, e));
	pipeline_sync(&o->pipeline);
	o->in_transaction = false;
	return pipeline_failure(&o->pipeline, e);
}

static enum err_code
postgres_commit(struct db *db, struct err *e)
{
	struct postgres_db *o = ours(db);
	if (o->mode == DB_READ)
		return end_snapshot(o, e);
	struct pipeline *p = &o->pipeline;
	CHECK(send(o, STEP_COMMIT, "COMMIT", DB_NO_ARGS, e));
	uint64_t number = p->sent;
	pipeline_sync(p);
	enum err_code code = pipeline_await(p, number, e);
	if (p->commit != COMMIT_DONE)
		return code ? code : ERR(e, INTERNAL, "database: no answer to a COMMIT");
	o->in_transaction = false;
	p->patience = SECONDS(PIPELINE_PATIENCE);
	return ERR_OK; /* even if the connection broke behind it */
}

static enum err_code
postgres_take_time(struct db *db, struct err *e)
{
	ours(db)->pipeline.patience = SECONDS(PIPELINE_LONG_PATIENCE);
	return postgres_run(db,
			    "SELECT set_config('statement_timeout', '0', true),"
			    " set_config('lock_timeout', '0', true),"
			    " set_config('idle_in_transaction_session_timeout', '0', true)",
			    DB_NO_ARGS, e);
}

/* --- queries --- */

static void
give_rows(struct postgres_db *o, struct query *q, unsigned cursor, int page)
{
	struct rows *rows = memory_alloc(sizeof *rows);
	*rows =
	    (struct rows){.result = o->pipeline.rows, .row = -1, .cursor = cursor, .page = page};
	o->pipeline.rows = NULL;
	*q = (struct query){.db = &o->db, .statement = rows};
}

static enum err_code
postgres_query(struct db *db, const char *sql, struct db_args args, struct query *q, struct err *e)
{
	struct postgres_db *o = ours(db);
	CHECK(send(o, STEP_QUERY, sql, args, e));
	CHECK(await_rows(o, e));
	give_rows(o, q, 0, 0);
	return ERR_OK;
}

static enum err_code
fetch(struct postgres_db *o, unsigned cursor, int page, struct err *e)
{
	char sql[60];
	snprintf(sql, sizeof sql, "FETCH %d FROM scan_%u", page, cursor);
	CHECK(send_once(o, STEP_QUERY, sql, DB_NO_ARGS, e));
	return await_rows(o, e);
}

/* A cursor, so that other queries can run between its pages. */
static enum err_code
postgres_scan(struct db *db, const char *sql, struct db_args args, struct query *q, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct postgres_db *o = ours(db);
	unsigned cursor = ++o->scans;
	assert(o->in_transaction);
	const char *declare =
	    arena_printf(&arena, "DECLARE scan_%u NO SCROLL CURSOR FOR %s", cursor, sql);
	CHECK(send_once(o, STEP_RUN, declare, args, e));
	CHECK(fetch(o, cursor, SCAN_FIRST_ROWS, e));
	give_rows(o, q, cursor, SCAN_FIRST_ROWS);
	return ERR_OK;
}

/* As many rows as SCAN_BYTES are likely to hold, judging by the last page. */
static int
next_page(const struct rows *rows)
{
	size_t bytes = PQresultMemorySize(rows->result) / (size_t)rows->page + 1;
	size_t count = SCAN_BYTES / bytes;
	return count < 1 ? 1 : count > SCAN_MOST_ROWS ? SCAN_MOST_ROWS : (int)count;
}

/* The page before it goes first: two would be in memory. */
static bool
turn_page(struct query *q)
{
	struct postgres_db *o = ours(q->db);
	struct rows *rows = q->statement;
	struct err e;
	if (rows->cursor == 0 || PQntuples(rows->result) < rows->page)
		return false;
	rows->page = next_page(rows);
	PQclear(rows->result);
	rows->result = NULL;
	q->failed = fetch(o, rows->cursor, rows->page, &e);
	if (q->failed != ERR_OK)
		return false;
	rows->result = o->pipeline.rows;
	o->pipeline.rows = NULL;
	rows->row = 0;
	return PQntuples(rows->result) > 0;
}

static bool
postgres_next(struct query *q)
{
	struct rows *rows = q->statement;
	if (++rows->row < PQntuples(rows->result) || turn_page(q))
		return true;
	q->done = true;
	return false;
}

static enum err_code
postgres_failed(struct query *q, struct err *e)
{
	return pipeline_failure(&ours(q->db)->pipeline, e);
}

static void
postgres_end(struct query *q)
{
	struct postgres_db *o = ours(q->db);
	struct rows *rows = q->statement;
	struct err ignored;
	char sql[40];
	snprintf(sql, sizeof sql, "CLOSE scan_%u", rows->cursor);
	if (rows->cursor > 0 && o->in_transaction)
		send_once(o, STEP_RUN, sql, DB_NO_ARGS, &ignored);
	PQclear(rows->result);
	free(rows);
}

static int
postgres_column_count(const struct query *q)
{
	return PQnfields(((struct rows *)q->statement)->result);
}

static struct db_value
postgres_column(const struct query *q, int column)
{
	const struct rows *rows = q->statement;
	return postgres_value_of(rows->result, rows->row, column);
}

/* --- what others commit --- */

static enum err_code
postgres_listen(struct db *db, struct err *e)
{
	ours(db)->pipeline.patience = SECONDS(PIPELINE_SHORT_PATIENCE);
	return postgres_run(db, "LISTEN weft_log", DB_NO_ARGS, e);
}

static bool
postgres_await_notice(struct db *db, const char *self, int wake, int milliseconds)
{
	return pipeline_await_notice(&ours(db)->pipeline, self, wake, milliseconds);
}

/* --- opening --- */

static enum err_code
postgres_schema(struct db *db, int64_t *ret_number, struct err *e)
{
	*ret_number = 0;
	return ours(db)->has_schema ? postgres_schema_number(db, ours(db)->mode, ret_number, e)
				    : ERR_OK;
}

static void
postgres_close(struct db *db)
{
	postgres_rows_done(&ours(db)->rows);
	postgres_statements_done(&ours(db)->statements);
	pipeline_close(&ours(db)->pipeline);
	free(db);
}

static enum err_code
set_up(struct postgres_db *o, struct err *e)
{
	if (o->mode == DB_READ)
		CHECK(send_once(o, STEP_RUN, "SET default_transaction_read_only = on", DB_NO_ARGS,
				e));
	return postgres_schema_find(&o->db, o->mode, &o->has_schema, e);
}

static enum err_code
postgres_open(const char *url, enum db_mode mode, struct db **ret_db, struct err *e)
{
	PGconn *conn = NULL;
	CHECK(postgres_connect(url, mode, &conn, e));
	struct postgres_db *o = memory_alloc(sizeof *o);
	o->db.driver = &postgres_driver;
	o->mode = mode;
	enum err_code code = pipeline_open(&o->pipeline, conn, mode, e);
	if (code == ERR_OK)
		code = set_up(o, e);
	if (code != ERR_OK) {
		postgres_close(&o->db);
		return code;
	}
	*ret_db = &o->db;
	return ERR_OK;
}

static bool
postgres_is_lost(const struct db *db, struct err *ret_why)
{
	const struct pipeline *p = &ours(db)->pipeline;
	if (!p->conn && ret_why)
		*ret_why = p->failure;
	return !p->conn;
}

static bool
postgres_commit_unknown(const struct db *db)
{
	return ours(db)->pipeline.commit == COMMIT_ASKED_FOR;
}

const struct db_driver postgres_driver = {
    .dialect = DIALECT_POSTGRES,
    .open = postgres_open,
    .close = postgres_close,
    .schema = postgres_schema,
    .set_schema = postgres_schema_set,
    .begin = postgres_begin,
    .commit = postgres_commit,
    .roll_back = postgres_roll_back,
    .take_time = postgres_take_time,
    .run = postgres_run,
    .script = postgres_script,
    .changed = postgres_changed,
    .query = postgres_query,
    .scan = postgres_scan,
    .next = postgres_next,
    .failed = postgres_failed,
    .end = postgres_end,
    .column_count = postgres_column_count,
    .column = postgres_column,
    .is_lost = postgres_is_lost,
    .listen = postgres_listen,
    .await_notice = postgres_await_notice,
    .commit_unknown = postgres_commit_unknown,
};
