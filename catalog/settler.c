/*
 * settler.c -- waits for a journal that is long enough, then settles it with a connection of its
 * own.
 *
 * A failure is nobody's: what was committed is safe in the journal, and the next turn tries again.
 */
#include "settler.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/thread.h"

#include "db.h"

struct settler {
	struct db *db;            /* used by the thread alone */
	struct writer_gate *gate; /* not owned */
	pthread_t thread;
	pthread_mutex_t lock; /* of the two below */
	pthread_cond_t due;
	uint32_t waiting;
	bool stop;
};

/* Gives false when it is time to stop. */
static bool
wait_until_due(struct settler *settler)
{
	pthread_mutex_lock(&settler->lock);
	while (!settler->stop && settler->waiting < SETTLE_PAGES)
		pthread_cond_wait(&settler->due, &settler->lock);
	settler->waiting = 0;
	bool go_on = !settler->stop;
	pthread_mutex_unlock(&settler->lock);
	return go_on;
}

static void
settle(struct settler *settler)
{
	struct err ignored;
	uint32_t left = 0;
	if (db_settle(settler->db, &left, &ignored) != ERR_OK || left < SETTLE_ALONE_PAGES)
		return;
	writer_gate_enter(settler->gate);
	db_settle(settler->db, &left, &ignored);
	writer_gate_leave(settler->gate);
}

static void *
run(void *user)
{
	struct settler *settler = user;
	thread_stand_back();
	while (wait_until_due(settler))
		settle(settler);
	return NULL;
}

enum err_code
settler_create(const char *database, struct writer_gate *gate, struct settler **ret_settler,
	       struct err *e)
{
	struct db *db = NULL;
	CHECK(db_open(database, DB_WRITE, &db, e));
	struct settler *settler = memory_alloc(sizeof *settler);
	settler->db = db;
	settler->gate = gate;
	pthread_mutex_init(&settler->lock, NULL);
	pthread_cond_init(&settler->due, NULL);
	int number = pthread_create(&settler->thread, NULL, run, settler);
	if (number != 0) {
		db_close(db);
		free(settler);
		return err_errno(e, number, "starting a thread");
	}
	*ret_settler = settler;
	return ERR_OK;
}

void
settler_destroy(struct settler *settler)
{
	if (!settler)
		return;
	pthread_mutex_lock(&settler->lock);
	settler->stop = true;
	pthread_cond_signal(&settler->due);
	pthread_mutex_unlock(&settler->lock);
	pthread_join(settler->thread, NULL);
	db_close(settler->db);
	pthread_cond_destroy(&settler->due);
	pthread_mutex_destroy(&settler->lock);
	free(settler);
}

void
settler_note(struct settler *settler, uint32_t waiting)
{
	if (!settler || waiting < SETTLE_PAGES)
		return;
	pthread_mutex_lock(&settler->lock);
	settler->waiting = waiting;
	pthread_cond_signal(&settler->due);
	pthread_mutex_unlock(&settler->lock);
}
