/*
 * policy.h -- policy documents: compiled once, then judging documents without side effects.
 *
 *     kind: Policy
 *     name: pii-requires-access-controls
 *     scope: global                      # or domain:NAME
 *     enforcement: deny                  # deny | warn | audit
 *     match: {domains: ["*"], classifications: [...], tags: [...], statuses: [...]}
 *     parameters: {minimum: 7 years}
 *     validations:
 *       - expression: ...                # CEL; true is satisfied
 *         message: PII data requires access controls
 *         pointer: /access
 *     tests:
 *       - name: personal data without access is refused
 *         product: {...}
 *         expect: deny                   # the enforcement, or pass
 *
 * Expressions see `product`, `previous` (or null), `upstream`, `facts`, `params` and `now`.  One
 * that fails, exceeds its cost limit or meets a missing fact counts as violated (it fails closed)
 * and says why.
 *
 * A verdict is pure: the same document, policy, facts and moment give the same verdict.  Nothing
 * here reads a file, a clock, a socket or a database.  A compiled policy is immutable and shared by
 * threads without locks.
 */
#ifndef WEFT_POLICY_POLICY_H
#define WEFT_POLICY_POLICY_H

#include "base/clock.h"
#include "base/digest.h"
#include "base/document.h"
#include "base/embedded.h"
#include "base/field.h"
#include "base/violation.h"

enum enforcement { ENFORCE_AUDIT, ENFORCE_WARN, ENFORCE_DENY };

const char *enforcement_name(enum enforcement how);

struct policy;

/*
 * policy_compile -- decode, compile and type-check a policy document against `product`, the table
 * that describes data products.  Gives NULL when anything is wrong, with every complaint in
 * `violations`: rule "unknown-key", "type", ... for the document's form, "expression" for CEL,
 * whose place is that of the mistake inside the YAML where the text is plain or a block, with the
 * caret line in the message.  The policy copies what it needs of `document`.
 */
struct policy *policy_compile(const struct node *document, const struct field_set *product,
			      struct violations *violations);
void policy_destroy(struct policy *p);

const char *policy_name(const struct policy *p);
const char *policy_scope(const struct policy *p);       /* "global" or "domain:NAME" */
const char *policy_description(const struct policy *p); /* or NULL */
enum enforcement policy_enforcement(const struct policy *p);

/* policy_hash -- of the document's canonical form: what a verdict names as the policy's version. */
struct digest policy_hash(const struct policy *p);

/*
 * What is judged, and by which facts.  All but `product` may be NULL; a NULL `facts` is an empty
 * map.
 */
struct policy_input {
	const struct node *product, *previous, *upstream, *facts;
	moment now;
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
	uint64_t cost; /* steps of evaluation */
};

/*
 * policy_judge -- one policy, one document.  Adds to `violations` one complaint for each validation
 * that does not hold, with the policy's name and enforcement, its message, and the place in
 * `input->product` that its pointer leads to. Works in `arena`; cannot fail otherwise.
 */
struct verdict policy_judge(const struct policy *p, const struct policy_input *input,
			    struct arena *arena, struct violations *violations);

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

/* policy_run_tests -- all of them, in `arena`. */
void policy_run_tests(const struct policy *p, struct arena *arena, struct policy_test **ret_tests,
		      size_t *ret_count);

/* The ready-made policies, as YAML.  The case study's three are in force from the first start. */
extern const struct embedded_file policy_library[];

/*
 * The JSON Schema and the reference page of policy documents, and the table of the language's
 * functions.
 */
extern const struct field_set policy_fields;
void policy_function_reference(struct buf *out);

#endif
