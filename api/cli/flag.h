/*
 * flag.h -- the options of a command as a table: the parser, its complaints and the help text come
 * from the same rows.
 *
 *     struct publish_flags { bool dry_run; };
 *     static const struct flag publish_flags[] = {
 *             {"dry-run", 0, FLAG_SWITCH, offsetof(struct publish_flags, dry_run), NULL, "judge,
 * store nothing"}, {0},
 *     };
 *
 * Written are they as `--name VALUE`, `--name=VALUE` or `-o VALUE`, before, between and behind the
 * other words; `--` ends them.  Of an option that was given twice the last one counts, but
 * FLAG_TEXTS gathers all.
 */
#ifndef WEFT_CLI_FLAG_H
#define WEFT_CLI_FLAG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* The C member that the offset leads to: bool, const char *, struct flag_number, struct words. */
enum flag_kind { FLAG_SWITCH, FLAG_TEXT, FLAG_NUMBER, FLAG_TEXTS };

struct flag_number {
	bool given;
	uint64_t value;
};

/* Texts of the command line, in their order. */
struct words {
	const char **items;
	size_t count, capacity;
};

struct flag {
	const char *name; /* without the dashes */
	char letter;      /* the short form, or 0 */
	enum flag_kind kind;
	size_t offset;
	const char *value; /* what stands for the value in the help: "FILE" */
	const char *help;
};

/* A table, ended by a row of zeros, and the struct that it fills. */
struct flag_set {
	const struct flag *flags;
	void *into;
};

/*
 * flags_parse -- sort the words into options and operands.  `sets` ends with one without flags.
 * Fails: ERR_USAGE, naming the option and the nearest known one.
 */
enum err_code flags_parse(const struct flag_set *sets, int argc, char **argv, struct arena *arena,
			  struct words *ret_operands, struct err *e);

/* flags_help -- one line for each option. */
void flags_help(const struct flag *flags, struct buf *out);

#endif
