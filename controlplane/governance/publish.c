/*
 * publish.c -- a data product on its way in.
 *
 * Reads in order: what the decision is made of, how it is made, the events, the steps, the answer,
 * and the door.
 */
#include <string.h>

#include "catalog/event_log.h"
#include "catalog/job.h"
#include "catalog/resource.h"
#include "descriptor/compat.h"

#include "decision.h"
#include "facts.h"
#include "transaction.h"

enum { REASONS_LENGTH = 500 }; /* of those that one line tells; the violations say all */

struct publication {
	struct node root;
	struct descriptor wanted;
	char hash[DIGEST_TEXT_SIZE]; /* of the content */
	const char *canonical;       /* the document as canonical JSON */
	size_t canonical_length;

	bool exists;                /* was ever published; then: */
	struct product before;      /* the version in force */
	struct descriptor previous; /* and what it says */

	struct changes changes;
	const char *version; /* the one that it gets */
	struct fact_question question;
	struct facts facts;
	struct decision decision; /* its texts: the rules are gone */
	const struct product_draft *draft;
	const char *outcome;
	uint64_t event; /* 0: none */
};

const char *
product_etag(const struct product *p, struct arena *arena)
{
	if (!p->judged_seq)
		return arena_printf(arena, "%llu", (unsigned long long)p->seq);
	return arena_printf(arena, "%llu-%llu", (unsigned long long)p->seq,
			    (unsigned long long)p->judged_seq);
}

/* ---- deciding */

static enum err_code
find_before(struct transaction *t, struct publication *p, struct session *s, struct err *e)
{
	enum err_code code = product_get(s, p->wanted.name, t->arena, &p->before, e);
	p->exists = code == ERR_OK;
	return code == ERR_NOT_FOUND ? ERR_OK : code;
}

static bool
is_unchanged(const struct publication *p)
{
	return p->exists && strcmp(p->before.hash, p->hash) == 0 &&
	       strcmp(p->before.status, "retired") != 0 &&
	       (!p->wanted.version || strcmp(p->wanted.version, p->before.version) == 0);
}

static enum err_code
choose_version(struct transaction *t, struct publication *p, struct session *s, struct err *e)
{
	if (p->exists) {
		enum err_code code = product_decode(s, p->before.seq, t->arena, &p->previous, e);
		if (code != ERR_OK)
			return code;
		p->changes = descriptor_compare(&p->previous, &p->wanted, t->arena);
		/*
		 * Back from retirement without a change: still another version than the retired
		 * one.
		 */
		if (p->changes.level == CHANGE_NONE)
			p->changes.level = CHANGE_PATCH;
	}
	p->version = version_choose(p->exists ? p->before.version : NULL, &p->changes, &p->wanted,
				    t->violations);
	return ERR_OK;
}

static enum err_code
judge_publication(struct transaction *t, struct publication *p, struct session *s, struct err *e)
{
	p->question = (struct fact_question){
	    .needs = t->rules->facts,
	    .product = &p->wanted,
	    .changes = p->exists ? &p->changes : NULL,
	    .version = p->version,
	};
	enum err_code code = facts_gather(s, &p->question, t->arena, &p->facts, e);
	if (code != ERR_OK)
		return code;
	const struct policy_input input = {
	    .product = &p->root,
	    .previous = p->exists ? p->previous.document : NULL,
	    .upstream = &p->facts.upstream,
	    .facts = &p->facts.facts,
	    .now = asking_moment(&t->asking, store_now(t->g->store)),
	    .ask = asking_ask,
	    .asker = &t->asking,
	};
	struct judgement judgement = judge(t->rules, &input, t->arena, t->violations);
	p->decision = decision_of(&judgement, &input, p->exists ? p->before.seq : 0, t->arena);
	return ERR_OK;
}

/* "refused for 2 reasons: PII data requires access controls; Quality checks required" */
static enum err_code
refuse(struct transaction *t, const char *name, struct err *e)
{
	CLEANUP(buf_done) struct buf reasons = {0};
	size_t told = 0, count = violations_denied(t->violations);
	violations_sort(t->violations);
	for (size_t i = 0; i < t->violations->count && reasons.length < REASONS_LENGTH; i++) {
		const struct violation *v = &t->violations->items[i];
		if (strcmp(v->enforcement, "deny") == 0)
			buf_printf(&reasons, "%s%s", told++ ? "; " : "", v->message);
	}
	if (count > told)
		buf_printf(&reasons, "; and %zu more", count - told);
	return ERR(e, REFUSED, "'%s' is refused for %zu reason%s: %s", name, count,
		   count == 1 ? "" : "s", reasons.data);
}

