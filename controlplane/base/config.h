/*
 * config.h -- the settings of the server: one table (config.def) gives the parser, the help text
 * and the sample file.
 */
#ifndef WEFT_BASE_CONFIG_H
#define WEFT_BASE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define WEFT_CONFIG_TEXT   const char *
#define WEFT_CONFIG_NUMBER int64_t
#define WEFT_CONFIG_SWITCH bool

struct config {
#define X(name, type, otherwise, smallest, largest, unit, help) WEFT_CONFIG_##type name;
#include "base/config.def"
#undef X
};

/*
 * config_load -- defaults, then the file that --config or WEFT_CONFIG names (YAML, one flat map),
 * then the environment, then the flags: --name VALUE, --name=VALUE, and for a switch --name or
 * --no-name.  Texts live in `arena`. `argv` are the words behind the subcommand.  Fails:
 * ERR_USAGE, ERR_MALFORMED; the message names the source, the setting, the value and what would
 * be right; a misspelt name is answered with the nearest known one.
 */
enum err_code config_load(int argc, char **argv, struct arena *arena, struct config *ret_config,
			  struct err *e);

/* The flags, one a line, with default, range and unit: for --help. */
void config_help(struct buf *out);

/* The same as a YAML file to start from. */
void config_sample(struct buf *out);

#endif
