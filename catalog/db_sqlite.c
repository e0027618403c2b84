/*
 * db_sqlite.c -- the driver behind db.h for SQLite 3.40: connections, statements, and what its
 * errors mean.
 *
 * WAL journal with synchronous=FULL: a commit returns when its bytes are on disk, and readers wait
 * for nobody.  Nothing is moved from the journal into the database within a commit: that is the
 * settler's work (settler.c).
 */
#include "db_sqlite.h"

#include <sys/stat.h>

#include <assert.h>
#include <errno.h>
#include <libgen.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"

#include "db_driver.h"
#include "search_rank.h"
#include "statements.h"

enum {
	MOST_PATH = 4096,
	PATIENCE_MS = 5000, /* how long a locked database is waited for */
};

struct sqlite_db {
	struct db db;
	sqlite3 *handle;
	enum db_mode mode;
	struct statements statements;
	uint32_t waiting; /* pages in the journal after the last commit */
};

static struct sqlite_db *
ours(const struct db *db)
{
	return (struct sqlite_db *)db;
}

/* --- errors --- */

static enum err_code
code_of(sqlite3 *handle, int result)
{
	switch (result & 0xff) {
	case SQLITE_FULL:
		return ERR_NO_SPACE;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ERR_BUSY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return ERR_CORRUPT;
	case SQLITE_IOERR: {
		int number = sqlite3_system_errno(handle);
		return number == ENOSPC || number == EDQUOT ? ERR_NO_SPACE : ERR_IO;
	}
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return ERR_IO;
	case SQLITE_TOOBIG:
		return ERR_TOO_LARGE;
	default:
		return ERR_INTERNAL;
	}
}

enum err_code
sqlite_fail(sqlite3 *handle, struct err *e)
{
	enum err_code code = code_of(handle, sqlite3_extended_errcode(handle));
	err_set(e, code, "database: %s", sqlite3_errmsg(handle));
	return code;
}

/* --- connections --- */

static int
note_commit(void *user, sqlite3 *handle, const char *schema, int pages)
{
	(void)handle, (void)schema;
	((struct sqlite_db *)user)->waiting = (uint32_t)pages;
	return SQLITE_OK;
}

static enum err_code
one_number(struct db *db, const char *sql, int64_t *ret_number, struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(db, sql, DB_NO_ARGS, &q, e));
	if (!db_next(&q))
		return query_failed(&q, e) ? e->code
					   : ERR(e, INTERNAL, "database: '%s' gave nothing", sql);
	*ret_number = db_column_int(&q, 0);
	return ERR_OK;
}

/* Before anything is written: another program's database must stay as it is. */
static enum err_code
check_ours(struct db *db, struct err *e)
{
	int64_t id = 0, objects = 0;
	CHECK(one_number(db, "PRAGMA application_id", &id, e));
	CHECK(one_number(db, "SELECT count(*) FROM sqlite_schema", &objects, e));
	if (id != WEFT_APPLICATION_ID && (id != 0 || objects != 0))
		return ERR(e, CORRUPT, "a database, but of another program");
	return ERR_OK;
}

/*
 * SQLite takes the last page of a file for whole when a part of it is there.  While the journal is
 * empty, all pages are in the file.
 */
static enum err_code
check_whole(struct db *db, const char *path, struct err *e)
{
	struct stat file, journal;
	char journal_path[MOST_PATH];
	int64_t page_size = 0;
	snprintf(journal_path, sizeof journal_path, "%s-wal", path);
	if (stat(path, &file) != 0 || (stat(journal_path, &journal) == 0 && journal.st_size > 0))
		return ERR_OK;
	CHECK(one_number(db, "PRAGMA page_size", &page_size, e));
	if (page_size <= 0 || file.st_size % page_size != 0)
		return ERR(e, CORRUPT, "the database was cut: its last page is not whole");
	return ERR_OK;
}

/*
 * Pages of a damaged file are checked before they are believed (cell_size_check); no code hides
 * in a schema.
 */
static const char common_settings[] = "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
				      "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4096;";

