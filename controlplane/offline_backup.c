/*
 * offline_backup.c -- `weft backup`, `weft restore` and `weft check --data`: a data folder copied,
 * put back, and looked through, while it is served or not.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/document.h"
#include "base/json.h"
#include "catalog/backup.h"

#include "offline.h"
#include "progress.h"
#include "subcommand.h"

// clang-format off
const char backup_help[] =
    "Copies the catalog into one file while the server goes on: the state of one moment, on disk when the command\n"
    "ends, and whole under its name or not there at all.\n"
    "\n"
    "  weft backup /backup/weft-monday.db --data /var/lib/weft\n"
    "  weft backup first.db --data /var/lib/weft --key /vault/log.key\n"
    "\n"
    "The secret key that signs the log's checkpoints is not in the file, so that the file may lie where a key should\n"
    "not.  The key never changes: copy it once, with --key, to where secrets are kept.  A restore without it can be\n"
    "read and verified, but not served.  What plugins store in the folder is not in the file either.\n"
    "\n"
    "A catalog in PostgreSQL is backed up by PostgreSQL:\n"
    "  pg_dump --dbname=postgresql://USER@HOST/weft --format=custom --file=FILE      one moment of it, in one file\n"
    "  pg_restore --dbname=postgresql://USER@HOST/empty --no-owner FILE              and back\n"
    "  pg_basebackup --dbname=postgresql://USER@HOST/ --pgdata=DIR --wal-method=stream --checkpoint=fast\n"
    "                                                                                the whole server, to be replayed\n"
    "Its log.key lies in the data folder all the same: copy that one apart.\n";

const char restore_help[] =
    "Puts a backup in place as a data folder, once everything in it was found sound: as 'weft check' does.  The folder\n"
    "is made when it is missing, and must not hold a catalog.\n"
    "\n"
    "  weft restore /backup/weft-monday.db --data /var/lib/weft --key /vault/log.key --since kept.txt\n"
    "\n"
    "--key is the copy of log.key; without it the log can be verified but no server starts on it.  --since names a\n"
    "checkpoint that was kept from before: it proves that the backup is of the same log, unaltered up to there.\n"
    "Exits with 1, and leaves the folder as it was, when something is wrong.\n";

static const char check_help[] =
    "Looks through a whole catalog, beside a running server or without one: every page and index of the database;\n"
    "every event, hash and checkpoint of the log; the keys; and every projection against one that is made again from\n"
    "the log.  All of it in a copy, so that a server notices nothing; the copy needs as much room as the database.\n"
    "\n"
    "  weft check --data /var/lib/weft\n"
    "  weft check --data /var/lib/weft --store postgresql://db/weft\n"
    "  weft check --backup /backup/weft-monday.db --since kept.txt\n"
    "\n"
    "Of a catalog in PostgreSQL the log is read where it is and replayed into the copy; its pages are checked by\n"
    "PostgreSQL's own pg_amcheck.\n"
    "\n"
    "Exits with 1 when something is wrong.  ('weft check NAME' runs the quality checks of a data product.)\n";

struct flags {
	const char *data, *store, *key, *since, *backup, *scratch;
	bool json;
};

static const struct flag backup_flags[] = {
	FLAG_DATA(struct flags),
	{"key",     0,   FLAG_TEXT,   offsetof(struct flags, key),     "FILE", "copy log.key there, too"},
	{0},
};
static const struct flag restore_flags[] = {
	FLAG_DATA(struct flags),
	{"key",     0,   FLAG_TEXT,   offsetof(struct flags, key),     "FILE", "the copy of log.key"},
	FLAG_SINCE(struct flags),
	{0},
};
static const struct flag check_flags[] = {
	FLAG_DATA(struct flags),
	FLAG_STORE(struct flags),
	{"backup",  0,   FLAG_TEXT,   offsetof(struct flags, backup),  "FILE", "look through a backup instead of a folder"},
	FLAG_SINCE(struct flags),
	{"scratch", 0,   FLAG_TEXT,   offsetof(struct flags, scratch), "DIR",  "where the copy is made ($TMPDIR, /tmp)"},
	FLAG_JSON(struct flags),
	{0},
};
// clang-format on

/* ---- the words of the command line */

struct run {
	struct offline words;
	struct flags given;
	const char *since; /* text of the checkpoint */
	struct json list;  /* of findings, for --json */
	struct buf text;
};

static void
run_done(struct run *r)
{
	buf_done(&r->text);
	offline_done(&r->words);
}

/* As offline_read(). */
static int
begin(struct run *r, int argc, char **argv)
{
	struct err e;
	int status = offline_read(&r->words, argc, argv, &r->given);
	if (status != OFFLINE_GO_ON)
		return status;
	progress_take_signals();
	enum err_code code = r->given.data || r->given.backup ? ERR_OK : offline_no_folder(&e);
	if (code == ERR_OK)
		code = offline_checkpoint(&r->words, r->given.since, &r->since, &e);
	return code == ERR_OK ? OFFLINE_GO_ON : subcommand_failed(&e);
}

static void
note_finding(void *user, const char *what, const char *message)
{
	struct run *r = user;
	if (!r->given.json) {
		printf("%s: %s\n", what, message);
		return;
	}
	json_begin_map(&r->list);
	json_member_text(&r->list, "what", what);
	json_member_text(&r->list, "message", message);
	json_end_map(&r->list);
}

/* ---- what was found */

