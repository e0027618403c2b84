/*
 * api.h -- the REST API: one file a resource, each with its table of routes, over the services.
 */
#ifndef WEFT_API_API_H
#define WEFT_API_API_H

#include "base/config.h"
#include "base/metrics.h"
#include "catalog/store.h"
#include "governance/governance.h"
#include "http/http.h"
#include "identity/identity.h"
#include "provision/provision.h"

/* What the handlers work with: made by main, borrowed here. */
struct services {
	const struct config *config;
	struct store *store;
	struct identity *identity;
	struct governance *governance;
	struct provision *provision;
	struct metrics *metrics;
	volatile bool *ready; /* false until everything has started, and again when stopping */
};

/* Every route table, NULL-terminated. */
extern const struct route *const api_tables[];

/* The hook that http.h asks for: who is it, and does the route allow it? */
enum err_code api_authorize(struct request *rq, struct err *e);

#endif
