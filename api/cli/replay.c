/*
 * replay.c -- reads in order: the run, its documents, what was recorded, judging, comparing, and
 * the way through the log.
 */
#include "replay.h"

#include <inttypes.h>
#include <string.h>

#include "base/map.h"
#include "descriptor/descriptor.h"
#include "policy/policy.h"

#include "audit.h"
#include "event_pages.h"
#include "past_rules.h"

enum { MOST_DIFFERENCES = 1000, MOST_KEPT = 64 << 20, PROGRESS_EVERY = 50 };

/* ---- the run */

/* A document as it was published. */
struct published {
	uint64_t seq;
	const char *media_type, *source;
	size_t length;
};

struct replay {
	struct call *call;
	const struct replay_question *question;
	struct replay_report *report;
	struct past_rules rules;
	uint64_t end;

	/* The last version of each product, since the next is judged against it; forgotten when it
	 * becomes too much. */
	struct arena kept;
	struct map published; /* product -> struct published */
};

/* One decision on its way through. */
struct decision {
	uint64_t seq;
	const char *product, *kind;
	const struct node *body, *basis;
	struct arena arena;
	const char *why_not; /* it cannot be judged; or NULL */

	struct node document, previous;
	struct policy_input input;
	bool differs;
};

static void
cannot(struct decision *d, const char *why)
{
	if (!d->why_not)
		d->why_not = why;
}

static void
count_reason(struct replay *r, const char *why)
{
	struct replay_report *report = r->report;
	struct arena *arena = r->call->arena;
	report->not_judged++;
	for (size_t i = 0; i < report->reason_count; i++)
		if (strcmp(report->reasons[i].text, why) == 0) {
			report->reasons[i].count++;
			return;
		}
	report->reasons = arena_grow(arena, report->reasons, report->reason_count,
				     &report->reason_capacity, sizeof *report->reasons);
	report->reasons[report->reason_count++] = (struct replay_reason){arena_text(arena, why), 1};
}

static void
differ(struct replay *r, struct decision *d, const char *policy, const char *what,
       const char *recorded, const char *found)
{
	struct replay_report *report = r->report;
	struct arena *arena = r->call->arena;
	d->differs = true;
	if (report->difference_count == MOST_DIFFERENCES) {
		report->left_out++;
		return;
	}
	report->differences = arena_grow(arena, report->differences, report->difference_count,
					 &report->difference_capacity, sizeof *report->differences);
	report->differences[report->difference_count++] = (struct replay_difference){
	    .event = d->seq,
	    .product = arena_text(arena, d->product),
	    .policy = arena_text(arena, policy),
	    .what = what,
	    .recorded = arena_text(arena, recorded),
	    .found = arena_text(arena, found),
	};
}

/* ---- documents */

static enum err_code
read_text(const struct published *p, struct arena *arena, struct node *ret_root, struct err *e)
{
	return document_read(document_format_of(p->media_type), p->source, p->length,
			     &client_limits, arena, ret_root, e);
}

static bool
published_of(const struct node *event, struct published *ret_published)
{
	const struct node *body = node_get(event, "body"), *source = node_get(body, "source");
	if (!source || source->kind != NODE_TEXT)
		return false;
	*ret_published = (struct published){
	    .seq = (uint64_t)node_int(event, "seq", 0),
	    .media_type = node_text(body, "media_type", "application/yaml"),
	    .source = source->text,
	    .length = source->count,
	};
	return true;
}

static void
keep(struct replay *r, const char *product, const struct published *p)
{
	if (r->kept.used > MOST_KEPT) {
		arena_reset(&r->kept);
		r->published = (struct map){.arena = &r->kept};
	}
	struct published *copy = ARENA_NEW(&r->kept, struct published);
	*copy = *p;
	copy->media_type = arena_text(&r->kept, p->media_type);
	copy->source = arena_bytes(&r->kept, p->source, p->length);
	map_put(&r->published, arena_text(&r->kept, product), copy);
}

/* What the event `seq` published of that product: it is at hand, or asked for. */
static enum err_code
read_published(struct replay *r, struct decision *d, uint64_t seq, struct node *ret_root,
	       struct err *e)
{
	const struct published *known = map_get(&r->published, d->product);
	struct published asked;
	const struct node *event;
	struct err malformed;
	if (!known || known->seq != seq) {
		enum err_code code = event_fetch(r->call, seq, &d->arena, &event, e);
		if (code)
			return code;
		if (!published_of(event, &asked)) {
			cannot(d, "the document was redacted");
			return ERR_OK;
		}
		known = &asked;
	}
	if (read_text(known, &d->arena, ret_root, &malformed) != ERR_OK)
		cannot(d, "the document cannot be read any more");
	return ERR_OK;
}

