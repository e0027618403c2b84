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

/*
 * Answers kept as bytes (config.cache_bytes; 0 gives NULL, which keeps nothing).  Lives until after
 * http_stop(), and no longer than the store.
 */
struct answer_cache;
struct answer_cache *answer_cache_create(struct store *store, size_t bytes);
void answer_cache_destroy(struct answer_cache *cache);

/* What the handlers work with: made by main, borrowed here. */
struct services {
	const struct config *config;
	struct store *store;
	struct identity *identity;
	struct governance *governance;
	struct provision *provision;
	struct metrics *metrics;
	struct answer_cache *cache; /* or NULL */
	const _Atomic bool *ready; /* false until everything has started, and again when stopping */
};

/* Every route table, NULL-terminated. */
extern const struct route *const api_tables[];

/* The hook that http.h asks for: who is it, and does the route allow it? */
enum err_code api_authorize(struct request *rq, struct err *e);

#endif
