/*
 * compliance.c -- how a product stands with every policy that applies: judged now, or as its last
 * decision by some time said; and since when.
 */
#include <string.h>

#include "catalog/event_log.h"
#include "catalog/rulebook.h"
#include "catalog/shortfall.h"

#include "hearing.h"

/* ---- the answer */

/* What is said of one policy. */
struct standpoint {
	const char *policy, *hash, *scope, *description, *enforcement, *outcome;
	moment grace_end; /* 0: none */
};

/* The complaints of one policy. */
static struct violations
violations_of(const struct violations *all, const char *policy)
{
	struct violations own = {.arena = all->arena};
	for (size_t i = 0; i < all->count; i++)
		if (all->items[i].policy && strcmp(all->items[i].policy, policy) == 0)
			violation_add(&own, all->items[i]);
	return own;
}

/* The first of them counts; 0 when there is none, or none is old enough to be known. */
static moment
since_of(const struct violations *own)
{
	moment since = 0;
	for (size_t i = 0; i < own->count; i++) {
		const moment t = own->items[i].since;
		if (t && (!since || t < since))
			since = t;
	}
	return since;
}

static void
write_standpoint(const struct standpoint *p, const struct violations *violations, struct json *j)
{
	const struct violations own = violations_of(violations, p->policy);
	json_begin_map(j);
	json_member_text(j, "policy", p->policy);
	json_member_text(j, "hash", p->hash);
	json_member_text(j, "scope", p->scope);
	json_member_text(j, "description", p->description);
	json_member_text(j, "enforcement", p->enforcement);
	if (p->grace_end)
		json_member_time(j, "grace_end", p->grace_end);
	json_member_text(j, "outcome", p->outcome);
	json_member_time(j, "since", since_of(&own));
	json_key(j, "violations");
	violations_write(&own, j);
	json_end_map(j);
}

static void
begin_answer(struct json *j, const char *name, const char *version, const char *standing,
	     moment judged_at)
{
	json_begin_map(j);
	json_member_text(j, "name", name);
	json_member_text(j, "version", version);
	json_member_text(j, "standing", standing);
	json_member_time(j, "judged_at", judged_at);
	json_key(j, "policies");
	json_begin_list(j);
}

static void
end_answer(struct json *j)
{
	json_end_list(j);
	json_end_map(j);
}

/* Both lists are in one order, but for those that have no policy. */
static void
take_since(struct violations *violations, const struct shortfall_list *known)
{
	size_t next = 0;
	for (size_t i = 0; i < violations->count && next < known->count; i++)
		if (violations->items[i].policy)
			violations->items[i].since = known->items[next++].since;
}

/* ---- now */

static void
write_judgement(const struct product *p, const struct hearing_case *given,
		const struct judgement *judgement, const struct violations *violations,
		struct buf *out)
{
	struct json j = {.out = out};
	begin_answer(&j, p->name, p->version, judgement_standing(judgement), given->input.now);
	for (size_t i = 0; i < judgement->count; i++) {
		const struct verdict *v = &judgement->verdicts[i];
		struct digest digest = policy_hash(v->policy);
		char hash[DIGEST_TEXT_SIZE];
		digest_format(&digest, hash);
		const struct standpoint of_policy = {
		    .policy = policy_name(v->policy),
		    .hash = hash,
		    .scope = policy_scope(v->policy),
		    .description = policy_description(v->policy),
		    .enforcement = enforcement_name(v->enforcement),
		    .grace_end = v->grace_end,
		    .outcome = policy_outcome_name(v->outcome),
		};
		write_standpoint(&of_policy, violations, &j);
	}
	end_answer(&j);
}

/* What the log does not know of yet has no time. */
static void
find_since(struct hearing *h, const struct shortfall_list *rows, struct violations *violations)
{
	const struct shortfall_list known = shortfalls_note(rows, violations, 0, 0, h->arena);
	take_since(violations, &known);
}

static enum err_code
comply_now(struct governance *g, const char *name, struct arena *arena, struct buf *out,
	   struct err *e)
{
	struct violations violations = {.arena = arena};
	CLEANUP(hearing_close)
	struct hearing h = {.g = g, .arena = arena};
	struct product p;
	struct descriptor d;
	struct hearing_case given;
	struct shortfall_list rows;

	enum err_code code = hearing_open(&h, e);
	if (code == ERR_OK)
		code = product_get(h.s, name, arena, &p, e);
	if (code == ERR_OK)
		code = product_decode(h.s, p.seq, arena, &d, e);
	if (code == ERR_OK)
		code = hearing_prepare(&h, &(struct fact_question){.product = &d}, d.document,
				       &given, e);
	if (code == ERR_OK)
		code = shortfalls_of_product(h.s, name, arena, &rows, e);
	if (code != ERR_OK)
		return code;
	hearing_recall(&h, &given, &rows, NULL);
	const struct judgement judgement = judge(h.rules, &given.input, arena, &violations);
	find_since(&h, &rows, &violations);
	write_judgement(&p, &given, &judgement, &violations, out);
	return ERR_OK;
}

/* ---- as of a time */

/*
 * The last decision by then, and what had fallen short without a gap.  A product may have had
 * thousands: only the last one and the one before it are held, each in an arena of its own.
 */
