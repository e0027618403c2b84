/*
 * store.c -- opening the data folder: lock, database, schema, key, the log's own first event; and
 * closing it.
 *
 * The order matters: the lock before anything is written, the key before the first event that names
 * it.
 */
#include <assert.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/condition.h"
#include "base/document.h"
#include "base/json.h"

#include "event_log.h"
#include "store_parts.h"

enum { QUEUE_ROOM = 1024 };

/* No two processes have the same. */
static const char *
new_name(struct arena *arena)
{
	uint64_t number;
	random_bytes(&number, sizeof number);
	return arena_printf(arena, "%016" PRIx64, number);
}

static const char *
name_of_place(const char *folder, struct arena *arena)
{
	char host[256] = "", path[PATH_MAX];
	gethostname(host, sizeof host - 1);
	return arena_printf(arena, "%s:%s", host, realpath(folder, path) ? path : folder);
}

static struct store *
store_create(const struct store_options *options)
{
	struct store *store = memory_alloc(sizeof *store);
	store->folder = arena_text(&store->arena, options->folder);
	store->database = options->database
			      ? arena_text(&store->arena, options->database)
			      : arena_printf(&store->arena, "%s/weft.db", options->folder);
	store->shown = db_where_to_show(store->database, &store->arena);
	store->node = new_name(&store->arena);
	store->mode = options->mode;
	store_clock_init(&store->clock, options->clock);
	store->metrics = options->metrics;
	store->journal = metric_new(options->metrics, METRIC_GAUGE, "weft_journal_pages", "",
				    "Pages that are committed and not moved into the database yet");
	store->available = metric_new(options->metrics, METRIC_GAUGE, "weft_database_available", "",
				      "1 while the database can be reached, 0 while it is lost");
	metric_set(store->available, 1);
	store->lock = -1;
	store->idle_room = options->readers > 0 ? (size_t)options->readers : 1;
	store->idle = memory_alloc(store->idle_room * sizeof *store->idle);
	writer_gate_init(&store->writer_gate);
	pthread_mutex_init(&store->pool_lock, NULL);
	pthread_mutex_init(&store->commit_lock, NULL);

	condition_init(&store->changed);
	return store;
}

void
store_close(struct store *store)
{
	if (!store)
		return;
	indexer_destroy(store->indexer);
	commit_queue_destroy(store->queue);
	settler_destroy(store->settler);
	follower_destroy(store->follower);
	readers_forget(store);
	free(store->idle);
	db_close(store->writer);
	if (store->lock >= 0)
		close(store->lock); /* frees the lock, too */
	signing_key_wipe(&store->key);
	pthread_cond_destroy(&store->changed);
	pthread_mutex_destroy(&store->commit_lock);
	pthread_mutex_destroy(&store->pool_lock);
	writer_gate_done(&store->writer_gate);
	arena_done(&store->arena);
	free(store);
}

/* What a log says of itself in its first event. */
static enum err_code
begin_log(struct store *store, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	CLEANUP(arena_done) struct arena arena = {0};
	CLEANUP(buf_done) struct buf body = {0};
	struct json j = {.out = &body};
	json_begin_map(&j);
	json_member_text(&j, "origin", store->origin);
	json_member_text(&j, "verifier", verifier_key_format(&store->verifier, &arena));
	json_end_map(&j);

	CHECK(store_write(store, &s, e));
	if (s->head->edge.size > 0) /* another node was faster */
		return ERR_OK;
	CHECK(event_append(s, "weft", "log.created", store->origin, &body, NULL, e));
	return session_commit(s, e);
}

/* A node with another key would sign what nobody accepts: all nodes have the log's own. */
static enum err_code
check_key_is_the_logs(struct store *store, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	CLEANUP(arena_done) struct arena arena = {0};
	struct event first;
	struct node body;
	CHECK(store_read(store, &s, e));
	CHECK(event_get(s, 1, &arena, &first, e));
	if (!first.body)
		return ERR_OK; /* redacted */
	CHECK(event_body(&first, &arena, &body, e));
	const char *said = node_text(&body, "verifier", "");
	const char *own = verifier_key_format(&store->verifier, &arena);
	if (strcmp(said, own) != 0)
		return ERR(e, CORRUPT,
			   "the log is signed with the key of %s, and '%s' has that of %s: copy "
			   "log.key and log.verifier from the node that began the log",
			   said, store->folder, own);
	return ERR_OK;
}

/* A database that was put back from an older copy, or cut: its own checkpoint remembers more. */
static enum err_code
check_not_cut(struct db *db, uint64_t *ret_size, struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	static const char sql[] = "SELECT coalesce((SELECT max(seq) FROM events), 0),"
				  " coalesce((SELECT max(size) FROM checkpoints), 0)";
	CHECK(db_query(db, sql, DB_NO_ARGS, &q, e));
	if (!db_next(&q))
		return query_failed(&q, e) ? e->code : ERR(e, INTERNAL, "the log has no size");
	int64_t events = db_column_int(&q, 0), signed_events = db_column_int(&q, 1);
	if (events < signed_events)
		return ERR(
		    e, CORRUPT,
		    "the log ends at event %lld, but a checkpoint was signed over %lld events: "
		    "events were removed",
		    (long long)events, (long long)signed_events);
	*ret_size = (uint64_t)events;
	return ERR_OK;
}

