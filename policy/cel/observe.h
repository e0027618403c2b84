/*
 * observe.h -- watching an expression being evaluated, step by step: for explanations and coverage.
 *
 *     declarations.observed = true;
 *     struct cel_program *p = cel_compile(&declarations, source, length, &issues);
 *     struct cel_observer o = { .begin = ..., .end = ..., .user = ... };
 *     struct cel_value v = cel_observe(p, bindings, limits, arena, &o, &cost);
 *
 * A program that was compiled so runs as it is written: nothing is worked out ahead, nothing runs
 * as one.  Its values and errors are those of the same program compiled as usual, whose evaluation
 * knows nothing of observers; only its steps are more, where the other had constants folded.
 *
 * A step is one sub-expression.  Steps are numbered as they stand in the source, what holds others
 * before these: the parts of step n are n + 1 ... steps[n].behind - 1, and 0 is the whole.
 */
#ifndef WEFT_POLICY_OBSERVE_H
#define WEFT_POLICY_OBSERVE_H

#include "policy/cel.h"

enum cel_step_kind {
	STEP_LITERAL,
	STEP_NAME,   /* a variable, a macro's variable, a type */
	STEP_FIELD,  /* a.b, a.?b, has(a.b) */
	STEP_CALL,   /* a function or an operator; also a[b] */
	STEP_LOGIC,  /* && and ||, of any number of operands */
	STEP_CHOICE, /* a ? b : c */
	STEP_LIST,
	STEP_MAP,
	STEP_LOOP, /* all, exists, exists_one, filter, map, transformList, transformMap */
	STEP_BIND, /* cel.bind, optMap, optFlatMap: one round, if any */
};

/* What a step is to the one that holds it. */
enum cel_step_role {
	ROLE_WHOLE,
	ROLE_OPERAND, /* of && or || */
	ROLE_CONDITION,
	ROLE_THEN,
	ROLE_OTHERWISE,
	ROLE_ARGUMENT, /* of a call, an operator, a field; an item, a key, a value */
	ROLE_RANGE,    /* what a loop goes through, what is bound */
	ROLE_PREDICATE,
	ROLE_TRANSFORM,
};

struct cel_step {
	uint8_t kind, role;       /* enum cel_step_kind, enum cel_step_role */
	uint32_t parent;          /* the step that holds it; its own number at the root */
	uint32_t behind;          /* the number of the first step that is no part of it */
	uint32_t start, end;      /* bytes of the source, without parentheses around */
	const char *name;         /* "&&", "size", "exists", the field; NULL of what has none */
	const char *variables[2]; /* of a loop or a binding */
};

/* cel_steps -- all of them; none for a program that was not compiled observed. */
const struct cel_step *cel_steps(const struct cel_program *p, size_t *ret_count);

/* cel_step_has_names -- does any name stand in it?  What has none is the same every time. */
bool cel_step_has_names(const struct cel_step *steps, uint32_t step);

/* cel_step_text -- its source in one line, without comments. */
const char *cel_step_text(const struct cel_program *p, uint32_t step, struct arena *arena);

/*
 * Told of every step as it begins and of what it gave.  What is not begun was not needed.  The
 * steps inside a loop come once a round: its range first, then predicate and transform in the
 * order of the items.
 */
struct cel_observer {
	void (*begin)(void *user, uint32_t step);
	void (*end)(void *user, uint32_t step, struct cel_value v);
	void *user;
};

/* cel_observe -- cel_evaluate() of an observed program; `observer` may be NULL. */
struct cel_value cel_observe(const struct cel_program *p, const struct cel_value *bindings,
			     struct cel_limits limits, struct arena *arena,
			     const struct cel_observer *observer, uint64_t *ret_cost);

#endif
