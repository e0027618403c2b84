/*
 * audit.c -- reads in order: what the server is asked for, the events one by one, the tree, and
 * where it goes wrong.
 */
#include "audit.h"

#include <inttypes.h>
#include <string.h>

#include "proof/event.h"
#include "proof/merkle.h"

#include "client.h"

enum { PAGE = 1000, MOST_FINDINGS = 20 };

struct audit {
	struct call *call;
	const struct audit_question *question;
	struct audit_report *report;
	struct digest *leaves; /* all of them, as stated: 32 bytes an event */
	size_t count, capacity;
	moment last_time;
	struct verifier_key key;
	bool has_key;
};

static void
find(struct audit *a, uint64_t seq, const char *message)
{
	struct audit_report *r = a->report;
	if (r->count == MOST_FINDINGS) {
		r->left_out++;
		return;
	}
	r->findings =
	    arena_grow(a->call->arena, r->findings, r->count, &r->capacity, sizeof *r->findings);
	r->findings[r->count++] = (struct audit_finding){seq, message};
}

/* ---- what the server is asked for */

enum err_code
audit_fetch_checkpoint(struct call *c, const char **ret_note, struct checkpoint *ret_checkpoint,
		       struct err *e)
{
	struct answer a;
	struct question q = {.path = api_path(c->arena, "audit", "checkpoint", NULL),
			     .accept = "text/plain"};
	enum err_code code = client_ask(c, &q, &a, e);
	if (code)
		return code;
	if (checkpoint_open(a.body, NULL, c->arena, ret_checkpoint, e)) {
		err_while(e, "the server's checkpoint");
		return e->code = ERR_CORRUPT; /* not the reader's mistake */
	}
	*ret_note = a.body;
	return ERR_OK;
}

static enum err_code
read_proof(const struct node *hashes, struct merkle_proof *ret_proof, struct err *e)
{
	struct merkle_proof proof = {0};
	if (!hashes || hashes->kind != NODE_LIST || hashes->count > MERKLE_MOST_NODES)
		return ERR(e, MALFORMED, "the proof is no list of at most %d hashes",
			   MERKLE_MOST_NODES);
	for (size_t i = 0; i < hashes->count; i++) {
		const struct node *hash = &hashes->items[i];
		if (hash->kind != NODE_TEXT ||
		    !digest_parse(hash->text, &proof.hashes[proof.count++]))
			return ERR(e, MALFORMED, "the proof holds something that is no hash");
	}
	*ret_proof = proof;
	return ERR_OK;
}

/*
 * A server that does not give the proof is no better than one that gives a wrong one: `*ret_holds`
 * is false.
 */
static enum err_code
consistency_holds(struct audit *a, uint64_t from, const struct digest *root_from, bool *ret_holds,
		  struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	const struct checkpoint *now = &a->report->now;
	const char *path = api_path(&arena, "audit", "consistency", NULL);
	path = path_with_number(&arena, path, "from", from);
	path = path_with_number(&arena, path, "to", now->size);
	struct answer answer;
	struct merkle_proof proof;
	enum err_code code =
	    client_ask_in(a->call, &arena, &(struct question){.path = path}, &answer, e);
	if (code && answer.status == 0)
		return code;
	*ret_holds = !code && !read_proof(node_get(&answer.root, "hashes"), &proof, e) &&
		     merkle_consistency_holds(&proof, from, now->size, root_from, &now->root);
	return ERR_OK;
}

/* ---- the events one by one */

static void
add_leaf(struct audit *a, struct digest leaf)
{
	a->leaves =
	    arena_grow(a->call->arena, a->leaves, a->count, &a->capacity, sizeof *a->leaves);
	a->leaves[a->count++] = leaf;
}

/* The first event of a log names the key that signs it. */
static void
take_key(struct audit *a, const struct node *item)
{
	const char *text = node_text(node_get(item, "body"), "verifier", NULL);
	struct err ignored;
	if (!a->question->key && text &&
	    !verifier_key_parse(text, a->call->arena, &a->key, &ignored))
		a->has_key = true;
}

