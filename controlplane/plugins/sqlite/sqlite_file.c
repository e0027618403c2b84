/*
 * sqlite_file.c -- see sqlite_file.h.
 */
#include "sqlite_file.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	DEADLINE_UNLESS_TOLD = 30, /* seconds */
	LOCK_PATIENCE = 5000,      /* milliseconds to wait for someone who is loading */
	STEPS_BETWEEN_LOOKS = 2000,
};

static int64_t
now_in_milliseconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- where it is ---- */

static const char *
table_of(const char *product)
{
	const char *point = strrchr(product, '.');
	return point ? point + 1 : product;
}

static bool
is_reserved(const char *table)
{
	return sqlite3_strnicmp(table, "weft_", 5) == 0 ||
	       sqlite3_strnicmp(table, "sqlite_", 7) == 0;
}

bool
database_check_names(const json_t *resource, struct weft_failure *failure)
{
	const char *product = weft_text(resource, "product", "");
	const char *name = weft_text(resource, "name", "default");
	if (!weft_is_name(product) || strchr(product, '-'))
		weft_fail(failure, false, "product: '%.100s' cannot name a file", product);
	else if (!weft_is_name(name))
		weft_fail(failure, false,
			  "name: '%.100s' cannot name a file; use letters, digits, '_' and '-'",
			  name);
	else if (!*table_of(product) || is_reserved(table_of(product)))
		weft_fail(failure, false,
			  "product: a table cannot be named '%s'; names that begin with 'weft_' "
			  "and 'sqlite_' "
			  "are reserved",
			  table_of(product));
	else
		return true;
	return false;
}

static bool
find_path(const json_t *resource, const json_t *settings, struct database *d,
	  struct weft_failure *failure)
{
	char root[PATH_MAX];
	const char *given = weft_text(settings, "root", "");
	const char *product = weft_text(resource, "product", "");
	const char *name = weft_text(resource, "name", "default");
	if (!database_check_names(resource, failure))
		return false;
	if (given[0] != '/' || !realpath(given, root)) {
		weft_fail(failure, given[0] == '/', "opening the root '%.300s': %s", given,
			  given[0] == '/' ? strerror(errno) : "expected an absolute path");
		return false;
	}
	bool plain = strcmp(name, "default") == 0;
	int n = snprintf(d->path, sizeof(d->path), "%s/%s%s%s.db", root, product, plain ? "" : "-",
			 plain ? "" : name);
	d->table = table_of(product);
	if (n > 0 && (size_t)n < sizeof(d->path))
		return true;
	weft_fail(failure, false, "the path of the file is too long");
	return false;
}

/* ---- opening and closing ---- */

static int
is_late(void *user)
{
	const struct database *d = user;
	return now_in_milliseconds() > d->deadline;
}

