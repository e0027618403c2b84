/*
 * standing.c -- the thread: look, judge whom it concerns, note how far it has come.
 *
 * Reads in order: looking, judging, noting, waiting, beginning and end.
 */
#include "standing.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "base/thread.h"
#include "catalog/standing_mark.h"

#include "concerned.h"
#include "hearing.h"

enum {
	EVENTS_AT_ONCE = 5000,
	EVENTS_IN_HAND = 100, /* of those */
	NAMES_AT_ONCE = 512,
	NOTE_EVERY = 20000,    /* events that concerned nobody, until that is written down */
	JOIN_PIECE = 20000000, /* nanoseconds */
};

static const moment GATHERING = 200000; /* for so long events come together */
static const moment BREATHER = SECONDS(1);
static const moment LEASE = SECONDS(10);
static const moment LONGEST_WAIT = SECONDS(60);

struct meters {
	struct metric *judged, *changed, *behind, *seconds;
};

struct standing {
	struct standing_options options;
	struct meters meters;
	pthread_t thread;
	_Atomic bool stopping;

	/* The thread's own. */
	uint64_t seen; /* the events up to here concern nobody who was not judged since */
	moment graced; /* so do the graces that ended up to here, of those events */
	moment lease_ends;
	moment wake_at; /* of the store's clock; 0: when something is committed */
};

/* One look: what there is to do, and what will then be done. */
struct look {
	struct arena arena;
	struct concerned concerned;
	struct rule_set *rules;
	struct standing_mark mark;
	uint64_t seq; /* the events up to here were looked at */
	moment now;
	bool is_others; /* another node does it */
	bool is_swept;  /* the clock is taken into account */
	bool has_more;  /* events behind `seq` */
	struct rejudge_report report;
};

static void
look_done(struct look *l)
{
	rule_set_release(&l->rules);
	arena_done(&l->arena);
}

/* ---- looking */

/* Gives how many there were. */
static enum err_code
look_at_piece(struct look *l, struct session *s, struct arena *arena, size_t *ret_count,
	      struct err *e)
{
	struct event_list events;
	enum err_code code = event_heads(s, l->seq, EVENTS_IN_HAND, arena, &events, e);
	for (size_t i = 0; code == ERR_OK && i < events.count; i++) {
		code = concerned_by_event(&l->concerned, s, l->rules, &events.items[i], e);
		l->seq = events.items[i].seq;
	}
	if (code == ERR_OK)
		*ret_count = events.count;
	return code;
}

/* Most events concern nobody, and nothing is kept of them. */
static enum err_code
look_at_events(struct standing *st, struct look *l, struct session *s, struct err *e)
{
	CLEANUP(arena_done) struct arena piece = {0};
	size_t seen = 0, count = EVENTS_IN_HAND;
	enum err_code code = ERR_OK;
	while (code == ERR_OK && count == EVENTS_IN_HAND && seen < EVENTS_AT_ONCE) {
		arena_reset(&piece);
		code = look_at_piece(l, s, &piece, &count, e);
		seen += code == ERR_OK ? count : 0;
	}
	l->has_more = code == ERR_OK && seen == EVENTS_AT_ONCE;
	metric_set(st->meters.behind, (int64_t)seen);
	return code;
}

static enum err_code
look_at_clock(struct standing *st, struct look *l, struct session *s, struct err *e)
{
	static const struct cause clock = {.kind = "clock"};
	const moment interval = st->options.interval;
	if (interval > 0 && l->mark.swept_at + interval <= l->now) {
		l->is_swept = true;
		if (l->rules->needs & POLICY_NEEDS_NOW)
			l->concerned.clock = &clock;
	}
	return concerned_by_grace(&l->concerned, s, st->graced, st->seen, l->now, e);
}

/* Nothing was ever judged again: then everybody is, and the log up to here needs no look. */
static enum err_code
look_for_the_first_time(struct look *l, struct session *s, struct err *e)
{
	static const struct cause start = {.kind = "start"};
	l->concerned.everyone = &start;
	l->is_swept = true;
	return event_log_size(s, &l->seq, e);
}