/* ---- what was recorded */

static const struct node *
known_or_null(const struct node *n)
{
	return n && n->kind != NODE_NULL ? n : NULL;
}

static enum err_code
read_previous(struct replay *r, struct decision *d, struct err *e)
{
	const int64_t previous = node_int(d->basis, "previous", 0);
	if (previous <= 0)
		return ERR_OK;
	d->input.previous = &d->previous;
	return read_published(r, d, (uint64_t)previous, &d->previous, e);
}

static enum err_code
read_document(struct replay *r, struct decision *d, const struct node *event, struct err *e)
{
	struct published own;
	struct err malformed;
	d->input.product = &d->document;
	if (strcmp(d->kind, "product.judged") == 0)
		return read_published(r, d, (uint64_t)node_int(d->body, "event", 0), &d->document,
				      e);
	if (!published_of(event, &own))
		cannot(d, "the document was redacted");
	else if (read_text(&own, &d->arena, &d->document, &malformed) != ERR_OK)
		cannot(d, "the document cannot be read any more");
	return ERR_OK;
}

static enum err_code
read_decision(struct replay *r, struct decision *d, const struct node *event, struct err *e)
{
	moment now = 0;
	d->body = node_get(event, "body");
	d->basis = node_get(d->body, "decision");
	if (!known_or_null(d->body))
		cannot(d, "redacted");
	else if (!known_or_null(d->basis))
		cannot(d, "recorded without its facts");
	else if (!clock_parse(node_text(d->basis, "now", ""), &now))
		cannot(d, "recorded without its moment");
	if (d->why_not)
		return ERR_OK;
	d->input = (struct policy_input){
	    .facts = known_or_null(node_get(d->basis, "facts")),
	    .upstream = known_or_null(node_get(d->basis, "upstream")),
	    .now = now,
	};
	enum err_code code = read_document(r, d, event, e);
	return code == ERR_OK && !d->why_not ? read_previous(r, d, e) : code;
}

/* ---- judging */

static const struct node *
recorded_verdict(const struct decision *d, const char *policy)
{
	const struct node *verdicts = node_get(d->body, "verdicts");
	for (size_t i = 0; verdicts && verdicts->kind == NODE_LIST && i < verdicts->count; i++)
		if (strcmp(node_text(&verdicts->items[i], "policy", ""), policy) == 0)
			return &verdicts->items[i];
	return NULL;
}

/* What another program decided cannot be decided here. */
static void
check_policies(const struct replay *r, struct decision *d)
{
	for (size_t i = 0; i < r->rules.policy_count; i++) {
		const struct past_policy *p = &r->rules.policies[i];
		if (!p->policy)
			cannot(d, p->why);
		else if ((policy_needs(p->policy) & POLICY_NEEDS_OPA) &&
			 recorded_verdict(d, policy_name(p->policy)))
			cannot(d, "a policy asks an Open Policy Agent");
	}
}

static void
compare_text(struct replay *r, struct decision *d, const char *policy, const char *what,
	     const char *recorded, const char *found)
{
	if (strcmp(recorded, found) != 0)
		differ(r, d, policy, what, recorded, found);
}

/* Steps are only comparable where the same judge counted them. */
static void
compare_cost(struct replay *r, struct decision *d, const struct verdict *v,
	     const struct node *recorded)
{
	const int64_t cost = node_int(recorded, "cost", -1);
	if (node_int(d->basis, "judge", 0) == JUDGE_VERSION && cost != (int64_t)v->cost)
		differ(r, d, policy_name(v->policy), "cost",
		       arena_printf(&d->arena, "%" PRId64, cost),
		       arena_printf(&d->arena, "%" PRIu64, v->cost));
}

/* Who is said to have been given less than its own limit was given what those of domains before it
 * had left.  Decisions from before they shared anything say nothing. */
