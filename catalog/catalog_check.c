/*
 * catalog_check.c -- a table of checks over one copy.
 *
 * Each goes on where the one before found damage: who repairs wants to know all of it.  A check
 * that cannot be made because of the damage is a finding, too; one that fails for want of space or
 * of a readable disk ends the whole.
 */
#include "catalog_check.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/document.h"

#include "check_parts.h"
#include "event_log.h"
#include "log_replay.h"
#include "rebuild.h"
#include "store_parts.h"

enum { MOST_LINES = 40, MOST_KEY_FILE = 4096 };

struct check {
	const struct check_wish *wish;
	const struct scratch *scratch;
	struct arena *arena;
	struct check_line *lines;
	size_t count;
	struct check_line *line; /* being looked at */
	uint64_t findings;
};

static struct check_line *
begin_line(struct check *c, const char *what, const char *unit)
{
	assert(c->count < MOST_LINES);
	c->line = &c->lines[c->count++];
	*c->line = (struct check_line){.what = what, .unit = unit};
	return c->line;
}

static void
find(struct check *c, const char *message)
{
	c->line->findings++;
	c->findings++;
	c->wish->complain(c->wish->user, c->line->what, message);
}

/* What the damage itself prevents is found; all else is no answer. */
static enum err_code
find_or_fail(struct check *c, enum err_code code, struct err *e)
{
	if (code == ERR_OK || code == ERR_NO_SPACE || code == ERR_IO || code == ERR_BUSY ||
	    code == ERR_UNAVAILABLE)
		return code;
	find(c, arena_printf(c->arena, "it cannot be looked at: %s", e->message));
	return ERR_OK;
}

/* What is to be tried on the copy. */
static enum err_code
open_copy(const struct check *c, struct store **ret_store, struct err *e)
{
	const struct store_options options = {
	    .folder = c->scratch->folder, .mode = STORE_SCRATCH, .readers = 1};
	return store_open(&options, ret_store, e);
}

/* What is to be looked at: the copy, but what is in PostgreSQL where it is. */
static enum err_code
open_original(const struct check *c, struct store **ret_store, struct err *e)
{
	const struct check_wish *w = c->wish;
	const struct store_options options = {.folder = w->store ? w->folder : c->scratch->folder,
					      .database = w->store,
					      .mode = STORE_VERIFY,
					      .readers = 1};
	return store_open(&options, ret_store, e);
}

/* --- the database --- */

static void
find_in_database(void *user, const char *message)
{
	find(user, message);
}

static enum err_code
check_database(struct check *c, struct err *e)
{
	if (c->wish->store)
		return ERR_OK;
	struct check_line *line = begin_line(c, "database", "pages");
	return find_or_fail(
	    c, database_examine(c->scratch->database, find_in_database, c, &line->looked_at, e), e);
}

/* --- the log --- */

static void
find_in_log(void *user, uint64_t seq, const char *message)
{
	(void)seq; /* the message names it */
	find(user, message);
}

static enum err_code
verify_log(struct check *c, struct log_report *report, struct err *e)
{
	struct store *store = NULL;
	enum err_code code = open_original(c, &store, e);
	if (code == ERR_OK)
		code = log_verify(store, c->wish->since, find_in_log, c, report, e);
	store_close(store);
	return code;
}

static enum err_code
check_log(struct check *c, struct err *e)
{
	struct log_report report = {0};
	struct check_line *line = begin_line(c, "log", "events");
	CHECK(find_or_fail(c, verify_log(c, &report, e), e));
	line->looked_at = report.events;
	begin_line(c, "checkpoints", "signatures")->looked_at = report.checkpoints;
	return ERR_OK;
}

/* --- the keys --- */

static enum err_code
check_own_verifier(struct check *c, struct err *e)
{
	const char *own = NULL;
	struct check_line *line = begin_line(c, "keys", "keys");
	const char *database = c->wish->store ? c->wish->store : c->scratch->database;
	CHECK(find_or_fail(c, scratch_own_verifier(database, c->arena, &own, e), e));
	if (own && strcmp(own, c->scratch->verifier) != 0)
		find(c, "log.verifier is not the key that the log names in its first event");
	line->looked_at = 1;
	return ERR_OK;
}

/* Who may not read the secret key is no owner of the folder, and need not. */
static enum err_code
check_pair(struct check *c, struct err *e)
{
	if (!c->wish->folder)
		return ERR_OK;
	const char *path = arena_printf(c->arena, "%s/log.key", c->wish->folder);
	struct verifier_key verifier;
	CHECK(verifier_key_parse(c->scratch->verifier, c->arena, &verifier, e));
	enum err_code code = log_key_examine(path, &verifier, e);
	if (code == ERR_IO)
		return ERR_OK;
	c->line->looked_at++;
	if (code != ERR_OK)
		find(c, arena_printf(c->arena, "%s", e->message));
	return ERR_OK;
}

static enum err_code
check_keys(struct check *c, struct err *e)
{
	CHECK(check_own_verifier(c, e));
	return check_pair(c, e);
}

/* --- what is made from the log --- */

static enum err_code
digests_of(struct store *store, struct arena *arena, struct projection_digests *ret_digests,
	   struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	CHECK(store_read(store, &s, e));
	return projection_digests(s, arena, ret_digests, e);
}

