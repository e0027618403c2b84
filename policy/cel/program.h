/*
 * program.h -- a checked expression, ready to run: a tree of operations.
 *
 * Each operation carries the C function that runs it, so that evaluation is one indirect call a
 * node, with no decision that could be made before.  Children lie one after another in memory.
 * Names are interned, constants folded, patterns compiled, macro variables numbered, and operations
 * that often come together run as one (fuse.h).
 *
 *     size(product.access) > 0
 *
 *     [binary >] -> [call size][constant 0]
 *                    |
 *                    [select access] -> [variable 0]
 */
#ifndef WEFT_POLICY_PROGRAM_H
#define WEFT_POLICY_PROGRAM_H

#include "cel/expr.h"
#include "cel/function.h"
#include "cel/regex.h"

struct cel_op;
typedef struct cel_value cel_op_fn(struct cel_run *run, const struct cel_op *op);

/* An overload as it is needed to call it. */
struct op_overload {
	cel_function_fn *call; /* NULL: only declared */
	uint32_t kinds[MOST_PARAMETERS_OF_FUNCTION];
};

struct cel_op {
	cel_op_fn *run;
	const struct cel_op *children;
	uint32_t offset; /* byte of the source, for errors */
	uint32_t count;  /* of children */
	uint16_t slot;   /* of the first variable of a macro */
	uint16_t overload_count;
	bool pair; /* the macro has two variables */
	bool has_predicate, has_transform;
	bool decisive; /* of && and ||: the value that settles it */
	union {
		struct cel_value constant;
		struct {
			const char *name; /* of a field, or of what is not known; ends with a NUL */
			uint32_t length;
		};
		struct {
			cel_function_fn *function; /* takes any kinds: operators */
			const char *operator_name;
		};
		struct {
			const struct op_overload *overloads;
			const char *function_name;
		};
		struct {
			const struct regex *regex; /* owned by the program */
			struct cel_value (*pattern)(struct cel_run *run, const struct regex *r,
						    const struct cel_value *arguments,
						    uint32_t count); /* pattern.h */
		};
		const bool *optionals;
		uint32_t variable;
		uint32_t step; /* of an observed program */
	};
};

/* A variable that is looked at: one member of it, or all of it. */
struct program_use {
	uint32_t variable;
	const char *member; /* interned; NULL: in ways that may touch any member */
};

struct cel_program {
	struct arena arena; /* holds all of it but the patterns */
	const char *source, *type;
	const struct cel_type *result; /* what `type` says */
	struct cel_op root;
	uint32_t slots;
	struct regex **regexes; /* owned */
	size_t regex_count, regex_capacity;
	const struct cel_step *steps; /* of an observed program */
	size_t step_count;
	struct program_use *uses; /* each once */
	size_t use_count, use_capacity;
};

/*
 * program_build -- fill `p`, whose arena, source and type are set.  False with a mistake in
 * `issues`: a pattern that is wrong.
 */
bool program_build(struct cel_program *p, const struct cel_expr *root,
		   const struct cel_declarations *declarations, struct cel_issues *issues);

#endif
