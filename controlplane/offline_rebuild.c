/*
 * offline_rebuild.c -- `weft rebuild`: what is made from the log, made again and compared.
 */
#include <sys/stat.h>

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "catalog/rebuild.h"

#include "offline.h"
#include "progress.h"
#include "subcommand.h"

// clang-format off
const char rebuild_help[] =
    "Drops every projection (products in force, lineage, search, resources ...) and makes it again from the log,\n"
    "in one transaction; then shows that nothing differs.  The server must not be running on the folder.\n"
    "\n"
    "  weft rebuild --data /var/lib/weft\n"
    "  weft rebuild --data /var/lib/weft --store postgresql://db/weft    (other nodes may go on; their writes wait)\n"
    "\n"
    "Exits with 1 when a projection differs from what it was: then the earlier one was not what the log says.\n";

struct flags {
	const char *data, *store;
};

static const struct flag flags[] = {
	FLAG_DATA(struct flags),
	FLAG_STORE(struct flags),
	{0},
};
// clang-format on

static void
show_progress(void *user, uint64_t done, uint64_t of)
{
	(void)user;
	progress_show(done, of);
}

static enum err_code
digests_now(struct store *store, struct arena *arena, struct projection_digests *ret_digests,
	    struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	enum err_code code = store_read(store, &s, e);
	return code == ERR_OK ? projection_digests(s, arena, ret_digests, e) : code;
}

/* How many differ. */
static size_t
print_comparison(const struct projection_digests *before, const struct projection_digests *after)
{
	size_t differ = 0;
	printf("%-24s %10s  %-64s\n", "PROJECTION", "ROWS", "SHA-256");
	for (size_t i = 0; i < after->count; i++) {
		char text[DIGEST_TEXT_SIZE];
		bool same = digest_equal(&before->items[i].digest, &after->items[i].digest);
		digest_format(&after->items[i].digest, text);
		printf("%-24s %10" PRIu64 "  %s %s\n", after->items[i].table, after->items[i].rows,
		       text, same ? "identical" : "DIFFERS from before");
		differ += !same;
	}
	return differ;
}

static enum err_code
rebuild_and_compare(struct store *store, struct arena *arena, size_t *ret_differ, struct err *e)
{
	struct projection_digests before, after;
	enum err_code code = digests_now(store, arena, &before, e);
	if (code == ERR_OK)
		code = rebuild(store, show_progress, NULL, e);
	if (code == ERR_OK)
		code = digests_now(store, arena, &after, e);
	if (code == ERR_OK)
		*ret_differ = print_comparison(&before, &after);
	return code;
}

/* Opening a folder that has none, or one of no bytes, would make one, and an empty catalog is no
 * rebuilt one. */
static enum err_code
check_catalog(struct offline *o, const struct store_options *options, struct err *e)
{
	struct stat found;
	if (!options->folder)
		return offline_no_folder(e);
	const char *sign = options->database ? "log.key" : "weft.db";
	if (stat(arena_printf(&o->arena, "%s/%s", options->folder, sign), &found) == 0 &&
	    found.st_size > 0)
		return ERR_OK;
	return ERR(e, NOT_FOUND, "there is no %s in '%s'",
		   options->database ? "log.key" : "catalog", options->folder);
}

int
rebuild_run(const struct command *self, int argc, char **argv)
{
	CLEANUP(offline_done) struct offline o = {.command = self, .flags = flags};
	struct flags given = {0};
	struct err e;
	int status = offline_read(&o, argc, argv, &given);
	if (status != OFFLINE_GO_ON)
		return status;
	const struct store_options options = {.folder = given.data,
					      .database = offline_store(given.store),
					      .mode = STORE_SERVE,
					      .readers = 1};
	struct store *store = NULL;
	size_t differ = 0;
	enum err_code code = check_catalog(&o, &options, &e);
	if (code == ERR_OK)
		code = store_open(&options, &store, &e);
	if (code == ERR_OK)
		code = rebuild_and_compare(store, &o.arena, &differ, &e);
	store_close(store);
	if (code != ERR_OK)
		return subcommand_failed(&e);
	return differ ? err_exit_status(ERR_REFUSED) : 0;
}
