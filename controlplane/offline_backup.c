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
#include "cli/flag.h"

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
	bool json, help;
};

#define DATA    {"data",    0,   FLAG_TEXT,   offsetof(struct flags, data),    "DIR",  "the folder that 'weft serve --data' is given"}
#define SINCE   {"since",   0,   FLAG_TEXT,   offsetof(struct flags, since),   "FILE", "a checkpoint that was kept from before"}
#define HELP    {"help",    'h', FLAG_SWITCH, offsetof(struct flags, help),    NULL,   "this text"}

static const struct flag backup_flags[] = {
	DATA,
	{"key",     0,   FLAG_TEXT,   offsetof(struct flags, key),     "FILE", "copy log.key there, too"},
	HELP,
	{0},
};
static const struct flag restore_flags[] = {
	DATA,
	{"key",     0,   FLAG_TEXT,   offsetof(struct flags, key),     "FILE", "the copy of log.key"},
	SINCE,
	HELP,
	{0},
};
static const struct flag check_flags[] = {
	DATA,
	{"store",   0,   FLAG_TEXT,   offsetof(struct flags, store),   "URL",  "what 'weft serve --store' is given, when the catalog is in PostgreSQL"},
	{"backup",  0,   FLAG_TEXT,   offsetof(struct flags, backup),  "FILE", "look through a backup instead of a folder"},
	SINCE,
	{"scratch", 0,   FLAG_TEXT,   offsetof(struct flags, scratch), "DIR",  "where the copy is made ($TMPDIR, /tmp)"},
	{"json",    0,   FLAG_SWITCH, offsetof(struct flags, json),    NULL,   "the result as JSON"},
	HELP,
	{0},
};
// clang-format on

/* ---- the words of the command line */

struct run {
	const struct command *command;
	struct arena arena;
	struct flags flags;
	struct words words;
	const char *since; /* text of the checkpoint */
	struct json list;  /* of findings, for --json */
	struct buf text;
};

static void
run_done(struct run *r)
{
	buf_done(&r->text);
	arena_done(&r->arena);
}

static enum err_code
read_words(struct run *r, const struct flag *table, size_t wanted, int argc, char **argv,
	   struct err *e)
{
	const struct flag_set sets[] = {{table, &r->flags}, {0}};
	enum err_code code = flags_parse(sets, argc, argv, &r->arena, &r->words, e);
	if (code != ERR_OK || r->flags.help)
		return code;
	if (r->words.count != wanted)
		return ERR(e, USAGE, "it takes %s; see 'weft %s --help'", r->command->arguments,
			   r->command->name);
	if (!r->flags.data && !r->flags.backup)
		return ERR(e, USAGE,
			   "--data DIR is missing: the folder that 'weft serve --data' was given");
	size_t length;
	char *since = NULL;
	if (r->flags.since)
		code = file_read(r->flags.since, 65536, &r->arena, &since, &length, e);
	r->since = since;
	return code;
}

static int
print_help(const struct run *r, const struct flag *table)
{
	CLEANUP(buf_done) struct buf options = {0};
	flags_help(table, &options);
	printf("usage: weft %s %s\n\n%s\nOptions:\n%s", r->command->name, r->command->arguments,
	       r->command->help, options.data);
	return 0;
}

static int
report(const struct err *e)
{
	fprintf(stderr, "weft: %s\n", e->message);
	return err_exit_status(e->code);
}

static void
note_finding(void *user, const char *what, const char *message)
{
	struct run *r = user;
	if (!r->flags.json) {
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
	const struct backup_wish wish = {.folder = r->flags.data,
					 .file = r->words.items[0],
					 .key = r->flags.key,
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
	CLEANUP(run_done) struct run r = {.command = self};
	struct err e;
	progress_take_signals();
	if (read_words(&r, backup_flags, 1, argc, argv, &e) != ERR_OK)
		return report(&e);
	if (r.flags.help)
		return print_help(&r, backup_flags);
	return back_up(&r, &e) == ERR_OK ? 0 : report(&e);
}

static enum err_code
restore(struct run *r, struct check_report *found, struct err *e)
{
	const struct restore_wish wish = {.file = r->words.items[0],
					  .folder = r->flags.data,
					  .key = r->flags.key,
					  .since = r->since,
					  .complain = note_finding,
					  .progress = progress_go_on,
					  .user = r};
	return backup_restore(&wish, &r->arena, found, e);
}

static int
tell_restored(const struct run *r, const struct check_report *found)
{
	print_lines(found);
	if (found->findings) {
		printf("nothing was put in place in %s\n", r->flags.data);
		return err_exit_status(ERR_REFUSED);
	}
	printf("restored into %s\n", r->flags.data);
	if (!r->flags.key)
		printf("it can be verified, but not served: put the copy of log.key into the "
		       "folder, with mode 0600\n");
	return 0;
}

int
restore_run(const struct command *self, int argc, char **argv)
{
	CLEANUP(run_done) struct run r = {.command = self};
	struct check_report found = {0};
	struct err e;
	progress_take_signals();
	if (read_words(&r, restore_flags, 1, argc, argv, &e) != ERR_OK)
		return report(&e);
	if (r.flags.help)
		return print_help(&r, restore_flags);
	return restore(&r, &found, &e) == ERR_OK ? tell_restored(&r, &found) : report(&e);
}

/* Of a folder that cannot be written to, a copy can still be made. */
static const char *
scratch_folder(const struct run *r)
{
	const char *usual = getenv("TMPDIR");
	if (r->flags.scratch)
		return r->flags.scratch;
	return usual && *usual ? usual : "/tmp";
}

static enum err_code
look_through(struct run *r, struct check_report *found, struct err *e)
{
	const struct check_wish wish = {.folder = r->flags.data,
					.store = r->flags.store,
					.backup = r->flags.backup,
					.scratch = scratch_folder(r),
					.since = r->since,
					.complain = note_finding,
					.progress = progress_go_on,
					.user = r};
	if (wish.store && !wish.folder)
		return ERR(e, USAGE, "--data DIR is missing: the folder with log.verifier");
	if (wish.folder && wish.backup)
		return ERR(e, USAGE, "--data and --backup: one of them is to be looked through");
	return catalog_check(&wish, &r->arena, found, e);
}

int
check_offline_run(int argc, char **argv)
{
	static const struct command self = {"check", "--data DIR [--store URL] | --backup FILE", "",
					    check_help, NULL};
	CLEANUP(run_done) struct run r = {.command = &self};
	struct check_report found = {0};
	struct err e;
	r.list.out = &r.text;
	json_begin_list(&r.list);
	progress_take_signals();
	if (read_words(&r, check_flags, 0, argc, argv, &e) != ERR_OK)
		return report(&e);
	if (r.flags.help)
		return print_help(&r, check_flags);
	if (look_through(&r, &found, &e) != ERR_OK)
		return report(&e);
	if (r.flags.json)
		print_json(&r, &found);
	else
		print_lines(&found);
	return found.findings ? err_exit_status(ERR_REFUSED) : 0;
}
