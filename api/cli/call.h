/*
 * call.h -- one run of a command: what was asked for, on which screen, of which server.
 *
 * A command has one verb or several (`weft audit verify`).  A verb is a row: its options as a
 * table, how many words it takes, and the function.  The function renders into `page`; what went
 * wrong comes back as a `struct err`, which verb_main() alone prints.  An empty message with a code
 * means that the reader was told already.
 */
#ifndef WEFT_CLI_CALL_H
#define WEFT_CLI_CALL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#include "cli.h"
#include "flag.h"
#include "screen.h"

struct call;

enum { MANY = 1000000 };

struct verb {
	const char *name; /* "verify"; NULL when the command has one verb only: the command's own
			     texts count */
	const char *arguments;    /* "NAME", "FILE..." */
	const char *summary;      /* one line */
	const char *help;         /* what it does, and an example */
	const struct flag *flags; /* ended by a row of zeros; NULL: only the common ones */
	size_t size;              /* of the struct that the flags fill */
	size_t least, most;       /* words besides options */
	enum err_code (*run)(struct call *c, struct err *e);
};

struct call {
	const struct command *command;
	const struct verb *verb;
	struct arena *arena;
	struct screen out, err; /* standard output and standard error */
	struct buf page;        /* shown on `out` when the verb is done */
	const char *server;     /* "http://127.0.0.1:8080", no slash at the end */
	const char *token;      /* or NULL */
	const char
	    *ca; /* file of the authorities that an https:// server is held against, or NULL */
	bool json;
	const void *flags; /* the verb's own struct */
	struct words words;
	const char *problem; /* the last problem document that came, or NULL */
	void *state;         /* what the verb keeps from one file to the next */
};

/*
 * verb_main -- struct command's `run` for every client command: `verbs` end with a row without
 * `run`.
 */
int verb_main(const struct command *self, const struct verb *verbs, int argc, char **argv);

/* call_flush -- show the page now: before a report on standard error, or while a stream goes on. */
void call_flush(struct call *c);

/* call_told -- "the reader knows already": the code without a message. */
enum err_code call_told(enum err_code code, struct err *e);

#endif
