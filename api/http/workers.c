/*
 * workers.c -- one queue, some threads.
 */
#include "workers.h"

#include "base/thread.h"

#include "server.h"

/* With the lock held; NULL when there is nothing left and it is time to go. */
static struct exchange *
take(struct workers *w)
{
	while (!w->first && !w->ending)
		pthread_cond_wait(&w->changed, &w->lock);
	struct exchange *x = w->first;
	if (!x)
		return NULL;
	w->first = x->next_task;
	if (!w->first)
		w->last = &w->first;
	return x;
}

static void *
work(void *user)
{
	struct workers *w = user;
	struct exchange *x;
	thread_stand_back();
	pthread_mutex_lock(&w->lock);
	while ((x = take(w))) {
		pthread_mutex_unlock(&w->lock);
		exchange_work(x);
		thread_let_others();
		pthread_mutex_lock(&w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

bool
workers_put(struct workers *w, struct exchange *x, bool suspend)
{
	pthread_mutex_lock(&w->lock);
	bool may = !w->ending;
	if (may) {
		/* Before it can be taken: who takes it resumes it. */
		if (suspend)
			MHD_suspend_connection(x->connection);
		x->next_task = NULL;
		*w->last = x;
		w->last = &x->next_task;
		pthread_cond_signal(&w->changed);
	}
	pthread_mutex_unlock(&w->lock);
	return may;
}

enum err_code
workers_open(struct workers *w, unsigned count, struct err *e)
{
	*w = (struct workers){.last = &w->first};
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->changed, NULL);
	for (; w->count < count; w->count++) {
		int failed = pthread_create(&w->threads[w->count], NULL, work, w);
		if (failed) {
			workers_finish(w);
			workers_done(w);
			return err_errno(e, failed, "starting a thread");
		}
	}
	return ERR_OK;
}

void
workers_finish(struct workers *w)
{
	pthread_mutex_lock(&w->lock);
	w->ending = true;
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
	for (unsigned i = 0; i < w->count; i++)
		pthread_join(w->threads[i], NULL);
}

void
workers_done(struct workers *w)
{
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->lock);
}