static const char writer_settings[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
				      "PRAGMA secure_delete = FAST;";

static enum err_code
set_up(struct db *db, const char *path, enum db_mode mode, struct err *e)
{
	sqlite3 *handle = ours(db)->handle;
	sqlite3_extended_result_codes(handle, 1);
	sqlite3_busy_timeout(handle, PATIENCE_MS);
	sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	CHECK(db_script(db, common_settings, e));
	CHECK(check_ours(db, e));
	CHECK(check_whole(db, path, e));
	if (mode == DB_READ)
		return ERR_OK;
	CHECK(db_script(db, writer_settings, e));
	sqlite3_wal_hook(handle, note_commit, ours(db)); /* in the place of automatic checkpoints */
	return ERR_OK;
}

/* A copy that an auditor cannot write to, without a journal: nobody serves it. */
static bool
is_frozen(const char *path)
{
	char journal_path[MOST_PATH], folder[MOST_PATH];
	snprintf(journal_path, sizeof journal_path, "%s-wal", path);
	snprintf(folder, sizeof folder, "%s", path);
	return access(journal_path, F_OK) != 0 && access(dirname(folder), W_OK) != 0;
}

/* Without a journal SQLite makes an empty one even to read, unless it is told that nothing will
 * change. */
int
sqlite_open_frozen(const char *path, sqlite3 **ret_handle)
{
	const int flags =
	    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
	CLEANUP(buf_done) struct buf uri = {0};
	buf_text(&uri, "file:");
	for (; *path; path++)
		buf_printf(&uri, strchr("%?#", *path) ? "%%%02X" : "%c", (unsigned)*path);
	buf_text(&uri, "?immutable=1");
	return sqlite3_open_v2(uri.data, ret_handle, flags, NULL);
}

int
sqlite_open(const char *path, enum db_mode mode, sqlite3 **ret_handle)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	if (mode == DB_WRITE)
		return sqlite3_open_v2(path, ret_handle,
				       flags | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
	return is_frozen(path)
		   ? sqlite_open_frozen(path, ret_handle)
		   : sqlite3_open_v2(path, ret_handle, flags | SQLITE_OPEN_READONLY, NULL);
}

static void
sqlite_close_db(struct db *db)
{
	statements_done(&ours(db)->statements);
	int result = sqlite3_close(ours(db)->handle);
	assert(result == SQLITE_OK);
	(void)result;
	free(db);
}

/* Nobody asks how much memory SQLite takes, and counting it takes one lock of all connections. */
static void
configure_once(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static enum err_code
sqlite_open_db(const char *path, enum db_mode mode, struct db **ret_db, struct err *e)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, configure_once);
	struct sqlite_db *s = memory_alloc(sizeof *s);
	s->db.driver = &sqlite_driver;
	s->mode = mode;
	enum err_code code = ERR_OK;
	if (sqlite_open(path, mode, &s->handle) != SQLITE_OK)
		code = sqlite_fail(s->handle, e);
	if (code == ERR_OK && search_rank_register(s->handle) != SQLITE_OK)
		code = ERR(e, INTERNAL, "this SQLite has no full text search (FTS5)");
	if (code == ERR_OK)
		code = set_up(&s->db, path, mode, e);
	if (code != ERR_OK) {
		sqlite_close_db(&s->db);
		return code;
	}
	*ret_db = &s->db;
	return ERR_OK;
}

static enum err_code
sqlite_schema(struct db *db, int64_t *ret_number, struct err *e)
{
	return one_number(db, "PRAGMA user_version", ret_number, e);
}

static enum err_code
sqlite_set_schema(struct db *db, int64_t number, struct err *e)
{
	char sql[100];
	sqlite3_snprintf(sizeof sql, sql, "PRAGMA application_id = %d; PRAGMA user_version = %lld",
			 WEFT_APPLICATION_ID, (long long)number);
	return db_script(db, sql, e);
}

static uint32_t
sqlite_waiting(const struct db *db)
{
	return ours(db)->waiting;
}

static enum err_code
sqlite_settle(struct db *db, uint32_t *ret_waiting, struct err *e)
{
	int pages = 0, moved = 0;
	sqlite3 *handle = ours(db)->handle;
	int result =
	    sqlite3_wal_checkpoint_v2(handle, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, &moved);
	if (result != SQLITE_OK && (result & 0xff) != SQLITE_BUSY)
		return sqlite_fail(handle, e);
	*ret_waiting = (uint32_t)(pages > 0 ? pages : 0);
	return ERR_OK;
}

/* --- statements --- */

static int
bind_value(sqlite3_stmt *prepared, int place, const struct db_value *v,
	   sqlite3_destructor_type lives)
{
	switch (v->kind) {
	case DB_INT:
		return sqlite3_bind_int64(prepared, place, v->integer);
	case DB_REAL:
		return sqlite3_bind_double(prepared, place, v->real);
	case DB_TEXT:
		return sqlite3_bind_text64(prepared, place, v->bytes, v->length, lives,
					   SQLITE_UTF8);
	case DB_BLOB:
		return sqlite3_bind_blob64(prepared, place, v->bytes, v->length, lives);
	case DB_NULL:
		break;
	}
	return sqlite3_bind_null(prepared, place);
}

