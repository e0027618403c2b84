/*
 * standing_mark.h -- how far the judgement that never ends has come, and which node does it.
 *
 * Who does it holds a lease: where several nodes share a database the others leave it alone until
 * that ends.  Nothing is wrong when two do it at once, only done twice.
 */
#ifndef WEFT_CATALOG_STANDING_MARK_H
#define WEFT_CATALOG_STANDING_MARK_H

#include "catalog/store.h"

struct standing_mark {
	uint64_t seq;      /* what the events up to this one touched has been judged again */
	moment swept_at;   /* and the clock taken into account up to here; 0: nothing yet */
	moment lease_ends; /* of another node; 0 when it is free, or ours */
};

enum err_code standing_mark_read(struct session *s, struct standing_mark *ret_mark, struct err *e);

/*
 * standing_mark_claim -- in a writer's session: take or renew the lease.  standing_mark_move -- the
 * same, and go on to there; a lease that ends at 0 is given back.  Fail: ERR_STALE when another
 * node has it.
 */
enum err_code standing_mark_claim(struct session *s, moment lease_ends, struct err *e);
enum err_code standing_mark_move(struct session *s, const struct standing_mark *to,
				 moment lease_ends, struct err *e);

#endif
