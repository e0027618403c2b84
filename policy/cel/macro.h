/*
 * macro.h -- calls that bind a variable, and `has`: what they are called and what each argument is
 * for.
 *
 * Sources: langdef.md, "Macros"; the extensions `bindings`, `comprehensions` and `optional` of
 * cel-go.
 */
#ifndef WEFT_POLICY_MACRO_H
#define WEFT_POLICY_MACRO_H

#include "cel/expr.h"

enum macro_shape {
	SHAPE_HAS,
	SHAPE_ALL,
	SHAPE_EXISTS,
	SHAPE_EXISTS_ONE,
	SHAPE_LIST, /* a list of what is kept and transformed: map, filter, transformList */
	SHAPE_MAP,  /* a map with the same keys: transformMap */
	SHAPE_MAP_OF_ENTRIES, /* a map of what maps hold: transformMapEntry */
	SHAPE_SORT,           /* a list in the order of what comes out: sortBy */
	SHAPE_BIND,
	SHAPE_OPTIONAL,      /* optMap: an optional of what comes out */
	SHAPE_OPTIONAL_FLAT, /* optFlatMap: what comes out is an optional */
	SHAPE_GATHER,        /* a call with its arguments in one list: math.greatest */
};

struct cel_macro {
	const char *name;
	const char *space; /* the name before the dot: "cel" of cel.bind; NULL */
	bool global;       /* has(x): nothing before the dot */
	uint8_t variables; /* how many names come first */
	enum macro_shape shape;
	/* Of the other arguments: p predicate, t transform, i initial value; "*" is three or more
	 * of them. */
	const char *roles;
	const char *usage, *help; /* help NULL: as the row above */
};

/* Ends with a row without a name. */
extern const struct cel_macro macro_table[];

/* macro_find -- the one that such a call means, or NULL. */
const struct cel_macro *macro_find(const char *name, const struct cel_expr *target, uint32_t count);

/* macro_usage -- how macros of this name are used, or NULL when there is none: for messages. */
const char *macro_usage(const char *name);

/*
 * macro_expand -- turn a call into the macro.  NULL, or what is wrong with the argument
 * `*ret_wrong`.
 */
const char *macro_expand(const struct cel_macro *m, struct cel_expr *call, struct arena *arena,
			 const struct cel_expr **ret_wrong);

#endif
