/*
 * judge.c -- one policy over one product.
 */
#include <string.h>

#include "base/utf8.h"

#include "match.h"
#include "opa.h"
#include "policy_parts.h"

/* More than any sensible rule takes over a large document; well under a second. */
static const struct cel_limits rule_limits = {.steps = 1000000, .memory = CEL_MOST_MEMORY};

static const size_t policy_memory = (size_t)4 * CEL_MOST_MEMORY;

/* One judgement: what it sees, and what it has cost so far. */
struct hearing {
	const struct policy *policy;
	const struct edition *edition;
	const struct policy_input *input;
	const struct policy_watch *watch; /* or NULL */
	struct arena *arena;
	struct violations *violations;
	struct verdict verdict;
	size_t memory;  /* bytes that the evaluations took so far */
	uint64_t known; /* variables that are worked out, a bit each */
	struct cel_value bindings[MOST_BINDINGS];
};

static struct cel_value
node_or(const struct node *n, struct cel_value otherwise)
{
	return n ? cel_from_node(n) : otherwise;
}

/* What is not known is null, so that an expression that needs it fails; facts are a map that may
 * lack any of them.  The moment is worked out only where it is looked at. */
static void
bind(const struct policy *p, const struct policy_input *input,
     struct cel_value ret_bindings[SEES_VARIABLES])
{
	static const struct node empty = {.kind = NODE_MAP};
	ret_bindings[SEES_PRODUCT] = cel_from_node(input->product);
	ret_bindings[SEES_PREVIOUS] = node_or(input->previous, cel_null());
	ret_bindings[SEES_UPSTREAM] = node_or(input->upstream, cel_null());
	ret_bindings[SEES_FACTS] = node_or(input->facts, cel_from_node(&empty));
	ret_bindings[SEES_PARAMS] = cel_null(); /* constant: the programs hold them */
	ret_bindings[SEES_NOW] = p->needs & POLICY_NEEDS_NOW ? cel_moment(input->now) : cel_null();
}

/* ---- what it may take ---- */

static bool
is_of_domain(const struct policy *p)
{
	return strcmp(p->document.scope, "global") != 0;
}

void
policy_charge(const struct verdict *v, uint64_t *left)
{
	const uint64_t taken = v->cost + (uint64_t)v->complaints * COMPLAINT_STEPS;
	if (taken > 0 && is_of_domain(v->policy))
		*left -= taken < *left ? taken : *left;
}

static uint64_t
left_of(uint64_t all, uint64_t taken, uint64_t most)
{
	if (taken + most <= all) /* as a rule */
		return most;
	return taken < all ? all - taken : 0;
}

/* What is left of the policy's limits; an expression that gets too little fails. */
static struct cel_limits
limits_of(const struct hearing *h)
{
	return (struct cel_limits){
	    .steps = left_of(h->verdict.most_steps, h->verdict.cost, rule_limits.steps),
	    .memory = left_of(policy_memory, h->memory, rule_limits.memory),
	};
}

/* ---- evaluating ---- */

static struct cel_value
evaluate(struct hearing *h, const struct cel_program *program)
{
	uint64_t cost;
	const struct policy_watch *w = h->watch;
	const struct cel_limits limits = limits_of(h);
	const size_t before = h->arena->used;
	struct cel_value v = w ? w->evaluate(w->user, program, h->bindings, limits, h->arena, &cost)
			       : cel_evaluate(program, h->bindings, limits, h->arena, &cost);
	h->verdict.cost += cost;
	if (!w) /* who watches takes memory of the same arena */
		h->memory += h->arena->used - before;
	return v;
}

/* In their order, so that each finds those before it.  One that fails is an error where it is used.
 */
static void
work_out(struct hearing *h, uint64_t needs)
{
	uint64_t missing = needs & ~h->known;
	for (size_t i = 0; missing >> i; i++)
		if (missing >> i & 1)
			h->bindings[SEES_VARIABLES + i] =
			    evaluate(h, h->edition->variables[i].program);
	h->known |= needs;
}

/* ---- complaining ---- */

#define LEFT_TO_DOMAINS                                                                            \
	"are left of the %d that the policies of domains may take together on one product"

