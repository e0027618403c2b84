/*
 * expr.h -- the tree that the parser makes, the checker annotates and the program is made from.
 *
 * Nodes live in the compilation's arena and are gone after it.  A macro is one node that keeps its
 * own shape, not a fold spelled out: messages name it, and evaluation runs it as the loop that it
 * is.
 *
 *     items.filter(i, i.size > 3)   EXPR_MACRO   target = items, variables[0] = "i", predicate =
 * i.size > 3 a.b                           EXPR_SELECT  target = a, name = "b" a.?b the same with
 * `optional` has(a.b)                      the same with `presence` x.f(y) EXPR_CALL    target = x,
 * name = "f", children = [y] x + y, x[y], -x, c ? x : y    EXPR_CALL    name = "_+_" "_[_]" "-_"
 * "_?_:_", no target x && y && z                   EXPR_LOGIC   name = "_&&_", children = [x, y, z]
 *     [x, ?y]                       EXPR_LIST    children = [x, y], optionals = [false, true]
 *     {k: v, ?l: w}                 EXPR_MAP     children = [k, v, l, w], optionals = [false, true]
 *
 * INVARIANT: depth is 1 + the greatest of what is below, and at most CEL_MOST_DEPTH: every walk may
 * recurse.
 */
#ifndef WEFT_POLICY_EXPR_H
#define WEFT_POLICY_EXPR_H

#include "cel/type.h"

struct cel_span {
	uint32_t start, end; /* bytes of the source */
};

enum expr_kind {
	EXPR_LITERAL,
	EXPR_NAME,
	EXPR_SELECT,
	EXPR_CALL,
	EXPR_LOGIC,
	EXPR_LIST,
	EXPR_MAP,
	EXPR_MACRO,
};

/* What a name turned out to be. */
enum expr_meaning {
	MEANS_NOTHING,  /* not found: an error, or in an unchecked program one when it is evaluated
			 */
	MEANS_VARIABLE, /* `index` is the variable's number */
	MEANS_LOCAL,    /* `index` is the slot of a macro's variable */
	MEANS_CONSTANT, /* `literal`: the name of a type, or a variable that is constant */
};

struct cel_macro;
struct cel_overload;

struct cel_expr {
	enum expr_kind kind;
	uint32_t count, depth;
	struct cel_span span;
	uint32_t open; /* where it begins with the parentheses around it, else span.start */
	uint32_t at;   /* where to point: the operator, the field, the function's name */
	const char *name;
	bool optional, presence;
	bool absolute; /* EXPR_NAME: with a leading dot */
	struct cel_expr *target;
	struct cel_expr **children;
	bool *optionals; /* NULL when there are none */
	struct cel_value literal;

	/* EXPR_MACRO */
	const struct cel_macro *macro;
	const char *variables[2];
	struct cel_expr *key, *predicate, *transform; /* NULL where the form has none */

	/* what the checker found */
	const struct cel_type *type;
	enum expr_meaning meaning;
	uint32_t index;
	const struct cel_overload **overloads; /* that may be called, in the order of the tables */
	uint32_t overload_count;
};

#endif
