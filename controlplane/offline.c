/*
 * offline.c -- what is done on a data folder without a server: `weft rebuild` and `weft audit
 * verify --data`.
 */
#include <sys/stat.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "catalog/event_log.h"
#include "catalog/rebuild.h"

#include "progress.h"
#include "subcommand.h"

const char rebuild_help[] = "Drops every projection (products in force, lineage, search, resources "
			    "...) and makes it again from the log,\n"
			    "in one transaction; then shows that nothing differs.  The server must "
			    "not be running on the folder.\n"
			    "\n"
			    "  weft rebuild --data /var/lib/weft\n"
			    "  weft rebuild --data /var/lib/weft --store postgresql://db/weft    "
			    "(other nodes may go on; their writes wait)\n"
			    "\n"
			    "Exits with 1 when a projection differs from what it was: then the "
			    "earlier one was not what the log says.\n";

static const char audit_help[] =
    "usage: weft audit verify --data DIR [--store URL] [--since FILE] [--json]\n"
    "\n"
    "Reads the whole log in DIR as an auditor would, beside a running server or without one: every "
    "body against its\n"
    "hash, every leaf against its event, the tree against the leaves, the signed checkpoints "
    "against the tree.\n"
    "--store is what 'weft serve --store' was given: then the log is in PostgreSQL, and DIR has "
    "its "
    "log.verifier alone.\n"
    "--since names a checkpoint that was kept from before: it proves that nothing up to it was "
    "changed or removed.\n"
    "\n"
    "Exits with 0 when everything holds, 1 when something was altered.\n";

struct options {
	const char *data, *store, *since;
	bool json, help;
};

static int
report(const struct err *e)
{
	fprintf(stderr, "weft: %s\n", e->message);
	return err_exit_status(e->code);
}

/*
 * The value of `--name VALUE` or `--name=VALUE` at argv[*i], which moves on; NULL when it is
 * another option.
 */
static const char *
take_value(const char *name, int argc, char **argv, int *i)
{
	size_t length = strlen(name);
	if (strncmp(argv[*i], name, length) != 0)
		return NULL;
	if (argv[*i][length] == '=')
		return argv[*i] + length + 1;
	const char *next = *i + 1 < argc ? argv[*i + 1] : NULL;
	if (argv[*i][length] != '\0' || !next)
		return NULL;
	++*i;
	return next;
}

/* As of the server: a flag goes before the environment. */
static const char *
store_of_environment(void)
{
	const char *store = getenv("WEFT_STORE");
	return store && *store ? store : NULL;
}

static enum err_code
read_options(int argc, char **argv, struct options *o, struct err *e)
{
	o->store = store_of_environment();
	for (int i = 0; i < argc; i++) {
		const char *value;
		if (strcmp(argv[i], "--json") == 0)
			o->json = true;
		else if (strcmp(argv[i], "--help") == 0)
			o->help = true;
		else if ((value = take_value("--data", argc, argv, &i)))
			o->data = value;
		else if ((value = take_value("--store", argc, argv, &i)))
			o->store = value;
		else if ((value = take_value("--since", argc, argv, &i)))
			o->since = value;
		else
			return ERR(e, USAGE,
				   "'%s' is no option of this command, or lacks its value",
				   argv[i]);
	}
	if (!o->data && !o->help)
		return ERR(e, USAGE,
			   "--data DIR is missing: the folder that 'weft serve --data' was given");
	return ERR_OK;
}

/* ---- weft audit verify --data */

struct findings {
	struct arena arena;
	struct json list; /* for --json */
	struct buf text;
	bool json;
};

static void
note_finding(void *user, uint64_t seq, const char *message)
{
	struct findings *f = user;
	if (!f->json) {
		puts(message);
		return;
	}
	json_begin_map(&f->list);
	json_member_int(&f->list, "event", (int64_t)seq);
	json_member_text(&f->list, "message", message);
	json_end_map(&f->list);
}