static void
print_lines(const struct check_report *found)
{
	printf("%-20s %12s  %-11s %s\n", "WHAT", "LOOKED AT", "", "FOUND");
	for (size_t i = 0; i < found->count; i++) {
		const struct check_line *line = &found->lines[i];
		printf("%-20s %12" PRIu64 "  %-11s ", line->what, line->looked_at, line->unit);
		if (line->findings)
			printf("%" PRIu64 " WRONG\n", line->findings);
		else
			puts("sound");
	}
}

static void
print_json(struct run *r, const struct check_report *found)
{
	CLEANUP(buf_done) struct buf out = {0};
	struct json j = {.out = &out};
	json_end_list(&r->list);
	json_begin_map(&j);
	json_member_bool(&j, "sound", found->findings == 0);
	json_key(&j, "checks");
	json_begin_list(&j);
	for (size_t i = 0; i < found->count; i++) {
		json_begin_map(&j);
		json_member_text(&j, "what", found->lines[i].what);
		json_member_int(&j, "looked_at", (int64_t)found->lines[i].looked_at);
		json_member_text(&j, "unit", found->lines[i].unit);
		json_member_int(&j, "findings", (int64_t)found->lines[i].findings);
		json_end_map(&j);
	}
	json_end_list(&j);
	json_key(&j, "findings");
	json_raw(&j, r->text.data, r->text.length);
	json_end_map(&j);
	puts(out.data);
}

/* ---- the three commands */

static enum err_code
back_up(struct run *r, struct err *e)
{
	const struct backup_wish wish = {.folder = r->given.data,
					 .file = r->words.words.items[0],
					 .key = r->given.key,
					 .progress = progress_go_on};
	struct backup_report made;
	enum err_code code = backup_make(&wish, &made, e);
	if (code != ERR_OK)
		return code;
	printf("%s: %" PRIu64 " events, %" PRIu64 " bytes\n", wish.file, made.events, made.bytes);
	if (wish.key)
		printf("%s: the key that signs the log; keep it where secrets are kept\n",
		       wish.key);
	else
		puts("log.key is not in it: keep a copy of it apart, once (--key FILE)");
	return ERR_OK;
}

int
backup_run(const struct command *self, int argc, char **argv)
{
	CLEANUP(run_done)
	struct run r = {.words = {.command = self, .flags = backup_flags, .operands = 1}};
	struct err e;
	int status = begin(&r, argc, argv);
	if (status != OFFLINE_GO_ON)
		return status;
	return back_up(&r, &e) == ERR_OK ? 0 : subcommand_failed(&e);
}

static enum err_code
restore(struct run *r, struct check_report *found, struct err *e)
{
	const struct restore_wish wish = {.file = r->words.words.items[0],
					  .folder = r->given.data,
					  .key = r->given.key,
					  .since = r->since,
					  .complain = note_finding,
					  .progress = progress_go_on,
					  .user = r};
	return backup_restore(&wish, &r->words.arena, found, e);
}

static int
tell_restored(const struct run *r, const struct check_report *found)
{
	print_lines(found);
	if (found->findings) {
		printf("nothing was put in place in %s\n", r->given.data);
		return err_exit_status(ERR_REFUSED);
	}
	printf("restored into %s\n", r->given.data);
	if (!r->given.key)
		printf("it can be verified, but not served: put the copy of log.key into the "
		       "folder, with mode 0600\n");
	return 0;
}

int
restore_run(const struct command *self, int argc, char **argv)
{
	CLEANUP(run_done)
	struct run r = {.words = {.command = self, .flags = restore_flags, .operands = 1}};
	struct check_report found = {0};
	struct err e;
	int status = begin(&r, argc, argv);
	if (status != OFFLINE_GO_ON)
		return status;
	return restore(&r, &found, &e) == ERR_OK ? tell_restored(&r, &found)
						 : subcommand_failed(&e);
}

/* Of a folder that cannot be written to, a copy can still be made. */
static const char *
scratch_folder(const struct run *r)
{
	const char *usual = getenv("TMPDIR");
	if (r->given.scratch)
		return r->given.scratch;
	return usual && *usual ? usual : "/tmp";
}

static enum err_code
look_through(struct run *r, struct check_report *found, struct err *e)
{
	const char *store = r->given.store;
	if (!r->given.backup)
		store = offline_store(store);
	const struct check_wish wish = {.folder = r->given.data,
					.store = store,
					.backup = r->given.backup,
					.scratch = scratch_folder(r),
					.since = r->since,
					.complain = note_finding,
					.progress = progress_go_on,
					.user = r};
	if (wish.store && !wish.folder)
		return ERR(e, USAGE, "--data DIR is missing: the folder with log.verifier");
	if (wish.folder && wish.backup)
		return ERR(e, USAGE, "--data and --backup: one of them is to be looked through");
	return catalog_check(&wish, &r->words.arena, found, e);
}

int
check_offline_run(int argc, char **argv)
{
	static const struct command self = {"check", "--data DIR [--store URL] | --backup FILE", "",
					    check_help, NULL};
	CLEANUP(run_done) struct run r = {.words = {.command = &self, .flags = check_flags}};
	struct check_report found = {0};
	struct err e;
	int status = begin(&r, argc, argv);
	if (status != OFFLINE_GO_ON)
		return status;
	r.list.out = &r.text;
	json_begin_list(&r.list);
	if (look_through(&r, &found, &e) != ERR_OK)
		return subcommand_failed(&e);
	if (r.given.json)
		print_json(&r, &found);
	else
		print_lines(&found);
	return found.findings ? err_exit_status(ERR_REFUSED) : 0;
}
