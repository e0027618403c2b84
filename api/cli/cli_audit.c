/*
 * cli_audit.c -- weft audit verify, checkpoint.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"

#include "audit.h"
#include "client.h"
#include "families.h"
#include "listing.h"

/* ---- weft audit verify */

struct verify_flags {
	const char *since, *verifier;
};

// clang-format off
static const struct flag verify_flags[] = {
	{"since",    0, FLAG_TEXT, offsetof(struct verify_flags, since),    "FILE", "a checkpoint that was kept from before"},
	{"verifier", 0, FLAG_TEXT, offsetof(struct verify_flags, verifier), "KEY",  "the log's verifier key, or a file with it"},
	{0},
};
// clang-format on

enum { MOST_NOTE = 65536 };

/* The key itself, or the path of a file whose first line it is. */
static enum err_code
read_key(struct call *c, const char *word, struct verifier_key *ret_key, struct err *e)
{
	char *text;
	size_t length;
	struct err not_a_key;
	if (!verifier_key_parse(word, c->arena, ret_key, &not_a_key))
		return ERR_OK;
	if (file_read(word, MOST_NOTE, c->arena, &text, &length, e)) {
		if (e->code == ERR_NOT_FOUND)
			return ERR(e, USAGE, "--verifier: '%s' is neither a key (%s) nor a file",
				   word, not_a_key.message);
		return err_while(e, "--verifier");
	}
	text[strcspn(text, "\r\n")] = '\0';
	if (verifier_key_parse(text, c->arena, ret_key, e))
		return err_while(e, "the key in '%s'", word);
	return ERR_OK;
}

static const char *
root_text(struct arena *arena, const struct checkpoint *checkpoint)
{
	char text[64];
	base64_encode(checkpoint->root.bytes, DIGEST_SIZE, text);
	return arena_text(arena, text);
}

static void
write_json(struct call *c, const struct audit_report *r)
{
	struct json j = {.out = &c->page};
	json_begin_map(&j);
	json_member_bool(&j, "holds", r->count == 0);
	json_member_text(&j, "origin", r->now.origin);
	json_member_int(&j, "events", (int64_t)r->events);
	json_member_int(&j, "redacted", (int64_t)r->redacted);
	json_member_text(&j, "root", root_text(c->arena, &r->now));
	json_member_text(&j, "verifier", r->verifier);
	json_key(&j, "since");
	if (r->since.origin)
		json_int(&j, (int64_t)r->since.size);
	else
		json_null(&j);
	json_key(&j, "findings");
	json_begin_list(&j);
	for (size_t i = 0; i < r->count; i++) {
		json_begin_map(&j);
		json_member_int(&j, "event", (int64_t)r->findings[i].seq);
		json_member_text(&j, "message", r->findings[i].message);
		json_end_map(&j);
	}
	json_end_list(&j);
	json_end_map(&j);
	buf_char(&c->page, '\n');
}

static void
write_facts(struct call *c, const struct audit_report *r, bool own_key)
{
	struct table t = {.arena = c->arena, .columns = 2, .whole = true};
	const char *redacted =
	    r->redacted ? arena_printf(c->arena, ", %" PRIu64 " of them redacted", r->redacted)
			: "";
	table_painted(&t, DIM, "log");
	table_cell(&t, r->now.origin);
	table_painted(&t, DIM, "events");
	table_cell(&t, arena_printf(c->arena, "%" PRIu64 "%s", r->events, redacted));
	table_painted(&t, DIM, "root");
	table_cell(&t, root_text(c->arena, &r->now));
	if (r->verifier) {
		table_painted(&t, DIM, "key");
		table_cell(&t, r->verifier);
		table_cell(&t, "");
		table_painted(
		    &t, own_key ? DIM : YELLOW,
		    own_key
			? "given by you"
			: "named by the log itself; --verifier KEY makes this check independent");
	}
	if (r->since.origin) {
		table_painted(&t, DIM, "since");
		table_cell(&t, arena_printf(c->arena, "%" PRIu64 " events", r->since.size));
	}
	table_write(&t, &c->out, &c->page);
}