/* Bound and ready to step; NULL when that failed, and the connection knows why. */
static struct statement *
start(struct db *db, const char *sql, struct db_args args, sqlite3_destructor_type lives)
{
	struct sqlite_db *o = ours(db);
	struct statement *s = statement_get(&o->statements, o->handle, sql);
	assert(args.count <= STATEMENT_MOST_ARGS);
	for (size_t i = 0; s && i < args.count; i++) {
		if (s->places[i] == 0 ||
		    bind_value(s->prepared, s->places[i], &args.values[i], lives) == SQLITE_OK)
			continue;
		statement_release(s);
		s = NULL;
	}
	return s;
}

static enum err_code
sqlite_run(struct db *db, const char *sql, struct db_args args, struct err *e)
{
	struct statement *s = start(db, sql, args, SQLITE_STATIC);
	if (!s)
		return sqlite_fail(ours(db)->handle, e);
	int result = sqlite3_step(s->prepared);
	enum err_code code = result == SQLITE_DONE || result == SQLITE_ROW
				 ? ERR_OK
				 : sqlite_fail(ours(db)->handle, e);
	statement_release(s);
	return code;
}

static enum err_code
sqlite_script(struct db *db, const char *sql, struct err *e)
{
	if (sqlite3_exec(ours(db)->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
		return sqlite_fail(ours(db)->handle, e);
	return ERR_OK;
}

static int64_t
sqlite_changed(struct db *db)
{
	return sqlite3_changes64(ours(db)->handle);
}

/* --- transactions --- */

static enum err_code
sqlite_begin(struct db *db, struct err *e)
{
	return sqlite_run(db, ours(db)->mode == DB_WRITE ? "BEGIN IMMEDIATE" : "BEGIN", DB_NO_ARGS,
			  e);
}

static enum err_code
sqlite_commit(struct db *db, struct err *e)
{
	return sqlite_run(db, "COMMIT", DB_NO_ARGS, e);
}

/* Fails when SQLite has rolled back by itself. */
static void
sqlite_roll_back(struct db *db)
{
	struct err ignored;
	sqlite_run(db, "ROLLBACK", DB_NO_ARGS, &ignored);
}

/* --- queries --- */

static enum err_code
sqlite_query(struct db *db, const char *sql, struct db_args args, struct query *q, struct err *e)
{
	struct statement *s = start(db, sql, args, SQLITE_TRANSIENT);
	if (!s)
		return sqlite_fail(ours(db)->handle, e);
	*q = (struct query){.db = db, .statement = s};
	return ERR_OK;
}

static sqlite3_stmt *
prepared_of(const struct query *q)
{
	return ((struct statement *)q->statement)->prepared;
}

static bool
sqlite_next(struct query *q)
{
	int result = sqlite3_step(prepared_of(q));
	if (result == SQLITE_ROW)
		return true;
	q->done = true;
	if (result != SQLITE_DONE)
		q->failed = code_of(ours(q->db)->handle, result);
	return false;
}

static enum err_code
sqlite_failed(struct query *q, struct err *e)
{
	return err_set(e, q->failed, "database: %s", sqlite3_errmsg(ours(q->db)->handle));
}

static void
sqlite_end(struct query *q)
{
	statement_release(q->statement);
}

static int
sqlite_column_count_of(const struct query *q)
{
	return sqlite3_column_count(prepared_of(q));
}

/* The bytes first, then their length: the one may change the other. */
static struct db_value
sqlite_column(const struct query *q, int column)
{
	sqlite3_stmt *prepared = prepared_of(q);
	struct db_value v = {.kind = DB_NULL};
	switch (sqlite3_column_type(prepared, column)) {
	case SQLITE_INTEGER:
		return db_int(sqlite3_column_int64(prepared, column));
	case SQLITE_FLOAT:
		v.kind = DB_REAL;
		v.real = sqlite3_column_double(prepared, column);
		return v;
	case SQLITE_TEXT:
		v.kind = DB_TEXT;
		v.bytes = sqlite3_column_text(prepared, column);
		break;
	case SQLITE_BLOB:
		v.kind = DB_BLOB;
		v.bytes = sqlite3_column_blob(prepared, column);
		break;
	default:
		return v;
	}
	v.length = (size_t)sqlite3_column_bytes(prepared, column);
	return v;
}

/* A step gives one row: a scan is a query. */
const struct db_driver sqlite_driver = {
    .dialect = DIALECT_SQLITE,
    .open = sqlite_open_db,
    .close = sqlite_close_db,
    .schema = sqlite_schema,
    .set_schema = sqlite_set_schema,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .roll_back = sqlite_roll_back,
    .run = sqlite_run,
    .script = sqlite_script,
    .changed = sqlite_changed,
    .query = sqlite_query,
    .scan = sqlite_query,
    .next = sqlite_next,
    .failed = sqlite_failed,
    .end = sqlite_end,
    .column_count = sqlite_column_count_of,
    .column = sqlite_column,
    .waiting = sqlite_waiting,
    .settle = sqlite_settle,
};
