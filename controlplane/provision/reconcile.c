/*
 * reconcile.c -- see reconcile.h.
 *
 * Both jobs go: read in a snapshot, talk to plugins with no session open, record in one session.
 * Whatever happens in between (a publish, a retirement, a crash) is seen when recording: a resource
 * that something else has changed since it was read keeps its new state, and only what was learned
 * about it is added; the publish has asked for another round anyway. A crash before the commit
 * leaves the job and repeats calls that are idempotent.
 */
#include "reconcile.h"

#include <string.h>

#include "base/log.h"
#include "catalog/pending.h"

#include "resource_work.h"

enum { BUSY_DELAY = 5 /* seconds until a plugin that was busy or resting is asked again */ };

/* One round over a product. */
struct round {
	const struct reconciler *reconciler;
	const struct job_run *run;
	struct wishes wishes;
	struct resource_work *works; /* one for each resource */
	size_t count;
};

static enum err_code
begin_round(struct round *round, const struct reconciler *reconciler, const struct job_run *run,
	    struct err *e)
{
	*round = (struct round){.reconciler = reconciler, .run = run};
	enum err_code code =
	    wishes_read(run->store, run->job->subject, run->arena, &round->wishes, e);
	if (code != ERR_OK)
		return code;
	round->count = round->wishes.resources.count;
	round->works = ARENA_ARRAY(run->arena, struct resource_work, round->count);
	for (size_t i = 0; i < round->count; i++)
		round->works[i] = (struct resource_work){
		    .host = reconciler->host,
		    .wishes = &round->wishes,
		    .resource = &round->wishes.resources.items[i],
		    .arena = run->arena,
		};
	return ERR_OK;
}

/* A job for a product that is not there, as after a restore from an older copy. */
static enum err_code
drop_job(void *user, struct session *s, struct err *e)
{
	const struct job_run *run = user;
	return job_done(s, run->job, e);
}

/* ---- recording ---- */

static const struct resource *
find_same(const struct resource_list *list, const struct resource *r)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct resource *other = &list->items[i];
		if (strcmp(other->role, r->role) == 0 && strcmp(other->plugin, r->plugin) == 0 &&
		    strcmp(other->name, r->name) == 0)
			return other;
	}
	return NULL;
}

static void
log_change(const struct resource *r)
{
	if (resource_is(r, "failed"))
		LOG(WARN, "resource failed", "product", r->product, "plugin", r->plugin, "name",
		    r->name, "error", r->error);
	else
		LOG(INFO, "resource changed", "product", r->product, "plugin", r->plugin, "name",
		    r->name, "state", r->state);
}

/*
 * `now` is the resource as it is in the session that records.  What was removed while somebody
 * asked for it again is made again by the round that is asked for here.
 */
static enum err_code
record(struct session *s, struct resource_work *w, const struct resource *now, struct err *e)
{
	struct resource next = w->next;
	bool overtaken = !now || now->seq != w->resource->seq;
	if (overtaken && (!now || resource_is(&next, "removed")))
		return job_want(s, "reconcile", w->resource->product, session_now(s), e);
	if (overtaken) {
		next.state = now->state;
		next.wish = now->wish;
		next.error = now->error;
	}
	log_change(&next);
	return resource_change(s, &next, e);
}

static enum err_code
record_all(struct session *s, struct round *round, struct err *e)
{
	struct resource_list now;
	enum err_code code = resource_list(s, round->run->job->subject, round->run->arena, &now, e);
	for (size_t i = 0; code == ERR_OK && i < round->count; i++) {
		struct resource_work *w = &round->works[i];
		if (w->changed)
			code = record(s, w, find_same(&now, w->resource), e);
	}
	return code;
}

/* ---- the job's end ---- */

/* The first thing that went wrong and may go right later, or NULL. */
static const struct resource_work *
find_unfinished(const struct round *round)
{
	for (size_t i = 0; i < round->count; i++)
		if (round->works[i].again)
			return &round->works[i];
	return NULL;
}

static bool
is_any_busy(const struct round *round)
{
	for (size_t i = 0; i < round->count; i++)
		if (round->works[i].busy)
			return true;
	return false;
}

/* When to try again what is unfinished.  A server that is stopping leaves it to its next start. */
static moment
when_again(const struct round *round, moment now)
{
	if (plugin_host_refuses(round->reconciler->host))
		return now;
	return is_any_busy(round) ? now + SECONDS(BUSY_DELAY) : round->run->retry_at;
}

