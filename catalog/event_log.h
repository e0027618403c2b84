/*
 * event_log.h -- the truth: an ordered list of events, and the Merkle tree over it.
 *
 * event_append() is the only way by which anything in the catalog changes: it writes the event,
 * extends the tree, and applies the event to every projection, all in the session's transaction.
 * A projection is never written otherwise, so `weft rebuild` (rebuild.h) makes all of them again
 * from the log, byte for byte.
 *
 * Kinds of events and their bodies (JSON); `source` is the document's text as it was sent:
 *
 *     product.published   {version, change, media_type, hash, standing, source,
 *                          verdicts, violations, decision}
 *     product.refused     {media_type, hash, source, verdicts, violations, decision,
 *                          problem: {title, status, detail}}
 *     product.judged      {version, event, hash, standing, verdicts, violations, decision,
 *                          cause: {kind, subject, event}}: the version in force, once more
 *     product.retired     {version, reason}
 *     domain.defined      {media_type, hash, source}
 *     policy.defined      {media_type, hash, source}
 *     policy.retired      {version, hash, reason}
 *     resource.changed    {role, plugin, name, state, wish, detail, error}
 *     quality.checked     {plugin, passed,
 *                          checks: [{check, columns, passed, message, failing, observed}]}
 *     token.created       {id, role, domains, expires}
 *     token.revoked       {id}
 *     log.created         {origin, verifier}
 *
 * The subject is the product's, domain's or policy's name; for tokens the token's name; for the
 * log its origin.
 */
#ifndef WEFT_CATALOG_EVENT_LOG_H
#define WEFT_CATALOG_EVENT_LOG_H

#include "catalog/store.h"
#include "proof/event.h"
#include "proof/merkle.h"

/*
 * event_append -- `actor`, `kind`, `subject` and `body` (compact JSON, as base/json.h writes it)
 * make an event of the session's moment.  Fills `*ret_event` when not NULL (texts are the
 * caller's own).
 */
enum err_code event_append(struct session *s, const char *actor, const char *kind,
			   const char *subject, const struct buf *body, struct event *ret_event,
			   struct err *e);

enum err_code event_log_size(struct session *s, uint64_t *ret_size, struct err *e);

enum err_code event_get(struct session *s, uint64_t seq, struct arena *arena,
			struct event *ret_event, struct err *e);

/*
 * event_document -- the document of an event of this kind (`source` of its body), byte for byte as
 * it was sent.  Fails: ERR_NOT_FOUND (the event is of another kind, or was redacted).
 */
struct event_source {
	const char *text, *media_type;
	size_t length;
};

enum err_code event_document(struct session *s, uint64_t seq, const char *kind, struct arena *arena,
			     struct event_source *ret_source, struct err *e);

/*
 * event_each -- from `after` + 1 on, at most `limit`, in order; stops early when `visit` gives
 * false.
 */
typedef bool event_visit_fn(void *user, const struct event *ev, const struct digest *stored_leaf);
enum err_code event_each(struct session *s, uint64_t after, uint64_t limit, event_visit_fn *visit,
			 void *user, struct err *e);

/*
 * The same in `arena`; filter by kind prefix ("product.") and subject, each NULL for all.  A list
 * ends early behind the event with which its bodies have EVENT_LIST_BYTES or more: bodies may be
 * large, and who asks for many asks for few at a time.
 */
enum { EVENT_LIST_BYTES = 1 << 20 };
struct event_list {
	struct event *items;
	size_t count;
	bool cut; /* it ended early: there may be more */
};
enum err_code event_list(struct session *s, uint64_t after, uint64_t limit, const char *kind_prefix,
			 const char *subject, struct arena *arena, struct event_list *ret_list,
			 struct err *e);

/* event_heads -- the same, all of them, without actor, hash and body: for who asks what they are
 * about. */
enum err_code event_heads(struct session *s, uint64_t after, uint64_t limit, struct arena *arena,
			  struct event_list *ret_list, struct err *e);

/* Roots and proofs of the stored tree. */
enum err_code event_log_root(struct session *s, uint64_t size, struct digest *ret_root,
			     struct err *e);
enum err_code event_log_inclusion(struct session *s, uint64_t seq, uint64_t size,
				  struct merkle_proof *ret_proof, struct err *e);
enum err_code event_log_consistency(struct session *s, uint64_t from, uint64_t to,
				    struct merkle_proof *ret_proof, struct err *e);

/* How many events the newest signed checkpoint covers. */
enum err_code event_log_signed(struct session *s, uint64_t *ret_size, struct err *e);

/*
 * checkpoint_latest -- a signed checkpoint of the whole log, in `arena`: the stored one when it
 * covers all, else a new one, which is stored.  Takes the writer for a moment in the latter case,
 * so no session of the caller may be open.
 *
 * checkpoint_stored -- the newest that is stored, or NULL: older than the log, and as true as ever.
 */
enum err_code checkpoint_stored(struct store *store, struct arena *arena, const char **ret_note,
				struct err *e);
enum err_code checkpoint_latest(struct store *store, struct arena *arena, const char **ret_note,
				struct err *e);

/*
 * log_verify -- read the whole log and its tree as an auditor would, trusting nothing that is
 * stored beside it: bodies against their hashes, leaves against events, tree nodes against
 * leaves, the stored checkpoints against the tree and the key.  `since` is an older checkpoint
 * note to be consistent with, or NULL.  `complain` is called for each finding with the event's
 * seq (0: the log as a whole).  Fails only when it cannot read; damage is a finding.
 */
struct log_report {
	uint64_t events, redacted, findings;
	struct digest root;
	uint64_t checkpoints, since_size;
};
typedef void log_complain_fn(void *user, uint64_t seq, const char *message);
enum err_code log_verify(struct store *store, const char *since, log_complain_fn *complain,
			 void *user, struct log_report *ret_report, struct err *e);

#endif
