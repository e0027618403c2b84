/*
 * jobs.c -- see jobs.h.
 *
 * The workers take turns: one at a time holds `turn`, waits for a job to be due and claims it; then
 * it lets the next one wait and does its job.  So however many workers there are, an idle server
 * has one thread asleep in store_wait() and asks the database once after each commit.  Reads in
 * this order: claiming, running, the loop, starting and stopping.
 */
#include "jobs.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "catalog/pending.h"

#include "lease_keeper.h"

/* What is counted of one kind. */
struct kind_metrics {
	struct metric *done, *failed, *seconds;
};

struct jobs {
	struct jobs_options options;
	struct kind_metrics
	    *metrics;         /* as many as kinds, and one for kinds that are not known; owned */
	pthread_mutex_t turn; /* held by the worker that waits and claims */
	atomic_bool stopping;
	struct lease_keeper *keeper; /* owned */
	pthread_t *threads;          /* owned */
	unsigned thread_count;
};

enum {
	LONGEST_WAIT = 60,     /* seconds; a clock that was set is noticed within this */
	BREATHER = 500000,     /* microseconds between attempts when the store itself fails */
	START_PATIENCE = 30,   /* seconds for a place in the queue of changes */
	JOIN_PIECE = 10000000, /* nanoseconds until a stopping worker is woken once more */
};

int64_t
jobs_delay(int64_t first, int64_t longest, unsigned failures)
{
	int64_t delay = first;
	for (unsigned i = 0; i < failures && delay < longest; i++)
		delay *= 2;
	return SECONDS(delay < longest ? delay : longest);
}

/* ---- claiming ---- */

static void
rest(int64_t micros)
{
	struct timespec t = {.tv_sec = micros / 1000000, .tv_nsec = micros % 1000000 * 1000};
	nanosleep(&t, NULL);
}

/* Until the next job is due, something is committed (perhaps a job), or jobs_stop() wakes us. */
static void
wait_for_work(struct jobs *jobs, uint64_t seen, moment next)
{
	moment wait = SECONDS(LONGEST_WAIT);
	moment left = next - store_now(jobs->options.store);
	if (next && left < wait)
		wait = left > 0 ? left : 0;
	store_wait(jobs->options.store, seen, clock_monotonic() + wait);
}

static void put_back(struct jobs *jobs, const struct job *job, moment at, const char *error);

/* True with a job; false when there was none and it is worth looking again. */
static bool
try_to_claim(struct jobs *jobs, struct arena *arena, struct job *ret_job)
{
	struct err e = {0};
	moment next = 0;
	*ret_job = (struct job){0};
	struct store *store = jobs->options.store;
	uint64_t seen = store_commits(store); /* before looking, so that no commit is missed */
	moment lease_end = store_now(store) + SECONDS(jobs->options.lease);
	enum err_code code = job_claim(store, lease_end, arena, ret_job, &next, &e);
	if (code == ERR_OK)
		return true;
	if (code == ERR_NOT_FOUND) {
		wait_for_work(jobs, seen, next);
		return false;
	}
	LOG(WARN, "jobs cannot be claimed", "error", e.message);
	rest(BREATHER);
	if (ret_job->kind) /* whether it is ours, nobody knows: then nobody may have it */
		put_back(jobs, ret_job, store_now(store), e.message);
	return false;
}

/* False when the workers are to stop. */
static bool
next_job(struct jobs *jobs, struct arena *arena, struct job *ret_job)
{
	bool found = false;
	pthread_mutex_lock(&jobs->turn);
	while (!found && !atomic_load(&jobs->stopping))
		found = try_to_claim(jobs, arena, ret_job);
	pthread_mutex_unlock(&jobs->turn);
	return found;
}

/* ---- running ---- */

/* A job that failed, on its way back into the queue. */
struct failed_job {
	const struct job *job;
	moment at;
	const char *error;
};

static enum err_code
ask_again(void *user, struct session *s, struct err *e)
{
	const struct failed_job *f = user;
	return job_again(s, f->job, f->at, f->error, e);
}

/*
 * A job that failed must be put back, or it would wait for its lease to end.  While the store
 * itself fails (a full disk) this worker has nothing better to do than to try; when the process
 * ends meanwhile, the next start frees the lease.  Once the lease was lost the job is another's.
 */
static void
put_back(struct jobs *jobs, const struct job *job, moment at, const char *error)
{
	struct err e = {0};
	struct failed_job failed = {job, at, error};
	LOG(WARN, "job failed", "kind", job->kind, "subject", job->subject, "error", error);
	enum err_code code;
	while ((code = store_change(jobs->options.store, ask_again, &failed, &e)) != ERR_OK &&
	       code != ERR_STALE && !atomic_load(&jobs->stopping)) {
		LOG(WARN, "job cannot be put back", "kind", job->kind, "subject", job->subject,
		    "error", e.message);
		rest(BREATHER);
	}
}

/* The row of the kind, or the one without a kind that ends the table. */
static size_t
find_kind(const struct jobs *jobs, const char *kind)
{
	size_t i = 0;
	while (jobs->options.kinds[i].kind && strcmp(jobs->options.kinds[i].kind, kind) != 0)
		i++;
	return i;
}