static void
print_report_json(const struct log_report *r, const struct buf *findings)
{
	CLEANUP(buf_done) struct buf out = {0};
	struct json j = {.out = &out};
	char root[DIGEST_TEXT_SIZE];
	digest_format(&r->root, root);
	json_begin_map(&j);
	json_member_bool(&j, "holds", r->findings == 0);
	json_member_int(&j, "events", (int64_t)r->events);
	json_member_int(&j, "redacted", (int64_t)r->redacted);
	json_member_int(&j, "checkpoints", (int64_t)r->checkpoints);
	json_member_text(&j, "root", root);
	json_key(&j, "findings");
	json_raw(&j, findings->data, findings->length);
	json_end_map(&j);
	puts(out.data);
}

static void
print_report(const struct log_report *r, bool since)
{
	char root[DIGEST_TEXT_SIZE];
	digest_format(&r->root, root);
	if (r->findings) {
		printf("%" PRIu64 " finding%s in %" PRIu64 " events: THE LOG WAS ALTERED\n",
		       r->findings, r->findings == 1 ? "" : "s", r->events);
		return;
	}
	printf("%" PRIu64 " events, root %s: every event, hash and checkpoint holds", r->events,
	       root);
	if (since)
		printf("; nothing before event %" PRIu64 " was changed since the checkpoint given",
		       r->since_size + 1);
	putchar('\n');
}

static enum err_code
verify(const struct options *o, struct findings *f, struct log_report *ret_report, struct err *e)
{
	const struct store_options options = {
	    .folder = o->data, .database = o->store, .mode = STORE_VERIFY, .readers = 1};
	struct store *store = NULL;
	char *since = NULL;
	size_t length;
	if (o->since && file_read(o->since, 65536, &f->arena, &since, &length, e) != ERR_OK)
		return e->code;
	enum err_code code = store_open(&options, &store, e);
	if (code == ERR_OK)
		code = log_verify(store, since, note_finding, f, ret_report, e);
	store_close(store);
	return code;
}

int
audit_offline_run(int argc, char **argv)
{
	struct options o = {0};
	struct err e;
	if (read_options(argc, argv, &o, &e) != ERR_OK)
		return report(&e);
	if (o.help) {
		fputs(audit_help, stdout);
		return 0;
	}
	struct findings f = {.json = o.json};
	struct log_report r = {0};
	f.list.out = &f.text;
	json_begin_list(&f.list);
	enum err_code code = verify(&o, &f, &r, &e);
	json_end_list(&f.list);
	if (code == ERR_OK && o.json)
		print_report_json(&r, &f.text);
	else if (code == ERR_OK)
		print_report(&r, o.since != NULL);
	arena_done(&f.arena);
	buf_done(&f.text);
	if (code != ERR_OK)
		return report(&e);
	return r.findings ? err_exit_status(ERR_REFUSED) : 0;
}

/* ---- weft rebuild */

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
check_catalog(const struct options *o, struct arena *arena, struct err *e)
{
	struct stat found;
	const char *sign = o->store ? "log.key" : "weft.db";
	if (stat(arena_printf(arena, "%s/%s", o->data, sign), &found) == 0 && found.st_size > 0)
		return ERR_OK;
	return ERR(e, NOT_FOUND, "there is no %s in '%s'", o->store ? "log.key" : "catalog",
		   o->data);
}

int
rebuild_run(const struct command *self, int argc, char **argv)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct options o = {0};
	struct err e;
	if (read_options(argc, argv, &o, &e) != ERR_OK)
		return report(&e);
	if (o.help) {
		printf("usage: weft %s %s\n\n%s", self->name, self->arguments, self->help);
		return 0;
	}
	const struct store_options options = {
	    .folder = o.data, .database = o.store, .mode = STORE_SERVE, .readers = 1};
	struct store *store = NULL;
	size_t differ = 0;
	enum err_code code = check_catalog(&o, &arena, &e);
	if (code == ERR_OK)
		code = store_open(&options, &store, &e);
	if (code == ERR_OK)
		code = rebuild_and_compare(store, &arena, &differ, &e);
	store_close(store);
	if (code != ERR_OK)
		return report(&e);
	return differ ? err_exit_status(ERR_REFUSED) : 0;
}
