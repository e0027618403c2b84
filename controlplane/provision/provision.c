/*
 * provision.c -- the service: plugins, the workers that drive them, and their end.
 *
 * Nothing needs to be looked for at the start.  The job that reconciles a product is written in the
 * transaction of the publish or the retirement, and leaves the queue only in the transaction that
 * records what became of it, or is put off in that; so every resource that is not what it should be
 * has a job, whenever the process died.  jobs_start() frees what the dead process had claimed.
 * (What failed for good has none: it waits for its product to change.)
 */
#include <stdlib.h>

#include "provision_parts.h"

enum {
	WORKERS = 4,
	/* Seconds.  Nobody else works on a folder's own catalog, and a start frees all leases. */
	LEASE_ALONE = 86400,
	LEASE_SHARED = 20,
};

enum err_code
provision_create(struct store *store, const struct config *config, struct metrics *metrics,
		 struct provision **ret_provision, struct err *e)
{
	struct plugin_host *host;
	enum err_code code = plugin_host_create(config, store_folder(store), metrics, &host, e);
	if (code != ERR_OK)
		return err_while(e, "looking for plugins");
	struct provision *p = memory_alloc(sizeof *p);
	*p = (struct provision){
	    .store = store,
	    .config = config,
	    .metrics = metrics,
	    .host = host,
	    .reconciler = {.host = host, .drift_interval = config->drift_interval},
	};
	p->kinds[0] = (struct job_kind){"reconcile", reconcile_job, &p->reconciler};
	p->kinds[1] = (struct job_kind){"expire", expire_job, &p->reconciler};
	*ret_provision = p;
	return ERR_OK;
}

enum err_code
provision_start(struct provision *p, struct err *e)
{
	const struct jobs_options options = {
	    .store = p->store,
	    .kinds = p->kinds,
	    .threads = WORKERS,
	    .lease = *p->config->store ? LEASE_SHARED : LEASE_ALONE,
	    .retry_first = p->config->retry_first,
	    .retry_longest = p->config->retry_longest,
	    .metrics = p->metrics,
	};
	return jobs_start(&options, &p->jobs, e);
}

/*
 * Calls in hand are answered; what a job would call next is refused, so that it is put off and
 * soon ends.
 */
void
provision_destroy(struct provision *p)
{
	if (!p)
		return;
	plugin_host_refuse(p->host);
	jobs_stop(p->jobs);
	plugin_host_destroy(p->host);
	free(p);
}

void
plugins_write(struct provision *p, struct json *j)
{
	plugin_host_write(p->host, j);
}