static enum err_code
work_on(const struct job_kind *kind, const struct job_run *run, struct err *e)
{
	if (!kind->kind)
		return ERR(e, INTERNAL, "nothing here does jobs of kind '%s'", run->job->kind);
	return kind->work(kind->user, run, e);
}

static void
run_job(struct jobs *jobs, const struct job *job, struct arena *arena)
{
	const struct jobs_options *o = &jobs->options;
	struct err e = {0};
	size_t kind = find_kind(jobs, job->kind);
	int64_t delay = jobs_delay(o->retry_first, o->retry_longest, job->attempts);
	struct job_run run = {
	    .store = o->store, .job = job, .arena = arena, .retry_at = store_now(o->store) + delay};
	moment began = clock_monotonic();
	enum err_code code = work_on(&o->kinds[kind], &run, &e);
	metric_observe(jobs->metrics[kind].seconds, clock_monotonic() - began);
	metric_add(code == ERR_OK ? jobs->metrics[kind].done : jobs->metrics[kind].failed, 1);
	if (code != ERR_OK)
		put_back(jobs, job, store_now(o->store) + delay, e.message);
}

static void *
worker(void *user)
{
	struct jobs *jobs = user;
	CLEANUP(arena_done) struct arena arena = {0};
	struct job job;
	while (next_job(jobs, &arena, &job)) {
		struct held_job held = {.job = &job};
		lease_keeper_take(jobs->keeper, &held);
		run_job(jobs, &job, &arena);
		lease_keeper_drop(jobs->keeper, &held);
		arena_reset(&arena);
	}
	return NULL;
}

/* ---- starting and stopping ---- */

static struct metric *
count_of(struct metrics *m, const char *kind, const char *result, struct arena *arena)
{
	return metric_new(m, METRIC_COUNTER, "weft_jobs_total",
			  arena_printf(arena, "kind=\"%s\",result=\"%s\"", kind, result),
			  "Jobs of the background, by what became of them.");
}

static struct kind_metrics *
make_metrics(const struct jobs_options *o)
{
	CLEANUP(arena_done) struct arena arena = {0};
	size_t count = 1;
	while (o->kinds[count - 1].kind)
		count++;
	struct kind_metrics *all = memory_alloc(count * sizeof *all);
	for (size_t i = 0; i < count; i++) {
		const char *kind = o->kinds[i].kind ? o->kinds[i].kind : "unknown";
		all[i].done = count_of(o->metrics, kind, "done", &arena);
		all[i].failed = count_of(o->metrics, kind, "failed", &arena);
		all[i].seconds = metric_new(o->metrics, METRIC_HISTOGRAM, "weft_job_seconds",
					    arena_printf(&arena, "kind=\"%s\"", kind),
					    "How long jobs of the background take.");
	}
	return all;
}

static enum err_code
free_leases(void *user, struct session *s, struct err *e)
{
	(void)user;
	return job_free_leases(s, e);
}

/* Others have begun already and have changes to make: a short queue may be full. */
static enum err_code
free_leases_patiently(struct store *store, struct err *e)
{
	const moment end = clock_monotonic() + SECONDS(START_PATIENCE);
	enum err_code code;
	while ((code = store_change(store, free_leases, NULL, e)) == ERR_BUSY &&
	       clock_monotonic() < end)
		rest(BREATHER / 100);
	return code;
}

enum err_code
jobs_start(const struct jobs_options *options, struct jobs **ret_jobs, struct err *e)
{
	enum err_code code = free_leases_patiently(options->store, e);
	if (code != ERR_OK)
		return err_while(e, "starting the workers");
	struct jobs *jobs = memory_alloc(sizeof *jobs);
	*jobs = (struct jobs){.options = *options};
	pthread_mutex_init(&jobs->turn, NULL);
	jobs->metrics = make_metrics(options);
	code = lease_keeper_create(options->store, options->lease, &jobs->keeper, e);
	if (code != ERR_OK) {
		jobs_stop(jobs);
		return code;
	}
	jobs->threads = memory_alloc(options->threads * sizeof *jobs->threads);
	for (; jobs->thread_count < options->threads; jobs->thread_count++) {
		int number = pthread_create(&jobs->threads[jobs->thread_count], NULL, worker, jobs);
		if (number != 0) {
			jobs_stop(jobs);
			return err_errno(e, number, "starting the workers: a thread");
		}
	}
	*ret_jobs = jobs;
	return ERR_OK;
}

/*
 * A wake that comes just before a worker goes to sleep is lost, so it is repeated until the
 * worker is gone.
 */
static void
join(struct jobs *jobs, pthread_t thread)
{
	int number;
	do {
		struct timespec until;
		store_wake(jobs->options.store);
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += JOIN_PIECE;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		number = pthread_timedjoin_np(thread, NULL, &until);
	} while (number == ETIMEDOUT);
}

void
jobs_stop(struct jobs *jobs)
{
	if (!jobs)
		return;
	atomic_store(&jobs->stopping, true);
	for (unsigned i = 0; i < jobs->thread_count; i++)
		join(jobs, jobs->threads[i]);
	lease_keeper_destroy(jobs->keeper);
	pthread_mutex_destroy(&jobs->turn);
	free(jobs->threads);
	free(jobs->metrics);
	free(jobs);
}
