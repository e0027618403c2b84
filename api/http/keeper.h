/*
 * keeper.h -- knows every connection: cuts those that are too slow, wakes streams, and waits for
 * the last answer.
 *
 * libmicrohttpd closes a connection on which nothing at all happens.  One that sends a byte now and
 * then would hold its place for days; the keeper gives each step a deadline, and looks once a
 * second.
 *
 * A stream without news sleeps, which costs no thread of the server's; the keeper wakes it ten
 * times a second to look again.
 */
#ifndef WEFT_HTTP_KEEPER_H
#define WEFT_HTTP_KEEPER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/clock.h"
#include "base/err.h"

struct exchange;

struct keeper {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t thread;
	struct exchange *exchanges; /* of all connections */
	_Atomic unsigned busy;      /* requests that were begun and are not done */
	unsigned away;              /* of them, those that were handed on and are not finished */
	_Atomic bool stopping;      /* streams end, answers close their connection */
	bool ending;                /* the thread ends */
};

enum err_code keeper_open(struct keeper *k, struct err *e);
void keeper_close(struct keeper *k);

void keeper_add(struct keeper *k, struct exchange *x);
void keeper_remove(struct keeper *k, struct exchange *x);

/* keeper_busy -- one more request is under way, or (-1) one less. */
void keeper_busy(struct keeper *k, int change);

/* keeper_away -- one more request was handed on, or (-1) has come back. */
void keeper_away(struct keeper *k, int change);

/*
 * keeper_allow -- a new step begins: it has twice the connection's timeout, and longer for each
 * byte that it is to move.  keeper_extend -- it moved some that nobody announced.
 */
void keeper_allow(struct exchange *x, uint64_t bytes);
void keeper_extend(struct exchange *x, uint64_t bytes);
void keeper_allow_briefly(struct exchange *x);
void keeper_allow_forever(struct exchange *x);

/* keeper_sleep -- suspend a stream until it is woken; false, and nothing done, when the server is
 * stopping. */
bool keeper_sleep(struct keeper *k, struct exchange *x);

bool keeper_is_stopping(struct keeper *k);

/* keeper_finish -- end the streams and wait until no request is under way, at most `patience`
 * microseconds. */
void keeper_finish(struct keeper *k, moment patience);

/* keeper_await -- wait until no request is away; whoever has one ends it within bounds of its own.
 */
void keeper_await(struct keeper *k);

#endif
