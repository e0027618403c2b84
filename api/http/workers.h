/*
 * workers.h -- threads for what may wait: the threads that poll the connections must not.
 *
 * A request is handed over with its connection suspended, which costs no thread; the worker that
 * has its answer resumes it.
 */
#ifndef WEFT_HTTP_WORKERS_H
#define WEFT_HTTP_WORKERS_H

#include <pthread.h>
#include <stdbool.h>

#include "base/err.h"

struct exchange;

enum { WORKERS_MOST = 16 };

struct workers {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t threads[WORKERS_MOST];
	unsigned count;
	struct exchange *first, **last; /* the queue: at most one row a connection */
	bool ending;
};

enum err_code workers_open(struct workers *w, unsigned count, struct err *e);

/*
 * workers_put -- have exchange_work() called on one of the threads; `suspend`: the connection is
 * not suspended yet.  False, and nothing done, when the workers have been told to finish.
 */
bool workers_put(struct workers *w, struct exchange *x, bool suspend);

/*
 * workers_finish -- what is queued is worked off, then the threads end; nothing more is taken.
 * workers_done -- once nobody can ask any more.
 */
void workers_finish(struct workers *w);
void workers_done(struct workers *w);

#endif
