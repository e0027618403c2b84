/*
 * scratch.c -- the catalog that targets ask and change.  What they change they undo.
 */
#include "scratch.h"

#include "base/json.h"

#include "folder.h"
#include "fuzz.h"

static struct folder folder;
static struct store *store;

static const char accounts[] =
    "name: retail.accounts\nowner: retail-team\ndomain: retail\ndescription: Accounts of private "
    "customers\ntags: [customers, regulated]\nschema:\n  - {name: account_id, type: STRING, pii: "
    "true}\n  - {name: balance, type: 'DECIMAL(18,2)', classification: confidential, from: "
    "['core|accounts#balance_minor']}\naccess: [{role: analysts, level: read}]\ninputs: "
    "['dataset:core|accounts']\nstorage: [{plugin: filesystem, quota: 10 GB}]\nquality_checks: "
    "[{unique: account_id}]\n";
static const char exposure[] =
    "name: risk.exposure\nowner: risk-team\ndomain: risk\ndescription: What may be lost\nschema:\n"
    "  - {name: account_id, type: STRING, from: ['retail.accounts#account_id']}\n  - {name: drawn, "
    "type: 'DECIMAL(18,2)', from: ['retail.accounts#balance']}\ninputs: [retail.accounts]\n";
static const char old[] = "name: risk.old_scores\nowner: risk-team\ndomain: risk\nschema:\n  - "
			  "{name: score, type: INTEGER}\n";
static const char domain[] = "name: retail\ntitle: Retail Banking\n";

static void
remove_scratch(void)
{
	store_close(store);
	folder_remove(&folder);
}

static void
happen(struct session *s, const char *kind, const char *subject, const char *source)
{
	CLEANUP(buf_done) struct buf body = {0};
	struct json j = {.out = &body};
	struct err e;
	json_begin_map(&j);
	json_member_text(&j, "version", "1.0.0");
	json_member_text(&j, "change", "none");
	json_member_text(&j, "media_type", "application/yaml");
	json_member_text(&j, "hash", "e3b0c44298fc1c149afbf4c8996fb924");
	json_member_text(&j, "standing", "compliant");
	json_member_text(&j, "source", source);
	json_end_map(&j);
	MUST(!event_append(s, "steward", kind, subject, &body, NULL, &e));
}

static void
fill(void)
{
	struct err e;
	CLEANUP(session_end) struct session *s = NULL;
	MUST(!store_write(store, &s, &e));
	happen(s, "domain.defined", "retail", domain);
	happen(s, "product.published", "retail.accounts", accounts);
	happen(s, "product.published", "risk.exposure", exposure);
	happen(s, "product.published", "risk.old_scores", old);
	happen(s, "product.retired", "risk.old_scores", "");
	MUST(!session_commit(s, &e));
}

struct store *
scratch_store(void)
{
	struct err e;
	if (store)
		return store;
	folder_make(&folder);
	/* Time stands still, so that what is done again is the same. */
	const struct store_options options = {.folder = folder.path,
					      .origin = "fuzz.log",
					      .mode = STORE_SERVE,
					      .clock.fixed = SECONDS(1767225600),
					      .readers = 2};
	MUST(!store_open(&options, &store, &e));
	atexit(remove_scratch);
	fill();
	return store;
}
