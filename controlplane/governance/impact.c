/*
 * impact.c -- two threads that take turns: each takes the next page of products, judges it by
 * itself, and hands in what it found when it is the page's turn, so that products come in the order
 * of their names.
 *
 *     next_lock    which page is next; held while the database is asked where it ends
 *     lock         all that is handed in and taken; held for moments
 *
 * Reads in order: asking, pages, handing in, the end, taking, beginning.
 */
#include "impact.h"

#include <stdlib.h>
#include <string.h>

#include "base/condition.h"
#include "base/thread.h"
#include "catalog/rulebook.h"

#include "impact_lines.h"
#include "policy_draft.h"
#include "transaction.h"

enum {
	PAGE = 256,
	PAGE_ASKED = 32,         /* where somebody is asked about each product */
	LINES_WAITING = 4 << 20, /* bytes; with more the threads wait for who takes them */
	LINES_LOOKED_UP = 1000,
	PATIENCE = 60,           /* seconds with somebody who takes nothing */
	PROGRESS_EVERY = 100000, /* microseconds */
	ASK_EVERY = 20000,
	REST_EVERY = 200,
};

struct impact {
	struct governance *governance;
	struct arena arena; /* holds the texts */
	struct impact_plan plan;
	struct product_scan scan;
	struct impact_title title;
	struct policy *policy;  /* owned */
	struct rule_set *rules; /* held */
	struct impact_terms terms;
	atomic_uint holders; /* the threads, and who began it */

	pthread_mutex_t next_lock;
	struct buf cursor;
	uint64_t next_page;

	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned working; /* threads */
	atomic_bool stop; /* written under the lock */
	bool ended;
	uint64_t turn, done, total;
	struct err e; /* its code is ERR_OK while all goes well */
	struct impact_tally tally;
	struct buf lines;
	struct impact_listed listed;
	moment taken_at, told_at; /* clock_monotonic */
};

/* One thread's own. */
struct hand {
	struct impact *impact;
	struct arena arena; /* of the page */
	struct impact_memory memory;
	struct asking asking; /* of the page */
	struct impact_tally tally;

	moment asked_at, rested_at; /* clock_monotonic */

	uint64_t page, rows;
	struct buf text; /* what is said of its products */
	struct {
		size_t end; /* in the text */
		enum impact_state after;
	} said[PAGE];
	size_t said_count;
};

/* ---- asking */

static void
stop_with(struct impact *i, const struct err *e)
{
	pthread_mutex_lock(&i->lock);
	if (!i->stop && i->e.code == ERR_OK)
		i->e = *e;
	i->stop = true;
	pthread_cond_broadcast(&i->changed);
	pthread_mutex_unlock(&i->lock);
}

static bool
may_go_on(struct impact *i)
{
	struct err e = {.code = ERR_OK};
	bool may = !atomic_load(&i->governance->impacts.closing) &&
		   (!i->plan.may_go_on || i->plan.may_go_on(i->plan.user));
	if (may)
		return !i->stop;
	err_set(&e, ERR_BUSY, "given up before the end: the server is stopping, or nobody waits");
	stop_with(i, &e);
	return false;
}

/* Between two products: a document or a policy may take long. */
static bool
may_still_go_on(struct hand *h)
{
	moment now = clock_monotonic();
	if (now - h->rested_at >= REST_EVERY) {
		h->rested_at = now;
		thread_let_others();
	}
	if (now - h->asked_at < ASK_EVERY)
		return !h->impact->stop;
	h->asked_at = now;
	return may_go_on(h->impact);
}

/* ---- a page */

static bool
asks(const struct impact *i)
{
	return policy_question(i->terms.after) ||
	       (i->terms.before && policy_question(i->terms.before));
}

static enum err_code
take_span(struct hand *h, struct session *s, struct product_span *ret_span, struct err *e)
{
	struct impact *i = h->impact;
	pthread_mutex_lock(&i->next_lock);
	const char *after = i->next_page ? arena_text(&h->arena, i->cursor.data) : NULL;
	enum err_code code = product_scan_next(s, &i->scan, after, asks(i) ? PAGE_ASKED : PAGE,
					       &h->arena, ret_span, e);
	if (code == ERR_OK && ret_span->rows > 0) {
		buf_clear(&i->cursor);
		buf_text(&i->cursor, ret_span->last);
		h->page = i->next_page++;
	}
	pthread_mutex_unlock(&i->next_lock);
	return code;
}

