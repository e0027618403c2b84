/*
 * idempotency.h -- a command with an Idempotency-Key happens once; its answer is kept for a day.
 *
 * Source: draft-ietf-httpapi-idempotency-key-header, sections 2.5 to 2.7.  The key counts within
 * one actor.
 */
#ifndef WEFT_CATALOG_IDEMPOTENCY_H
#define WEFT_CATALOG_IDEMPOTENCY_H

#include "catalog/store.h"

struct kept_answer {
	struct digest request; /* of method, path and body */
	int status;
	const char *content_type, *body;
	size_t body_length;
};

/* idempotency_find -- Fails: ERR_NOT_FOUND. */
enum err_code idempotency_find(struct session *s, const char *actor, const char *key,
			       struct arena *arena, struct kept_answer *ret_answer, struct err *e);

/*
 * idempotency_keep -- in the command's own session, so that both or neither happen.  Also drops
 * what is older than a day.
 */
enum err_code idempotency_keep(struct session *s, const char *actor, const char *key,
			       const struct kept_answer *answer, struct err *e);

#endif
