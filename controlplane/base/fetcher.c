/*
 * fetcher.c -- libcurl's multi interface: one thread, one poll for all that is under way.
 *
 * A task is on one of three lists: put (under the lock, by whoever asks), waiting for its turn, or
 * running; the last two are the thread's own.
 */
#include "fetcher.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"

#include "fetch_transfer.h"

/* A list with its end, so that first come is first served. */
struct task_list {
	struct fetch_task *first, **last;
};

struct fetcher {
	pthread_t thread;
	CURLM *multi;
	unsigned at_once;

	pthread_mutex_t lock;
	struct task_list put; /* under the lock, as the next one */
	bool ending;

	struct task_list waiting, running;
};

/* ---- lists ---- */

static void
list_init(struct task_list *l)
{
	l->first = NULL;
	l->last = &l->first;
}

static void
list_add(struct task_list *l, struct fetch_task *t)
{
	t->next = NULL;
	*l->last = t;
	l->last = &t->next;
}

/* `link` is what points to it. */
static struct fetch_task *
list_take(struct task_list *l, struct fetch_task **link)
{
	struct fetch_task *t = *link;
	*link = t->next;
	if (l->last == &t->next)
		l->last = link;
	return t;
}

static void
list_move(struct task_list *to, struct task_list *from)
{
	while (from->first)
		list_add(to, list_take(from, &from->first));
}

/* ---- one task ---- */

static void
finish(struct fetch_task *t)
{
	t->took = clock_monotonic() - t->put;
	if (t->transfer)
		transfer_done(t->transfer);
	free(t->transfer);
	t->transfer = NULL;
	t->done(t);
}

static bool
is_same_host(const struct fetch_task *a, const struct fetch_task *b)
{
	return a->origin_length == b->origin_length &&
	       memcmp(a->request.url, b->request.url, a->origin_length) == 0;
}

static bool
may_run(const struct fetcher *f, const struct fetch_task *t)
{
	unsigned busy = 0;
	for (const struct fetch_task *r = f->running.first; r; r = r->next)
		busy += is_same_host(t, r);
	return busy < f->at_once;
}

static moment
time_left(const struct fetch_task *t)
{
	return t->put + t->request.deadline - clock_monotonic();
}

static void
give_up(struct fetch_task *t)
{
	t->code = ERR(&t->e, TIMEOUT, "'%s' took too long: others are being answered before",
		      t->request.url);
	finish(t);
}

static void
refuse(struct fetch_task *task)
{
	task->code = ERR(&task->e, UNAVAILABLE, "'%s': nobody is asked any more, the end is near",
			 task->request.url);
	finish(task);
}

/* A host that is looked up in vain holds up nobody else (CURLOPT_QUICK_EXIT). */
static void
start(struct fetcher *f, struct fetch_task *t)
{
	t->request.deadline = time_left(t);
	t->transfer = memory_alloc(sizeof *t->transfer);
	t->code = transfer_begin(t->transfer, &t->request, &t->e);
	if (t->code == ERR_OK) {
		curl_easy_setopt(t->transfer->curl, CURLOPT_PRIVATE, t);
		curl_easy_setopt(t->transfer->curl, CURLOPT_QUICK_EXIT, 1L);
		if (curl_multi_add_handle(f->multi, t->transfer->curl) == CURLM_OK) {
			list_add(&f->running, t);
			return;
		}
		t->code = ERR(&t->e, UNREACHABLE, "'%s': no memory for a request", t->request.url);
	}
	finish(t);
}

static void
stop(struct fetcher *f, struct fetch_task *t)
{
	struct fetch_task **link = &f->running.first;
	while (*link && *link != t)
		link = &(*link)->next;
	if (*link)
		list_take(&f->running, link);
	curl_multi_remove_handle(f->multi, t->transfer->curl);
}

/* ---- the thread ---- */