static enum err_code
look_around(struct standing *st, struct look *l, struct session *s, struct err *e)
{
	enum err_code code = standing_mark_read(s, &l->mark, e);
	l->now = store_now(st->options.store);
	l->is_others = l->mark.lease_ends > l->now;
	if (code != ERR_OK || l->is_others)
		return code;
	code = rules_hold(st->options.governance->rules, s, &l->rules, e);
	if (code != ERR_OK)
		return code;
	if (l->mark.seq == 0)
		return look_for_the_first_time(l, s, e);
	l->seq = l->mark.seq > st->seen ? l->mark.seq : st->seen;
	code = look_at_events(st, l, s, e);
	return code == ERR_OK ? look_at_clock(st, l, s, e) : code;
}

/* ---- judging */

static void
rest(const struct standing *st, moment micros)
{
	enum { PIECE = 20000 };
	const moment end = clock_monotonic() + micros;
	while (!atomic_load(&st->stopping) && clock_monotonic() < end)
		nanosleep(&(struct timespec){.tv_nsec = PIECE * 1000L}, NULL);
}

struct batch {
	struct standing *st;
	struct look *l;
	struct concern items[REJUDGE_AT_ONCE];
	size_t count;
};

static enum err_code
claim(void *user, struct session *s, struct err *e)
{
	struct standing *st = user;
	return standing_mark_claim(s, st->lease_ends, e);
}

/* A lease that is half over is renewed: who does it for long keeps it. */
static enum err_code
keep_lease(struct standing *st, struct err *e)
{
	const moment now = store_now(st->options.store);
	if (st->lease_ends - now > LEASE / 2)
		return ERR_OK;
	st->lease_ends = now + LEASE;
	enum err_code code = store_change(st->options.store, claim, st, e);
	if (code != ERR_OK)
		st->lease_ends = 0;
	return code;
}

/* Publishes go first: where too many of them wait, this waits until there is room. */
static enum err_code
judge_patiently(struct standing *st, const struct batch *b, struct rejudge_report *ret_report,
		struct err *e)
{
	enum err_code code;
	while ((code = rejudge(st->options.governance, b->items, b->count, ret_report, e)) ==
		   ERR_BUSY &&
	       !atomic_load(&st->stopping))
		rest(st, GATHERING);
	return code;
}

static enum err_code
judge_batch(struct batch *b, struct err *e)
{
	struct rejudge_report report = {0};
	struct standing *st = b->st;
	if (atomic_load(&st->stopping))
		b->count = 0; /* nothing is noted of it: the next start looks again */
	if (b->count == 0)
		return ERR_OK;
	enum err_code code = keep_lease(st, e);
	if (code == ERR_OK)
		code = judge_patiently(st, b, &report, e);
	b->count = 0;
	b->l->report.judged += report.judged;
	b->l->report.changed += report.changed;
	metric_add(st->meters.judged, (int64_t)report.judged);
	metric_add(st->meters.changed, (int64_t)report.changed);
	return code;
}

static enum err_code
judge_one(struct batch *b, const char *product, const struct cause *cause, struct err *e)
{
	b->items[b->count++] = (struct concern){product, cause};
	return b->count == REJUDGE_AT_ONCE ? judge_batch(b, e) : ERR_OK;
}

static enum err_code
judge_named(struct standing *st, struct look *l, struct err *e)
{
	struct batch b = {.st = st, .l = l};
	const struct map *products = &l->concerned.products;
	for (size_t i = 0; i < products->capacity; i++) {
		const struct map_slot *slot = &products->slots[i];
		enum err_code code = slot->key ? judge_one(&b, slot->key, slot->value, e) : ERR_OK;
		if (code != ERR_OK)
			return code;
	}
	return judge_batch(&b, e);
}

static enum err_code
read_names(struct standing *st, const char *after, struct arena *arena, struct product_names *names,
	   struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	enum err_code code = store_read(st->options.store, &s, e);
	return code == ERR_OK ? product_names_page(s, NULL, after, NAMES_AT_ONCE, arena, names, e)
			      : code;
}

