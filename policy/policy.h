/*
 * policy.h -- policy documents: compiled once, then judging documents without side effects.
 *
 *     kind: Policy
 *     name: financial-data-retention
 *     scope: global                      # or domain:NAME
 *     source: SEC rule 17a-4             # the regulation or practice that it comes from
 *     enforcement: deny                  # deny | warn | audit
 *     grace: 30 days                     # older products are only warned until then
 *     match: {domains: ["*"], classifications: [...], tags: [...], statuses: [...], condition: ...}
 *     parameters:
 *       minimum: {type: period, default: 7 years, stricter: longer}
 *     values:
 *       - {scope: "domain:trading", set: {minimum: 10 years}}
 *     variables:
 *       - {name: kept, expression: retention(product)}
 *     validations:
 *       - expression: variables.kept >= period(params.minimum)
 *         message: Financial data requires 7-year retention
 *         messageExpression: '"kept less than " + params.minimum'
 *         pointer: /retention
 *     tests:
 *       - name: six years are too short
 *         product: {...}
 *         expect: deny                   # the enforcement, or pass
 *
 * A domain makes a global policy stricter for itself with a policy that has only values:
 *
 *     {kind: Policy, name: trading-keeps-longer, scope: "domain:trading", enforcement: deny,
 *      tightens: financial-data-retention, parameters: {minimum: 10 years}}
 *
 * It is judged besides the global one.  A value that is looser is refused, and so is one of a
 * parameter that does not say which way is stricter (parameter.h).
 *
 * Expressions are CEL (cel/cel.h), true is satisfied.  They see `product`, `previous` (or null),
 * `upstream`, `facts`, `params`, `now` and `variables.NAME`.  One that fails, exceeds its limit of
 * steps or meets a missing fact counts as violated (it fails closed) and says why.
 *
 * With `engine: opa` and `opa: {url, path, deadline}` instead of validations an Open Policy Agent
 * decides; who judges says how it is asked.
 *
 * A verdict is pure: the same document, policy, facts and moment (and answer of an Open Policy
 * Agent) give the same verdict.  Nothing here reads a file, a clock, a socket or a database.  A
 * compiled policy is immutable and shared by threads without locks.
 */
#ifndef WEFT_POLICY_POLICY_H
#define WEFT_POLICY_POLICY_H

#include "base/clock.h"
#include "base/digest.h"
#include "base/document.h"
#include "base/duration.h"
#include "base/embedded.h"
#include "base/field.h"
#include "base/violation.h"

enum enforcement { ENFORCE_AUDIT, ENFORCE_WARN, ENFORCE_DENY };

const char *enforcement_name(enum enforcement how);

struct policy;

/* What a policy is compiled against. */
struct policy_context {
	const struct field_set *product; /* the table that describes data products; outlives it */
	/* of one that tightens another: that one, which may be destroyed after; else ignored */
	const struct policy *base;
	moment since; /* when this version was defined; 0: at the moment of each judgement */
	/* it was accepted before: that its base has become stricter than it since is no mistake */
	bool accepted;
	/*
	 * it is as it was stored, by this Weft or an older one: what the checker has learned to
	 * refuse since fails where it is evaluated, as it always did
	 */
	bool stored;
};

/* Of one policy: its expressions, for all and again for each scope and test with values of its own.
 */
enum { POLICY_MOST_PROGRAMS = 5000 };

/* Of one list of `match`. */
enum { POLICY_MOST_PATTERNS = 500 };

/* policy_base_name -- the policy that the document says it tightens, or NULL: to find the base. */
const char *policy_base_name(const struct node *document);

/*
 * policy_compile -- decode, compile and type-check a policy document.  Gives NULL when anything is
 * wrong, with every complaint in `violations`: rule "unknown-key", "type", ... for the document's
 * form, "parameter" for its parameters and values, "expression" for CEL, whose place is that of the
 * mistake inside the YAML where the text is plain or a block, with the caret line in the message,
 * "tightens" when there is no such global policy, "loosens" for a value that is looser than the
 * global one.  The policy copies what it needs of `document`.
 */
struct policy *policy_compile(const struct node *document, const struct policy_context *context,
			      struct violations *violations);
void policy_destroy(struct policy *p);

/* policy_root -- the document that it was compiled from, as the policy keeps it. */
const struct node *policy_root(const struct policy *p);

const char *policy_name(const struct policy *p);
const char *policy_scope(const struct policy *p);       /* "global" or "domain:NAME" */
const char *policy_description(const struct policy *p); /* or NULL, as the next two */
const char *policy_purpose(const struct policy *p);
const char *policy_source(const struct policy *p);
const char *policy_tightens(const struct policy *p); /* the global policy's name, or NULL */
enum enforcement policy_enforcement(const struct policy *p);
moment policy_since(const struct policy *p);

/* policy_grace_end -- when products that are older than the policy are no longer only warned; 0 for
 * one without grace, or without a moment since when it is. */
moment policy_grace_end(const struct policy *p);

/* policy_hash -- of the document's canonical form: what a verdict names as the policy's version. */
struct digest policy_hash(const struct policy *p);

/* policy_base_hash -- of the policy that it tightens, as it was when this one was compiled; all
 * zero for one that tightens none. */
struct digest policy_base_hash(const struct policy *p);

/* What a policy looks at, a bit each: what need not be gathered for it, and what changes it. */
enum policy_need {
	POLICY_NEEDS_PREVIOUS = 1,
	POLICY_NEEDS_UPSTREAM = 2,
	POLICY_NEEDS_FACTS = 4,
	POLICY_NEEDS_NOW = 8, /* an expression sees `now`, or it has a grace that ends */
	POLICY_NEEDS_OPA = 16,
};