static void
write_findings(struct call *c, const struct audit_report *r)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct audit_finding *f = &r->findings[i];
		paint(&c->out, &c->page, RED, "✘ ");
		if (f->seq)
			buf_printf(&c->page, "event %" PRIu64 ": ", f->seq);
		paint(&c->out, &c->page, PLAIN, f->message);
		buf_char(&c->page, '\n');
	}
	if (r->left_out)
		buf_printf(&c->page, "  and %zu more\n", r->left_out);
	if (r->count)
		return;
	paint(&c->out, &c->page, GREEN, "✔ ");
	buf_text(&c->page, "every event has its leaf, the leaves have the signed root");
	if (r->since.origin)
		buf_text(&c->page, ", and the log continues the older checkpoint");
	buf_char(&c->page, '\n');
}

static enum err_code
verify(struct call *c, struct err *e)
{
	const struct verify_flags *flags = c->flags;
	struct audit_question question = {0};
	struct audit_report report;
	struct verifier_key key;
	char *since = NULL;
	size_t length;
	if (flags->verifier && read_key(c, flags->verifier, &key, e))
		return e->code;
	if (flags->since && file_read(flags->since, MOST_NOTE, c->arena, &since, &length, e))
		return e->code;
	question.key = flags->verifier ? &key : NULL;
	question.since = since;
	enum err_code code = audit_verify(c, &question, &report, e);
	if (code)
		return code;
	if (c->json) {
		write_json(c, &report);
	} else {
		write_facts(c, &report, question.key != NULL);
		buf_char(&c->page, '\n');
		write_findings(c, &report);
	}
	return report.count ? call_told(ERR_REFUSED, e) : ERR_OK;
}

/* ---- weft audit checkpoint */

struct checkpoint_flags {
	const char *output;
};

// clang-format off
static const struct flag checkpoint_flags[] = {
	{"output", 'o', FLAG_TEXT, offsetof(struct checkpoint_flags, output), "FILE", "write it there instead of the screen"},
	{0},
};
// clang-format on

static enum err_code
write_file(const char *path, const char *text, struct err *e)
{
	FILE *file = fopen(path, "we");
	if (!file)
		return err_errno(e, errno, "writing '%s'", path);
	bool good = fputs(text, file) >= 0;
	if (fclose(file) != 0 || !good)
		return err_errno(e, errno, "writing '%s'", path);
	return ERR_OK;
}

static enum err_code
checkpoint(struct call *c, struct err *e)
{
	const struct checkpoint_flags *flags = c->flags;
	const char *text;
	struct checkpoint parsed;
	enum err_code code = audit_fetch_checkpoint(c, &text, &parsed, e);
	if (code)
		return code;
	if (c->json) {
		struct json j = {.out = &c->page};
		json_begin_map(&j);
		json_member_text(&j, "origin", parsed.origin);
		json_member_int(&j, "size", (int64_t)parsed.size);
		json_member_text(&j, "root", root_text(c->arena, &parsed));
		json_member_text(&j, "note", text);
		json_end_map(&j);
		buf_char(&c->page, '\n');
	}
	if (flags->output)
		return write_file(flags->output, text, e);
	if (!c->json)
		buf_text(&c->page, text);
	return ERR_OK;
}

const struct verb audit_verbs[] = {
    {
	.name = "verify",
	.arguments = "",
	.summary = "Verify the whole log of a server that need not be trusted",
	.help = "Downloads every event, computes its leaf and the root of the tree anew, and holds "
		"them against the\n"
		"signed checkpoint; with --since also against a checkpoint that you kept.  Names "
		"the event that is\n"
		"wrong, and exits with 1 then.  Needs the role auditor.  With --data DIR a data "
		"folder is verified\n"
		"instead, without a server.\n"
		"\n"
		"  weft audit checkpoint -o monday.txt\n"
		"  weft audit verify --since monday.txt --verifier weft.key\n",
	.flags = verify_flags,
	.size = sizeof(struct verify_flags),
	.run = verify,
    },
    {
	.name = "checkpoint",
	.arguments = "",
	.summary = "The signed statement how many events there are, and their root",
	.help = "Keep it where the server's keepers cannot reach it: it proves later on that "
		"nothing before it was\n"
		"changed or removed.\n"
		"\n"
		"  weft audit checkpoint -o monday.txt\n",
	.flags = checkpoint_flags,
	.size = sizeof(struct checkpoint_flags),
	.run = checkpoint,
    },
    {0},
};