static bool
open_file(struct database *d, int flags, const json_t *settings, struct weft_failure *failure)
{
	json_int_t seconds = weft_number(settings, "deadline_seconds", DEADLINE_UNLESS_TOLD);
	d->deadline = now_in_milliseconds() + seconds * 800; /* a fifth is left for ending well */
	flags |= SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
	if (sqlite3_open_v2(d->path, &d->db, flags, NULL) != SQLITE_OK)
		return database_fail(d, failure, "opening");
	sqlite3_extended_result_codes(d->db, 1);
	sqlite3_busy_timeout(d->db,
			     seconds * 400 < LOCK_PATIENCE ? (int)(seconds * 400) : LOCK_PATIENCE);
	sqlite3_db_config(d->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(d->db, SQLITE_DBCONFIG_DQS_DML, 0,
			  NULL); /* "x" is a column or an error, never a text */
	sqlite3_progress_handler(d->db, STEPS_BETWEEN_LOOKS, is_late, d);
	return database_run(d, failure, "PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF");
}

bool
database_find(const json_t *resource, const json_t *settings, struct database *d,
	      struct weft_failure *failure)
{
	if (!find_path(resource, settings, d, failure))
		return false;
	if (access(d->path, F_OK) != 0 && errno == ENOENT)
		return true;
	return open_file(d, SQLITE_OPEN_READWRITE, settings, failure);
}

bool
database_make(const json_t *resource, const json_t *settings, struct database *d,
	      struct weft_failure *failure)
{
	if (!find_path(resource, settings, d, failure))
		return false;
	/* Made here with its mode, so that SQLite, which goes by the umask, finds it. */
	int file = open(d->path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (file < 0) {
		weft_fail(failure, true, "creating '%.300s': %s", d->path, strerror(errno));
		return false;
	}
	close(file);
	return open_file(d, SQLITE_OPEN_READWRITE, settings, failure);
}

void
database_close(struct database *d)
{
	sqlite3_close(d->db);
	d->db = NULL;
}

static bool
sync_folder_of(const char *path)
{
	char folder[PATH_MAX];
	snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(path, '/') - path), path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool well = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return well;
}

/*
 * The journals go first: one that outlived its file would be rolled back into the next file of
 * that name.
 */
bool
database_remove(struct database *d, struct weft_failure *failure)
{
	static const char *const endings[] = {"-journal", "-wal", "-shm", "", NULL};
	database_close(d);
	for (const char *const *ending = endings; *ending; ending++) {
		char path[PATH_MAX + 16];
		snprintf(path, sizeof(path), "%s%s", d->path, *ending);
		if (unlink(path) != 0 && errno != ENOENT) {
			weft_fail(failure, true, "removing '%.300s': %s", path, strerror(errno));
			return false;
		}
	}
	if (sync_folder_of(d->path))
		return true;
	weft_fail(failure, true, "removing '%.300s': %s", d->path, strerror(errno));
	return false;
}

/* ---- talking to it ---- */

bool
database_fail(const struct database *d, struct weft_failure *failure, const char *doing)
{
	int code = d->db ? sqlite3_errcode(d->db) & 0xff : SQLITE_NOMEM;
	if (code == SQLITE_INTERRUPT)
		weft_fail(failure, true, "%s: took longer than allowed and was stopped", doing);
	else
		weft_fail(failure, true, "%s: %s", doing,
			  d->db ? sqlite3_errmsg(d->db) : sqlite3_errstr(code));
	return false;
}

bool
database_run(struct database *d, struct weft_failure *failure, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	char *sql = sqlite3_vmprintf(format, arguments);
	va_end(arguments);
	int code = sql ? sqlite3_exec(d->db, sql, NULL, NULL, NULL) : SQLITE_NOMEM;
	sqlite3_free(sql);
	return code == SQLITE_OK || database_fail(d, failure, "changing the database");
}

static json_t *
row_of(sqlite3_stmt *row)
{
	json_t *values = json_array();
	for (int i = 0; i < sqlite3_column_count(row); i++) {
		const char *text = (const char *)sqlite3_column_text(row, i);
		json_t *value = text ? json_string(text) : NULL;
		json_array_append_new(values, value ? value : json_null());
	}
	return values;
}

bool
database_ask(struct database *d, struct weft_failure *failure, json_t *ret_rows, const char *format,
	     ...)
{
	va_list arguments;
	sqlite3_stmt *query = NULL;
	va_start(arguments, format);
	char *sql = sqlite3_vmprintf(format, arguments);
	va_end(arguments);
	int code = sql ? sqlite3_prepare_v2(d->db, sql, -1, &query, NULL) : SQLITE_NOMEM;
	while (code == SQLITE_OK || code == SQLITE_ROW) {
		code = sqlite3_step(query);
		if (code == SQLITE_ROW)
			json_array_append_new(ret_rows, row_of(query));
	}
	bool well = code == SQLITE_DONE || database_fail(d, failure, "reading the database");
	sqlite3_finalize(query);
	sqlite3_free(sql);
	return well;
}

bool
database_has(struct database *d, const char *table)
{
	struct weft_failure ignored;
	json_t *rows = json_array();
	bool has =
	    d->db &&
	    database_ask(
		d, &ignored, rows,
		"SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND lower(name) = "
		"lower(%Q)",
		table) &&
	    json_array_size(rows) > 0;
	json_decref(rows);
	return has;
}

/* The first read takes the lock; until then BEGIN has promised nothing. */
bool
database_hold(struct database *d, struct weft_failure *failure)
{
	return !d->db || database_run(d, failure, "BEGIN; SELECT count(*) FROM sqlite_schema");
}

bool
database_begin(struct database *d, struct weft_failure *failure)
{
	return database_run(d, failure, "BEGIN IMMEDIATE");
}

bool
database_end(struct database *d, bool well, struct weft_failure *failure)
{
	if (well && database_run(d, failure, "COMMIT"))
		return true;
	sqlite3_exec(d->db, "ROLLBACK", NULL, NULL, NULL);
	return false;
}
