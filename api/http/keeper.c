/*
 * keeper.c -- one thread, one list, one lock.
 *
 * The lock is taken before libmicrohttpd's own (in suspend and resume); it calls us back holding
 * none of its own.
 */
#include "keeper.h"

#include <sys/socket.h>

#include <stdint.h>

#include "base/condition.h"

#include "server.h"

enum {
	TICK = 100000, /* microseconds between looks at sleeping streams */
	SLOWEST_BYTES_A_SECOND =
	    16 * 1024, /* what a connection must at least move, on top of its patience */
};

static moment
time_for(uint64_t bytes)
{
	return (moment)bytes * SECONDS(1) / SLOWEST_BYTES_A_SECOND;
}

static void
set_deadline(struct exchange *x, moment from_now)
{
	atomic_store_explicit(&x->deadline, clock_monotonic() + from_now, memory_order_relaxed);
}

void
keeper_allow(struct exchange *x, uint64_t bytes)
{
	set_deadline(x, SECONDS(2 * (moment)x->http->options.timeout_seconds) + time_for(bytes));
}

void
keeper_extend(struct exchange *x, uint64_t bytes)
{
	atomic_fetch_add_explicit(&x->deadline, time_for(bytes), memory_order_relaxed);
}

void
keeper_allow_briefly(struct exchange *x)
{
	set_deadline(x, SECONDS(2));
}

void
keeper_allow_forever(struct exchange *x)
{
	atomic_store_explicit(&x->deadline, INT64_MAX, memory_order_relaxed);
}

void
keeper_add(struct keeper *k, struct exchange *x)
{
	pthread_mutex_lock(&k->lock);
	x->next = k->exchanges;
	x->link = &k->exchanges;
	if (x->next)
		x->next->link = &x->next;
	k->exchanges = x;
	pthread_mutex_unlock(&k->lock);
}

void
keeper_remove(struct keeper *k, struct exchange *x)
{
	pthread_mutex_lock(&k->lock);
	*x->link = x->next;
	if (x->next)
		x->next->link = x->link;
	pthread_mutex_unlock(&k->lock);
}

/* Only who takes it to zero while keeper_finish() waits needs the lock: `stopping` is set before it
 * looks. */
void
keeper_busy(struct keeper *k, int change)
{
	if (atomic_fetch_add(&k->busy, (unsigned)change) + (unsigned)change != 0 || !k->stopping)
		return;
	pthread_mutex_lock(&k->lock);
	pthread_cond_broadcast(&k->changed);
	pthread_mutex_unlock(&k->lock);
}

/* Under the lock: who comes back last must be done with the keeper before keeper_await() returns.
 */
void
keeper_away(struct keeper *k, int change)
{
	pthread_mutex_lock(&k->lock);
	k->away += (unsigned)change;
	if (k->away == 0 && k->stopping)
		pthread_cond_broadcast(&k->changed);
	pthread_mutex_unlock(&k->lock);
}

bool
keeper_is_stopping(struct keeper *k)
{
	return k->stopping;
}

bool
keeper_sleep(struct keeper *k, struct exchange *x)
{
	pthread_mutex_lock(&k->lock);
	bool may = !k->stopping;
	if (may) {
		MHD_suspend_connection(x->connection);
		x->asleep = true;
	}
	pthread_mutex_unlock(&k->lock);
	return may;
}

/* With the lock held. */
static void
wake_streams(struct keeper *k)
{
	for (struct exchange *x = k->exchanges; x; x = x->next) {
		if (!x->asleep)
			continue;
		x->asleep = false;
		MHD_resume_connection(x->connection);
	}
}

/*
 * With the lock held: a connection leaves the list before its socket is closed, so the number still
 * means this socket. Shutting it down makes libmicrohttpd see its end, and close it in its own
 * thread.
 */
static void
cut_slow(struct keeper *k, moment now)
{
	for (struct exchange *x = k->exchanges; x; x = x->next) {
		if (now < atomic_load_explicit(&x->deadline, memory_order_relaxed))
			continue;
		const union MHD_ConnectionInfo *info =
		    MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
		if (info)
			shutdown(info->connect_fd, SHUT_RDWR);
		keeper_allow_forever(x);
	}
}

static void *
keep(void *user)
{
	struct keeper *k = user;
	moment next_cut = 0;
	pthread_mutex_lock(&k->lock);
	while (!k->ending) {
		moment now = clock_monotonic();
		wake_streams(k);
		if (now >= next_cut) {
			cut_slow(k, now);
			next_cut = now + SECONDS(1);
		}
		condition_wait(&k->changed, &k->lock, clock_monotonic() + TICK);
	}
	wake_streams(k);
	pthread_mutex_unlock(&k->lock);
	return NULL;
}

void
keeper_finish(struct keeper *k, moment patience)
{
	const moment end = clock_monotonic() + patience;
	pthread_mutex_lock(&k->lock);
	k->stopping = true;
	wake_streams(k);
	while (k->busy > 0 && condition_wait(&k->changed, &k->lock, end))
		;
	pthread_mutex_unlock(&k->lock);
}

void
keeper_await(struct keeper *k)
{
	pthread_mutex_lock(&k->lock);
	while (k->away > 0)
		pthread_cond_wait(&k->changed, &k->lock);
	pthread_mutex_unlock(&k->lock);
}

enum err_code
keeper_open(struct keeper *k, struct err *e)
{
	pthread_mutex_init(&k->lock, NULL);
	condition_init(&k->changed);
	int failed = pthread_create(&k->thread, NULL, keep, k);
	if (!failed)
		return ERR_OK;
	pthread_cond_destroy(&k->changed);
	pthread_mutex_destroy(&k->lock);
	return err_errno(e, failed, "starting a thread");
}

void
keeper_close(struct keeper *k)
{
	pthread_mutex_lock(&k->lock);
	k->stopping = k->ending = true;
	pthread_cond_broadcast(&k->changed);
	pthread_mutex_unlock(&k->lock);
	pthread_join(k->thread, NULL);
	pthread_cond_destroy(&k->changed);
	pthread_mutex_destroy(&k->lock);
}
