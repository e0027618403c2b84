/*
 * database_file.c -- SQLite's backup, and its check of a whole file.
 *
 * The source is read within one transaction.  Without it SQLite would begin anew whenever somebody
 * commits, and under load never end; with it the copy is the state of one moment, and who writes
 * waits for nothing.
 */
#include "database_file.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "db_sqlite.h"
#include "search_rank.h"

enum {
	PAGES_A_STEP = 256,      /* 1 MiB */
	COPY_PATIENCE_MS = 5000, /* how long a locked database is waited for */
	MOST_FINDINGS = 100,
	SQLITE_MAGIC_SIZE = 16,
};

static void
close_handle(sqlite3 **handle)
{
	sqlite3_close(*handle);
}

static void
end_statement(sqlite3_stmt **statement)
{
	sqlite3_finalize(*statement);
}

static enum err_code
run(sqlite3 *handle, const char *sql, struct err *e)
{
	return sqlite3_exec(handle, sql, NULL, NULL, NULL) == SQLITE_OK ? ERR_OK
									: sqlite_fail(handle, e);
}

static enum err_code
one_number(sqlite3 *handle, const char *sql, int64_t *ret_number, struct err *e)
{
	CLEANUP(end_statement) sqlite3_stmt *statement = NULL;
	if (sqlite3_prepare_v2(handle, sql, -1, &statement, NULL) != SQLITE_OK ||
	    sqlite3_step(statement) != SQLITE_ROW)
		return sqlite_fail(handle, e);
	*ret_number = sqlite3_column_int64(statement, 0);
	return ERR_OK;
}

/* --- the copy --- */

/* What stands at the beginning of every file of SQLite's (fileformat2.html, section 1.3). */
struct file_header {
	unsigned char bytes[100];
};

static enum err_code
read_header(const char *path, struct file_header *ret_header, uint64_t *ret_size, struct err *e)
{
	struct stat found;
	FILE *file = fopen(path, "rbe");
	if (!file || fstat(fileno(file), &found) != 0) {
		int number = errno;
		if (file)
			fclose(file);
		return err_errno(e, number, "opening '%s'", path);
	}
	size_t length = fread(ret_header->bytes, 1, sizeof ret_header->bytes, file);
	fclose(file);
	if (length < sizeof ret_header->bytes ||
	    memcmp(ret_header->bytes, "SQLite format 3", SQLITE_MAGIC_SIZE) != 0)
		return ERR(e, CORRUPT, "'%s' is no database", path);
	*ret_size = (uint64_t)found.st_size;
	return ERR_OK;
}

/* Somebody looked into the backup with another tool, or copied a folder: then a part of it is
 * there. */
static bool
has_journal(const char *path)
{
	char journal[4096];
	struct stat found;
	snprintf(journal, sizeof journal, "%s-wal", path);
	return stat(journal, &found) == 0 && found.st_size > 0;
}

/*
 * A file of no bytes would be taken for an empty database; and of one that nobody serves, with the
 * end cut off, SQLite would make up the rest of the last page.
 */
static enum err_code
check_file(const struct copy_wish *wish, struct err *e)
{
	struct file_header header = {0};
	uint64_t size = 0;
	CHECK(read_header(wish->from, &header, &size, e));
	unsigned page_size = (unsigned)header.bytes[16] << 8 | header.bytes[17];
	if (wish->frozen && !has_journal(wish->from) &&
	    size % (page_size == 1 ? 65536
		    : page_size    ? page_size
				   : 512) !=
		0)
		return ERR(e, CORRUPT, "'%s' was cut: its last page is not whole", wish->from);
	return ERR_OK;
}

/* From here on the source stands still for us. */
static enum err_code
begin_snapshot(sqlite3 *source, uint64_t *ret_events, struct err *e)
{
	static const char count[] = "SELECT coalesce(max(seq), 0) FROM events";
	int64_t id = 0, events = 0;
	CHECK(run(source, "PRAGMA trusted_schema = OFF; BEGIN", e));
	CHECK(one_number(source, "PRAGMA application_id", &id, e));
	if (id != WEFT_APPLICATION_ID)
		return ERR(e, CORRUPT, "a database, but of another program");
	CHECK(one_number(source, count, &events, e));
	*ret_events = (uint64_t)events;
	return ERR_OK;
}

static enum err_code
open_source(const struct copy_wish *wish, sqlite3 **ret_source, uint64_t *ret_events, struct err *e)
{
	CHECK(check_file(wish, e));
	const bool frozen = wish->frozen && !has_journal(wish->from);
	int result = frozen ? sqlite_open_frozen(wish->from, ret_source)
			    : sqlite_open(wish->from, DB_READ, ret_source);
	if (result != SQLITE_OK)
		return sqlite_fail(*ret_source, e);
	sqlite3_busy_timeout(*ret_source, COPY_PATIENCE_MS);
	return begin_snapshot(*ret_source, ret_events, e);
}