static enum err_code
check_preconditions(struct transaction *t, struct publication *p, struct err *e)
{
	const char *etag = p->exists ? product_etag(&p->before, t->arena) : NULL;
	if (p->exists && strcmp(p->before.domain, p->wanted.domain) != 0 &&
	    actor_may_publish(t->in->actor, p->before.domain, e) != ERR_OK)
		return err_while(e, "'%s' belongs to the domain '%s'", p->wanted.name,
				 p->before.domain);
	return preconditions_allow(t->in, etag, e);
}

/* ---- the events */

static void
write_body(const struct transaction *t, const struct publication *p,
	   const struct product_finding *finding, struct buf *out)
{
	struct json j = {.out = out};
	json_begin_map(&j);
	json_member_text(&j, "version", finding->version);
	json_member_text(&j, "change", finding->change);
	json_member_text(&j, "media_type", t->in->media_type);
	json_member_text(&j, "hash", finding->hash);
	json_member_text(&j, "standing", finding->standing);
	json_key(&j, "source");
	json_text(&j, arena_bytes(t->arena, t->in->text, t->in->length));
	decision_write(&p->decision, t->violations, &j);
	json_end_map(&j);
}

/* All but its place in the log is known before it waits for its turn. */
static void
draft_event(struct transaction *t, struct publication *p)
{
	const struct product_finding finding = {
	    .version = p->version,
	    .change = p->exists ? change_level_name(p->changes.level) : "created",
	    .hash = p->hash,
	    .standing = p->decision.standing,
	    .violations = t->violations,
	    .document = p->canonical,
	    .document_length = p->canonical_length,
	};
	CLEANUP(buf_done) struct buf body = {0};
	write_body(t, p, &finding, &body);
	p->draft = product_draft_published(&p->wanted, &finding, p->exists ? &p->before : NULL,
					   &body, t->arena);
}

/* What was answered, but for what belongs to the one request (RFC 9457). */
static void
write_problem(const struct err *refusal, struct json *j)
{
	json_begin_map(j);
	json_member_text(j, "title", err_title(refusal->code));
	json_member_int(j, "status", err_http_status(refusal->code));
	json_member_text(j, "detail", refusal->message);
	json_end_map(j);
}

static void
write_refusal_body(const struct transaction *t, const struct publication *p, struct buf *out)
{
	struct json j = {.out = out};
	json_begin_map(&j);
	json_member_text(&j, "media_type", t->in->media_type);
	json_member_text(&j, "hash", p->hash);
	json_key(&j, "source");
	json_text(&j, arena_bytes(t->arena, t->in->text, t->in->length));
	decision_write(&p->decision, t->violations, &j);
	json_key(&j, "problem");
	write_problem(&t->out->refusal, &j);
	json_end_map(&j);
}

/* ---- the steps */

static enum err_code
decide_publication(struct transaction *t, struct session *s, struct err *e)
{
	struct publication *p = t->state;
	/* Of a decision before this one. */
	p->changes = (struct changes){0};
	p->decision = (struct decision){.verdicts = "[]"};
	p->event = 0;
	enum err_code code = find_before(t, p, s, e);
	if (code == ERR_OK)
		code = check_preconditions(t, p, e);
	if (code != ERR_OK)
		return code;
	if (is_unchanged(p)) {
		p->outcome = "unchanged";
		p->version = p->before.version;
		t->nothing_to_do = true;
		return ERR_OK;
	}
	p->outcome = t->in->dry_run ? "checked" : p->exists ? "updated" : "created";
	code = choose_version(t, p, s, e);
	if (code == ERR_OK)
		code = judge_publication(t, p, s, e);
	if (code != ERR_OK)
		return code;
	if (violations_denied(t->violations))
		return refuse(t, p->wanted.name, e);
	draft_event(t, p);
	return ERR_OK;
}

static bool
publication_is_current(const struct transaction *t, struct session *s)
{
	const struct publication *p = t->state;
	return !session_is_touched(s, p->wanted.name, t->basis) &&
	       !facts_are_touched(s, &p->question, &p->facts, t->basis);
}

static bool
has_wishes(const struct descriptor *d)
{
	return d->storage.count + d->compute.count > 0;
}

static bool
asks_for_resources(const struct publication *p)
{
	return has_wishes(&p->wanted) || (p->exists && has_wishes(&p->previous));
}

static enum err_code
record_publication(struct transaction *t, struct session *s, struct err *e)
{
	struct publication *p = t->state;
	struct event ev;
	enum err_code code = product_append(s, t->in->actor->name, p->draft, &ev, e);
	if (code != ERR_OK)
		return code;
	p->event = ev.seq;
	return asks_for_resources(p) ? job_want(s, "reconcile", p->wanted.name, session_now(s), e)
				     : ERR_OK;
}