const char *
policy_message(const char *text, size_t length, struct arena *arena)
{
	const int kept = utf8_cut(text, length, POLICY_LONGEST_MESSAGE);
	return arena_printf(arena, "%.*s%s", kept, text, (size_t)kept < length ? " ..." : "");
}

static const char *
text_of(struct hearing *h, const struct cel_program *program)
{
	struct cel_value v = program ? evaluate(h, program) : cel_null();
	if (v.kind != CEL_STRING || v.count == 0 || memchr(v.text, '\0', v.count))
		return NULL;
	return policy_message(v.text, v.count, h->arena);
}

/* It was given less than its own limit, and has taken that. */
static bool
is_out_of_steps(const struct hearing *h)
{
	return h->verdict.most_steps < POLICY_MOST_STEPS && h->verdict.cost > h->verdict.most_steps;
}

static const char *
reason(const struct hearing *h, struct cel_value result)
{
	if (result.kind == CEL_ERROR && result.error->exhausted && is_out_of_steps(h))
		return arena_printf(h->arena, "%s, and no more steps " LEFT_TO_DOMAINS,
				    result.error->message, DOMAINS_MOST_STEPS);
	if (result.kind == CEL_ERROR)
		return result.error->message;
	return arena_printf(h->arena, "the expression gives %s, not bool",
			    cel_kind_name((enum cel_kind)result.kind));
}

static const char *
message_of(struct hearing *h, const struct rule *r, struct cel_value result)
{
	const char *message = result.kind == CEL_BOOL ? text_of(h, r->message) : NULL;
	if (!message)
		message = r->validation->message;
	if (result.kind == CEL_BOOL)
		return message;
	return arena_printf(h->arena, "%s (cannot be told: %s)", message, reason(h, result));
}

static const char *
pointer_of(struct hearing *h, const struct rule *r)
{
	const char *pointer = text_of(h, r->pointer);
	if (pointer && pointer[0] == '/')
		return pointer;
	return r->validation->pointer ? r->validation->pointer : "";
}

static const char *
grace_note(const struct hearing *h, const char *message)
{
	char end[CLOCK_TEXT_SIZE];
	if (!h->verdict.grace_end)
		return message;
	clock_format(h->verdict.grace_end, end);
	return arena_printf(h->arena, "%s (refused from %.10s on)", message, end);
}

/* The list outlives the policy: its texts are copies. */
static void
complain(struct hearing *h, const char *rule, const char *message, const char *pointer)
{
	struct arena *arena = h->violations->arena;
	const char *name = h->policy->document.name;
	struct violation complained = {
	    .policy = arena_text(arena, name),
	    .rule = arena_text(arena, rule ? rule : name),
	    .enforcement = enforcement_name(h->verdict.enforcement),
	    .message = arena_text(arena, grace_note(h, message)),
	    .pointer = arena_text(arena, pointer),
	    .grace_end = h->verdict.grace_end,
	};
	pointer_place(h->input->product, pointer, &complained.at);
	violation_add(h->violations, complained);
}

/* ---- judging ---- */

static enum policy_outcome
outcome_of(struct cel_value result)
{
	if (result.kind != CEL_BOOL)
		return POLICY_FAILED;
	return result.boolean ? POLICY_SATISFIED : POLICY_VIOLATED;
}

/* A violation that is certain says more than one that could not be told, and both more than none.
 */
static enum policy_outcome
worse_of(enum policy_outcome a, enum policy_outcome b)
{
	if (a == POLICY_VIOLATED || b == POLICY_VIOLATED)
		return POLICY_VIOLATED;
	return a == POLICY_FAILED ? a : b;
}

/* A product that was there before the policy is only warned for a while. */
static void
allow_grace(struct hearing *h)
{
	const struct policy *p = h->policy;
	int64_t grace = duration_longest(p->document.grace);
	if (!grace || h->verdict.enforcement != ENFORCE_DENY)
		return;
	moment published, since = p->since ? p->since : h->input->now;
	const char *text = node_text(h->input->facts, "published_at", NULL);
	if (!text || !clock_parse(text, &published) || published >= since ||
	    h->input->now >= since + grace)
		return;
	h->verdict.enforcement = ENFORCE_WARN;
	h->verdict.grace_end = since + grace;
}

