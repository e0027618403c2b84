/*
 * offline_audit.c -- `weft audit verify --data`: the log read in its folder, without a server.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "base/json.h"
#include "catalog/event_log.h"

#include "offline.h"
#include "subcommand.h"

// clang-format off
static const char audit_help[] =
    "Reads the whole log in DIR as an auditor would, beside a running server or without one: every body against its\n"
    "hash, every leaf against its event, the tree against the leaves, the signed checkpoints against the tree.\n"
    "Of a log that is in PostgreSQL, DIR has its log.verifier alone.  A checkpoint that was kept from before proves\n"
    "that nothing up to it was changed or removed.\n"
    "\n"
    "  weft audit verify --data /var/lib/weft --since kept.txt\n"
    "\n"
    "Exits with 0 when everything holds, 1 when something was altered.\n";

struct flags {
	const char *data, *store, *since;
	bool json;
};

static const struct flag flags[] = {
	FLAG_DATA(struct flags),
	FLAG_STORE(struct flags),
	FLAG_SINCE(struct flags),
	FLAG_JSON(struct flags),
	{0},
};
// clang-format on

struct findings {
	struct json list; /* for --json */
	struct buf text;
	bool json;
};

static void
findings_done(struct findings *f)
{
	buf_done(&f->text);
}

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
verify(struct offline *o, const struct flags *given, struct findings *f,
       struct log_report *ret_report, struct err *e)
{
	const struct store_options options = {.folder = given->data,
					      .database = offline_store(given->store),
					      .mode = STORE_VERIFY,
					      .readers = 1};
	struct store *store = NULL;
	const char *since;
	if (!given->data)
		return offline_no_folder(e);
	enum err_code code = offline_checkpoint(o, given->since, &since, e);
	if (code == ERR_OK)
		code = store_open(&options, &store, e);
	if (code == ERR_OK)
		code = log_verify(store, since, note_finding, f, ret_report, e);
	store_close(store);
	return code;
}

int
audit_offline_run(int argc, char **argv)
{
	static const struct command self = {"audit verify",
					    "--data DIR [--store URL] [--since FILE] [--json]", "",
					    audit_help, NULL};
	CLEANUP(offline_done) struct offline o = {.command = &self, .flags = flags};
	CLEANUP(findings_done) struct findings f = {0};
	struct flags given = {0};
	struct log_report r = {0};
	struct err e;
	int status = offline_read(&o, argc, argv, &given);
	if (status != OFFLINE_GO_ON)
		return status;
	f.json = given.json;
	f.list.out = &f.text;
	json_begin_list(&f.list);
	if (verify(&o, &given, &f, &r, &e) != ERR_OK)
		return subcommand_failed(&e);
	json_end_list(&f.list);
	if (given.json)
		print_report_json(&r, &f.text);
	else
		print_report(&r, given.since != NULL);
	return r.findings ? err_exit_status(ERR_REFUSED) : 0;
}
