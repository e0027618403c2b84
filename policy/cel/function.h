/*
 * function.h -- the tables of functions, with their signatures read.
 */
#ifndef WEFT_POLICY_FUNCTION_H
#define WEFT_POLICY_FUNCTION_H

#include "base/map.h"
#include "cel/type.h"

enum { MOST_PARAMETERS_OF_FUNCTION = 6 };

struct cel_overload {
	const struct cel_function *row;
	const struct cel_type
	    *types[MOST_PARAMETERS_OF_FUNCTION + 1]; /* the result, then the parameters */
	uint32_t
	    kinds[MOST_PARAMETERS_OF_FUNCTION]; /* that each parameter takes: 1 << CEL_INT ... */
	uint32_t count;                         /* of parameters, the receiver among them */
	bool receiver;                          /* the first parameter stands before the dot */
	bool tried;                /* with a literal for the last argument, while compiling */
	struct cel_overload *next; /* of the same name, in the tables' order */
};

/*
 * The standard libraries and those given (or NULL).  A row's signature is read when its name is
 * first asked for: an expression calls a few functions of some hundred rows.
 */
struct function_set {
	struct arena *arena;
	const struct cel_library *libraries;
	struct map by_name; /* of those asked for so far, to the first struct cel_overload */
};

/* The standard libraries; ends with a row without a name. */
extern const struct cel_library standard_libraries[];

/* function_find -- the first overload of the name, or NULL. */
const struct cel_overload *function_find(struct function_set *set, const char *name);

/* function_nearest -- the function that a wrong name may have meant, or NULL. */
const char *function_nearest(const struct function_set *set, const char *name);

/* overload_read -- false when the signature makes no sense: a mistake in a table, which a test
 * finds. */
bool overload_read(const struct cel_function *row, struct arena *arena,
		   struct cel_overload *ret_overload);

/* "_+_" is an operator, "size" is not. */
bool function_is_operator(const char *name);

/* function_format -- "string.startsWith(string) -> bool", "int + int -> int". */
void function_format(const struct cel_overload *o, struct arena *arena, struct buf *out);

#endif
