/*
 * cli_policy_impact.c -- weft policy impact: what a policy would do to the mesh, before anybody
 * votes on it.
 */
#include <string.h>
#include <unistd.h>

#include "base/json.h"

#include "impact_report.h"
#include "listing.h"
#include "policy_change.h"
#include "policy_verbs.h"
#include "progress_bar.h"
#include "sending.h"

enum { USUAL_LIMIT = 20, MOST_LISTED = 1000 };

// clang-format off
const struct flag policy_impact_flags[] = {
	{"as-of",       0, FLAG_TEXT,   offsetof(struct policy_impact_flags, as_of),       "TIME",    "the mesh as it was then: 2026-01-31, 2026-01-31T12:00:00Z"},
	{"domain",      0, FLAG_TEXT,   offsetof(struct policy_impact_flags, domain),      "NAME",    "only products of this domain"},
	{"enforcement", 0, FLAG_TEXT,   offsetof(struct policy_impact_flags, enforcement), "WORD",    "as if the policy said deny, warn or audit"},
	{"set",         0, FLAG_TEXTS,  offsetof(struct policy_impact_flags, settings),    "P=VALUE", "as if its parameter P had this value; may be given several times"},
	{"limit",       0, FLAG_NUMBER, offsetof(struct policy_impact_flags, limit),       "N",       "show at most so many products of each outcome (20)"},
	{"fail-on",     0, FLAG_TEXT,   offsetof(struct policy_impact_flags, fail_on),     "WORD",    "exit with 1 when one would be refused, or warned"},
	{0},
};
// clang-format on

/* ---- the document */

/* A word that is no file, and looks like none, is the name of a policy that is in force. */
static bool
is_file(const char *word)
{
	return strcmp(word, "-") == 0 || strchr(word, '/') || strstr(word, ".yaml") ||
	       strstr(word, ".yml") || strstr(word, ".json") || access(word, F_OK) == 0;
}

static enum err_code
read_stored(struct call *c, const char *name, struct node *ret_document, struct err *e)
{
	struct answer a;
	enum err_code code = client_get(c, api_path(c->arena, "policies", name, NULL), &a, e);
	const struct node *document = code ? NULL : node_get(&a.root, "policy");
	if (!code && !document)
		return ERR(e, INTERNAL, "%s says nothing of the policy '%s'", c->server, name);
	if (document)
		*ret_document = *document;
	return code;
}

static enum err_code
read_file(struct call *c, const char *path, struct sent_file *file, struct node *ret_document,
	  struct err *e)
{
	enum err_code code = sent_file_read(c, path, file, e);
	if (code)
		return code;
	code = document_read(document_format_of(file->media_type), file->text, file->length, NULL,
			     c->arena, ret_document, e);
	return code ? tell_failure(c, file->name, file->text, file->length, e) : ERR_OK;
}

/* What was changed is sent as JSON in lines, so that complaints about it have places. */
static void
write_document(struct call *c, const struct node *document, const char *name,
	       struct sent_file *file)
{
	CLEANUP(buf_done) struct buf text = {0};
	json_pretty(&text, document);
	*file = (struct sent_file){
	    .name = name,
	    .media_type = "application/json",
	    .text = arena_bytes(c->arena, text.data, text.length),
	    .length = text.length,
	};
}

static enum err_code
prepare(struct call *c, struct sent_file *file, struct err *e)
{
	const struct policy_impact_flags *flags = c->flags;
	const struct policy_change change = {flags->enforcement, flags->settings};
	const char *word = c->words.items[0];
	struct node document, changed;
	bool sent_as_it_is = is_file(word) && policy_change_is_empty(&change);
	enum err_code code = is_file(word) ? read_file(c, word, file, &document, e)
					   : read_stored(c, word, &document, e);
	if (!code && !sent_as_it_is)
		code = policy_change_make(&change, &document, c->arena, &changed, e);
	if (!code && !sent_as_it_is)
		write_document(c, &changed, word, file);
	return code;
}

/* ---- lines */

struct reading {
	struct call *call;
	struct arena arena; /* of the line in hand */
	struct buf line;
	struct progress_bar bar;
	struct impact_report report;
	struct err failure; /* what the server gave up with */
};

static void
take_failure(struct reading *r, const struct node *line)
{
	int64_t status = node_int(line, "status", 500);
	enum err_code code = status == 503 ? ERR_BUSY : status == 504 ? ERR_TIMEOUT : ERR_INTERNAL;
	err_set(&r->failure, code, "%s", node_text(line, "detail", "given up"));
}

static void
take_line(struct reading *r)
{
	struct node line;
	struct err ignored;
	arena_reset(&r->arena);
	if (document_read(DOCUMENT_JSON, r->line.data, r->line.length, &client_limits, &r->arena,
			  &line, &ignored))
		return;
	const char *kind = node_text(&line, "kind", "");
	if (strcmp(kind, "progress") == 0)
		progress_bar_show(&r->bar, (uint64_t)node_int(&line, "done", 0),
				  (uint64_t)node_int(&line, "total", 0));
	else if (strcmp(kind, "error") == 0)
		take_failure(r, &line);
	else
		impact_report_add(&r->report, &line, &r->line);
}