/* What is unchanged is only counted. */
static void
note(struct hand *h, const struct impact_finding *f)
{
	if (!f->counts)
		return;
	impact_tally_add(&h->tally, &f->product);
	if (f->product.before == f->product.after)
		return;
	impact_write_product(f, !h->impact->plan.whole, &h->text);
	h->said[h->said_count].end = h->text.length;
	h->said[h->said_count++].after = f->product.after;
}

static enum err_code
judge_page(struct hand *h, struct session *s, const struct scanned_products *page, struct err *e)
{
	struct impact_finding finding;
	for (size_t n = 0; n < page->count && may_still_go_on(h); n++) {
		enum err_code code = impact_judge(&h->impact->terms, &h->memory, s, &page->items[n],
						  &h->arena, &finding, e);
		if (code != ERR_OK)
			return code;
		note(h, &finding);
	}
	return ERR_OK;
}

/* Judged once to find out what is to be asked; the session ends while it is. */
static enum err_code
ask_about_page(struct hand *h, struct session **s, const struct scanned_products *page,
	       struct err *e)
{
	struct impact *i = h->impact;
	struct impact_finding ignored;
	enum err_code code = ERR_OK;
	asking_init(&h->asking, i->governance->agents, &h->arena);
	h->memory.asking = &h->asking;
	for (size_t n = 0; code == ERR_OK && n < page->count; n++)
		code = impact_judge(&i->terms, &h->memory, *s, &page->items[n], &h->arena, &ignored,
				    e);
	session_end(s);
	if (code != ERR_OK)
		return code;
	asking_run(&h->asking);
	code = asking_check(&h->asking, e);
	return code == ERR_OK ? store_read(i->governance->store, s, e) : code;
}

/* No rows: there are no more pages. */
static enum err_code
do_page(struct hand *h, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	struct product_span span = {0};
	struct scanned_products page = {0};
	arena_reset(&h->arena);
	buf_clear(&h->text);
	h->said_count = 0;
	enum err_code code = store_read(h->impact->governance->store, &s, e);
	if (code == ERR_OK)
		code = take_span(h, s, &span, e);
	h->rows = span.rows;
	if (code == ERR_OK && span.rows > 0)
		code = product_scan_read(s, &h->impact->scan, &span, &h->arena, &page, e);
	if (code == ERR_OK && asks(h->impact) && page.count > 0)
		code = ask_about_page(h, &s, &page, e);
	if (code == ERR_OK)
		code = judge_page(h, s, &page, e);
	if (code == ERR_OK && h->asking.unasked > 0)
		code = ERR(e, BUSY, "a product has changed while somebody was asked about it");
	return code;
}

/* ---- handing in */

static bool
has_turn(const struct impact *i, uint64_t page)
{
	return i->turn == page && i->lines.length <= LINES_WAITING;
}

/* With the lock held.  Whoever asks and does not listen must not keep others from asking. */
static void
give_up_on_taker(struct impact *i)
{
	if (i->lines.length <= LINES_WAITING || clock_monotonic() - i->taken_at < SECONDS(PATIENCE))
		return;
	err_set(&i->e, ERR_TIMEOUT, "given up: nobody took what was found for %d seconds",
		PATIENCE);
	i->stop = true;
	pthread_cond_broadcast(&i->changed);
}

/* With the lock held: until it is this page's turn and there is room. */
static bool
await_turn(struct impact *i, uint64_t page)
{
	while (!i->stop && !has_turn(i, page)) {
		condition_wait(&i->changed, &i->lock, clock_monotonic() + SECONDS(1));
		give_up_on_taker(i);
	}
	return !i->stop;
}

static void
list_products(struct impact *i, const struct hand *h)
{
	size_t begin = 0;
	for (size_t n = 0; n < h->said_count; n++) {
		impact_listed_add(&i->listed, h->said[n].after, h->text.data + begin,
				  h->said[n].end - begin);
		begin = h->said[n].end;
	}
}

static void
hand_in(struct hand *h)
{
	struct impact *i = h->impact;
	pthread_mutex_lock(&i->lock);
	if (await_turn(i, h->page)) {
		if (i->plan.whole)
			list_products(i, h);
		else if (h->text.length > 0)
			buf_append(&i->lines, h->text.data, h->text.length);
		i->done += h->rows;
		i->turn++;
		pthread_cond_broadcast(&i->changed);
	}
	pthread_mutex_unlock(&i->lock);
}

