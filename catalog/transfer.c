/*
 * transfer.c -- in one transaction of the target: the log event by event, the other tables row by
 * row, a comparison, and only then the commit.
 */
#include "transfer.h"

#include <string.h>

#include "base/document.h"

#include "dialect.h"
#include "event_log.h"
#include "log_replay.h"
#include "rebuild.h"
#include "search_index.h"
#include "store_parts.h"

struct transfer {
	const struct transfer_wish *wish;
	struct arena arena;
	const char *keys; /* the folder with the log's keys */
	int lock;         /* of the source's folder, or -1 */
	struct store *from, *to;
	struct transfer_report report;
};

/* --- what is copied --- */

#define COPY(table, columns, places)                                                               \
	{                                                                                          \
		"SELECT " columns " FROM " #table,                                                 \
		    "INSERT INTO " #table " (" columns ") VALUES (" places ")"                     \
	}

/* Nobody works on a job any more: it waits, as if it had never been claimed. */
static const struct {
	const char *read, *write;
} copied[] = {
    COPY(checkpoints, "size, root, note, time", "$1, $2, $3, $4"),
    COPY(tokens, "id, secret_hash, name, role, domains, created_at, expires_at, revoked, seq",
	 "$1, $2, $3, $4, $5, $6, $7, $8, $9"),
    COPY(jobs, "kind, subject, round, run_at, due_at, attempts, error",
	 "$1, $2, $3, $4, $5, $6, $7"),
    COPY(kept_answers, "actor, key, request, status, content_type, body, kept_at",
	 "$1, $2, $3, $4, $5, $6, $7"),
};

enum { MOST_COLUMNS = 16 };

static enum err_code
copy_rows(struct session *from, struct session *to, const char *read, const char *write,
	  struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_scan(from->db, read, DB_NO_ARGS, &q, e));
	while (db_next(&q)) {
		struct db_value values[MOST_COLUMNS];
		size_t count = (size_t)db_column_count(&q);
		for (size_t i = 0; i < count; i++)
			values[i] = db_column_value(&q, (int)i);
		CHECK(db_run(to->db, write, (struct db_args){values, count}, e));
	}
	return query_failed(&q, e) ? e->code : ERR_OK;
}

static enum err_code
copy_tables(struct session *from, struct session *to, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(copied); i++)
		CHECK(copy_rows(from, to, copied[i].read, copied[i].write, e));
	return db_run(to->db, "UPDATE jobs SET due_at = run_at", DB_NO_ARGS, e);
}

/* --- what arrived --- */

static enum err_code
compare_projections(struct transfer *t, struct session *from, struct session *to, struct err *e)
{
	struct projection_digests before, after;
	CHECK(projection_digests(from, &t->arena, &before, e));
	CHECK(projection_digests(to, &t->arena, &after, e));
	for (size_t i = 0; i < before.count; i++)
		if (!digest_equal(&before.items[i].digest, &after.items[i].digest))
			return ERR(e, CORRUPT,
				   "the projection '%s' is not what the log says: run 'weft "
				   "rebuild' on what is to be transferred",
				   before.items[i].table);
	t->report.projections = before.count;
	return ERR_OK;
}

static enum err_code
compare_logs(struct transfer *t, struct session *from, struct session *to, struct err *e)
{
	struct digest root, arrived;
	CHECK(event_log_size(from, &t->report.events, e));
	CHECK(event_log_root(from, t->report.events, &root, e));
	CHECK(event_log_root(to, t->report.events, &arrived, e));
	if (!digest_equal(&root, &arrived))
		return ERR(e, CORRUPT,
			   "the log's tree is not of its events: see 'weft audit verify'");
	t->report.root = root;
	return ERR_OK;
}

static enum err_code
fill(struct transfer *t, struct err *e)
{
	CLEANUP(session_end) struct session *from = NULL;
	CLEANUP(session_end) struct session *to = NULL;
	CHECK(store_read(t->from, &from, e));
	CHECK(store_write(t->to, &to, e));
	CHECK(db_take_time(to->db, e));
	to->rebuilding = true; /* the index is made at the end */
	CHECK(log_replay(from, to, t->wish->progress, t->wish->user, e));
	CHECK(copy_tables(from, to, e));
	CHECK(search_index_rebuild(to, e));
	CHECK(compare_logs(t, from, to, e));
	CHECK(compare_projections(t, from, to, e));
	return session_commit(to, e);
}

/* As an auditor reads it, with the checkpoints. */
static enum err_code
verify(struct transfer *t, struct err *e)
{
	struct log_report log;
	CHECK(log_verify(t->to, NULL, NULL, NULL, &log, e));
	if (log.findings > 0)
		return ERR(e, CORRUPT, "what arrived does not verify: see 'weft audit verify'");
	t->report.checkpoints = log.checkpoints;
	return ERR_OK;
}

/* --- the source --- */

/* The other sessions of Weft that look at the same schema (postgres_schema.c names them). */
static const char *const others_there[DIALECT_COUNT] = {
    [DIALECT_POSTGRES] = "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
			 " AND datname = current_database() AND application_name = "
			 "current_setting('application_name')",
};

