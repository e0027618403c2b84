/*
 * transaction.c -- the steps of transaction.h in their order.
 */
#include "transaction.h"

#include <string.h>

#include "base/buf.h"
#include "catalog/rulebook.h"

/* ---- refusals */

static bool
is_refused(const struct transaction *t)
{
	return t->out->refusal.code != ERR_OK;
}

/* A refusal that is to be written down is no failure until it is. */
static enum err_code
take_refusal(struct transaction *t, enum err_code code, const struct err *e)
{
	if (code != ERR_REFUSED || !t->steps->record_refusal || t->in->dry_run)
		return code;
	t->out->refusal = *e;
	t->out->status = err_http_status(code);
	return ERR_OK;
}

/* What is kept of it under an Idempotency-Key: enough to refuse again in the same words. */
static void
write_refusal(const struct transaction *t, struct buf *out)
{
	struct json j = {.out = out};
	json_begin_map(&j);
	json_member_text(&j, "detail", t->out->refusal.message);
	json_key(&j, "violations");
	violations_write(t->violations, &j);
	json_end_map(&j);
}

static enum err_code
refuse_again(struct transaction *t, const struct kept_answer *kept, struct err *e)
{
	struct node answer;
	enum err_code code =
	    document_read(DOCUMENT_JSON, kept->body, kept->body_length, NULL, t->arena, &answer, e);
	if (code != ERR_OK)
		return code;
	t->violations->count = 0;
	violations_read(node_get(&answer, "violations"), t->violations);
	err_set(&t->out->refusal, ERR_REFUSED, "%s", node_text(&answer, "detail", ""));
	return ERR_OK;
}

/* ---- answers that are kept */

static enum err_code
replay_answer(struct transaction *t, struct session *s, bool *ret_replayed, struct err *e)
{
	t->out->replayed = *ret_replayed = false;
	if (!t->in->idempotency_key)
		return ERR_OK;
	struct kept_answer kept;
	enum err_code code =
	    idempotency_find(s, t->in->actor->name, t->in->idempotency_key, t->arena, &kept, e);
	if (code == ERR_NOT_FOUND)
		return ERR_OK;
	if (code != ERR_OK)
		return code;
	if (!digest_equal(&kept.request, &t->in->request))
		return ERR(e, CONFLICT, "the Idempotency-Key '%s' was used for another request",
			   t->in->idempotency_key);
	t->out->status = kept.status;
	t->out->replayed = *ret_replayed = true;
	if (kept.status == err_http_status(ERR_REFUSED))
		return refuse_again(t, &kept, e);
	buf_append(t->out->body, kept.body, kept.body_length);
	return ERR_OK;
}

static enum err_code
keep_answer(struct transaction *t, struct session *s, struct err *e)
{
	CLEANUP(buf_done) struct buf refusal = {0};
	const struct buf *body = is_refused(t) ? &refusal : t->out->body;
	if (!t->in->idempotency_key)
		return ERR_OK;
	if (is_refused(t))
		write_refusal(t, &refusal);
	const struct kept_answer answer = {
	    .request = t->in->request,
	    .status = t->out->status,
	    .content_type = "application/json",
	    .body = body->data,
	    .body_length = body->length,
	};
	return idempotency_keep(s, t->in->actor->name, t->in->idempotency_key, &answer, e);
}

/* ---- deciding and recording */

/* What was found so far counts for nothing: somebody must be asked first. */
static enum err_code
give_up(struct transaction *t, struct err *e)
{
	t->out->refusal.code = ERR_OK;
	enum err_code code = asking_wanted(&t->asking, &t->out->asking, e);
	return code == ERR_OK ? ERR(e, BUSY, "an Open Policy Agent must be asked first") : code;
}

/* From the start, under the rules that this session sees. */
static enum err_code
decide(struct transaction *t, struct session *s, struct err *e)
{
	t->violations->count = 0;
	t->nothing_to_do = false;
	t->out->refusal.code = ERR_OK;
	t->out->status = 200;
	/*
	 * What a writer sees may still be undone, and its events' numbers given to others: a
	 * decision that was made there goes by the reader's basis.
	 */
	if (!session_writes(s))
		t->basis = session_basis(s);
	asking_begin(&t->asking);
	enum err_code code = rules_hold(t->g->rules, s, &t->rules, e);
	if (code == ERR_OK)
		code = t->steps->decide(t, s, e);
	rule_set_release(&t->rules);
	return t->asking.unasked > 0 ? give_up(t, e) : take_refusal(t, code, e);
}

static bool
is_current(const struct transaction *t, struct session *s)
{
	return !rulebook_is_touched(s, t->basis) && t->steps->is_current(t, s);
}

/* Gives true when the answer is complete without a writer. */
static bool
needs_no_writer(const struct transaction *t)
{
	return t->in->dry_run || (t->nothing_to_do && !t->in->idempotency_key);
}

static enum err_code
run_as_reader(struct transaction *t, bool *ret_finished, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	enum err_code code = store_read(t->g->store, &s, e);
	if (code == ERR_OK)
		code = replay_answer(t, s, ret_finished, e);
	if (code != ERR_OK || *ret_finished)
		return code;
	code = decide(t, s, e);
	if (code != ERR_OK || !needs_no_writer(t))
		return code;
	*ret_finished = true;
	return t->steps->answer(t, s, e);
}