/* ---- the end */

static void
release(struct impact *i)
{
	struct impact_places *places = &i->governance->impacts;
	if (atomic_fetch_sub(&i->holders, 1) > 1)
		return;
	impact_tally_done(&i->tally);
	impact_listed_done(&i->listed);
	buf_done(&i->lines);
	buf_done(&i->cursor);
	pthread_cond_destroy(&i->changed);
	pthread_mutex_destroy(&i->lock);
	pthread_mutex_destroy(&i->next_lock);
	arena_done(&i->arena);
	policy_destroy(i->policy);
	rule_set_release(&i->rules);
	free(i);
	impact_places_leave(places);
}

/* With the lock held: the last line. */
static void
say_end(struct impact *i)
{
	if (!i->plan.whole && i->e.code != ERR_OK)
		impact_write_failure(&i->e, &i->lines);
	else if (!i->plan.whole)
		impact_write_summary(&i->title, &i->tally, &i->lines);
	i->ended = true;
}

/* True for the last one. */
static bool
leave(struct hand *h)
{
	struct impact *i = h->impact;
	pthread_mutex_lock(&i->lock);
	impact_tally_merge(&i->tally, &h->tally);
	bool last = --i->working == 0;
	pthread_mutex_unlock(&i->lock);
	return last;
}

static void
end_work(struct impact *i)
{
	impact_places_give_back(&i->governance->impacts); /* whoever is slow to take keeps none */
	pthread_mutex_lock(&i->lock);
	say_end(i);
	pthread_mutex_unlock(&i->lock);
	if (i->plan.done)
		i->plan.done(i->plan.user, i);
}

static void
do_pages(struct hand *h)
{
	struct impact *i = h->impact;
	while (may_go_on(i)) {
		struct err e = {.code = ERR_OK};
		if (do_page(h, &e) != ERR_OK) {
			stop_with(i, &e);
			return;
		}
		if (h->rows == 0)
			return;
		hand_in(h);
	}
}

static void *
work(void *user)
{
	struct hand *h = memory_alloc(sizeof *h);
	struct impact *i = h->impact = user;
	thread_stand_back();
	do_pages(h);
	bool last = leave(h);
	impact_tally_done(&h->tally);
	impact_memory_done(&h->memory);
	arena_done(&h->arena);
	buf_done(&h->text);
	free(h);
	if (last)
		end_work(i);
	release(i);
	return NULL;
}

/* ---- taking */

static void
take_lines(struct impact *i, struct buf *out)
{
	moment now = clock_monotonic();
	if (!i->ended && now - i->told_at >= PROGRESS_EVERY) {
		impact_write_progress(i->done, i->total, out);
		i->told_at = now;
	}
	if (i->lines.length > 0)
		buf_append(out, i->lines.data, i->lines.length);
	buf_clear(&i->lines);
	i->taken_at = now;
	pthread_cond_broadcast(&i->changed);
}

bool
impact_take(struct impact *i, struct buf *out)
{
	pthread_mutex_lock(&i->lock);
	bool more = !i->ended || i->lines.length > 0;
	if (more)
		take_lines(i, out);
	pthread_mutex_unlock(&i->lock);
	return more;
}

enum err_code
impact_result(struct impact *i, struct buf *out, struct err *e)
{
	if (i->e.code != ERR_OK) {
		*e = i->e;
		return e->code;
	}
	impact_write_whole(&i->title, &i->tally, &i->listed, out);
	return ERR_OK;
}

void
impact_end(struct impact *i)
{
	struct err e = {.code = ERR_OK};
	err_set(&e, ERR_BUSY, "given up");
	stop_with(i, &e);
	release(i);
}

/* ---- beginning */

static const char *
hash_text(const struct policy *p, struct arena *arena)
{
	char text[DIGEST_TEXT_SIZE];
	struct digest hash = policy_hash(p);
	digest_format(&hash, text);
	return arena_text(arena, text);
}

/* The version in force, under the rules that the session sees. */
static enum err_code
find_before(struct impact *i, struct session *s, struct err *e)
{
	struct rule_record record;
	i->terms.before = rule_set_find(i->rules, policy_name(i->policy));
	if (!i->terms.before)
		return ERR_OK;
	enum err_code code = rule_get(s, policy_name(i->policy), &i->arena, &record, e);
	if (code != ERR_OK)
		return code;
	i->title.before_version = record.version;
	i->title.before_hash = record.hash;
	i->title.before_enforcement = record.enforcement;
	return ERR_OK;
}