static enum err_code
open_database(struct store *store, const char *origin, struct err *e)
{
	uint64_t size = 0;
	CHECK(db_open(store->database, DB_WRITE, &store->writer, e));
	CHECK(migrate(store->writer, e));
	CHECK(folder_sync(store->folder, e));
	CHECK(check_not_cut(store->writer, &size, e));
	atomic_store(&store->committed, size);
	store->heard_of = size;
	if (db_has_journal(store->writer))
		CHECK(settler_create(store->database, &store->writer_gate, &store->settler, e));
	CHECK(log_key_load(store, origin, size == 0, e));
	if (size == 0)
		CHECK(begin_log(store, e));
	return check_key_is_the_logs(store, e);
}

static enum err_code
while_opening(const struct store *store, struct err *e)
{
	return err_while(e, "opening '%s'", store->shown);
}

static enum err_code
open_to_serve(struct store *store, const char *origin, struct err *e)
{
	CHECK(folder_create(store->folder, e));
	store->holder = name_of_place(store->folder, &store->arena);
	CHECK(folder_lock(store->folder, &store->lock, e));
	if (open_database(store, origin, e) != ERR_OK)
		return while_opening(store, e);
	return ERR_OK;
}

static enum err_code
open_to_verify(struct store *store, struct err *e)
{
	if (!db_is_url(store->database) && !file_exists(store->database))
		return ERR(e, NOT_FOUND, "there is no log in '%s'", store->folder);
	CHECK(log_verifier_load(store, e));
	struct db *db = NULL;
	uint64_t number = 0;
	if (reader_open(store, &db, &number, e) != ERR_OK)
		return while_opening(store, e);
	enum err_code code = migrate_check(db, e);
	reader_close(store, db, number);
	return code == ERR_OK ? ERR_OK : while_opening(store, e);
}

/* A start on an earlier day than the last: time goes on from the log's. */
static enum err_code
note_last_time(struct store *store, struct session *s, uint64_t size, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct event last;
	CHECK(event_get(s, size, &arena, &last, e));
	store_clock_note(&store->clock, last.time);
	return ERR_OK;
}

/* Last of all: only a store that is whole takes commands. */
static enum err_code
open_queue(struct store *store, int room, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	uint64_t size = 0;
	CHECK(store_read(store, &s, e));
	CHECK(event_log_size(s, &size, e));
	atomic_store(&store->committed, size);
	if (size > 0)
		CHECK(note_last_time(store, s, size, e));
	if (db_is_url(store->database))
		CHECK(follower_create(store, &store->follower, e));
	CHECK(commit_queue_create(store, room > 0 ? (size_t)room : QUEUE_ROOM, &store->queue, e));
	return indexer_create(store, &store->indexer, e);
}

/* Of this program's schema, as every copy is: a copy is made to look at what is there. */
static enum err_code
open_scratch(struct store *store, struct err *e)
{
	CHECK(log_verifier_load(store, e));
	CHECK(folder_lock(store->folder, &store->lock, e));
	if (db_open(store->database, DB_WRITE, &store->writer, e) != ERR_OK ||
	    migrate_check(store->writer, e) != ERR_OK)
		return while_opening(store, e);
	return ERR_OK;
}

static enum err_code
open_in_mode(struct store *store, const struct store_options *options, struct err *e)
{
	switch (options->mode) {
	case STORE_VERIFY:
		return open_to_verify(store, e);
	case STORE_SCRATCH:
		return open_scratch(store, e);
	default:
		CHECK(open_to_serve(store, options->origin, e));
		return open_queue(store, options->queue, e);
	}
}

enum err_code
store_open(const struct store_options *options, struct store **ret_store, struct err *e)
{
	CHECK(digest_start_up(e));
	struct store *store = store_create(options);
	enum err_code code = open_in_mode(store, options, e);
	if (code != ERR_OK) {
		store_close(store);
		return code;
	}
	*ret_store = store;
	return ERR_OK;
}

const char *
store_origin(const struct store *store)
{
	return store->origin;
}

const char *
store_folder(const struct store *store)
{
	return store->folder;
}

const struct verifier_key *
store_verifier(const struct store *store)
{
	return &store->verifier;
}

struct clock
store_clock(const struct store *store)
{
	return store->clock.machine;
}

moment
store_now(const struct store *store)
{
	return store_clock_now(&store->clock);
}

struct metrics *
store_metrics(const struct store *store)
{
	return store->metrics;
}

uint64_t
store_followed(struct store *store)
{
	return atomic_load(&store->committed);
}
