/*
 * event.h -- one thing that happened, and the leaf that stands for it in the Merkle tree.
 *
 * The leaf's bytes are seven lines, each ended by a line feed:
 *
 *     weft-event/1
 *     42                                          seq, from 1, without gaps
 *     2026-11-23T02:39:30.123456Z                 time, never before the event before
 *     retail-pipeline                             actor
 *     product.published                           kind
 *     retail.customer_accounts                    subject
 *     9f86d081884c7d659a2feaa0c55ad015a3bf4f1b... SHA-256 of the body, lower-case hexadecimal
 *
 * So a leaf commits to the body's digest, not to the body: a body can be redacted, and every
 * proof still holds. Actor, kind and subject hold no control characters.
 */
#ifndef WEFT_PROOF_EVENT_H
#define WEFT_PROOF_EVENT_H

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"

struct event {
	uint64_t seq;
	moment time;
	const char *actor, *kind, *subject;
	const char *body; /* JSON, compact; NULL when redacted */
	size_t body_length;
	struct digest body_hash;
};

/*
 * event_leaf -- the hash of the event's leaf (merkle_leaf of the seven lines).  Needs body_hash,
 * not the body.
 */
struct digest event_leaf(const struct event *ev);

/* event_body -- what it says; it is there.  Fails: ERR_MALFORMED, ERR_TOO_LARGE. */
enum err_code event_body(const struct event *ev, struct arena *arena, struct node *ret_body,
			 struct err *e);

/*
 * event_write -- as JSON: {seq, time, actor, kind, subject, body, body_sha256, leaf}; a redacted
 * body is null.
 */
void event_write(const struct event *ev, struct json *j);

/*
 * event_read -- the way back, from one such JSON map: body (as the bytes that json_node writes),
 * its hash computed anew. `ret_stated_leaf` is what the map states.  Fails: ERR_MALFORMED.
 */
enum err_code event_read(const struct node *map, struct arena *arena, struct event *ret_event,
			 struct digest *ret_stated_leaf, struct err *e);

#endif
