/*
 * governance.h -- the one way in: parse, validate, authorize, judge, commit, acknowledge.
 *
 * Holds the compiled policies.  They are immutable; a new set replaces the old one when a policy
 * was defined, and whoever still judges by the old one keeps it until done.
 */
#ifndef WEFT_GOVERNANCE_GOVERNANCE_H
#define WEFT_GOVERNANCE_GOVERNANCE_H

#include "base/document.h"
#include "base/json.h"
#include "base/violation.h"
#include "catalog/idempotency.h"
#include "catalog/pending.h"
#include "catalog/product.h"
#include "catalog/store.h"
#include "identity/identity.h"

struct governance;
struct agents;
struct asking;

/*
 * governance_create -- compile what is stored; on the first start define the ready-made policies
 * first.
 */
enum err_code governance_create(struct store *store, struct governance **ret_governance,
				struct err *e);
void governance_destroy(struct governance *g);

/*
 * governance_ask -- from now on policies of the engine `opa` are judged by these agents, which then
 * belong to the governance.  Before that, they fail.
 */
void governance_ask(struct governance *g, struct agents *agents);

/* governance_ask_no_more -- the end is near: who waits for an agent is told that there is no
 * answer. */
void governance_ask_no_more(struct governance *g);

/* A document as it came in. */
struct submission {
	const char *text;
	size_t length;
	const char *media_type; /* "application/yaml" or "application/json" */
	const struct actor *actor;
	bool dry_run;

	/* the headers' values, or NULL: what must be in force, and what must not (RFC 9110,
	 * sections 13.1.1 and 13.1.2) */
	const char *if_match, *if_none_match;

	/* Idempotency-Key: NULL for none.  `request` is the digest that the same request has. */
	const char *idempotency_key;
	struct digest request;
};

/*
 * What came of a command.  A command is decided where it is called, on a snapshot, and fails there
 * when it is refused.  What is then left to be written is `pending`: submit it (pending.h) and
 * answer when it is done, or outcome_settle() it here.  The rest of the outcome counts after that.
 *
 * When Open Policy Agents have a say, `asking` comes first, and says all that there is to say yet:
 * outcome_ask(), and once that has called back outcome_decide(), which is as the command itself.
 * That may also be found out when the change is written: it fails, and `asking` is there.
 */
struct outcome {
	struct asking *asking;   /* in the arena; or NULL */
	struct pending *pending; /* in the arena; NULL: nothing is to be written, all is said */
	int status;              /* of HTTP: 200 or 201 */
	struct buf *body;        /* the answer as JSON; the caller's */
	bool replayed;           /* the answer is of an earlier command with the same key */
	const char *etag;        /* of what is in force now, or NULL */
	const char *created;     /* the name of a product that was not there before, or NULL */

	/*
	 * A refusal is a decision, too, and is in the log before it is said: when its change is
	 * done, or there is none since it is of an earlier command, this is what the command fails
	 * with (outcome_verdict).  ERR_OK: it was not refused.
	 */
	struct err refusal;

	/* How it is decided again; outcome_decide() calls it. */
	enum err_code (*decide)(void *command, struct err *e);
	void *command;
};

/*
 * outcome_ask -- `answered` is called once, perhaps at once, on a thread that must not wait.  Until
 * then nothing of the command may be touched.
 */
void outcome_ask(const struct outcome *out, void (*answered)(void *user), void *user);
enum err_code outcome_decide(struct outcome *out, struct err *e);

/* outcome_verdict -- when nothing is left to be asked or written: fails with the refusal. */
enum err_code outcome_verdict(const struct outcome *out, struct err *e);

/* outcome_settle -- ask, decide and wait until what is left is durable.  Fails with the refusal,
 * too. */
enum err_code outcome_settle(struct governance *g, struct outcome *out, struct err *e);

/*
 * The commands.  `in` (with its texts), `arena`, `violations` and `out` live until the outcome's
 * change is done.
 */

/*
 * product_publish -- the answer is {name, version, outcome: created|updated|unchanged|checked,
 * event, verdicts, resources, violations: warnings, changes}.  Fails, with complaints in
 * `violations`: ERR_MALFORMED (form), ERR_TOO_LARGE, ERR_FORBIDDEN, ERR_STALE, ERR_CONFLICT (key
 * reused, domain moved), ERR_REFUSED (policy, version), ERR_NO_SPACE ...
 *
 * What is refused leaves nothing of the product, but an event product.refused, with document,
 * verdicts and facts; unless it was a dry run.
 */
enum err_code product_publish(struct governance *g, const struct submission *in,
			      struct arena *arena, struct violations *violations,
			      struct outcome *out, struct err *e);

/*
 * product_etag -- what ETag and If-Match call the version in force: the event that put it there,
 * and, once it was judged again, "-" and the event of that.  If-Match compares the first only: who
 * has seen a version may replace it, however it stands.
 */
const char *product_etag(const struct product *p, struct arena *arena);

/*
 * product_retire -- nothing is erased: lineage ends, resources are retained until the retention
 * ends.
 */
enum err_code product_retire(struct governance *g, const char *name, const char *reason,
			     const struct submission *in, struct arena *arena, struct outcome *out,
			     struct err *e);

/*
 * policy_define and domain_define -- PUT of a document; `name` is the path's and must be the
 * document's.
 */
enum err_code policy_define(struct governance *g, const char *name, const struct submission *in,
			    struct arena *arena, struct violations *violations, struct outcome *out,
			    struct err *e);
enum err_code domain_define(struct governance *g, const char *name, const struct submission *in,
			    struct arena *arena, struct violations *violations, struct outcome *out,
			    struct err *e);

/*
 * policy_retire -- out of force; its versions stay, and defined again it goes on with the next one.
 * {name, version, outcome: retired|unchanged|checked, event}
 */
enum err_code policy_retire(struct governance *g, const char *name, const char *reason,
			    const struct submission *in, struct arena *arena, struct outcome *out,
			    struct err *e);

/*
 * product_evaluate -- judge a document by the policies in force and store nothing: {outcome,
 * verdicts, violations}.
 */
enum err_code product_evaluate(struct governance *g, const struct submission *in,
			       struct arena *arena, struct violations *violations,
			       struct outcome *out, struct err *e);

/*
 * product_facts -- what a new version of the product would be judged by now, as JSON: {previous,
 * upstream, facts, now}; previous is the version in force.  Fails: ERR_NOT_FOUND.
 */
enum err_code product_facts(struct governance *g, const char *name, struct arena *arena,
			    struct buf *out, struct err *e);

/*
 * product_compliance -- every policy that applies to the version in force, its verdict now, why,
 * and since when it falls short, as JSON.  With an `as_of`: as its last decision up to that event
 * said.
 */
enum err_code product_compliance(struct governance *g, const char *name, uint64_t as_of,
				 struct arena *arena, struct buf *out, struct err *e);

#endif