unsigned policy_needs(const struct policy *p);

/* policy_needs_fact -- may it look at facts.NAME? */
bool policy_needs_fact(const struct policy *p, const char *name);

/* policy_concerns_domain -- may it concern products of that domain at all? */
bool policy_concerns_domain(const struct policy *p, const char *domain);

/* Whom to ask, of the engine `opa`. */
struct policy_question {
	const char *url, *path;
	struct duration deadline; /* zero: not given */
};

/* policy_question -- NULL for the engine `cel`. */
const struct policy_question *policy_question(const struct policy *p);

/* policy_question_address -- URL/v1/data/PATH, in the arena. */
const char *policy_question_address(const struct policy_question *q, struct arena *arena);

/* What an Open Policy Agent says. */
struct policy_answer {
	const struct node *result; /* NULL: nothing is defined at that path */
	const char *decision_id;   /* what its own log calls the decision, or NULL */
};

/*
 * policy_ask_fn -- ask what policy_question(p) says.  `input` is the input document as JSON.  What
 * is answered lives as long as the verdict.  A failure names the address and says why there is no
 * answer.
 */
typedef enum err_code policy_ask_fn(void *asker, const struct policy *p, const char *input,
				    size_t length, struct policy_answer *ret_answer, struct err *e);

/*
 * Steps of evaluation over one product.  A policy may take more than all rules of a sensible one
 * take together.  A domain defines as many policies as it likes, and whoever publishes into it
 * waits for all of them: together they may take what two greedy ones do, well under a second.
 * Global policies are the council's: each has its own limit, whatever those of domains take.
 * Neither number may change, since past decisions are made again by them.
 */
enum { POLICY_MOST_STEPS = 10000000, DOMAINS_MOST_STEPS = 20000000 };

/* A rule that does not hold takes work beyond its evaluation: what it says is written down, sent
 * and kept.  Of what those of domains may take together it takes as much as so many steps. */
enum { COMPLAINT_STEPS = 10000 };

/* Bytes of a text that an expression or an Open Policy Agent makes; longer ones are cut. */
enum { POLICY_LONGEST_MESSAGE = 1000 };

/*
 * What is judged, and by which facts.  All but `product` may be NULL; a NULL `facts` is an empty
 * map.  facts.published_at, when the product was first published, is what grace goes by.
 */
struct policy_input {
	const struct node *product, *previous, *upstream, *facts;
	moment now;

	/* What is left of DOMAINS_MOST_STEPS to a policy of a domain, which fails beyond it.  NULL:
	 * its own limit is all that there is. */
	const uint64_t *domain_steps;

	/* How policies of the engine `opa` are judged (opa.h).  NULL: nobody can be asked here, and
	 * they fail. */
	policy_ask_fn *ask;
	void *asker;
};

enum policy_outcome {
	POLICY_NOT_CONCERNED, /* scope or match leave the product out */
	POLICY_SATISFIED,
	POLICY_VIOLATED,
	POLICY_FAILED, /* an expression could not be evaluated: counts as violated */
};

const char *policy_outcome_name(
    enum policy_outcome outcome); /* "not-concerned", "satisfied", "violated", "failed" */

struct verdict {
	const struct policy *policy;
	enum policy_outcome outcome;
	enum enforcement enforcement; /* of this verdict: warn instead of deny within the grace */
	moment grace_end;             /* of a verdict within the grace; else 0 */
	uint64_t cost;                /* steps of evaluation */
	uint64_t most_steps;          /* of a policy that scope and lists of match let judge */
	uint32_t complaints;          /* of its validations */
	const char *decision_id;      /* of the Open Policy Agent that was asked, or NULL */
};

/*
 * policy_judge -- one policy, one document.  Adds to `violations` one complaint for each validation
 * that does not hold, with the policy's name and enforcement, its message, and the place in
 * `input->product` that its pointer leads to. Works in `arena`; cannot fail otherwise.
 */
struct verdict policy_judge(const struct policy *p, const struct policy_input *input,
			    struct arena *arena, struct violations *violations);

/* policy_charge -- if it is one of a domain, take what its verdict cost, with its complaints, off
 * what is left to those.  Also of a verdict that it is not concerned: that had to be found out. */
void policy_charge(const struct verdict *v, uint64_t *left);

/*
 * Which judge this is: it grows with every change after which the same document, policy, facts and
 * moment may cost another number of steps.  The verdict itself must never change.
 */
enum { JUDGE_VERSION = 1 };

/* One of the tests that a policy document brings along. */
struct policy_test {
	const char *name;
	struct position at;
	const char *expected, *found; /* "pass", "deny", "warn", "audit" */
	bool passed;
	const char
	    *why; /* the violations' messages, or what failed; "" when there is nothing to say */
};

/* policy_run_tests -- all of them, in `arena`; those that come after too many steps fail. */
void policy_run_tests(const struct policy *p, struct arena *arena, struct policy_test **ret_tests,
		      size_t *ret_count);

/* The ready-made policies, as YAML; the case study's three are in force from the first start. */
extern const struct embedded_file policy_library[], policy_library_at_start[];

/*
 * The JSON Schema and the reference page of policy documents, and the table of the language's
 * functions.
 */
extern const struct field_set policy_fields;
void policy_function_reference(struct buf *out);

#endif
