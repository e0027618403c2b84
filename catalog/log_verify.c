/*
 * log_verify.c -- the whole log read as an auditor would.
 *
 * One pass over the events builds the tree anew.  Where event and stored leaf disagree, the stored
 * parent says which of the two was touched; the other goes on into the tree, so that one change is
 * one finding:
 *
 *     event 3 (body hash, fields) -> leaf 3' ?= stored leaf 3     differ: is the parent H(leaf 3,
 * ..) or H(leaf 3', ..)?
 *
 * At each size that a checkpoint was signed over, the tree's root so far is compared with it.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "log_tree.h"
#include "store_parts.h"

/* A checkpoint that the tree is held against: stored, or brought by the auditor. */
struct held_checkpoint {
	uint64_t size;
	struct digest root, signed_root;
	const char *note;
};

struct verification {
	struct session *s;
	struct arena arena;
	log_complain_fn *complain;
	void *user;
	struct log_report report;
	struct err *e;
	enum err_code failed;

	uint64_t expected; /* the next event's seq */
	moment time;       /* of the event before */
	struct merkle_edge edge;
	struct held_checkpoint *checkpoints; /* by size */
	size_t count, room, next;
	struct held_checkpoint since; /* size 0: none */
};

static void PRINTF(3, 4) complain(struct verification *v, uint64_t seq, const char *format, ...)
{
	char message[500];
	va_list args;
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	v->report.findings++;
	if (v->complain)
		v->complain(v->user, seq, message);
}

/* --- one event --- */

static void
check_body(struct verification *v, const struct event *ev)
{
	if (!ev->body) {
		v->report.redacted++;
		return;
	}
	struct digest d = digest_of(ev->body, ev->body_length);
	if (!digest_equal(&d, &ev->body_hash))
		complain(
		    v, ev->seq,
		    "event %llu: its body was changed: it no longer has the hash that was recorded",
		    (unsigned long long)ev->seq);
}

/* The leaf's sibling and their parent, as far as the tree has them. */
static enum err_code
find_family(struct verification *v, uint64_t index, struct digest *ret_sibling,
	    struct digest *ret_parent, bool *ret_found, struct err *e)
{
	bool sibling = false, parent = false;
	CHECK(log_tree_find(v->s, 0, index ^ 1, ret_sibling, &sibling, e));
	CHECK(log_tree_find(v->s, 1, index / 2, ret_parent, &parent, e));
	*ret_found = sibling && parent;
	return ERR_OK;
}

static bool
is_parent(const struct digest *parent, uint64_t index, const struct digest *leaf,
	  const struct digest *sibling)
{
	struct digest d = index % 2 == 0 ? merkle_node(leaf, sibling) : merkle_node(sibling, leaf);
	return digest_equal(&d, parent);
}

/* Event and stored leaf differ: gives the one that the rest of the tree vouches for. */
static enum err_code
judge_leaf(struct verification *v, const struct event *ev, const struct digest *computed,
	   const struct digest *stored, struct digest *ret_leaf, struct err *e)
{
	unsigned long long seq = ev->seq;
	struct digest sibling, parent;
	bool found = false;
	*ret_leaf = *stored;
	CHECK(find_family(v, ev->seq - 1, &sibling, &parent, &found, e));
	if (found && is_parent(&parent, ev->seq - 1, computed, &sibling)) {
		*ret_leaf = *computed;
		complain(v, ev->seq, "event %llu: its leaf hash in the tree was changed", seq);
	} else if (found && is_parent(&parent, ev->seq - 1, stored, &sibling)) {
		complain(v, ev->seq,
			 "event %llu: a field was changed: time, actor, kind, subject or body hash",
			 seq);
	} else {
		complain(
		    v, ev->seq,
		    "event %llu: a field or its leaf hash was changed: they do not belong together",
		    seq);
	}
	return ERR_OK;
}

static enum err_code
check_leaf(struct verification *v, const struct event *ev, const struct digest *stored,
	   struct digest *ret_leaf, struct err *e)
{
	*ret_leaf = event_leaf(ev);
	if (!stored) {
		complain(v, ev->seq,
			 "event %llu: it has no leaf in the tree: the event was put in, or the "
			 "leaf removed",
			 (unsigned long long)ev->seq);
		return ERR_OK;
	}
	if (digest_equal(ret_leaf, stored))
		return ERR_OK;
	struct digest computed = *ret_leaf;
	return judge_leaf(v, ev, &computed, stored, ret_leaf, e);
}

/* --- the tree --- */

