/*
 * offline.h -- what the commands that work on a data folder, and not through a server, have in
 * common: their words, their help, and what they say when they fail.
 */
#ifndef WEFT_OFFLINE_H
#define WEFT_OFFLINE_H

#include <stddef.h>

#include "cli/cli.h"
#include "cli/flag.h"

/* Rows that several of them have: of a struct with that member. */
// clang-format off
#define FLAG_DATA(type)  {"data",  0, FLAG_TEXT,   offsetof(type, data),  "DIR",  "the folder that 'weft serve --data' is given"}
#define FLAG_STORE(type) {"store", 0, FLAG_TEXT,   offsetof(type, store), "URL",  "what 'weft serve --store' is given, when the catalog is in PostgreSQL"}
#define FLAG_SINCE(type) {"since", 0, FLAG_TEXT,   offsetof(type, since), "FILE", "a checkpoint that was kept from before"}
#define FLAG_JSON(type)  {"json",  0, FLAG_SWITCH, offsetof(type, json),  NULL,   "the result as JSON"}
// clang-format on

enum { OFFLINE_GO_ON = -1 };

/* One run of one of them. */
struct offline {
	const struct command *command;
	const struct flag *flags; /* --help is not among them */
	size_t operands;          /* so many words beside them */
	struct arena arena;       /* of what was read */
	struct words words;
};

void offline_done(struct offline *o);

/*
 * offline_read -- the words of the command line, into the struct of `flags`.  Gives OFFLINE_GO_ON,
 * or the status to exit with: they were wrong, which was said, or asked for help, which was given.
 */
int offline_read(struct offline *o, int argc, char **argv, void *into);

/* offline_no_folder -- ERR_USAGE: `--data` is missing. */
enum err_code offline_no_folder(struct err *e);

/* offline_store -- as for the server: what --store says goes before WEFT_STORE.  NULL: SQLite. */
const char *offline_store(const char *flag);

/* offline_checkpoint -- the text of the file that --since names; NULL for NULL. */
enum err_code offline_checkpoint(struct offline *o, const char *file, const char **ret_text,
				 struct err *e);

#endif
