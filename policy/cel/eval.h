/*
 * eval.h -- running a program's operations.
 */
#ifndef WEFT_POLICY_EVAL_H
#define WEFT_POLICY_EVAL_H

#include "cel/program.h"

/* One evaluation. */
struct cel_run {
	const struct cel_value *bindings;
	struct cel_value *slots; /* the variables of macros */
	struct arena *arena;
	uint64_t cost; /* in steps */
	struct cel_limits limits;
	size_t most_used; /* of the arena, in bytes */
	uint32_t at;      /* the operation that a function works for: where its failure is */
	const struct cel_observer *observer; /* of an observed program; or NULL */
};

/* The operations (eval.c). */
cel_op_fn eval_constant, eval_variable, eval_local, eval_unknown, eval_choice, eval_logic,
    eval_operator1, eval_operator2, eval_call, eval_call_plain, eval_unknown_call, eval_pattern,
    eval_matches, eval_list, eval_list_optional, eval_map, eval_or, eval_or_value, eval_equal,
    eval_not_equal;

/* The operations on fields (eval_field.c); those that end in `near` take an operand that is. */
cel_op_fn eval_select, eval_select_near, eval_select_optional, eval_select_optional_near, eval_has,
    eval_has_near, eval_has_and_select;

/* The operations of macros (eval_macro.c). */
cel_op_fn eval_all, eval_exists, eval_exists_one, eval_to_list, eval_to_map, eval_to_map_of_entries,
    eval_sort_by, eval_bind, eval_opt_map, eval_opt_flat_map;

/* Every operation that is run is a step. */
static inline struct cel_value
eval_op(struct cel_run *run, const struct cel_op *op)
{
	run->cost++;
	return op->run(run, op);
}

/* The variables of the declarations and of macros are near: no call is needed to have them. */
static inline bool
eval_is_near(const struct cel_op *op)
{
	return op->run == eval_local || op->run == eval_variable;
}

/* A near operand's value, not counted; an error when it has none. */
static inline struct cel_value
eval_near_value(const struct cel_run *run, const struct cel_op *op)
{
	return op->run == eval_local ? run->slots[op->slot] : run->bindings[op->variable];
}

/* The same as eval_op(). */
static inline struct cel_value
eval_near(struct cel_run *run, const struct cel_op *op)
{
	struct cel_value v = eval_near_value(run, op);
	if (v.kind == CEL_ERROR)
		return eval_op(run, op);
	run->cost++;
	return v;
}

/* Beyond the limit of steps or of memory. */
static inline bool
eval_is_exhausted(const struct cel_run *run)
{
	return run->cost > run->limits.steps || run->arena->used > run->most_used;
}

/* eval_exhausted -- the error for it: `v` if it is that already, so that the innermost is named. */
struct cel_value eval_exhausted(struct cel_run *run, const struct cel_op *op, struct cel_value v);

/* eval_fail -- an error at the operation. */
struct cel_value eval_fail(struct cel_run *run, const struct cel_op *op, const char *format, ...)
    PRINTF(3, 4);

/* eval_no_overload -- the operator or function does not take these. */
struct cel_value eval_no_overload(struct cel_run *run, const char *name,
				  const struct cel_value *arguments, uint32_t count);

/* eval_kind -- the kind of a value for messages. */
const char *eval_kind(struct cel_value v);

#endif