static void
compare_steps(struct replay *r, struct decision *d, const struct verdict *v, uint64_t left)
{
	const struct node *recorded = recorded_verdict(d, policy_name(v->policy));
	const int64_t steps = node_int(recorded, "steps", -1);
	const bool is_so = v->most_steps == (uint64_t)steps && left == v->most_steps;
	if (steps >= 0 && !is_so && node_int(d->basis, "judge", 0) == JUDGE_VERSION)
		differ(r, d, policy_name(v->policy), "steps",
		       arena_printf(&d->arena, "%" PRId64, steps),
		       arena_printf(&d->arena, "%" PRIu64, left));
}

static void
compare_verdict(struct replay *r, struct decision *d, const struct verdict *v)
{
	const char *name = policy_name(v->policy);
	const struct node *recorded = recorded_verdict(d, name);
	char hash[DIGEST_TEXT_SIZE];
	if (!recorded && v->outcome == POLICY_NOT_CONCERNED)
		return;
	if (!recorded || v->outcome == POLICY_NOT_CONCERNED) {
		differ(r, d, name, "outcome",
		       recorded ? node_text(recorded, "outcome", "") : "not concerned",
		       recorded ? "not concerned" : policy_outcome_name(v->outcome));
		return;
	}
	const struct digest digest = policy_hash(v->policy);
	digest_format(&digest, hash);
	compare_text(r, d, name, "policy", node_text(recorded, "hash", ""), hash);
	compare_text(r, d, name, "outcome", node_text(recorded, "outcome", ""),
		     policy_outcome_name(v->outcome));
	compare_text(r, d, name, "enforcement", node_text(recorded, "enforcement", ""),
		     enforcement_name(v->enforcement));
	compare_cost(r, d, v, recorded);
}

/* A verdict by a policy that the log does not know as in force then. */
static void
compare_strangers(struct replay *r, struct decision *d)
{
	const struct node *verdicts = node_get(d->body, "verdicts");
	for (size_t i = 0; verdicts && verdicts->kind == NODE_LIST && i < verdicts->count; i++) {
		const char *name = node_text(&verdicts->items[i], "policy", "");
		bool known = false;
		for (size_t k = 0; k < r->rules.policy_count && !known; k++)
			known = strcmp(r->rules.policies[k].rule->name, name) == 0;
		if (!known)
			differ(r, d, name, "policy", node_text(&verdicts->items[i], "hash", ""),
			       "not in force");
	}
}

/* ---- comparing complaints */

/* Those of policies, in one order; false when the log has left some out. */
static bool
of_policies(const struct violations *all, struct violations *ret_own)
{
	for (size_t i = 0; i < all->count; i++) {
		if (all->items[i].policy)
			violation_add(ret_own, all->items[i]);
		else if (all->items[i].rule && strcmp(all->items[i].rule, "more") == 0)
			return false;
	}
	violations_sort(ret_own);
	return true;
}

static const char *
shown(const struct violation *v, struct arena *arena)
{
	return arena_printf(arena, "%s: %s at %s, %u:%u", v->enforcement, v->message,
			    *v->pointer ? v->pointer : "/", v->at.line, v->at.column);
}

static bool
is_same(const struct violation *a, const struct violation *b)
{
	return strcmp(a->policy, b->policy) == 0 && strcmp(a->rule ? a->rule : "", b->rule) == 0 &&
	       strcmp(a->enforcement, b->enforcement) == 0 && strcmp(a->message, b->message) == 0 &&
	       strcmp(a->pointer, b->pointer) == 0 && a->at.line == b->at.line &&
	       a->at.column == b->at.column;
}

static void
compare_violations(struct replay *r, struct decision *d, const struct violations *found)
{
	struct violations all = {.arena = &d->arena}, then = all, now = all;
	violations_read(node_get(d->body, "violations"), &all);
	if (!of_policies(&all, &then))
		return;
	of_policies(found, &now);
	for (size_t i = 0; i < then.count || i < now.count; i++) {
		const struct violation *a = i < then.count ? &then.items[i] : NULL;
		const struct violation *b = i < now.count ? &now.items[i] : NULL;
		const struct violation *either = a ? a : b;
		if (!either || (a && b && is_same(a, b)))
			continue;
		differ(r, d, either->policy, "violations", a ? shown(a, &d->arena) : "none",
		       b ? shown(b, &d->arena) : "none");
		return; /* the first says it: what follows may only be out of step */
	}
}

