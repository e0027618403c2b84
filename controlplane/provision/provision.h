/*
 * provision.h -- making what products ask for real: the plugins, and the reconciler that drives
 * them.
 *
 * A publish leaves a job "reconcile" for its product in the same transaction.  Workers claim jobs
 * and, for each resource whose state is not what is wished, calls the plugin and records the
 * result as an event, in one transaction with the job's end.  A crash at any point repeats
 * idempotent calls.  A slow or broken plugin delays only itself: each plugin has its own process,
 * deadline and lane.
 */
#ifndef WEFT_PROVISION_PROVISION_H
#define WEFT_PROVISION_PROVISION_H

#include "base/arena.h"
#include "base/config.h"
#include "base/err.h"
#include "base/json.h"
#include "base/metrics.h"
#include "catalog/store.h"

struct provision;

/*
 * provision_create -- find and describe the plugins of the folder; one that does not answer is
 * kept as broken.
 */
enum err_code provision_create(struct store *store, const struct config *config,
			       struct metrics *metrics, struct provision **ret_provision,
			       struct err *e);

/*
 * provision_start -- begin to work on jobs.  provision_destroy -- finish the call in hand, end
 * threads and plugins.
 */
enum err_code provision_start(struct provision *p, struct err *e);
void provision_destroy(struct provision *p);

/* As JSON: [{name, description, roles, state: ready|broken, error, restarts, settings_schema}] */
void plugins_write(struct provision *p, struct json *j);

/*
 * provision_plan -- what reconciling the product would change now, by asking its plugins: [{...,
 * changes: [...]}]
 */
enum err_code provision_plan(struct provision *p, const char *product, struct arena *arena,
			     struct json *j, struct err *e);

/*
 * provision_check -- run the product's quality checks through its plugins now, record and write
 * the result.
 */
enum err_code provision_check(struct provision *p, const char *actor, const char *product,
			      struct arena *arena, struct json *j, struct err *e);

#endif
