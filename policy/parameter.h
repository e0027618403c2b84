/*
 * parameter.h -- what a policy lets others set: its type, its default, and which way is stricter.
 *
 *     minimum: {type: period, default: 7 years, stricter: longer}
 *     tag: finance                       # short for a text that nobody may change
 *
 * A domain may go the stricter way, never the other one; a parameter without `stricter` is the
 * council's alone.  Comparing is conservative: what cannot be told to be as strict is looser.
 */
#ifndef WEFT_POLICY_PARAMETER_H
#define WEFT_POLICY_PARAMETER_H

#include "base/field.h"

enum parameter_type {
	PARAMETER_TEXT,
	PARAMETER_PERIOD, /* a text such as "7 years" */
	PARAMETER_INTEGER,
	PARAMETER_NUMBER,
	PARAMETER_BOOL,
	PARAMETER_LIST,
	PARAMETER_TABLE, /* a map; a setting replaces the rows that it has */
};

enum strictness {
	STRICTER_HIGHER,
	STRICTER_LOWER,
	STRICTER_LONGER,
	STRICTER_SHORTER,
	STRICTER_MORE,
	STRICTER_FEWER,
	STRICTER_ON,
	STRICTER_OFF,
};

struct parameter {
	struct position at;
	const char *name;
	int type;     /* enum parameter_type */
	int stricter; /* enum strictness, or -1: only the council changes it */
	const struct node *preset, *least, *most; /* each NULL when not given */
	struct texts words;                       /* that a text may be; empty: any */
	const char *description;                  /* or NULL */
};

struct parameters {
	struct parameter *items;
	size_t count;
};

/*
 * parameters_decode -- `map` is the document's `parameters`, or NULL for none.  Complains of what
 * is wrong, of defaults too; false then.  All of it lives in `arena`.
 */
bool parameters_decode(const struct node *map, struct arena *arena, struct violations *violations,
		       struct parameters *ret_parameters);

/*
 * parameters_check, parameters_check_set -- complain of what a new document had better not have: of
 * the schema and the defaults, `words` of what is no text; of them and of a map of values, rows of
 * a table that cannot be compared the way that is stricter.  False then.  A document that has them
 * since before it was looked for stays what it is.
 */
bool parameters_check(const struct parameters *p, struct violations *violations);
bool parameters_check_set(const struct parameters *p, const struct node *set, const char *pointer,
			  struct violations *violations);

const struct parameter *parameter_find(const struct parameters *p, const char *name);

/*
 * parameters_set -- the values `before` (a map, or NULL for the defaults) with those of `set` put
 * in; numbers become what their type says.  Complains, with `pointer` as the place of `set`, of
 * names that are none and values that do not fit; NULL then.
 */
const struct node *parameters_set(const struct parameters *p, const struct node *before,
				  const struct node *set, const char *pointer, struct arena *arena,
				  struct violations *violations);

/* parameters_complete -- complains of those that have no value in `values`; false then. */
bool parameters_complete(const struct parameters *p, const struct node *values,
			 struct violations *violations);

/* parameter_is_as_strict -- is `wanted` certainly no looser than `given`?  Both fit the type. */
bool parameter_is_as_strict(const struct parameter *p, const struct node *given,
			    const struct node *wanted);

const char *parameter_type_name(int type);
const char *strictness_name(int stricter);

#endif