static void
compare(struct check *c, const struct projection_digests *before,
	const struct projection_digests *after)
{
	for (size_t i = 0; i < after->count; i++) {
		begin_line(c, after->items[i].table, "rows")->looked_at = before->items[i].rows;
		if (!digest_equal(&before->items[i].digest, &after->items[i].digest))
			find(c, arena_printf(c->arena,
					     "it has %" PRIu64 " rows that are not what the log "
					     "gives (%" PRIu64 " rows): 'weft rebuild' makes it "
					     "again",
					     before->items[i].rows, after->items[i].rows));
	}
}

static enum err_code
rebuild_and_compare(struct check *c, struct err *e)
{
	struct projection_digests before, after;
	struct store *store = NULL;
	enum err_code code = open_copy(c, &store, e);
	if (code == ERR_OK)
		code = digests_of(store, c->arena, &before, e);
	if (code == ERR_OK)
		code = rebuild(store, NULL, NULL, e);
	if (code == ERR_OK)
		code = digests_of(store, c->arena, &after, e);
	store_close(store);
	if (code == ERR_OK)
		compare(c, &before, &after);
	return code;
}

/* Both sessions see one moment: what is digested is what is replayed. */
static enum err_code
replay(const struct check *c, struct store *original, struct store *copy,
       struct projection_digests *ret_before, struct err *e)
{
	CLEANUP(session_end) struct session *from = NULL;
	CLEANUP(session_end) struct session *to = NULL;
	CHECK(store_read(original, &from, e));
	CHECK(projection_digests(from, c->arena, ret_before, e));
	CHECK(store_write(copy, &to, e));
	to->rebuilding = true; /* of no index */
	CHECK(log_replay(from, to, c->wish->progress, c->wish->user, e));
	return session_commit(to, e);
}

static enum err_code
replay_and_compare(struct check *c, struct err *e)
{
	struct projection_digests before, after;
	struct store *original = NULL, *copy = NULL;
	enum err_code code = open_original(c, &original, e);
	if (code == ERR_OK)
		code = open_copy(c, &copy, e);
	if (code == ERR_OK)
		code = replay(c, original, copy, &before, e);
	if (code == ERR_OK)
		code = digests_of(copy, c->arena, &after, e);
	store_close(original);
	store_close(copy);
	if (code == ERR_OK)
		compare(c, &before, &after);
	return code;
}

static enum err_code
check_projections(struct check *c, struct err *e)
{
	size_t count = c->count;
	enum err_code code = c->wish->store ? replay_and_compare(c, e) : rebuild_and_compare(c, e);
	if (code == ERR_OK)
		return ERR_OK;
	if (c->count == count)
		begin_line(c, "projections", "rows");
	return find_or_fail(c, code, e);
}

/* --- the whole --- */

/* The last one changes the copy. */
static enum err_code (*const checks[])(struct check *c, struct err *e) = {
    check_database,
    check_log,
    check_keys,
    check_projections,
};

enum err_code
check_copy(const struct check_wish *wish, const struct scratch *scratch, struct arena *arena,
	   struct check_report *ret_report, struct err *e)
{
	struct check c = {.wish = wish, .scratch = scratch, .arena = arena};
	c.lines = ARENA_ARRAY(arena, struct check_line, MOST_LINES);
	for (size_t i = 0; i < ARRAY_LEN(checks); i++)
		CHECK(checks[i](&c, e));
	*ret_report =
	    (struct check_report){.lines = c.lines, .count = c.count, .findings = c.findings};
	return ERR_OK;
}

/* The key that auditors hold the log against stands beside a served database. */
static enum err_code
read_verifier(const char *folder, struct arena *arena, const char **ret_verifier, struct err *e)
{
	char *text = NULL;
	size_t length = 0;
	CHECK(file_read(arena_printf(arena, "%s/log.verifier", folder), MOST_KEY_FILE, arena, &text,
			&length, e));
	text[strcspn(text, "\r\n")] = '\0';
	*ret_verifier = text;
	return ERR_OK;
}

static enum err_code
make_scratch(const struct check_wish *wish, struct arena *arena, struct scratch *scratch,
	     struct err *e)
{
	const char *verifier = NULL, *database = wish->backup;
	if (wish->folder) {
		database = arena_printf(arena, "%s/weft.db", wish->folder);
		if (!wish->store && !file_exists(database))
			return ERR(e, NOT_FOUND, "there is no catalog in '%s'", wish->folder);
		CHECK(read_verifier(wish->folder, arena, &verifier, e));
	}
	if (wish->store)
		return scratch_make_empty(wish->scratch, verifier, arena, scratch, e);
	const struct copy_wish copy = {.from = database,
				       .frozen = !wish->folder,
				       .progress = wish->progress,
				       .user = wish->user};
	return scratch_make(wish->scratch, copy, verifier, arena, scratch, e);
}

enum err_code
catalog_check(const struct check_wish *wish, struct arena *arena, struct check_report *ret_report,
	      struct err *e)
{
	CLEANUP(scratch_remove) struct scratch scratch = {0};
	CHECK(make_scratch(wish, arena, &scratch, e));
	return check_copy(wish, &scratch, arena, ret_report, e);
}
