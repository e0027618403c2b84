/*
 * db.h -- a connection to the database, as the catalog's own files see it.  Private to catalog/.
 *
 * One text of SQL serves every database: parameters are $1, $2, ...; values go in and out through
 * these few calls. Statements are prepared once for each connection and kept, found again by the
 * address and text of the SQL.
 *
 *     CLEANUP(query_close) struct query q = {0};
 *     static const char sql[] = "SELECT version FROM products WHERE name = $1";
 *     CHECK(db_query(db, sql, DB_ARGS(db_text(name)), &q, e));
 *     if (!db_next(&q))
 *             return query_failed(&q, e) ? e->code : ERR(e, NOT_FOUND, ...);
 *     version = db_column_text(&q, 0, arena);
 *
 * A connection belongs to one thread at a time.
 */
#ifndef WEFT_CATALOG_DB_H
#define WEFT_CATALOG_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"

struct db;

enum { WEFT_APPLICATION_ID = 0x57454654 /* "WEFT": a database says whose it is */ };

enum db_kind { DB_NULL, DB_INT, DB_REAL, DB_TEXT, DB_BLOB };

struct db_value {
	enum db_kind kind;
	enum db_kind instead_of; /* of a null: what it stands for, DB_NULL when that is not known */
	union {
		int64_t integer;
		double real;
		const void *bytes; /* borrowed until the statement has run */
	};
	size_t length;
};

struct db_args {
	const struct db_value *values;
	size_t count;
};

#define DB_NO_ARGS ((struct db_args){0})
#define DB_ARGS(...)                                                                               \
	((struct db_args){(const struct db_value[]){__VA_ARGS__},                                  \
			  sizeof((const struct db_value[]){__VA_ARGS__}) /                         \
			      sizeof(struct db_value)})

struct db_value db_null(void); /* of no kind: only where the SQL says what it is */
struct db_value db_null_of(enum db_kind kind);
struct db_value db_int(int64_t n);
struct db_value db_text(const char *text); /* NULL is null */
struct db_value db_bytes(const void *bytes, size_t length);
struct db_value db_hash(const struct digest *d); /* as 32 bytes */

struct query {
	struct db *db;
	void *statement;
	enum err_code failed; /* ERR_OK while all goes well */
	bool done;
};

/*
 * db_open -- `where` is the path of a SQLite file, or a URL of PostgreSQL.  DB_WRITE creates what
 * is missing; what it commits is on disk when the commit returns.
 *
 * Fails: ERR_CORRUPT (damaged, or no database of Weft), ERR_IO, ERR_BUSY, ERR_UNAVAILABLE (a server
 * that cannot be reached) ...
 */
enum db_mode { DB_READ, DB_WRITE };
enum err_code db_open(const char *where, enum db_mode mode, struct db **ret_db, struct err *e);
void db_close(struct db *db);

bool db_is_url(const char *where);

/* db_where_to_show -- for messages: a URL without its password. */
const char *db_where_to_show(const char *where, struct arena *arena);

/*
 * db_is_lost -- the connection is gone, and every call fails with ERR_UNAVAILABLE; fills `ret_why`
 * when it is not NULL.
 * db_commit_unknown -- it went while db_commit() waited: what was committed is there or not.
 */
bool db_is_lost(const struct db *db, struct err *ret_why);
bool db_commit_unknown(const struct db *db);

/* Which migration the schema is of: 0 is an empty database. */
enum err_code db_schema(struct db *db, int64_t *ret_number, struct err *e);
enum err_code db_set_schema(struct db *db, int64_t number, struct err *e);

/*
 * What is committed waits in a journal beside the database.  db_waiting -- its pages as of this
 * connection's last commit.  db_settle -- move what no reader needs into the database, without
 * making anyone wait; gives what is left.  Both do nothing where db_has_journal is false.
 */
bool db_has_journal(const struct db *db);
uint32_t db_waiting(const struct db *db);
enum err_code db_settle(struct db *db, uint32_t *ret_waiting, struct err *e);

/*
 * A transaction: of a DB_READ connection one snapshot for all its queries, of a DB_WRITE connection
 * the one writer's.  db_commit -- durable when it gives ERR_OK; else nothing has happened.
 * db_roll_back -- also when there is nothing to roll back.
 */
enum err_code db_begin(struct db *db, struct err *e);
enum err_code db_commit(struct db *db, struct err *e);
void db_roll_back(struct db *db);

/* db_take_time -- until the transaction ends, a statement may take an hour (rebuild, migrations).
 */
enum err_code db_take_time(struct db *db, struct err *e);

/*
 * db_run -- a statement without rows.  Within a transaction a server may answer later: then the
 * next query, db_changed() or commit fails with what this statement did wrong, and so does
 * everything after it until the transaction is rolled back.
 *
 * db_script -- several, without parameters (migrations).  db_changed -- rows of the last db_run,
 * which is no INSERT (those may go together with others); 0 when that failed.
 */
enum err_code db_run(struct db *db, const char *sql, struct db_args args, struct err *e);
enum err_code db_script(struct db *db, const char *sql, struct err *e);
int64_t db_changed(struct db *db);
uint64_t db_runs(const struct db *db); /* grows with each db_run */

/*
 * Where others write, too: db_listen -- from now on, on this connection, hear of what they commit;
 * a server that is slow to answer counts as lost sooner.  db_await_notice -- true when somebody
 * other than `self` has committed; false after so many milliseconds, when the connection broke, or
 * when there is something to read from `wake`.
 */
enum err_code db_listen(struct db *db, struct err *e);
bool db_await_notice(struct db *db, const char *self, int wake, int milliseconds);

/*
 * db_query -- start; then db_next() gives one row after another, and query_close() ends it (also
 * early).  db_scan -- the same, within a transaction, for more rows than memory should hold.
 */
enum err_code db_query(struct db *db, const char *sql, struct db_args args, struct query *q,
		       struct err *e);
enum err_code db_scan(struct db *db, const char *sql, struct db_args args, struct query *q,
		      struct err *e);
bool db_next(struct query *q); /* false: no more rows, or failed */
bool query_failed(struct query *q,
		  struct err *e); /* after db_next() gave false: fills `e` if it failed */
void query_close(struct query *q);

/* db_column_value -- as it is; a text or bytes are borrowed until the next step. */
struct db_value db_column_value(const struct query *q, int column);

int db_column_count(const struct query *q);
enum db_kind db_column_kind(const struct query *q, int column);
bool db_column_is_null(const struct query *q, int column);
int64_t db_column_int(const struct query *q, int column);
double db_column_real(const struct query *q, int column);
const char *db_column_text(const struct query *q, int column,
			   struct arena *arena); /* NULL for null */
const char *db_column_bytes(const struct query *q, int column, struct arena *arena,
			    size_t *ret_length);
struct digest db_column_hash(const struct query *q,
			     int column); /* zeros when it is not of 32 bytes */

/* The words of texts, as the full-text index has them (word_cutter.h). */
struct word_cutter *db_cutter(struct db *db);

/* Leave early with what a call reports. */
#define CHECK(call)                                                                                \
	do {                                                                                       \
		enum err_code check_code = (call);                                                 \
		if (check_code != ERR_OK)                                                          \
			return check_code;                                                         \
	} while (0)

#endif