static enum err_code
judge_page(struct standing *st, struct look *l, const struct product_names *names, struct err *e)
{
	struct batch b = {.st = st, .l = l};
	for (size_t i = 0; i < names->count; i++) {
		const char *name = names->items[i].name;
		const struct cause *cause =
		    cause_for_domain(&l->concerned, l->rules, names->items[i].domain);
		enum err_code code = cause ? judge_one(&b, name, cause, e) : ERR_OK;
		if (code != ERR_OK)
			return code;
	}
	return judge_batch(&b, e);
}

/* Page by page, each on a snapshot of its own: what is published meanwhile is judged anyway. */
static enum err_code
judge_everyone(struct standing *st, struct look *l, struct err *e)
{
	CLEANUP(arena_done) struct arena names = {0};
	struct product_names page = {.count = NAMES_AT_ONCE};
	char *after = memory_text("");
	enum err_code code = ERR_OK;
	while (code == ERR_OK && page.count == NAMES_AT_ONCE && !atomic_load(&st->stopping)) {
		arena_reset(&names);
		code = read_names(st, after, &names, &page, e);
		if (code == ERR_OK)
			code = judge_page(st, l, &page, e);
		if (code == ERR_OK && page.count > 0) {
			free(after);
			after = memory_text(page.items[page.count - 1].name);
		}
	}
	free(after);
	return code;
}

static enum err_code
judge_concerned(struct standing *st, struct look *l, struct err *e)
{
	const moment begun = clock_monotonic();
	enum err_code code = judge_named(st, l, e);
	if (code == ERR_OK && concerned_needs_sweep(&l->concerned))
		code = judge_everyone(st, l, e);
	metric_observe(st->meters.seconds, clock_monotonic() - begun);
	return code;
}

/* ---- noting how far it has come */

struct move {
	struct standing *st;
	struct standing_mark to;
};

static enum err_code
move_mark(void *user, struct session *s, struct err *e)
{
	const struct move *m = user;
	return standing_mark_move(s, &m->to, m->st->lease_ends, e);
}

static enum err_code
note(struct standing *st, const struct look *l, struct err *e)
{
	struct move m = {st, {.seq = l->seq, .swept_at = l->is_swept ? l->now : l->mark.swept_at}};
	if (st->lease_ends < l->now)
		st->lease_ends = l->now + LEASE;
	return store_change(st->options.store, move_mark, &m, e);
}

/* Writer's session: another node may have come further. */
static enum err_code
move_to_seen(void *user, struct session *s, struct err *e)
{
	const struct standing *st = user;
	struct standing_mark mark;
	enum err_code code = standing_mark_read(s, &mark, e);
	if (code != ERR_OK || mark.seq >= st->seen)
		return code;
	mark.seq = st->seen;
	return standing_mark_move(s, &mark, 0, e);
}

/* Once, at the end: the next start need not go through the same events again. */
static void
note_seen(struct standing *st)
{
	struct err e;
	enum err_code code =
	    st->seen > 0 ? store_change(st->options.store, move_to_seen, st, &e) : ERR_OK;
	if (code != ERR_OK && code != ERR_STALE)
		LOG(WARN, "the next start goes through events again", "error", e.message);
}

static void
tell(struct look *l)
{
	if (l->report.changed > 0)
		LOG(INFO, "products judged again", "judged",
		    arena_printf(&l->arena, "%zu", l->report.judged), "changed",
		    arena_printf(&l->arena, "%zu", l->report.changed));
}

/* Where nothing was to do, a start that looks once more costs less than a commit each time. */
static bool
is_worth_noting(const struct look *l)
{
	return concerned_is_anyone(&l->concerned) || l->is_swept ||
	       l->seq - l->mark.seq >= NOTE_EVERY;
}

static enum err_code
work(struct standing *st, struct look *l, struct err *e)
{
	enum err_code code = ERR_OK;
	if (concerned_is_anyone(&l->concerned))
		code = judge_concerned(st, l, e);
	if (code != ERR_OK || atomic_load(&st->stopping))
		return code;
	if (is_worth_noting(l))
		code = note(st, l, e);
	if (code != ERR_OK)
		return code;
	st->seen = l->seq;
	st->graced = l->now;
	metric_set(st->meters.behind, 0);
	tell(l);
	return ERR_OK;
}

/* ---- waiting */