/* A catalog is not for everybody's eyes. */
static enum err_code
create_target(const char *path, struct err *e)
{
	int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (descriptor < 0 && errno == EEXIST)
		return ERR(e, CONFLICT, "'%s' is already there", path);
	if (descriptor < 0)
		return err_errno(e, errno, "making '%s'", path);
	close(descriptor);
	return ERR_OK;
}

static bool
may_go_on(const struct copy_wish *wish, sqlite3_backup *backup)
{
	int of = sqlite3_backup_pagecount(backup), left = sqlite3_backup_remaining(backup);
	return !wish->progress || wish->progress(wish->user, (uint64_t)(of - left), (uint64_t)of);
}

static enum err_code
copy_pages(const struct copy_wish *wish, sqlite3 *target, sqlite3 *source, struct err *e)
{
	sqlite3_backup *backup = sqlite3_backup_init(target, "main", source, "main");
	if (!backup)
		return sqlite_fail(target, e);
	int result = SQLITE_OK;
	bool stopped = false;
	while (result == SQLITE_OK && !stopped) {
		result = sqlite3_backup_step(backup, PAGES_A_STEP);
		stopped = !may_go_on(wish, backup) && result == SQLITE_OK;
	}
	sqlite3_backup_finish(backup);
	if (stopped)
		return ERR(e, BUSY, "stopped before the copy was whole");
	return result == SQLITE_DONE ? ERR_OK : sqlite_fail(target, e);
}

/* The target's own journal would only cost: it is whole when it is synced, or it is removed. */
static enum err_code
fill_target(const struct copy_wish *wish, sqlite3 *source, struct err *e)
{
	CLEANUP(close_handle) sqlite3 *target = NULL;
	if (sqlite_open(wish->to, DB_WRITE, &target) != SQLITE_OK)
		return sqlite_fail(target, e);
	CHECK(run(target, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", e));
	return copy_pages(wish, target, source, e);
}

static enum err_code
sync_file(const char *path, uint64_t *ret_bytes, struct err *e)
{
	struct stat found;
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	bool synced = descriptor >= 0 && fsync(descriptor) == 0 && fstat(descriptor, &found) == 0;
	int number = errno;
	if (descriptor >= 0)
		close(descriptor);
	if (!synced)
		return err_errno(e, number, "writing '%s'", path);
	*ret_bytes = (uint64_t)found.st_size;
	return ERR_OK;
}

static enum err_code
copy(const struct copy_wish *wish, struct copy_report *report, struct err *e)
{
	CLEANUP(close_handle) sqlite3 *source = NULL;
	if (open_source(wish, &source, &report->events, e) != ERR_OK)
		return err_while(e, "copying '%s'", wish->from);
	CHECK(create_target(wish->to, e));
	enum err_code code = fill_target(wish, source, e);
	if (code == ERR_OK)
		code = sync_file(wish->to, &report->bytes, e);
	if (code == ERR_OK)
		return ERR_OK;
	unlink(wish->to);
	return err_while(e, "copying '%s' to '%s'", wish->from, wish->to);
}

enum err_code
database_copy(const struct copy_wish *wish, struct copy_report *ret_report, struct err *e)
{
	struct copy_report report = {0};
	CHECK(copy(wish, &report, e));
	*ret_report = report;
	return ERR_OK;
}

/* --- the examination --- */

/* One row, "ok", or one for each finding. */
static enum err_code
check_pages(sqlite3 *handle, database_complain_fn *complain, void *user, struct err *e)
{
	char sql[64];
	CLEANUP(end_statement) sqlite3_stmt *statement = NULL;
	snprintf(sql, sizeof sql, "PRAGMA integrity_check(%d)", MOST_FINDINGS);
	if (sqlite3_prepare_v2(handle, sql, -1, &statement, NULL) != SQLITE_OK)
		return sqlite_fail(handle, e);
	int result;
	while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
		const char *found = (const char *)sqlite3_column_text(statement, 0);
		if (found && strcmp(found, "ok") != 0)
			complain(user, found);
	}
	return result == SQLITE_DONE ? ERR_OK : sqlite_fail(handle, e);
}

/* FTS5 answers "damaged" when the index is not what its documents give (rank 1: all of them). */
static void
check_search(sqlite3 *handle, database_complain_fn *complain, void *user)
{
	static const char sql[] =
	    "INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)";
	if (sqlite3_exec(handle, sql, NULL, NULL, NULL) != SQLITE_OK)
		complain(user, "the full-text index is not what its documents give");
}

enum err_code
database_examine(const char *path, database_complain_fn *complain, void *user, uint64_t *ret_pages,
		 struct err *e)
{
	static const char settings[] = "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON";
	CLEANUP(close_handle) sqlite3 *handle = NULL;
	int64_t pages = 0;
	if (sqlite_open(path, DB_WRITE, &handle) != SQLITE_OK ||
	    search_rank_register(handle) != SQLITE_OK)
		return sqlite_fail(handle, e);
	CHECK(run(handle, settings, e));
	CHECK(one_number(handle, "PRAGMA page_count", &pages, e));
	CHECK(check_pages(handle, complain, user, e));
	check_search(handle, complain, user);
	*ret_pages = (uint64_t)pages;
	return ERR_OK;
}