static enum err_code
compile(struct impact *i, struct arena *arena, struct violations *violations, struct err *e)
{
	struct node root;
	enum err_code code = submission_read(i->plan.document, arena, violations, &root, e);
	if (code != ERR_OK)
		return code;
	code = policy_draft(&root, node_text(&root, "name", "the policy"), i->rules, violations,
			    &i->policy, e);
	if (code != ERR_OK)
		return code;
	i->terms.after = i->policy;
	i->title.policy = arena_text(&i->arena, policy_name(i->policy));
	i->title.hash = hash_text(i->policy, &i->arena);
	i->title.enforcement = enforcement_name(policy_enforcement(i->policy));
	return ERR_OK;
}

/* Somebody else's program is not kept busy with the whole mesh. */
static enum err_code
check_number(const struct impact *i, struct err *e)
{
	if (!asks(i) || i->total <= IMPACT_MOST_ASKED)
		return ERR_OK;
	return ERR(e, REFUSED,
		   "an Open Policy Agent decides '%s', and is asked about %d products at most, not "
		   "about %llu%s",
		   policy_name(i->policy), IMPACT_MOST_ASKED, (unsigned long long)i->total,
		   i->scan.domain ? "" : ": try it on one domain");
}

static enum err_code
prepare(struct impact *i, struct arena *arena, struct violations *violations, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	struct governance *g = i->governance;
	enum err_code code = store_read(g->store, &s, e);
	if (code == ERR_OK)
		code = rules_hold(g->rules, s, &i->rules, e);
	if (code == ERR_OK)
		code = compile(i, arena, violations, e);
	if (code == ERR_OK)
		code = find_before(i, s, e);
	if (code == ERR_OK)
		code = product_scan_count(s, &i->scan, &i->total, e);
	if (code == ERR_OK)
		code = check_number(i, e);
	return code;
}

/* Threads that nobody waits for: the last one ends what there is to end.  They begin by waiting for
 * the lock, until their number is known. */
static enum err_code
start_threads(struct impact *i, struct err *e)
{
	int failed = 0;
	pthread_attr_t detached;
	pthread_t ignored;
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	pthread_mutex_lock(&i->lock);
	while (i->working < IMPACT_THREADS && !failed) {
		failed = pthread_create(&ignored, &detached, work, i);
		if (!failed) {
			atomic_fetch_add(&i->holders, 1);
			i->working++;
		}
	}
	bool started = i->working > 0;
	pthread_mutex_unlock(&i->lock);
	pthread_attr_destroy(&detached);
	return started ? ERR_OK : err_errno(e, failed, "starting a thread");
}

static struct impact *
impact_new(struct governance *g, const struct impact_plan *plan)
{
	struct impact *i = memory_alloc(sizeof *i);
	i->governance = g;
	i->plan = *plan;
	i->listed.most = plan->most < IMPACT_MOST_LISTED ? plan->most : IMPACT_MOST_LISTED;
	i->scan.as_of = i->terms.as_of = plan->as_of;
	i->title.as_of = plan->as_of ? plan->as_of_time : 0;
	if (plan->domain)
		i->scan.domain = i->terms.domain = i->title.domain =
		    arena_text(&i->arena, plan->domain);
	i->terms.now = plan->as_of ? plan->as_of_time : store_now(g->store);
	i->taken_at = clock_monotonic();
	atomic_init(&i->terms.lines_left, LINES_LOOKED_UP);
	atomic_init(&i->holders, 1);
	pthread_mutex_init(&i->next_lock, NULL);
	pthread_mutex_init(&i->lock, NULL);
	condition_init(&i->changed);
	return i;
}

enum err_code
impact_begin(struct governance *g, const struct impact_plan *plan, struct arena *arena,
	     struct violations *violations, struct impact **ret_impact, struct err *e)
{
	if (!impact_places_take(&g->impacts, IMPACTS_AT_ONCE))
		return ERR(e, BUSY, "%d impacts are being worked out already", IMPACTS_AT_ONCE);
	struct impact *i = impact_new(g, plan);
	enum err_code code = prepare(i, arena, violations, e);
	if (code == ERR_OK)
		code = start_threads(i, e);
	if (code == ERR_OK) {
		*ret_impact = i;
		return ERR_OK;
	}
	impact_places_give_back(&g->impacts);
	release(i);
	return code;
}