static moment
sooner(moment a, moment b)
{
	return !a || (b && b < a) ? b : a;
}

/* When there is something to do though nothing is committed; 0: never. */
static enum err_code
find_next(struct standing *st, const struct look *l, struct session *s, moment *ret_next,
	  struct err *e)
{
	const moment interval = st->options.interval;
	moment grace = 0;
	if (l->is_others) {
		*ret_next = l->mark.lease_ends;
		return ERR_OK;
	}
	enum err_code code = product_next_grace(s, l->now, &grace, e);
	const moment swept_at = l->is_swept ? l->now : l->mark.swept_at;
	*ret_next = sooner(grace, interval > 0 ? swept_at + interval : 0);
	return code;
}

static enum err_code
look(struct standing *st, struct look *l, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	l->concerned.arena = l->concerned.products.arena = l->concerned.policies.arena = &l->arena;
	enum err_code code = store_read(st->options.store, &s, e);
	if (code == ERR_OK)
		code = look_around(st, l, s, e);
	return code == ERR_OK ? find_next(st, l, s, &st->wake_at, e) : code;
}

/* True: there is more to do at once. */
static enum err_code
turn(struct standing *st, bool *ret_more, struct err *e)
{
	CLEANUP(look_done) struct look l = {0};
	enum err_code code = look(st, &l, e);
	if (code == ERR_OK && !l.is_others)
		code = work(st, &l, e);
	*ret_more = l.has_more;
	return code;
}

static void
wait_for_news(const struct standing *st, uint64_t commits)
{
	moment wait = LONGEST_WAIT;
	const moment left = st->wake_at - store_now(st->options.store);
	if (st->wake_at && left < wait)
		wait = left > 0 ? left : 0;
	store_wait(st->options.store, commits, clock_monotonic() + wait);
}

static void *
run(void *user)
{
	struct standing *st = user;
	enum err_code code = ERR_OK;
	thread_stand_back();
	while (!atomic_load(&st->stopping)) {
		struct err e;
		bool more = false;
		const uint64_t commits = store_commits(st->options.store);
		code = turn(st, &more, &e);
		if (code != ERR_OK && code != ERR_STALE)
			LOG(WARN, "products cannot be judged again", "error", e.message);
		if (code != ERR_OK)
			rest(st, BREATHER);
		else if (!more)
			wait_for_news(st, commits);
		rest(st, GATHERING);
	}
	if (code == ERR_OK)
		note_seen(st);
	return NULL;
}

/* ---- beginning and end */

static struct meters
make_meters(struct metrics *m)
{
	return (struct meters){
	    .judged = metric_new(m, METRIC_COUNTER, "weft_standing_judged_total", "",
				 "Products in force that were judged again"),
	    .changed = metric_new(m, METRIC_COUNTER, "weft_standing_changed_total", "",
				  "Products that were found to stand otherwise than before"),
	    .behind = metric_new(
		m, METRIC_GAUGE, "weft_standing_behind_events", "",
		"Events that the standing judgement has found and not taken into account yet"),
	    .seconds = metric_new(m, METRIC_HISTOGRAM, "weft_standing_seconds", "",
				  "Judging again all that one look found concerned"),
	};
}

enum err_code
standing_start(const struct standing_options *options, struct standing **ret_standing,
	       struct err *e)
{
	struct standing *st = memory_alloc(sizeof *st);
	*st = (struct standing){.options = *options, .meters = make_meters(options->metrics)};
	int number = pthread_create(&st->thread, NULL, run, st);
	if (number != 0) {
		free(st);
		return err_errno(e, number, "starting the standing judgement: a thread");
	}
	*ret_standing = st;
	return ERR_OK;
}

/* A wake that comes just before the thread goes to sleep is lost, so it is repeated until it is
 * gone. */
static void
join(struct standing *st)
{
	int number;
	do {
		struct timespec until;
		store_wake(st->options.store);
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += JOIN_PIECE;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		number = pthread_timedjoin_np(st->thread, NULL, &until);
	} while (number == ETIMEDOUT);
}

void
standing_stop(struct standing *st)
{
	if (!st)
		return;
	atomic_store(&st->stopping, true);
	join(st);
	free(st);
}
