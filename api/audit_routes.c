/*
 * audit_routes.c -- what an auditor needs to prove that the log was not altered.
 */
#include "base/digest.h"
#include "catalog/event_log.h"

#include "handling.h"
#include "routes.h"

static const char *const none[] = {NULL};

static void
member_digest(struct json *j, const char *key, const struct digest *d)
{
	char text[DIGEST_TEXT_SIZE];
	digest_format(d, text);
	json_member_text(j, key, text);
}

static void
member_proof(struct json *j, const struct merkle_proof *proof)
{
	json_key(j, "hashes");
	json_begin_list(j);
	for (size_t i = 0; i < proof->count; i++) {
		char text[DIGEST_TEXT_SIZE];
		digest_format(&proof->hashes[i], text);
		json_text(j, text);
	}
	json_end_list(j);
}

/* ---- the checkpoint, and the key that it is signed with */

static enum err_code
write_checkpoint(const struct request *rq, const char *note, struct response *rs, struct err *e)
{
	struct checkpoint c;
	TRY(checkpoint_open(note, NULL, rs->arena, &c, e));
	struct json j = {.out = &rs->body};
	json_begin_map(&j);
	json_member_text(&j, "origin", c.origin);
	json_member_int(&j, "size", (int64_t)c.size);
	member_digest(&j, "root", &c.root);
	json_member_text(&j, "note", note);
	json_member_text(&j, "verifier",
			 verifier_key_format(store_verifier(services_of(rq)->store), rs->arena));
	json_end_map(&j);
	return ERR_OK;
}

/* One that cannot be kept now is not given: then the newest of those that were. */
static enum err_code
find_checkpoint(const struct request *rq, const char **ret_note, struct err *e)
{
	struct store *store = services_of(rq)->store;
	const char *note = NULL;
	struct err ignored;
	if (checkpoint_latest(store, rq->arena, &note, e) != ERR_OK &&
	    (checkpoint_stored(store, rq->arena, &note, &ignored) != ERR_OK || !note))
		return e->code;
	*ret_note = note;
	return ERR_OK;
}

static enum err_code
checkpoint(struct request *rq, struct response *rs, struct err *e)
{
	const char *note = "";
	TRY(request_only(rq, none, e));
	TRY(find_checkpoint(rq, &note, e));
	response_header(rs, "Vary", "Accept");
	if (request_prefers(rq, "application/json", "text/plain"))
		return write_checkpoint(rq, note, rs, e);
	rs->content_type = "text/plain; charset=utf-8";
	buf_text(&rs->body, note);
	return ERR_OK;
}

static enum err_code
verifier(struct request *rq, struct response *rs, struct err *e)
{
	TRY(request_only(rq, none, e));
	rs->content_type = "text/plain; charset=utf-8";
	buf_printf(&rs->body, "%s\n",
		   verifier_key_format(store_verifier(services_of(rq)->store), rq->arena));
	return ERR_OK;
}

/* ---- proofs */

/* A number from 1 to `most` that must be there. */
static enum err_code
query_size(const struct request *rq, const char *name, uint64_t most, uint64_t *ret_size,
	   struct err *e)
{
	const char *text;
	TRY(query_text(rq, name, &text, e));
	return request_query_number(rq, name, 1, most, 0, ret_size, e);
}

struct inclusion {
	uint64_t seq, size;
	struct digest leaf, root;
	struct merkle_proof proof;
};

static enum err_code
prove_inclusion(const struct request *rq, struct session *s, struct inclusion *in, struct err *e)
{
	uint64_t all;
	struct event ev;
	TRY(event_log_size(s, &all, e));
	TRY(request_query_number(rq, "size", 1, all, all, &in->size, e));
	TRY(query_size(rq, "seq", in->size, &in->seq, e));
	TRY(event_get(s, in->seq, rq->arena, &ev, e));
	in->leaf = event_leaf(&ev);
	TRY(event_log_root(s, in->size, &in->root, e));
	return event_log_inclusion(s, in->seq, in->size, &in->proof, e);
}

static enum err_code
inclusion(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const names[] = {"seq", "size", NULL};
	CLEANUP(session_end) struct session *s = NULL;
	struct inclusion in = {0};
	TRY(request_only(rq, names, e));
	TRY(session_read(rq, &s, e));
	TRY(prove_inclusion(rq, s, &in, e));
	struct json j = {.out = &rs->body};
	json_begin_map(&j);
	json_member_int(&j, "seq", (int64_t)in.seq);
	json_member_int(&j, "size", (int64_t)in.size);
	member_digest(&j, "leaf", &in.leaf);
	member_digest(&j, "root", &in.root);
	member_proof(&j, &in.proof);
	json_end_map(&j);
	return ERR_OK;
}

struct consistency {
	uint64_t from, to;
	struct digest from_root, to_root;
	struct merkle_proof proof;
};

static enum err_code
prove_consistency(const struct request *rq, struct session *s, struct consistency *c, struct err *e)
{
	uint64_t all;
	TRY(event_log_size(s, &all, e));
	TRY(request_query_number(rq, "to", 1, all, all, &c->to, e));
	TRY(query_size(rq, "from", c->to, &c->from, e));
	TRY(event_log_root(s, c->from, &c->from_root, e));
	TRY(event_log_root(s, c->to, &c->to_root, e));
	return event_log_consistency(s, c->from, c->to, &c->proof, e);
}

static enum err_code
consistency(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const names[] = {"from", "to", NULL};
	CLEANUP(session_end) struct session *s = NULL;
	struct consistency c = {0};
	TRY(request_only(rq, names, e));
	TRY(session_read(rq, &s, e));
	TRY(prove_consistency(rq, s, &c, e));
	struct json j = {.out = &rs->body};
	json_begin_map(&j);
	json_member_int(&j, "from", (int64_t)c.from);
	json_member_int(&j, "to", (int64_t)c.to);
	member_digest(&j, "from_root", &c.from_root);
	member_digest(&j, "to_root", &c.to_root);
	member_proof(&j, &c.proof);
	json_end_map(&j);
	return ERR_OK;
}

// clang-format off
const struct route audit_routes[] = {
	{GET, "/api/v1/audit/checkpoint",  checkpoint,  ROLE_READER,  "The log's size and root, signed"},
	{GET, "/api/v1/audit/verifier",    verifier,    ROLE_READER,  "The key that checkpoints are verified with"},
	{GET, "/api/v1/audit/inclusion",   inclusion,   ROLE_AUDITOR, "Proof that an event is in the log"},
	{GET, "/api/v1/audit/consistency", consistency, ROLE_AUDITOR, "Proof that the log only grew"},
	{0},
};
// clang-format on