/* Does the condition of `match` take it in?  One that fails is a complaint: it fails closed. */
static bool
is_meant(struct hearing *h)
{
	if (!h->edition->condition)
		return true;
	struct cel_value result = evaluate(h, h->edition->condition);
	if (result.kind == CEL_BOOL)
		return result.boolean;
	h->verdict.outcome = POLICY_FAILED;
	complain(h, "condition",
		 arena_printf(h->arena, "whether the policy '%s' concerns it cannot be told: %s",
			      h->policy->document.name, reason(h, result)),
		 "");
	return false;
}

/* One of a domain gets what those before it left.  That may be nothing: then nothing need be tried,
 * and one complaint says it for all rules.  Who only asks somebody else takes no steps for that. */
static bool
has_steps(struct hearing *h)
{
	const uint64_t *left = h->input->domain_steps;
	if (!left || *left >= POLICY_MOST_STEPS || !is_of_domain(h->policy))
		return true;
	h->verdict.most_steps = *left;
	if (*left > 0 || (!h->edition->condition && h->edition->rule_count == 0))
		return true;
	h->verdict.outcome = POLICY_FAILED;
	complain(h, NULL,
		 arena_printf(
		     h->arena,
		     "what the policy '%s' says of it cannot be told: no steps " LEFT_TO_DOMAINS,
		     h->policy->document.name, DOMAINS_MOST_STEPS),
		 "");
	return false;
}

static void
apply(struct hearing *h, const struct rule *r)
{
	if (r->needs & ~h->known)
		work_out(h, r->needs);
	struct cel_value result = evaluate(h, r->program);
	h->verdict.outcome = worse_of(h->verdict.outcome, outcome_of(result));
	if (outcome_of(result) == POLICY_SATISFIED)
		return;
	if (result.kind == CEL_BOOL)
		work_out(h, r->complaint_needs);
	/* In this order, whatever the compiler's is: both take of what is left of the steps. */
	const char *pointer = pointer_of(h, r);
	h->verdict.complaints++;
	complain(h, r->validation->name, message_of(h, r, result), pointer);
}

/* Somebody else judges. */
static void
consult(struct hearing *h)
{
	const struct opa_finding found =
	    opa_consult(h->policy, h->edition->parameters, h->input, h->violations->arena);
	h->verdict.outcome = found.outcome;
	h->verdict.decision_id = found.decision_id;
	for (size_t i = 0; i < found.count; i++)
		complain(h, found.complaints[i].rule, found.complaints[i].message,
			 found.complaints[i].pointer);
}

struct verdict
policy_judge_by(const struct policy *p, const struct edition *edition,
		const struct policy_input *input, const struct policy_watch *watch,
		struct arena *arena, struct violations *violations)
{
	struct hearing h;
	h.policy = p;
	h.edition = edition;
	h.input = input;
	h.watch = watch;
	h.arena = arena;
	h.violations = violations;
	h.memory = 0;
	h.known = 0;
	h.verdict = (struct verdict){
	    .policy = p, .enforcement = policy_enforcement(p), .most_steps = POLICY_MOST_STEPS};
	bind(p, input, h.bindings);
	allow_grace(&h);
	if (!has_steps(&h) || !is_meant(&h))
		return h.verdict;
	h.verdict.outcome = POLICY_SATISFIED;
	if (p->document.engine == ENGINE_OPA)
		consult(&h);
	for (size_t i = 0; i < edition->rule_count; i++)
		apply(&h, &edition->rules[i]);
	return h.verdict;
}

struct verdict
policy_judge(const struct policy *p, const struct policy_input *input, struct arena *arena,
	     struct violations *violations)
{
	if (!p->takes_all && !match_concerns(p->document.scope, &p->rules->match, input->product))
		return (struct verdict){.policy = p, .enforcement = policy_enforcement(p)};
	const struct edition *edition = p->editions;
	if (p->edition_count > 1)
		edition = policy_edition(p, node_text(input->product, "domain", ""));
	return policy_judge_by(p, edition, input, NULL, arena, violations);
}
