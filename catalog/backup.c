/*
 * backup.c -- out: a draft beside the file, then its name.  In: a copy that is looked at within the
 * folder, and only then put in place.
 */
#include "backup.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/document.h"

#include "check_parts.h"
#include "store_parts.h"

enum { MOST_KEY_FILE = 4096 };

static const char *
folder_of(const char *path, struct arena *arena)
{
	return dirname(arena_text(arena, path));
}

static const char *
name_of(const char *path, struct arena *arena)
{
	return basename(arena_text(arena, path));
}

static enum err_code
check_absent(const char *path, struct err *e)
{
	return path && file_exists(path) ? ERR(e, CONFLICT, "'%s' is already there", path) : ERR_OK;
}

/* --- out --- */

/* A name that no other backup takes, for as long as the copy is not whole. */
static enum err_code
copy_whole(const struct backup_wish *wish, const char *database, struct arena *arena,
	   struct copy_report *report, struct err *e)
{
	const char *draft = arena_printf(arena, "%s.%d.new", wish->file, (int)getpid());
	const struct copy_wish copy = {
	    .from = database, .to = draft, .progress = wish->progress, .user = wish->user};
	CHECK(database_copy(&copy, report, e));
	enum err_code code = check_absent(wish->file, e);
	if (code == ERR_OK && rename(draft, wish->file) != 0)
		code = err_errno(e, errno, "making '%s'", wish->file);
	if (code != ERR_OK) {
		unlink(draft);
		return code;
	}
	return folder_sync(folder_of(wish->file, arena), e);
}

static enum err_code
copy_key(const char *from, const char *to, struct arena *arena, struct err *e)
{
	char *text = NULL;
	size_t length = 0;
	CHECK(file_read(from, MOST_KEY_FILE, arena, &text, &length, e));
	enum err_code code = file_create(folder_of(to, arena), name_of(to, arena), text, 0600, e);
	explicit_bzero(text, length);
	return code;
}

/* A folder with a key and no database is that of a node whose catalog is elsewhere. */
static enum err_code
no_database(const char *folder, struct arena *arena, struct err *e)
{
	if (!file_exists(arena_printf(arena, "%s/log.key", folder)))
		return ERR(e, NOT_FOUND, "there is no catalog in '%s'", folder);
	return ERR(
	    e, NOT_FOUND,
	    "there is no weft.db in '%s': a catalog in PostgreSQL is backed up with pg_dump or "
	    "pg_basebackup (weft backup --help has the commands)",
	    folder);
}

enum err_code
backup_make(const struct backup_wish *wish, struct backup_report *ret_report, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct copy_report report;
	const char *database = arena_printf(&arena, "%s/weft.db", wish->folder);
	if (!file_exists(database))
		return no_database(wish->folder, &arena, e);
	CHECK(check_absent(wish->file, e));
	CHECK(check_absent(wish->key, e));
	CHECK(copy_whole(wish, database, &arena, &report, e));
	if (wish->key)
		CHECK(copy_key(arena_printf(&arena, "%s/log.key", wish->folder), wish->key, &arena,
			       e));
	*ret_report = (struct backup_report){.events = report.events, .bytes = report.bytes};
	return ERR_OK;
}

/* --- in --- */

static enum err_code
check_empty(const char *folder, struct arena *arena, struct err *e)
{
	static const char *const ours[] = {"weft.db", "weft.db-wal", "log.key"};
	for (size_t i = 0; i < ARRAY_LEN(ours); i++)
		if (file_exists(arena_printf(arena, "%s/%s", folder, ours[i])))
			return ERR(e, CONFLICT,
				   "the folder '%s' has a catalog (%s): restore into another one, "
				   "or move it away first",
				   folder, ours[i]);
	return ERR_OK;
}

static enum err_code
check_key(const struct restore_wish *wish, const struct scratch *scratch, struct arena *arena,
	  struct err *e)
{
	struct verifier_key verifier;
	if (!wish->key)
		return ERR_OK;
	CHECK(verifier_key_parse(scratch->verifier, arena, &verifier, e));
	if (log_key_examine(wish->key, &verifier, e) != ERR_OK)
		return e->code = e->code == ERR_CORRUPT ? ERR_REFUSED : e->code;
	return ERR_OK;
}

/*
 * Wherever this is cut short, no server starts on what is there: without a database or without the
 * key it refuses.  A key without a database would sign another log.
 */
static enum err_code
put_in_place(const struct restore_wish *wish, const struct scratch *scratch, struct arena *arena,
	     struct err *e)
{
	const char *database = arena_printf(arena, "%s/weft.db", wish->folder);
	unlink(
	    arena_printf(arena, "%s/log.verifier", wish->folder)); /* of one that was cut short */
	CHECK(file_create(wish->folder, "log.verifier",
			  arena_printf(arena, "%s\n", scratch->verifier), 0644, e));
	if (rename(scratch->database, database) != 0)
		return err_errno(e, errno, "making '%s'", database);
	CHECK(folder_sync(wish->folder, e));
	return wish->key
		   ? copy_key(wish->key, arena_printf(arena, "%s/log.key", wish->folder), arena, e)
		   : ERR_OK;
}

static void
take_back(const struct restore_wish *wish, struct arena *arena)
{
	static const char *const ours[] = {"log.key", "weft.db", "log.verifier"};
	for (size_t i = 0; i < ARRAY_LEN(ours); i++)
		unlink(arena_printf(arena, "%s/%s", wish->folder, ours[i]));
}

static enum err_code
restore_into(const struct restore_wish *wish, struct arena *arena, struct check_report *report,
	     struct err *e)
{
	CLEANUP(scratch_remove) struct scratch scratch = {0};
	const struct check_wish check = {.since = wish->since,
					 .complain = wish->complain,
					 .progress = wish->progress,
					 .user = wish->user};
	const struct copy_wish copy = {
	    .from = wish->file, .frozen = true, .progress = wish->progress, .user = wish->user};
	CHECK(check_empty(wish->folder, arena, e));
	scratch_remove_stale(wish->folder);
	CHECK(scratch_make(wish->folder, copy, NULL, arena, &scratch, e));
	CHECK(check_key(wish, &scratch, arena, e));
	CHECK(check_copy(&check, &scratch, arena, report, e));
	if (report->findings > 0)
		return ERR_OK;
	if (put_in_place(wish, &scratch, arena, e) != ERR_OK) {
		take_back(wish, arena);
		return e->code;
	}
	return ERR_OK;
}

enum err_code
backup_restore(const struct restore_wish *wish, struct arena *arena,
	       struct check_report *ret_report, struct err *e)
{
	struct check_report report = {0};
	int lock = -1;
	if (!file_exists(wish->file))
		return ERR(e, NOT_FOUND, "there is no file '%s'", wish->file);
	CHECK(folder_create(wish->folder, e));
	CHECK(folder_lock(wish->folder, &lock, e));
	enum err_code code = restore_into(wish, arena, &report, e);
	close(lock);
	if (code == ERR_OK)
		*ret_report = report;
	return code;
}
