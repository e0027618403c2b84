/*
 * provision_parts.h -- what `struct provision` is made of.  Private to provision/.
 */
#ifndef WEFT_PROVISION_PROVISION_PARTS_H
#define WEFT_PROVISION_PROVISION_PARTS_H

#include "jobs/jobs.h"

#include "plugin_host.h"
#include "provision.h"
#include "reconcile.h"

struct provision {
	struct store *store;          /* borrowed */
	const struct config *config;  /* borrowed */
	struct metrics *metrics;      /* borrowed */
	struct plugin_host *host;     /* owned */
	struct reconciler reconciler; /* user of the jobs' functions */
	struct job_kind kinds[3];
	struct jobs *jobs; /* owned; NULL until provision_start() */
};

enum { ASKING_PATIENCE = 2000000 /* microseconds that somebody who asks waits behind a call */ };

#endif