/* False when it is time to end. */
static bool
take_put(struct fetcher *f)
{
	pthread_mutex_lock(&f->lock);
	list_move(&f->waiting, &f->put);
	bool ending = f->ending;
	pthread_mutex_unlock(&f->lock);
	return !ending;
}

/* Whose turn it is; gives the time until somebody who goes on waiting must be given up. */
static moment
start_waiting(struct fetcher *f)
{
	moment soonest = SECONDS(10);
	for (struct fetch_task **link = &f->waiting.first; *link;) {
		moment left = time_left(*link);
		if (left <= 0) {
			give_up(list_take(&f->waiting, link));
		} else if (may_run(f, *link)) {
			start(f, list_take(&f->waiting, link));
		} else {
			soonest = left < soonest ? left : soonest;
			link = &(*link)->next;
		}
	}
	return soonest;
}

/* Gives true when there is room for others now. */
static bool
finish_answered(struct fetcher *f)
{
	bool any = false;
	int left;
	for (CURLMsg *m; (m = curl_multi_info_read(f->multi, &left)); any = true) {
		struct fetch_task *t;
		CURLcode result = m->data.result; /* the message goes with its handle */
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &t);
		stop(f, t);
		t->code = transfer_end(t->transfer, result, t->arena, &t->response, &t->e);
		finish(t);
	}
	return any;
}

static void
fail_all(struct fetcher *f)
{
	for (struct fetch_task *t; (t = f->running.first); list_add(&f->waiting, t))
		stop(f, t);
	while (f->waiting.first)
		refuse(list_take(&f->waiting, &f->waiting.first));
}

static void *
run(void *user)
{
	struct fetcher *f = user;
	while (take_put(f)) {
		int count;
		moment patience = start_waiting(f);
		curl_multi_perform(f->multi, &count);
		if (!finish_answered(f))
			curl_multi_poll(f->multi, NULL, 0, (int)(patience / 1000 + 1), NULL);
	}
	fail_all(f);
	return NULL;
}

/* ---- the door ---- */

/* "http://host:port" of an address. */
static size_t
origin_length(const char *url)
{
	const char *host = strstr(url, "://");
	return host ? (size_t)(host + 3 - url) + strcspn(host + 3, "/?#") : strlen(url);
}

void
fetcher_put(struct fetcher *f, struct fetch_task *task)
{
	task->put = clock_monotonic();
	task->origin_length = origin_length(task->request.url);
	task->transfer = NULL;
	pthread_mutex_lock(&f->lock);
	bool may = !f->ending;
	if (may)
		list_add(&f->put, task);
	pthread_mutex_unlock(&f->lock);
	if (may)
		curl_multi_wakeup(f->multi);
	else
		refuse(task);
}

static void
free_fetcher(struct fetcher *f)
{
	curl_multi_cleanup(f->multi);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

enum err_code
fetcher_create(unsigned at_once, struct fetcher **ret_fetcher, struct err *e)
{
	struct fetcher *f = memory_alloc(sizeof *f);
	f->multi = curl_multi_init();
	if (!f->multi)
		memory_exhausted();
	f->at_once = at_once;
	pthread_mutex_init(&f->lock, NULL);
	list_init(&f->put);
	list_init(&f->waiting);
	list_init(&f->running);
	int failed = pthread_create(&f->thread, NULL, run, f);
	if (failed) {
		free_fetcher(f);
		return err_errno(e, failed, "starting a thread");
	}
	*ret_fetcher = f;
	return ERR_OK;
}

void
fetcher_end(struct fetcher *f)
{
	pthread_mutex_lock(&f->lock);
	bool is_new = !f->ending;
	f->ending = true;
	pthread_mutex_unlock(&f->lock);
	if (!is_new)
		return;
	curl_multi_wakeup(f->multi);
	pthread_join(f->thread, NULL);
}

void
fetcher_destroy(struct fetcher *f)
{
	if (!f)
		return;
	fetcher_end(f);
	free_fetcher(f);
}