/* False when the list is of no use from here on. */
static bool
check_event(struct audit *a, const struct node *item, struct arena *arena)
{
	struct event ev;
	struct digest stated;
	struct err e;
	uint64_t expected = a->count + 1;
	struct arena *texts = a->call->arena;
	if (event_read(item, arena, &ev, &stated, &e)) {
		find(a, expected,
		     arena_printf(texts, "what the server gave for it is no event: %s", e.message));
		return false;
	}
	if (ev.seq != expected) {
		find(
		    a, expected,
		    arena_printf(texts, "it is missing; the server went on with %" PRIu64, ev.seq));
		return false;
	}
	struct digest leaf = event_leaf(&ev);
	if (!digest_equal(&leaf, &stated))
		find(a, ev.seq, "its content is not what its leaf in the tree stands for");
	if (ev.time < a->last_time)
		find(a, ev.seq, "its time is before that of the event before");
	if (ev.seq == 1)
		take_key(a, item);
	a->last_time = ev.time;
	a->report->redacted += ev.body == NULL;
	add_leaf(a, stated); /* not its own: so one that is wrong does not hide the others */
	return true;
}

static void
show_progress(const struct audit *a)
{
	struct screen *s = &a->call->err;
	CLEANUP(buf_done) struct buf b = {0};
	if (!s->terminal)
		return;
	if (a->count < a->report->now.size)
		buf_printf(&b, "\r%zu of %" PRIu64 " events", a->count, a->report->now.size);
	else
		buf_text(&b, "\r\033[K");
	screen_show(s, &b);
}

/* A page of large events may be more than one answer holds: then a smaller one is asked for. */
static enum err_code
fetch_page(struct audit *a, struct arena *arena, uint64_t *limit, struct answer *ret_answer,
	   struct err *e)
{
	for (;;) {
		const char *path =
		    path_with_number(arena, api_path(arena, "events", NULL), "after", a->count);
		path = path_with_number(arena, path, "limit", *limit);
		enum err_code code =
		    client_ask_in(a->call, arena, &(struct question){.path = path}, ret_answer, e);
		if (code != ERR_TOO_LARGE || *limit == 1)
			return code;
		*limit = *limit / 2;
	}
}

/* One page of events into leaves.  `*ret_more` is false when nothing further can come. */
static enum err_code
read_page(struct audit *a, uint64_t *limit, bool *ret_more, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct answer answer;
	enum err_code code = fetch_page(a, &arena, limit, &answer, e);
	if (code)
		return code;
	const struct node *items = node_get(&answer.root, "items");
	size_t count = items && items->kind == NODE_LIST ? items->count : 0;
	if (count == 0)
		find(a, a->count + 1,
		     "the server does not give it, though its checkpoint counts it");
	*ret_more = count > 0;
	for (size_t i = 0; i < count && a->count < a->report->now.size && *ret_more; i++)
		*ret_more = check_event(a, &items->items[i], &arena);
	return ERR_OK;
}

static enum err_code
read_events(struct audit *a, struct err *e)
{
	uint64_t limit = PAGE;
	for (bool more = true; more && a->count < a->report->now.size;) {
		enum err_code code = read_page(a, &limit, &more, e);
		if (code)
			return code;
		show_progress(a);
	}
	a->report->events = a->count;
	return ERR_OK;
}

/* ---- the tree */

static struct digest
root_of(const struct audit *a, uint64_t size)
{
	struct merkle_edge edge = {0};
	struct err never; /* without a `store` nothing can fail */
	for (uint64_t i = 0; i < size; i++)
		(void)merkle_append(&edge, &a->leaves[i], NULL, NULL, &never);
	return merkle_edge_root(&edge);
}

static enum err_code
prefix_is_right(struct audit *a, uint64_t size, bool *ret_right, struct err *e)
{
	struct digest root = root_of(a, size);
	return consistency_holds(a, size, &root, ret_right, e);
}