/* merkle_store_fn: what the tree should hold against what it holds. */
static enum err_code
check_node(void *user, unsigned level, uint64_t index, const struct digest *hash, struct err *e)
{
	struct verification *v = user;
	struct digest stored;
	bool found = false;
	if (level == 0)
		return ERR_OK; /* judged with its event */
	CHECK(log_tree_find(v->s, level, index, &stored, &found, e));
	unsigned long long last = log_tree_seq(level, index),
			   first = last - (UINT64_C(1) << level) + 1;
	if (!found)
		complain(v, last,
			 "event %llu: the tree's node over the events %llu to %llu is missing",
			 last, first, last);
	else if (!digest_equal(&stored, hash))
		complain(v, last,
			 "event %llu: the tree's node over the events %llu to %llu was changed",
			 last, first, last);
	return ERR_OK;
}

/* A missing event still has its place in the tree, as long as its leaf is there. */
static enum err_code
pass_missing(struct verification *v, struct err *e)
{
	struct digest leaf = {0};
	bool found = false;
	CHECK(log_tree_find(v->s, 0, v->expected - 1, &leaf, &found, e));
	complain(v, v->expected, "event %llu is missing", (unsigned long long)v->expected);
	v->expected++;
	return merkle_append(&v->edge, &leaf, check_node, v, e);
}

/* --- checkpoints --- */

static void
hold_against(struct verification *v, const struct held_checkpoint *c, const struct digest *root)
{
	if (!digest_equal(&c->signed_root, root))
		complain(v, c->size,
			 "event %llu: the checkpoint signed over %llu events disagrees with the "
			 "tree: an event "
			 "up to there was changed after it was signed",
			 (unsigned long long)c->size, (unsigned long long)c->size);
}

/* Those that were signed over exactly the events so far. */
static void
check_roots(struct verification *v)
{
	if ((v->next >= v->count || v->checkpoints[v->next].size != v->edge.size) &&
	    v->since.size != v->edge.size)
		return;
	struct digest root = merkle_edge_root(&v->edge);
	while (v->next < v->count && v->checkpoints[v->next].size == v->edge.size)
		hold_against(v, &v->checkpoints[v->next++], &root);
	if (v->since.size == v->edge.size && !digest_equal(&v->since.signed_root, &root))
		complain(
		    v, v->since.size,
		    "the log was replaced or rewritten: its first %llu events are not those of the "
		    "earlier checkpoint",
		    (unsigned long long)v->since.size);
}

static void
read_note(struct verification *v, struct held_checkpoint *c)
{
	struct err why;
	struct checkpoint opened;
	if (checkpoint_open(c->note, &v->s->store->verifier, &v->arena, &opened, &why) != ERR_OK) {
		complain(v, c->size,
			 "the checkpoint over %llu events is not as it was signed: %.300s",
			 (unsigned long long)c->size, why.message);
		c->signed_root = c->root;
		return;
	}
	c->signed_root = opened.root;
	if (opened.size != c->size || !digest_equal(&opened.root, &c->root))
		complain(v, c->size,
			 "the checkpoint over %llu events was changed: its row is not what its "
			 "note says",
			 (unsigned long long)c->size);
	c->size = opened.size;
}

static enum err_code
read_checkpoints(struct verification *v, struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(v->s->db, "SELECT size, root, note FROM checkpoints ORDER BY size",
		       DB_NO_ARGS, &q, e));
	while (db_next(&q)) {
		struct held_checkpoint c = {
		    .size = (uint64_t)db_column_int(&q, 0),
		    .root = db_column_hash(&q, 1),
		    .note = db_column_text(&q, 2, &v->arena),
		};
		read_note(v, &c);
		v->checkpoints =
		    arena_grow(&v->arena, v->checkpoints, v->count, &v->room, sizeof c);
		v->checkpoints[v->count++] = c;
	}
	v->report.checkpoints = v->count;
	return query_failed(&q, e) ? e->code : ERR_OK;
}

/* The auditor's own: whatever is wrong with it is the log's fault, unless it is no note at all. */
static enum err_code
read_since(struct verification *v, const char *note, struct err *e)
{
	struct checkpoint c;
	enum err_code code = checkpoint_open(note, &v->s->store->verifier, &v->arena, &c, e);
	if (code == ERR_REFUSED) {
		complain(v, 0,
			 "the log was replaced or rewritten: the earlier checkpoint was not signed "
			 "by this log's key "
			 "(%.300s)",
			 e->message);
		return ERR_OK;
	}
	if (code != ERR_OK)
		return err_while(e, "the earlier checkpoint");
	v->since = (struct held_checkpoint){.size = c.size, .signed_root = c.root};
	v->report.since_size = c.size;
	return ERR_OK;
}

