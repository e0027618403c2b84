/*
 * answer_cache.h -- answers about one product, kept as bytes, so that asking again costs no
 * database and no JSON.
 *
 * An answer is good until an event touches its product, which the store knows without a look at the
 * log (store_is_touched); all others stay.  So what is answered is never older than the last commit
 * of this node that was acknowledged before the question, or that any reader had seen; of other
 * nodes' commits, those that this one has heard of.
 *
 * Shared by threads.  The least recently used answers go when the memory is full.
 */
#ifndef WEFT_API_ANSWER_CACHE_H
#define WEFT_API_ANSWER_CACHE_H

#include "catalog/store.h"
#include "http/http.h"

struct answer_cache;

/* In which form the answer was asked for: one product has one answer of each. */
enum answer_form { ANSWER_JSON, ANSWER_YAML };

/* answer_cache_find -- fill body, content type and etag; false when it is not there.  `cache` may
 * be NULL. */
bool answer_cache_find(struct answer_cache *cache, const char *product, enum answer_form form,
		       struct response *rs);

/* answer_cache_keep -- `basis` is the session_basis() of the session that the answer is of. */
void answer_cache_keep(struct answer_cache *cache, const char *product, enum answer_form form,
		       uint64_t basis, const struct response *rs);

#endif
