/*
 * subcommand.h -- the subcommands of `weft` that run on the data folder itself, beside the client's
 * (cli/cli.h).
 */
#ifndef WEFT_SUBCOMMAND_H
#define WEFT_SUBCOMMAND_H

#include "base/err.h"
#include "cli/cli.h"

int serve_run(const struct command *self, int argc, char **argv);
int rebuild_run(const struct command *self, int argc, char **argv);
int backup_run(const struct command *self, int argc, char **argv);
int restore_run(const struct command *self, int argc, char **argv);
int migrate_run(const struct command *self, int argc, char **argv);
int key_run(const struct command *self, int argc, char **argv);

/* `weft audit verify --data DIR [--since FILE]`: the client's audit command without a server. */
int audit_offline_run(int argc, char **argv);

/* `weft check --data DIR`, `weft check --backup FILE`: the catalog, not a product's data. */
int check_offline_run(int argc, char **argv);

/* subcommand_failed -- say it; the status to exit with. */
int subcommand_failed(const struct err *e);

extern const char serve_help[], rebuild_help[], backup_help[], restore_help[];
extern const char migrate_help[], key_help[];

#endif
