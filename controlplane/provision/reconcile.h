/*
 * reconcile.h -- the two jobs of provisioning: make what a product asks for so, and destroy what
 * was kept long enough.
 */
#ifndef WEFT_PROVISION_RECONCILE_H
#define WEFT_PROVISION_RECONCILE_H

#include "jobs/jobs.h"

#include "plugin_host.h"

/* The user of both functions. */
struct reconciler {
	struct plugin_host *host;
	int64_t drift_interval; /* seconds until what is ready is looked at again; 0: never */
};

/*
 * reconcile_job -- the subject is a product.  Each of its resources is worked on; what became of
 * them is recorded in one session with the job's end.  Nothing is recorded when nothing changed.
 */
enum err_code reconcile_job(void *user, const struct job_run *run, struct err *e);

/*
 * expire_job -- destroys those of the product's retained resources whose time is over, and comes
 * back for the others.
 */
enum err_code expire_job(void *user, const struct job_run *run, struct err *e);

#endif