static enum err_code
record_decision(struct transaction *t, struct session *s, struct err *e)
{
	enum err_code code = ERR_OK;
	if (is_refused(t))
		return t->steps->record_refusal(t, s, e);
	if (!t->nothing_to_do)
		code = t->steps->record(t, s, e);
	return code == ERR_OK ? t->steps->answer(t, s, e) : code;
}

static enum err_code
record(struct transaction *t, struct session *s, struct err *e)
{
	enum err_code code = ERR_OK;
	if (!is_current(t, s))
		code = decide(t, s, e);
	if (code == ERR_OK)
		code = record_decision(t, s, e);
	return code == ERR_OK ? keep_answer(t, s, e) : code;
}

static enum err_code
run_as_writer(struct pending *self, struct session *s, struct err *e)
{
	struct transaction *t = (struct transaction *)self;
	bool replayed = false;
	t->out->asking = NULL;
	t->out->etag = NULL;
	buf_clear(t->out->body); /* of a turn that was undone */
	enum err_code code = replay_answer(t, s, &replayed, e);
	if (code == ERR_OK && !replayed)
		code = record(t, s, e);
	if (code != ERR_OK)
		buf_clear(t->out->body);
	return code;
}

struct transaction *
transaction_new(struct governance *g, const struct submission *in, struct arena *arena,
		struct violations *violations, struct outcome *out)
{
	struct transaction *t = ARENA_NEW(arena, struct transaction);
	*t = (struct transaction){
	    .g = g, .in = in, .arena = arena, .violations = violations, .out = out};
	asking_init(&t->asking, g->agents, arena);
	return t;
}

static enum err_code
run(struct transaction *t, struct err *e)
{
	bool finished = false;
	t->out->status = 200;
	t->out->refusal.code = ERR_OK;
	t->out->pending = NULL;
	t->out->asking = NULL;
	enum err_code code = run_as_reader(t, &finished, e);
	if (t->out->asking)
		return ERR_OK;
	if (code != ERR_OK || finished)
		return code;
	t->pending = (struct pending){.write = run_as_writer};
	t->out->pending = &t->pending;
	return ERR_OK;
}

static enum err_code
run_again(void *command, struct err *e)
{
	return run(command, e);
}

enum err_code
transaction_run(struct transaction *t, const struct transaction_steps *steps, struct err *e)
{
	t->steps = steps;
	t->out->decide = run_again;
	t->out->command = t;
	return run(t, e);
}

void
outcome_ask(const struct outcome *out, void (*answered)(void *user), void *user)
{
	asking_start(out->asking, answered, user);
}

enum err_code
outcome_decide(struct outcome *out, struct err *e)
{
	return out->decide(out->command, e);
}

enum err_code
outcome_verdict(const struct outcome *out, struct err *e)
{
	if (out->refusal.code != ERR_OK)
		*e = out->refusal;
	return out->refusal.code;
}

enum err_code
outcome_settle(struct governance *g, struct outcome *out, struct err *e)
{
	enum err_code code = ERR_OK;
	do {
		for (; code == ERR_OK && out->asking; code = outcome_decide(out, e))
			asking_run(out->asking);
		if (code == ERR_OK && out->pending)
			code = store_run(g->store, out->pending, e);
		if (out->asking)
			code = ERR_OK; /* the basis has changed: once more */
	} while (out->asking);
	return code == ERR_OK ? outcome_verdict(out, e) : code;
}

enum err_code
submission_read(const struct submission *in, struct arena *arena, struct violations *violations,
		struct node *ret_root, struct err *e)
{
	enum err_code code = document_read(document_format_of(in->media_type), in->text, in->length,
					   NULL, arena, ret_root, e);
	if (code != ERR_OK)
		violation_note(violations, "syntax", "", e->at, "%s", e->message);
	return code;
}

/* One of the quoted tags of the header, up to its "-". */
static bool
names_etag(const char *list, const char *etag, bool weak_counts)
{
	size_t length = strcspn(etag, "-");
	for (const char *p = list; *p;) {
		p += strspn(p, " \t,");
		bool weak = strncmp(p, "W/", 2) == 0;
		p += weak ? 2 : 0;
		if (*p != '"')
			return false;
		const char *end = strchr(p + 1, '"');
		if (!end)
			return false;
		const size_t given = strcspn(p + 1, "-\"");
		if ((weak_counts || !weak) && given == length && memcmp(p + 1, etag, length) == 0)
			return true;
		p = end + 1;
	}
	return false;
}

static enum err_code
check_if_match(const char *if_match, const char *etag, struct err *e)
{
	if (!if_match)
		return ERR_OK;
	if (etag && (strcmp(if_match, "*") == 0 || names_etag(if_match, etag, false)))
		return ERR_OK;
	if (!etag)
		return ERR(e, STALE, "If-Match: %.80s was asked for, but there is none yet",
			   if_match);
	return ERR(e, STALE, "If-Match: %.80s was asked for, but \"%s\" is in force", if_match,
		   etag);
}

static enum err_code
check_if_none_match(const char *if_none_match, const char *etag, struct err *e)
{
	if (!if_none_match || !etag)
		return ERR_OK;
	if (strcmp(if_none_match, "*") != 0 && !names_etag(if_none_match, etag, true))
		return ERR_OK;
	return ERR(e, STALE, "If-None-Match: %.80s was asked for, but \"%s\" is in force",
		   if_none_match, etag);
}

enum err_code
preconditions_allow(const struct submission *in, const char *etag, struct err *e)
{
	enum err_code code = check_if_match(in->if_match, etag, e);
	return code == ERR_OK ? check_if_none_match(in->if_none_match, etag, e) : code;
}