/* With what it was given then. */
static struct verdict
judge_by(struct decision *d, const struct policy *p, struct violations *found)
{
	struct policy_input input = d->input;
	const int64_t steps = node_int(recorded_verdict(d, policy_name(p)), "steps", -1);
	const uint64_t given = (uint64_t)steps;
	if (steps >= 0)
		input.domain_steps = &given;
	return policy_judge(p, &input, &d->arena, found);
}

static void
judge_again(struct replay *r, struct decision *d)
{
	struct violations found = {.arena = &d->arena}, ignored = found;
	uint64_t left = DOMAINS_MOST_STEPS;
	for (size_t i = 0; i < r->rules.policy_count; i++) {
		const struct policy *p = r->rules.policies[i].policy;
		/* One that asks was not concerned, and that had its cost. */
		const bool asks = policy_needs(p) & POLICY_NEEDS_OPA;
		const struct verdict v = judge_by(d, p, asks ? &ignored : &found);
		if (!asks) {
			compare_verdict(r, d, &v);
			compare_steps(r, d, &v, left);
		}
		policy_charge(&v, &left);
	}
	compare_strangers(r, d);
	compare_violations(r, d, &found);
}

/* ---- through the log */

static bool
is_decision(const char *kind)
{
	return strcmp(kind, "product.published") == 0 || strcmp(kind, "product.refused") == 0 ||
	       strcmp(kind, "product.judged") == 0;
}

static void
show_progress(const struct replay *r, uint64_t seq)
{
	struct screen *s = &r->call->err;
	CLEANUP(buf_done) struct buf b = {0};
	if (!s->terminal || r->report->decisions % PROGRESS_EVERY != 0)
		return;
	buf_printf(&b, "\r%" PRIu64 " decisions, event %" PRIu64 " of %" PRIu64,
		   r->report->decisions, seq, r->end);
	screen_show(s, &b);
}

static void
end_progress(const struct replay *r)
{
	CLEANUP(buf_done) struct buf b = {0};
	buf_text(&b, "\r\033[K");
	if (r->call->err.terminal)
		screen_show(&r->call->err, &b);
}

static enum err_code
replay_one(struct replay *r, struct decision *d, const struct node *event, struct err *e)
{
	past_rules_before(&r->rules, d->seq);
	enum err_code code = read_decision(r, d, event, e);
	if (code)
		return code;
	if (!d->why_not)
		check_policies(r, d);
	r->report->decisions++;
	if (d->why_not) {
		count_reason(r, d->why_not);
		return ERR_OK;
	}
	judge_again(r, d);
	r->report->agree += !d->differs;
	r->report->disagree += d->differs;
	return ERR_OK;
}

static enum err_code
take_event(void *user, const struct node *event, struct err *e)
{
	struct replay *r = user;
	struct published p;
	struct decision d = {
	    .seq = (uint64_t)node_int(event, "seq", 0),
	    .kind = node_text(event, "kind", ""),
	    .product = node_text(event, "subject", ""),
	};
	if (!is_decision(d.kind))
		return ERR_OK;
	enum err_code code = replay_one(r, &d, event, e);
	arena_done(&d.arena);
	if (code)
		return err_while(e, "event %" PRIu64, d.seq);
	if (strcmp(d.kind, "product.published") == 0 && published_of(event, &p))
		keep(r, d.product, &p);
	show_progress(r, d.seq);
	return ERR_OK;
}

enum err_code
replay_end(struct call *c, uint64_t *ret_end, struct err *e)
{
	const char *signed_note;
	struct checkpoint now;
	enum err_code code = audit_fetch_checkpoint(c, &signed_note, &now, e);
	if (!code)
		*ret_end = now.size;
	return code;
}

enum err_code
replay_decisions(struct call *c, const struct replay_question *question,
		 struct replay_report *ret_report, struct err *e)
{
	struct replay r = {.call = c, .question = question, .report = ret_report};
	*ret_report = (struct replay_report){0};
	r.published.arena = &r.kept;
	enum err_code code = replay_end(c, &r.end, e);
	if (!code)
		code = past_rules_read(c, r.end, &r.rules, e);
	const struct event_pages pages = {.call = c,
					  .kind = "product.",
					  .subject = question->product,
					  .after = question->after,
					  .end = r.end};
	if (!code)
		code = event_pages_each(&pages, take_event, &r, e);
	end_progress(&r);
	past_rules_done(&r.rules);
	arena_done(&r.kept);
	return code;
}
