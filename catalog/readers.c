/*
 * readers.c -- the connections of those who read, kept for the next one; never more idle ones than
 * the store has room for.
 *
 * The oldest goes first.  So a connection that is needed only while others are busy remains rarely
 * used, and the memory of pages gathers with those that read most; if the last one back went first,
 * all would fill theirs in turn.
 *
 * When the database was lost and is there again, connections that were made before may lead to a
 * server that is not the one that writes any more: none is used again.
 */
#include <stdlib.h>

#include "store_parts.h"

static struct db *
take_idle(struct store *store, uint64_t *ret_number)
{
	pthread_mutex_lock(&store->pool_lock);
	struct db *db = NULL;
	if (store->idle_count > 0) {
		const struct idle_reader *oldest = &store->idle[--store->idle_count];
		db = oldest->db;
		*ret_number = oldest->number;
	} else {
		*ret_number = ++store->readers_made;
	}
	pthread_mutex_unlock(&store->pool_lock);
	return db;
}

enum err_code
reader_open(struct store *store, struct db **ret_db, uint64_t *ret_number, struct err *e)
{
	struct db *db;
	CHECK(follower_check(store->follower, FOLLOWER_BLINK, e));
	while ((db = take_idle(store, ret_number)) != NULL) {
		if (db_begin(db, e) == ERR_OK) {
			*ret_db = db;
			return ERR_OK;
		}
		db_close(db); /* it broke while nobody used it */
	}
	enum err_code code = db_open(store->database, DB_READ, &db, e);
	if (code == ERR_OK && (code = db_begin(db, e)) != ERR_OK)
		db_close(db);
	if (code == ERR_UNAVAILABLE)
		follower_note_loss(store->follower, e);
	if (code == ERR_OK)
		*ret_db = db;
	return code;
}

/* With room for it.  The oldest is last. */
static void
insert(struct store *store, struct idle_reader reader)
{
	size_t at = store->idle_count++;
	for (; at > 0 && store->idle[at - 1].number < reader.number; at--)
		store->idle[at] = store->idle[at - 1];
	store->idle[at] = reader;
}

static bool
keep(struct store *store, struct db *db, uint64_t number)
{
	pthread_mutex_lock(&store->pool_lock);
	bool has_place = store->idle_count < store->idle_room && number > store->readers_forgotten;
	if (has_place)
		insert(store, (struct idle_reader){db, number});
	pthread_mutex_unlock(&store->pool_lock);
	return has_place;
}

void
reader_close(struct store *store, struct db *db, uint64_t number)
{
	struct err e;
	if (db_commit(db, &e) == ERR_OK && keep(store, db, number))
		return;
	if (db_is_lost(db, &e))
		follower_note_loss(store->follower, &e);
	db_close(db);
}

void
readers_forget(struct store *store)
{
	struct db **idle = memory_alloc(store->idle_room * sizeof(struct db *));
	pthread_mutex_lock(&store->pool_lock);
	size_t count = store->idle_count;
	for (size_t i = 0; i < count; i++)
		idle[i] = store->idle[i].db;
	store->idle_count = 0;
	store->readers_forgotten = store->readers_made;
	pthread_mutex_unlock(&store->pool_lock);
	for (size_t i = 0; i < count; i++)
		db_close(idle[i]);
	free(idle);
}