struct past {
	struct arena arenas[2];
	unsigned last; /* which of them */
	struct node body;
	uint64_t seq; /* 0: none */
	moment time;
	bool is_redacted;
	struct shortfall_list open;
};

static void
past_done(struct past *past)
{
	arena_done(&past->arenas[0]);
	arena_done(&past->arenas[1]);
}

static bool
is_decision(const char *kind)
{
	return strcmp(kind, "product.published") == 0 || strcmp(kind, "product.judged") == 0;
}

static enum err_code
follow_decision(struct past *past, const struct event *ev, struct err *e)
{
	struct arena *arena = &past->arenas[past->last ^ 1];
	struct violations found = {.arena = arena};
	struct event own = *ev;
	arena_reset(arena);
	own.body = arena_bytes(arena, ev->body, ev->body_length);
	if (event_body(&own, arena, &past->body, e) != ERR_OK)
		return err_while(e, "event %llu", (unsigned long long)ev->seq);
	violations_read(node_get(&past->body, "violations"), &found);
	past->open = shortfalls_note(&past->open, &found, ev->seq, ev->time, arena);
	past->last ^= 1;
	return ERR_OK;
}

/* What a redacted decision found nobody knows: the one before it is not the last. */
static enum err_code
follow_event(struct past *past, const struct event *ev, struct err *e)
{
	if (strcmp(ev->kind, "product.retired") == 0)
		past->open.count = 0;
	if (!is_decision(ev->kind))
		return ERR_OK;
	past->seq = ev->seq;
	past->time = ev->time;
	past->is_redacted = !ev->body;
	return ev->body ? follow_decision(past, ev, e) : ERR_OK;
}

static enum err_code
follow_product(struct session *s, const char *name, uint64_t as_of, struct past *past,
	       struct err *e)
{
	enum { AT_ONCE = 100 };
	CLEANUP(arena_done) struct arena events = {0}; /* of the page */
	struct event_list page = {.cut = true};
	for (uint64_t after = 0; page.cut || page.count == AT_ONCE;) {
		arena_reset(&events);
		enum err_code code =
		    event_list(s, after, AT_ONCE, "product.", name, &events, &page, e);
		for (size_t i = 0; code == ERR_OK && i < page.count; i++) {
			after = page.items[i].seq;
			if (after > as_of)
				return ERR_OK;
			code = follow_event(past, &page.items[i], e);
		}
		if (code != ERR_OK)
			return code;
	}
	return ERR_OK;
}

/* By the hash that the verdict names. */
static enum err_code
find_scope(struct session *s, const char *hash, struct arena *arena, const char **ret_scope,
	   struct err *e)
{
	struct rule_version v;
	enum err_code code = rule_version_by_hash(s, hash, arena, &v, e);
	if (code == ERR_OK)
		*ret_scope = v.scope;
	return code == ERR_NOT_FOUND ? ERR_OK : code;
}

static enum err_code
write_verdicts(struct session *s, const struct past *past, const struct violations *violations,
	       struct json *j, struct err *e)
{
	const struct node *verdicts = node_get(&past->body, "verdicts");
	enum err_code code = ERR_OK;
	for (size_t i = 0; verdicts && code == ERR_OK && i < verdicts->count; i++) {
		const struct node *v = &verdicts->items[i];
		struct standpoint of_policy = {
		    .policy = node_text(v, "policy", ""),
		    .hash = node_text(v, "hash", ""),
		    .enforcement = node_text(v, "enforcement", "deny"),
		    .outcome = node_text(v, "outcome", ""),
		    .scope = "global",
		};
		if (!clock_parse(node_text(v, "grace_end", ""), &of_policy.grace_end))
			of_policy.grace_end = 0;
		code = find_scope(s, of_policy.hash, violations->arena, &of_policy.scope, e);
		write_standpoint(&of_policy, violations, j);
	}
	return code;
}

static enum err_code
comply_then(struct governance *g, const char *name, uint64_t as_of, struct arena *arena,
	    struct buf *out, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	CLEANUP(past_done) struct past past = {0};
	struct violations violations = {.arena = arena};
	struct json j = {.out = out};
	enum err_code code = store_read(g->store, &s, e);
	if (code == ERR_OK)
		code = follow_product(s, name, as_of, &past, e);
	if (code != ERR_OK)
		return code;
	if (!past.seq)
		return ERR(e, NOT_FOUND, "no data product was named '%s' then", name);
	if (past.is_redacted)
		return ERR(e, NOT_FOUND, "the decision of event %llu was redacted",
			   (unsigned long long)past.seq);
	violations_read(node_get(&past.body, "violations"), &violations);
	take_since(&violations, &past.open);
	begin_answer(&j, name, node_text(&past.body, "version", ""),
		     node_text(&past.body, "standing", "compliant"), past.time);
	code = write_verdicts(s, &past, &violations, &j, e);
	end_answer(&j);
	return code;
}

enum err_code
product_compliance(struct governance *g, const char *name, uint64_t as_of, struct arena *arena,
		   struct buf *out, struct err *e)
{
	return as_of ? comply_then(g, name, as_of, arena, out, e)
		     : comply_now(g, name, arena, out, e);
}
