/*
 * log_replay.c -- one event after another, through the same door as a new one.
 */
#include "log_replay.h"

#include "event_log.h"
#include "store_parts.h"

enum { PROGRESS_EVERY = 1000 };

struct replay {
	struct session *to;
	uint64_t done, of;
	bool (*progress)(void *user, uint64_t done, uint64_t of);
	void *user;
	enum err_code failed;
	struct err *e;
};

static bool
may_go_on(struct replay *r)
{
	if (!r->progress || (r->done % PROGRESS_EVERY != 0 && r->done != r->of))
		return true;
	if (r->progress(r->user, r->done, r->of))
		return true;
	r->failed = ERR(r->e, BUSY, "stopped after %llu events", (unsigned long long)r->done);
	return false;
}

static bool
take_event(void *user, const struct event *ev, const struct digest *stored_leaf)
{
	struct replay *r = user;
	(void)stored_leaf;
	r->failed = event_append_as_it_is(r->to, ev, r->e);
	r->done++;
	return r->failed == ERR_OK && may_go_on(r);
}

enum err_code
log_replay(struct session *from, struct session *to,
	   bool (*progress)(void *user, uint64_t done, uint64_t of), void *user, struct err *e)
{
	struct replay r = {.to = to, .progress = progress, .user = user, .e = e};
	CHECK(event_log_size(from, &r.of, e));
	CHECK(event_each(from, 0, UINT64_MAX, take_event, &r, e));
	return r.failed;
}