/* Nothing of the product is stored: no projection follows this event. */
static enum err_code
record_publication_refused(struct transaction *t, struct session *s, struct err *e)
{
	const struct publication *p = t->state;
	CLEANUP(buf_done) struct buf body = {0};
	write_refusal_body(t, p, &body);
	return event_append(s, t->in->actor->name, "product.refused", p->wanted.name, &body, NULL,
			    e);
}

/* ---- the answer */

static void
write_changes(const struct changes *changes, struct json *j)
{
	json_begin_list(j);
	for (size_t i = 0; i < changes->count; i++) {
		const struct change *c = &changes->items[i];
		json_begin_map(j);
		json_member_text(j, "level", change_level_name(c->level));
		json_member_text(j, "message", c->message);
		json_member_text(j, "pointer", c->pointer);
		json_end_map(j);
	}
	json_end_list(j);
}

static enum err_code
write_resources(struct session *s, const struct publication *p, struct arena *arena, struct json *j,
		struct err *e)
{
	struct resource_list list = {0};
	bool may_have_some = p->exists || has_wishes(&p->wanted);
	enum err_code code =
	    may_have_some ? resource_list(s, p->wanted.name, arena, &list, e) : ERR_OK;
	json_begin_list(j);
	for (size_t i = 0; i < list.count; i++) {
		json_begin_map(j);
		json_member_text(j, "role", list.items[i].role);
		json_member_text(j, "plugin", list.items[i].plugin);
		json_member_text(j, "name", list.items[i].name);
		json_member_text(j, "state", list.items[i].state);
		json_end_map(j);
	}
	json_end_list(j);
	return code;
}

static enum err_code
answer_publication(struct transaction *t, struct session *s, struct err *e)
{
	struct publication *p = t->state;
	bool recorded = p->event != 0;
	struct json j = {.out = t->out->body};
	json_begin_map(&j);
	json_member_text(&j, "name", p->wanted.name);
	json_member_text(&j, "version", p->version);
	json_member_text(&j, "outcome", p->outcome);
	json_key(&j, "event");
	if (recorded)
		json_int(&j, (int64_t)p->event);
	else
		json_null(&j);
	json_key(&j, "verdicts");
	json_raw(&j, p->decision.verdicts, strlen(p->decision.verdicts));
	json_key(&j, "violations");
	violations_write(t->violations, &j);
	json_key(&j, "changes");
	write_changes(&p->changes, &j);
	json_key(&j, "resources");
	enum err_code code = write_resources(s, p, t->arena, &j, e);
	json_end_map(&j);
	t->out->status = recorded && !p->exists ? 201 : 200;
	if (recorded)
		t->out->etag = arena_printf(t->arena, "%llu", (unsigned long long)p->event);
	else if (p->exists)
		t->out->etag = product_etag(&p->before, t->arena);
	t->out->created = recorded && !p->exists ? p->wanted.name : NULL;
	return code;
}

static const struct transaction_steps publish_steps = {
    .decide = decide_publication,
    .is_current = publication_is_current,
    .record = record_publication,
    .record_refusal = record_publication_refused,
    .answer = answer_publication,
};

/* ---- the door */

/* What needs no catalog: the form, and whether this actor may publish into that domain at all. */
static enum err_code
read_publication(struct transaction *t, struct publication *p, struct err *e)
{
	enum err_code code = submission_read(t->in, t->arena, t->violations, &p->root, e);
	if (code != ERR_OK)
		return code;
	if (!descriptor_decode(&p->root, t->violations, &p->wanted)) {
		violations_sort(t->violations);
		return ERR_AT(e, MALFORMED, t->violations->items[0].at,
			      "%zu complaint%s about the document, first: %s", t->violations->count,
			      t->violations->count == 1 ? "" : "s",
			      t->violations->items[0].message);
	}
	struct digest hash;
	p->canonical = descriptor_canonical(&p->root, t->arena, &p->canonical_length, &hash);
	digest_format(&hash, p->hash);
	return actor_may_publish(t->in->actor, p->wanted.domain, e);
}

enum err_code
product_publish(struct governance *g, const struct submission *in, struct arena *arena,
		struct violations *violations, struct outcome *out, struct err *e)
{
	struct publication *p = ARENA_NEW(arena, struct publication);
	struct transaction *t = transaction_new(g, in, arena, violations, out);
	t->state = p;
	enum err_code code = read_publication(t, p, e);
	return code == ERR_OK ? transaction_run(t, &publish_steps, e) : code;
}