static enum err_code
check_alone(const char *database, struct err *e)
{
	struct db *db = NULL;
	CHECK(db_open(database, DB_READ, &db, e));
	struct query q = {0};
	const char *sql = others_there[db_dialect(db)];
	enum err_code code = sql ? db_query(db, sql, DB_NO_ARGS, &q, e) : ERR_OK;
	if (code == ERR_OK && sql && db_next(&q) && db_column_int(&q, 0) > 0)
		code = ERR(e, BUSY, "%lld connections of Weft are there: stop all its nodes first",
			   (long long)db_column_int(&q, 0));
	query_close(&q);
	db_close(db);
	return code;
}

static const char *
database_in(struct transfer *t, const char *where)
{
	return db_is_url(where) ? where : arena_printf(&t->arena, "%s/weft.db", where);
}

static enum err_code
open_source(struct transfer *t, struct err *e)
{
	const char *where = t->wish->from;
	const struct store_options options = {.folder = t->keys,
					      .database = database_in(t, where),
					      .mode = STORE_VERIFY,
					      .readers = 1};
	if (!db_is_url(where)) {
		if (!file_exists(options.database))
			return ERR(e, NOT_FOUND, "there is no catalog in '%s'", where);
		CHECK(folder_lock(where, &t->lock, e));
	}
	CHECK(check_alone(options.database, e));
	return store_open(&options, &t->from, e);
}

/* --- the target --- */

static enum err_code
check_empty(struct db *db, const char *shown, struct err *e)
{
	static const char sql[] = "SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM "
				  "tokens) + (SELECT count(*) FROM kept_answers)";
	CLEANUP(query_close) struct query q = {0};
	int64_t number = 0;
	CHECK(db_schema(db, &number, e));
	if (number == 0)
		return ERR_OK;
	CHECK(db_query(db, sql, DB_NO_ARGS, &q, e));
	if (db_next(&q) && db_column_int(&q, 0) > 0)
		return ERR(e, CONFLICT, "there is a catalog in '%s' already", shown);
	return query_failed(&q, e) ? e->code : ERR_OK;
}

static enum err_code
make_database(struct transfer *t, const char *database, struct err *e)
{
	struct db *db = NULL;
	CHECK(db_open(database, DB_WRITE, &db, e));
	enum err_code code = check_empty(db, db_where_to_show(database, &t->arena), e);
	if (code == ERR_OK)
		code = migrate(db, e);
	db_close(db);
	return code;
}

static enum err_code
copy_key_file(struct transfer *t, const char *name, int permissions, struct err *e)
{
	char *text = NULL;
	size_t length = 0;
	const char *path = arena_printf(&t->arena, "%s/%s", t->keys, name);
	if (file_exists(arena_printf(&t->arena, "%s/%s", t->wish->to, name)))
		return ERR_OK; /* brought beforehand; opening the store looks at it */
	CHECK(file_read(path, 65536, &t->arena, &text, &length, e));
	enum err_code code = file_create(t->wish->to, name, text, permissions, e);
	memset(text, 0, length);
	return code;
}

/* A folder is served with the keys in it; with a URL they stay where they are. */
static enum err_code
open_target(struct transfer *t, struct err *e)
{
	bool is_url = db_is_url(t->wish->to);
	const struct store_options options = {.folder = is_url ? t->keys : t->wish->to,
					      .database = database_in(t, t->wish->to),
					      .mode = STORE_SCRATCH,
					      .readers = 1};
	if (is_url && t->lock >= 0) { /* the same folder: the target's store takes it over */
		folder_unlock(t->lock);
		t->lock = -1;
	}
	if (!is_url)
		CHECK(folder_create(t->wish->to, e));
	CHECK(make_database(t, options.database, e));
	if (!is_url) {
		CHECK(copy_key_file(t, "log.key", 0600, e));
		CHECK(copy_key_file(t, "log.verifier", 0644, e));
	}
	return store_open(&options, &t->to, e);
}

/* --- the whole --- */

static enum err_code
find_keys(struct transfer *t, struct err *e)
{
	t->keys = db_is_url(t->wish->from) ? t->wish->keys : t->wish->from;
	if (!t->keys)
		return ERR(
		    e, USAGE,
		    "where is log.key?  From PostgreSQL a node's data folder is needed, too");
	if (strcmp(t->wish->from, t->wish->to) == 0)
		return ERR(e, USAGE, "from and to are the same");
	return ERR_OK;
}

static enum err_code
run(struct transfer *t, struct err *e)
{
	CHECK(find_keys(t, e));
	if (open_source(t, e) != ERR_OK)
		return err_while(e, "from '%s'", db_where_to_show(t->wish->from, &t->arena));
	if (open_target(t, e) != ERR_OK || fill(t, e) != ERR_OK || verify(t, e) != ERR_OK)
		return err_while(e, "to '%s'", db_where_to_show(t->wish->to, &t->arena));
	return ERR_OK;
}

enum err_code
transfer(const struct transfer_wish *wish, struct transfer_report *ret_report, struct err *e)
{
	struct transfer t = {.wish = wish, .lock = -1};
	enum err_code code = run(&t, e);
	store_close(t.from);
	store_close(t.to);
	if (t.lock >= 0)
		folder_unlock(t.lock);
	if (code == ERR_OK)
		*ret_report = t.report;
	arena_done(&t.arena);
	return code;
}
