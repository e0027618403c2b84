/*
 * fetcher.h -- many requests at a time, on one thread.
 *
 * Whoever asks waits for nobody: the request is queued, and the thread calls `done` once there is
 * an answer, or none to be had.  So many go to one host at a time; further ones wait for their turn
 * within their deadline, so that a host that does not answer takes nobody longer than he allowed.
 * Connections are kept for the next request.
 *
 *     fetcher_put -> queue -> asked, at most so many a host -> done
 */
#ifndef WEFT_BASE_FETCHER_H
#define WEFT_BASE_FETCHER_H

#include "base/clock.h"
#include "base/fetch.h"

struct fetcher;
struct transfer;

struct fetch_task {
	/*
	 * What it points to lives until it is done.  Its deadline counts from fetcher_put() and is
	 * positive.
	 */
	struct fetch_request request;
	struct arena *arena; /* of the answer; nobody else's until it is done */

	/*
	 * Called once, on the fetcher's thread (or within fetcher_put() when the end has begun): it
	 * must not wait, and may end the task's life.
	 */
	void (*done)(struct fetch_task *self);
	void *user; /* for `done` */

	/* What came of it; `response` when the code is ERR_OK. */
	enum err_code code;
	struct err e;
	struct fetch_response response;
	moment took; /* from fetcher_put() on, in microseconds */

	/* The fetcher's. */
	struct fetch_task *next;
	moment put; /* clock_monotonic */
	size_t origin_length;
	struct transfer *transfer;
};

/* fetcher_create -- `at_once`: requests to one host at a time. */
enum err_code fetcher_create(unsigned at_once, struct fetcher **ret_fetcher, struct err *e);

/*
 * fetcher_end -- what is not done yet fails with ERR_UNAVAILABLE, and so does what is put after
 * that.  Once.  fetcher_destroy -- ends it, too; NULL is a no-op.
 */
void fetcher_end(struct fetcher *f);
void fetcher_destroy(struct fetcher *f);

/* fetcher_put -- from any thread. */
void fetcher_put(struct fetcher *f, struct fetch_task *task);

#endif
