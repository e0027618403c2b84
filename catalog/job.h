/*
 * job.h -- the durable queue: work that must happen after a commit, however often the process
 * dies.
 *
 * A job is one (kind, subject) pair and is there at most once: asking for it again while it waits
 * changes nothing, while it is being worked on makes it run once more.  A claim is a lease; who
 * dies, or stands still for longer, loses it when it ends: then what it found out counts no more.
 * Jobs are not part of the log.
 */
#ifndef WEFT_CATALOG_JOB_H
#define WEFT_CATALOG_JOB_H

#include "catalog/store.h"

struct job {
	const char *kind, *subject;
	uint64_t round;    /* grows each time it is asked for */
	moment claim;      /* when it was claimed: what tells this claim from any other */
	uint32_t attempts; /* failed ones since it was last asked for */
	moment run_at;
	const char *error; /* of the last attempt, or NULL */
};

/* job_want -- run `kind` for `subject` no later than `at`. */
enum err_code job_want(struct session *s, const char *kind, const char *subject, moment at,
		       struct err *e);

/*
 * job_claim -- the job that is due longest, leased until `lease_end`.  Durable when it returns;
 * takes the writer itself. Fails: ERR_NOT_FOUND when none is due; then `*ret_next` is when the
 * next will be (0: none waits).  Any other failure may leave the job claimed, when a connection
 * broke before it could say: `ret_job->kind` is not NULL then, and job_again() frees it or finds
 * that it was not (ERR_STALE).
 */
enum err_code job_claim(struct store *store, moment lease_end, struct arena *arena,
			struct job *ret_job, moment *ret_next, struct err *e);

/*
 * job_done -- in the session that holds the work's result.  A job asked for again meanwhile
 * stays.  Fails: ERR_STALE when the claim was lost, so that the result is not committed either.
 */
enum err_code job_done(struct session *s, const struct job *job, struct err *e);

/* job_again -- the attempt failed: once more at `at`, with the error kept.  Fails: ERR_STALE. */
enum err_code job_again(struct session *s, const struct job *job, moment at, const char *error,
			struct err *e);

/*
 * job_free_leases -- at start-up: what this folder's process held is from a dead one.  Where nobody
 * else works on the jobs, that is every claim.
 */
enum err_code job_free_leases(struct session *s, struct err *e);

/* job_renew -- its lease until `lease_end`; a claim that was lost stays lost. */
enum err_code job_renew(struct session *s, const struct job *job, moment lease_end, struct err *e);

enum err_code job_counts(struct session *s, uint64_t *ret_waiting, uint64_t *ret_failing,
			 struct err *e);

#endif
