/*
 * readers.c -- the connections of those who read, kept for the next one; never more idle ones than
 * the store has room for.
 *
 * A connection is of the time in which it was made.  When the database was lost and is there again,
 * older ones may lead to a server that is not the one that writes any more: none is used again.
 */
#include <stdlib.h>

#include "store_parts.h"

static struct db *
take_idle(struct store *store, uint64_t *ret_age)
{
	pthread_mutex_lock(&store->pool_lock);
	struct db *db = store->idle_count > 0 ? store->idle[--store->idle_count] : NULL;
	*ret_age = store->pool_age;
	pthread_mutex_unlock(&store->pool_lock);
	return db;
}

enum err_code
reader_open(struct store *store, struct db **ret_db, uint64_t *ret_age, struct err *e)
{
	struct db *db;
	CHECK(follower_check(store->follower, FOLLOWER_BLINK, e));
	while ((db = take_idle(store, ret_age)) != NULL) {
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

static bool
keep(struct store *store, struct db *db, uint64_t age)
{
	pthread_mutex_lock(&store->pool_lock);
	bool has_place = store->idle_count < store->idle_room && age == store->pool_age;
	if (has_place)
		store->idle[store->idle_count++] = db;
	pthread_mutex_unlock(&store->pool_lock);
	return has_place;
}

void
reader_close(struct store *store, struct db *db, uint64_t age)
{
	struct err e;
	if (db_commit(db, &e) == ERR_OK && keep(store, db, age))
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
		idle[i] = store->idle[i];
	store->idle_count = 0;
	store->pool_age++;
	pthread_mutex_unlock(&store->pool_lock);
	for (size_t i = 0; i < count; i++)
		db_close(idle[i]);
	free(idle);
}
