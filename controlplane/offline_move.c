/*
 * offline_move.c -- `weft migrate`: a catalog from one database into another; `weft key`: the log's
 * key before the log.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "catalog/store.h"
#include "catalog/transfer.h"

#include "offline.h"
#include "progress.h"
#include "subcommand.h"

// clang-format off
const char migrate_help[] =
    "Moves a catalog: every event, checkpoint, token, job and kept answer is copied, everything that is made from the\n"
    "log is made again and compared, and the log is verified.  The target stays empty unless all of it arrived.\n"
    "\n"
    "  weft migrate --from /var/lib/weft --to postgresql://weft@db/weft\n"
    "  weft migrate --from postgresql://weft@db/weft --to /var/lib/weft-again --data /var/lib/weft\n"
    "\n"
    "Nothing may serve either while it runs.  The log stays the same log: old checkpoints hold.  Its key stays where it\n"
    "is: into a folder it is copied; with PostgreSQL serve the same folder as before, with --store.\n";

const char key_help[] =
    "Makes the key that signs a log's checkpoints before there is a log: for several nodes on one PostgreSQL, each of\n"
    "which needs log.key and log.verifier in its data folder, or for a secret of Kubernetes.\n"
    "\n"
    "  weft key --data /var/lib/weft --origin mesh.example.com\n";

struct flags {
	const char *from, *to, *data, *origin;
};

static const struct flag migrate_flags[] = {
	{"from", 0, FLAG_TEXT, offsetof(struct flags, from), "WHERE", "a data folder, or a URL of PostgreSQL"},
	{"to",   0, FLAG_TEXT, offsetof(struct flags, to),   "WHERE", "the same; there must be no catalog yet"},
	{"data", 0, FLAG_TEXT, offsetof(struct flags, data), "DIR",   "from PostgreSQL: a node's data folder, with log.key"},
	{0},
};
static const struct flag key_flags[] = {
	{"data",   0, FLAG_TEXT, offsetof(struct flags, data),   "DIR",  "the data folder; made when it is missing"},
	{"origin", 0, FLAG_TEXT, offsetof(struct flags, origin), "NAME", "the log's name, the first line of its checkpoints (weft)"},
	{0},
};
// clang-format on

/* ---- weft migrate */

static enum err_code
move_catalog(const struct flags *flags, struct err *e)
{
	const struct transfer_wish wish = {
	    .from = flags->from, .to = flags->to, .keys = flags->data, .progress = progress_go_on};
	struct transfer_report r;
	char root[DIGEST_TEXT_SIZE];
	if (!flags->from || !flags->to)
		return ERR(e, USAGE, "--from and --to are needed; see 'weft migrate --help'");
	enum err_code code = transfer(&wish, &r, e);
	if (code != ERR_OK)
		return code;
	digest_format(&r.root, root);
	printf("%" PRIu64 " event%s, root %s, %" PRIu64 " checkpoint%s: all of it arrived and "
	       "verifies; %" PRIu64 " projections are identical\n",
	       r.events, r.events == 1 ? "" : "s", root, r.checkpoints,
	       r.checkpoints == 1 ? "" : "s", r.projections);
	return ERR_OK;
}

int
migrate_run(const struct command *self, int argc, char **argv)
{
	CLEANUP(offline_done) struct offline o = {.command = self, .flags = migrate_flags};
	struct flags given = {0};
	struct err e;
	progress_take_signals();
	int status = offline_read(&o, argc, argv, &given);
	if (status != OFFLINE_GO_ON)
		return status;
	return move_catalog(&given, &e) == ERR_OK ? 0 : subcommand_failed(&e);
}

/* ---- weft key */

static enum err_code
make_key(const struct flags *flags, struct err *e)
{
	const char *origin = flags->origin ? flags->origin : "weft";
	if (!flags->data)
		return ERR(e, USAGE, "--data DIR is missing: where log.key is to be");
	enum err_code code = store_make_key(flags->data, origin, e);
	if (code == ERR_OK)
		printf("%s/log.key signs the log '%s': it is a secret, and every node needs it\n"
		       "%s/log.verifier is for everybody\n",
		       flags->data, origin, flags->data);
	return code;
}

int
key_run(const struct command *self, int argc, char **argv)
{
	CLEANUP(offline_done) struct offline o = {.command = self, .flags = key_flags};
	struct flags given = {0};
	struct err e;
	int status = offline_read(&o, argc, argv, &given);
	if (status != OFFLINE_GO_ON)
		return status;
	return make_key(&given, &e) == ERR_OK ? 0 : subcommand_failed(&e);
}