static enum err_code
end_job(struct session *s, const struct round *round, struct err *e)
{
	const struct job_run *run = round->run;
	const struct resource_work *unfinished = find_unfinished(round);
	if (!unfinished)
		return job_done(s, run->job, e);
	return job_again(s, run->job, when_again(round, session_now(s)), unfinished->error, e);
}

typedef enum err_code plan_fn(struct session *s, const struct round *round, struct err *e);

struct ending {
	struct round *round;
	plan_fn *plan_further;
};

/*
 * One change for all that a round found out: what became of the resources, what is to be done
 * later, the job's end.
 */
static enum err_code
write_ending(void *user, struct session *s, struct err *e)
{
	const struct ending *ending = user;
	enum err_code code = record_all(s, ending->round, e);
	if (code == ERR_OK)
		code = ending->plan_further(s, ending->round, e);
	return code == ERR_OK ? end_job(s, ending->round, e) : code;
}

static enum err_code
finish_round(struct round *round, plan_fn *plan_further, struct err *e)
{
	struct ending ending = {round, plan_further};
	return store_change(round->run->store, write_ending, &ending, e);
}

/* ---- reconcile ---- */

static void
sooner(moment *at, moment other)
{
	if (other && (!*at || other < *at))
		*at = other;
}

/*
 * When the product must be looked at again although nobody asks: drift, and accesses that end by
 * themselves.
 */
static moment
next_look(const struct round *round, moment now)
{
	moment at = 0;
	int64_t interval = round->reconciler->drift_interval;
	for (size_t i = 0; i < round->count; i++) {
		const struct resource_work *w = &round->works[i];
		if (!resource_is(w->changed ? &w->next : w->resource, "ready"))
			continue;
		sooner(&at, w->look_at);
		sooner(&at, interval ? now + SECONDS(interval) : 0);
	}
	return at;
}

static enum err_code
want_expiry(struct session *s, const struct round *round, const struct resource_work *w,
	    struct err *e)
{
	struct resource r = *w->resource;
	if (w->changed)
		r.changed_at = session_now(s);
	moment at = resource_expiry(&round->wishes, &r, round->run->arena);
	return job_want(s, "expire", r.product, at, e);
}

static enum err_code
plan_after_reconcile(struct session *s, const struct round *round, struct err *e)
{
	enum err_code code = ERR_OK;
	moment at = next_look(round, session_now(s));
	for (size_t i = 0; code == ERR_OK && i < round->count; i++)
		if (resource_is(round->works[i].resource, "retained"))
			code = want_expiry(s, round, &round->works[i], e);
	if (code == ERR_OK && at && !find_unfinished(round))
		code = job_want(s, "reconcile", round->run->job->subject, at, e);
	return code;
}

enum err_code
reconcile_job(void *user, const struct job_run *run, struct err *e)
{
	struct round round;
	enum err_code code = begin_round(&round, user, run, e);
	if (code == ERR_NOT_FOUND)
		return store_change(run->store, drop_job, (void *)run, e);
	if (code != ERR_OK)
		return code;
	for (size_t i = 0; i < round.count; i++)
		resource_reconcile(&round.works[i]);
	return finish_round(&round, plan_after_reconcile, e);
}

/* ---- expire ---- */

/* When the next of those that are still kept is to go. */
static enum err_code
plan_after_expiry(struct session *s, const struct round *round, struct err *e)
{
	moment at = 0;
	for (size_t i = 0; i < round->count; i++) {
		const struct resource_work *w = &round->works[i];
		if (resource_is(w->resource, "retained") && !w->changed && !w->error)
			sooner(&at,
			       resource_expiry(&round->wishes, w->resource, round->run->arena));
	}
	if (!at || find_unfinished(round))
		return ERR_OK; /* nothing is left, or this job runs again before */
	return job_want(s, "expire", round->run->job->subject, at, e);
}

enum err_code
expire_job(void *user, const struct job_run *run, struct err *e)
{
	struct round round;
	enum err_code code = begin_round(&round, user, run, e);
	if (code == ERR_NOT_FOUND)
		return store_change(run->store, drop_job, (void *)run, e);
	if (code != ERR_OK)
		return code;
	for (size_t i = 0; i < round.count; i++) {
		struct resource_work *w = &round.works[i];
		bool over =
		    resource_expiry(&round.wishes, w->resource, run->arena) <= round.wishes.now;
		if (!resource_is(w->resource, "retained") || !over)
			continue;
		resource_destroy(w);
		w->again = w->again || w->error; /* what must be destroyed is tried until it is */
	}
	return finish_round(&round, plan_after_expiry, e);
}