/* --- the whole --- */

static enum err_code
check_event(struct verification *v, const struct event *ev, const struct digest *stored_leaf,
	    struct err *e)
{
	while (v->expected < ev->seq) {
		CHECK(pass_missing(v, e));
		check_roots(v);
	}
	struct digest leaf;
	if (ev->time < v->time)
		complain(v, ev->seq, "event %llu: its time is before that of the event before it",
			 (unsigned long long)ev->seq);
	v->time = ev->time;
	check_body(v, ev);
	CHECK(check_leaf(v, ev, stored_leaf, &leaf, e));
	CHECK(merkle_append(&v->edge, &leaf, check_node, v, e));
	v->report.events++;
	v->expected++;
	check_roots(v);
	return ERR_OK;
}

static bool
visit_event(void *user, const struct event *ev, const struct digest *stored_leaf)
{
	struct verification *v = user;
	v->failed = check_event(v, ev, stored_leaf, v->e);
	return v->failed == ERR_OK;
}

/* The log begins with event 1. */
static enum err_code
check_begin(struct verification *v, struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(v->s->db, "SELECT seq FROM events WHERE seq < 1 ORDER BY seq", DB_NO_ARGS,
		       &q, e));
	while (db_next(&q))
		complain(v, (uint64_t)db_column_int(&q, 0),
			 "event %lld was put in: the log begins with event 1",
			 (long long)db_column_int(&q, 0));
	return query_failed(&q, e) ? e->code : ERR_OK;
}

/* The leaves know of events that are gone from the end. */
static enum err_code
check_end(struct verification *v, struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(
	    v->s->db,
	    "SELECT seq, level FROM log_tree WHERE seq > $1 OR seq < 1 ORDER BY seq, level",
	    DB_ARGS(db_int((int64_t)v->edge.size)), &q, e));
	while (db_next(&q))
		if (db_column_int(&q, 1) == 0)
			complain(v, (uint64_t)db_column_int(&q, 0),
				 "event %lld is missing: its leaf is in the tree",
				 (long long)db_column_int(&q, 0));
	if (query_failed(&q, e))
		return e->code;
	for (; v->next < v->count; v->next++)
		complain(v, 0,
			 "a checkpoint was signed over %llu events, but the log has %llu: events "
			 "were removed",
			 (unsigned long long)v->checkpoints[v->next].size,
			 (unsigned long long)v->edge.size);
	if (v->since.size > v->edge.size)
		complain(v, 0,
			 "the log was replaced or rewritten: it has %llu events, the earlier "
			 "checkpoint %llu",
			 (unsigned long long)v->edge.size, (unsigned long long)v->since.size);
	return ERR_OK;
}

/* Subtrees that no event completes: the tree holds 2n - (ones in n) hashes for n events. */
static enum err_code
check_count(struct verification *v, struct err *e)
{
	static const char sql[] = "SELECT count(*) FROM log_tree WHERE seq BETWEEN 1 AND $1";
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(v->s->db, sql, DB_ARGS(db_int((int64_t)v->edge.size)), &q, e));
	int64_t most = (int64_t)(2 * v->edge.size) - (int64_t)v->edge.count;
	if (db_next(&q) && db_column_int(&q, 0) > most)
		complain(v, 0, "the tree holds %lld hashes that belong to no event",
			 (long long)(db_column_int(&q, 0) - most));
	return query_failed(&q, e) ? e->code : ERR_OK;
}

static enum err_code
verify(struct verification *v, const char *since, struct err *e)
{
	CHECK(read_checkpoints(v, e));
	if (since)
		CHECK(read_since(v, since, e));
	CHECK(check_begin(v, e));
	CHECK(event_each(v->s, 0, UINT64_MAX, visit_event, v, e));
	if (v->failed != ERR_OK)
		return v->failed;
	CHECK(check_end(v, e));
	return check_count(v, e);
}

enum err_code
log_verify(struct store *store, const char *since, log_complain_fn *complain_to, void *user,
	   struct log_report *ret_report, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	CHECK(store_read(store, &s, e));
	struct verification v = {
	    .s = s, .complain = complain_to, .user = user, .expected = 1, .e = e};
	enum err_code code = verify(&v, since, e);
	if (code == ERR_OK) {
		v.report.root = merkle_edge_root(&v.edge);
		*ret_report = v.report;
	}
	arena_done(&v.arena);
	return code;
}
