/*
 * lease_keeper.h -- a thread that renews the leases of the jobs in hand.
 *
 * So a lease can be shorter than a job: it ends soon after its process died or stood still, and
 * never under one that works.  It also ends when nobody knows of the claim, because the database
 * went away before it could say that it had committed it.
 */
#ifndef WEFT_JOBS_LEASE_KEEPER_H
#define WEFT_JOBS_LEASE_KEEPER_H

#include "base/err.h"
#include "catalog/job.h"
#include "catalog/store.h"

struct lease_keeper;

/* `seconds` is how long a lease is; it is renewed when a third of that is over. */
enum err_code lease_keeper_create(struct store *store, int64_t seconds,
				  struct lease_keeper **ret_keeper, struct err *e);
void lease_keeper_destroy(struct lease_keeper *keeper);

/* A job in hand: the worker's storage, from lease_keeper_take() to lease_keeper_drop(). */
struct held_job {
	const struct job *job;
	struct held_job *next;
};

void lease_keeper_take(struct lease_keeper *keeper, struct held_job *held);
void lease_keeper_drop(struct lease_keeper *keeper, struct held_job *held);

#endif