static bool
take_bytes(void *user, const char *bytes, size_t length)
{
	struct reading *r = user;
	while (length > 0) {
		const char *end = memchr(bytes, '\n', length);
		size_t piece = end ? (size_t)(end - bytes) : length;
		buf_append(&r->line, bytes, piece);
		if (!end)
			return true;
		take_line(r);
		buf_clear(&r->line);
		bytes += piece + 1;
		length -= piece + 1;
	}
	return true;
}

/* ---- asking */

static const char *
path_of(struct call *c)
{
	const struct policy_impact_flags *flags = c->flags;
	const char *path = api_path(c->arena, "policies", "impact", NULL);
	path = path_with(c->arena, path, "as_of", flags->as_of);
	return path_with(c->arena, path, "domain", flags->domain);
}

/* What the server says of the document is shown in the document's own lines. */
static enum err_code
refused(struct call *c, const struct sent_file *file, const struct fetch_response *response,
	struct err *e)
{
	struct answer a = {0};
	enum err_code code = client_read(c, c->arena, response, &a, e);
	if (!code || a.violations.count == 0)
		return code;
	tell_violations(c, file, &a.violations);
	return call_told(code, e);
}

static enum err_code
ask(struct reading *r, const struct sent_file *file, struct err *e)
{
	struct call *c = r->call;
	const char *const headers[] = {"Accept: application/x-ndjson",
				       arena_printf(c->arena, "Content-Type: %s", file->media_type),
				       NULL};
	struct fetch_request request = {
	    .method = "POST",
	    .url = arena_printf(c->arena, "%s%s", c->server, path_of(c)),
	    .headers = headers,
	    .bearer = c->token,
	    .ca = c->ca,
	    .body = file->text,
	    .body_length = file->length,
	    .deadline = -1,
	    .on_bytes = take_bytes,
	    .user = r,
	};
	struct fetch_response response = {0};
	enum err_code code = fetch(&request, c->arena, &response, e);
	progress_bar_clear(&r->bar);
	if (code)
		return code;
	if (response.status >= 300)
		return refused(c, file, &response, e);
	if (r->failure.code) {
		*e = r->failure;
		return e->code;
	}
	if (!r->report.summary)
		return ERR(e, UNREACHABLE, "%s ended its answer before the summary", c->server);
	return ERR_OK;
}

/* The server's own answer, with as many products of each outcome as it lists. */
static enum err_code
show_json(struct call *c, const struct sent_file *file, const struct node **ret_totals,
	  struct err *e)
{
	struct answer *a = ARENA_NEW(c->arena, struct answer);
	const char *path = path_with_number(c->arena, path_of(c), "limit", MOST_LISTED);
	enum err_code code = send_document(c, file, "POST", path, a, e);
	if (code)
		return code;
	answer_show_json(c, a);
	*ret_totals = node_get(&a->root, "totals");
	return ERR_OK;
}

static enum err_code
show_tables(struct call *c, const struct sent_file *file, const struct node **ret_totals,
	    struct err *e)
{
	const struct policy_impact_flags *flags = c->flags;
	struct reading r = {
	    .call = c,
	    .bar = {.screen = &c->err, .what = "products"},
	    .report = {.arena = c->arena,
		       .most = flags->limit.given ? flags->limit.value : USUAL_LIMIT},
	};
	enum err_code code = ask(&r, file, e);
	if (!code) {
		impact_report_write(&r.report, c);
		*ret_totals = node_get(r.report.summary, "totals");
	}
	buf_done(&r.line);
	arena_done(&r.arena);
	return code;
}

/* ---- the verb */

static enum err_code
check_words(const struct policy_impact_flags *flags, struct err *e)
{
	bool known = !flags->fail_on || strcmp(flags->fail_on, "refused") == 0 ||
		     strcmp(flags->fail_on, "warned") == 0;
	return known ? ERR_OK
		     : ERR(e, USAGE, "--fail-on '%s': expected refused or warned", flags->fail_on);
}

/* Whoever minds warnings minds refusals, too. */
static bool
fails(const struct policy_impact_flags *flags, const struct node *totals)
{
	if (!flags->fail_on)
		return false;
	int64_t refused = node_int(totals, "refused", 0), warned = node_int(totals, "warned", 0);
	return refused > 0 || (strcmp(flags->fail_on, "warned") == 0 && warned > 0);
}

enum err_code
cli_policy_impact(struct call *c, struct err *e)
{
	const struct policy_impact_flags *flags = c->flags;
	const struct node *totals = NULL;
	struct sent_file file = {0};
	enum err_code code = check_words(flags, e);
	if (!code)
		code = prepare(c, &file, e);
	if (!code)
		code =
		    c->json ? show_json(c, &file, &totals, e) : show_tables(c, &file, &totals, e);
	if (code)
		return code;
	return fails(flags, totals) ? call_told(ERR_REFUSED, e) : ERR_OK;
}
