/*
 * judge.c -- one policy over one product.
 */
#include "match.h"
#include "policy_parts.h"

static struct cel_value
node_or(const struct node *n, struct cel_value otherwise)
{
	return n ? cel_from_node(n) : otherwise;
}

/* What is not known is null, so that an expression that needs it fails; facts are a map that may
 * lack any of them. */
static void
bind(const struct policy_input *input, struct cel_value ret_bindings[RULE_VARIABLES])
{
	static const struct node empty = {.kind = NODE_MAP};
	ret_bindings[RULE_PRODUCT] = cel_from_node(input->product);
	ret_bindings[RULE_PREVIOUS] = node_or(input->previous, cel_null());
	ret_bindings[RULE_UPSTREAM] = node_or(input->upstream, cel_null());
	ret_bindings[RULE_FACTS] = node_or(input->facts, cel_from_node(&empty));
	ret_bindings[RULE_PARAMS] = cel_null(); /* constant: the programs hold them */
	ret_bindings[RULE_NOW] = cel_moment(input->now);
}

static const char *
complaint(const struct validation *v, struct cel_value result, struct arena *arena)
{
	if (result.kind == CEL_BOOL)
		return arena_text(arena, v->message);
	if (result.kind == CEL_ERROR)
		return arena_printf(arena, "%s (cannot be told: %s)", v->message,
				    result.error->message);
	return arena_printf(arena, "%s (cannot be told: the expression gives %s, not bool)",
			    v->message, cel_kind_name((enum cel_kind)result.kind));
}

/* The list outlives the policy: its texts are copies. */
static void
complain(const struct policy *p, const struct validation *v, const struct node *product,
	 struct cel_value result, struct violations *violations)
{
	struct arena *arena = violations->arena;
	const char *pointer = v->pointer ? v->pointer : "";
	struct violation complained = {
	    .policy = arena_text(arena, p->document.name),
	    .rule = arena_text(arena, v->name ? v->name : p->document.name),
	    .enforcement = enforcement_name(policy_enforcement(p)),
	    .message = complaint(v, result, arena),
	    .pointer = arena_text(arena, pointer),
	};
	pointer_place(product, pointer, &complained.at);
	violation_add(violations, complained);
}

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

/* What the rules before have left of the policy's limit; a rule that gets too little fails. */
static uint64_t
limit_after(uint64_t cost)
{
	uint64_t left = cost < POLICY_COST_LIMIT ? POLICY_COST_LIMIT - cost : 0;
	return left < RULE_COST_LIMIT ? left : RULE_COST_LIMIT;
}

struct verdict
policy_judge(const struct policy *p, const struct policy_input *input, struct arena *arena,
	     struct violations *violations)
{
	struct verdict verdict = {.policy = p, .outcome = POLICY_NOT_CONCERNED};
	if (!p->takes_all && !match_concerns(&p->document, input->product))
		return verdict;
	struct cel_value bindings[RULE_VARIABLES];
	bind(input, bindings);
	verdict.outcome = POLICY_SATISFIED;
	for (size_t i = 0; i < p->rule_count; i++) {
		const struct rule *rule = &p->rules[i];
		uint64_t cost;
		struct cel_value result =
		    cel_evaluate(rule->program, bindings, limit_after(verdict.cost), arena, &cost);
		verdict.cost += cost;
		verdict.outcome = worse_of(verdict.outcome, outcome_of(result));
		if (outcome_of(result) != POLICY_SATISFIED)
			complain(p, rule->validation, input->product, result, violations);
	}
	return verdict;
}