/*
 * The shortest beginning of the log that the checkpoint does not stand for ends with the first
 * event that is wrong.
 */
static enum err_code
find_first_wrong(struct audit *a, struct err *e)
{
	uint64_t right = 0, wrong = a->report->now.size;
	while (right + 1 < wrong) {
		uint64_t middle = right + (wrong - right) / 2;
		bool holds;
		enum err_code code = prefix_is_right(a, middle, &holds, e);
		if (code)
			return code;
		if (holds)
			right = middle;
		else
			wrong = middle;
	}
	/*
	 * Where no proof holds at all, the tree itself was changed, and nothing says which event it
	 * was.
	 */
	if (right == 0)
		find(a, 0, "the events do not have the root that the checkpoint states");
	else
		find(a, wrong,
		     "it is not the event that the checkpoint stands for; what follows is not "
		     "judged");
	return ERR_OK;
}

static enum err_code
check_root(struct audit *a, struct err *e)
{
	struct digest root = root_of(a, a->report->now.size);
	return digest_equal(&root, &a->report->now.root) ? ERR_OK : find_first_wrong(a, e);
}

static enum err_code
check_since(struct audit *a, struct err *e)
{
	const struct checkpoint *since = &a->report->since, *now = &a->report->now;
	struct arena *arena = a->call->arena;
	if (!a->question->since)
		return ERR_OK;
	if (since->size > now->size) {
		find(a, 0,
		     arena_printf(arena,
				  "the log has shrunk: the older checkpoint counts %" PRIu64
				  " events",
				  since->size));
		return ERR_OK;
	}
	struct digest root = root_of(a, since->size);
	if (!digest_equal(&root, &since->root))
		find(a, 0,
		     arena_printf(arena,
				  "among the first %" PRIu64
				  " events are some that the older checkpoint "
				  "does not stand for",
				  since->size));
	bool holds = false;
	enum err_code code = consistency_holds(a, since->size, &since->root, &holds, e);
	if (!code && !holds)
		find(a, 0, "the server cannot prove that the log continues the older checkpoint");
	return code;
}

/* ---- the signatures */

static void
check_signature(struct audit *a, const char *signed_note, const char *which)
{
	const struct verifier_key *key = a->question->key ? a->question->key
					 : a->has_key     ? &a->key
							  : NULL;
	struct checkpoint ignored;
	struct err e;
	struct arena *arena = a->call->arena;
	if (!key) {
		find(a, 0,
		     "no key to verify the checkpoint with: the log's first event names none");
		return;
	}
	a->report->verifier = verifier_key_format(key, arena);
	if (checkpoint_open(signed_note, key, arena, &ignored, &e))
		find(a, 0, arena_printf(arena, "%s: %s", which, e.message));
}

static enum err_code
check_tree(struct audit *a, const char *signed_note, struct err *e)
{
	bool complete = a->count == a->report->now.size;
	check_signature(a, signed_note, "the checkpoint");
	if (a->question->since && a->report->verifier)
		check_signature(a, a->question->since, "the older checkpoint");
	if (!complete)
		return ERR_OK;
	enum err_code code = check_root(a, e);
	return code ? code : check_since(a, e);
}

static enum err_code
open_older(struct audit *a, struct err *e)
{
	const char *since = a->question->since;
	if (since && checkpoint_open(since, NULL, a->call->arena, &a->report->since, e))
		return err_while(e, "the older checkpoint");
	return ERR_OK;
}

enum err_code
audit_verify(struct call *c, const struct audit_question *question, struct audit_report *ret_report,
	     struct err *e)
{
	struct audit a = {.call = c, .question = question, .report = ret_report};
	*ret_report = (struct audit_report){0};
	const char *signed_note;
	enum err_code code = open_older(&a, e);
	if (!code)
		code = audit_fetch_checkpoint(c, &signed_note, &ret_report->now, e);
	if (!code)
		code = read_events(&a, e);
	return code ? code : check_tree(&a, signed_note, e);
}
