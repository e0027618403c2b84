/*
 * jobs.h -- the workers: they claim jobs that are due (catalog/job.h) and run the function of
 * each kind.
 *
 * A job's function does the work outside of any session and ends the job in the session that
 * records the result, with job_done() or job_again(): so either both are on disk or neither, and
 * a crash means that the job runs once more.  Work must therefore be repeatable.  When the
 * function fails instead, nothing of its session has happened, and the worker asks for the job
 * again, later each time: after `retry_first` seconds, then twice that, up to `retry_longest`.
 */
#ifndef WEFT_JOBS_JOBS_H
#define WEFT_JOBS_JOBS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/metrics.h"
#include "catalog/job.h"
#include "catalog/store.h"

struct jobs;

/* What a function gets to do one job with. */
struct job_run {
	struct store *store;
	const struct job *job;
	struct arena *arena; /* for as long as the function runs */
	moment retry_at;     /* when to try again if this attempt fails: for job_again() */
};

typedef enum err_code job_work_fn(void *user, const struct job_run *run, struct err *e);

struct job_kind {
	const char *kind;
	job_work_fn *work;
	void *user;
};

struct jobs_options {
	struct store *store;
	const struct job_kind
	    *kinds; /* ended by a row without a kind; borrowed until jobs_stop() */
	unsigned threads;
	int64_t lease; /* seconds after which another node takes what a dead one had in hand */
	int64_t retry_first, retry_longest; /* seconds */
	struct metrics *metrics;            /* weft_jobs_total, weft_job_seconds */
};

/*
 * jobs_start -- free what a dead process had claimed, and begin.  One for a store: a job of a
 * kind that no row names is put off, with an error.  Fails: what the store fails with, ERR_IO
 * when threads cannot be had.
 */
enum err_code jobs_start(const struct jobs_options *options, struct jobs **ret_jobs, struct err *e);

/* jobs_stop -- finish the jobs in hand, claim no more, end the threads.  NULL is a no-op. */
void jobs_stop(struct jobs *jobs);

/*
 * jobs_delay -- how long to wait after a failure that `failures` others came before, in
 * microseconds.
 */
int64_t jobs_delay(int64_t first, int64_t longest, unsigned failures);

#endif
