/*
 * checking.h -- what the parts of the checker share: check.c walks down the tree, check_name.c
 * knows names and fields, check_call.c calls, check_macro.c macros.
 *
 * Each `check_...` of an expression gives its type, and dyn where it complained, so that one
 * mistake is one complaint.
 */
#ifndef WEFT_POLICY_CHECKING_H
#define WEFT_POLICY_CHECKING_H

#include "cel/check.h"
#include "cel/infer.h"
#include "cel/parse.h"
#include "cel/suggest.h"

struct local {
	const char *name;
	const struct cel_type *type;
};

struct checker {
	const struct check_request *request;
	const struct cel_declarations *declarations;
	struct arena *arena;
	struct inference inference;
	const struct cel_type **variables; /* types of the declared ones */
	struct local *locals;              /* innermost last; a local's number is its slot */
	size_t local_count, local_capacity;
	uint32_t most_locals;
	bool lenient, failed;
};

static inline const struct cel_type *
dyn(void)
{
	return type_simple(TYPE_DYN);
}

/* ---- complaining ---- */

#define COMPLAIN(c, span, ...)                                                                     \
	((c)->failed = true,                                                                       \
	 issue_add((c)->request->issues, (c)->request->source, (span), __VA_ARGS__))

/* The place to point at: from the operator or name on. */
struct cel_span check_pointed(const struct cel_expr *x);

/* `text` may be NULL. */
void check_suggest(struct checker *c, struct cel_issue *issue, const char *text);

struct suggesting check_suggesting(struct checker *c);

/* The type as people write it. */
const char *check_show(struct checker *c, const struct cel_type *t);

/* The operator as people write it: `==` for `_==_`; a name as it is. */
const char *check_sign(const char *name, struct arena *arena);

/* ---- names ---- */

/*
 * The name inside the container, then inside what contains that, down to the root: in `a.b`, `x` is
 * a.b.x, a.x or x. Gives the first that `found` knows, or NULL.
 */
typedef bool found_fn(struct checker *c, const char *name, void *ret_found);

bool check_find(struct checker *c, const char *name, bool absolute, found_fn *found,
		void *ret_found);

/* "a.b.c" of a chain of plain selections that begins with a name; NULL for anything else, or if `a`
 * is a local. */
const char *check_qualified(struct checker *c, const struct cel_expr *x, bool *ret_absolute);

/* ---- expressions ---- */

const struct cel_type *check_expr(struct checker *c, struct cel_expr *x); /* of any kind */
const struct cel_type *check_name(struct checker *c, struct cel_expr *x);
const struct cel_type *check_select(struct checker *c, struct cel_expr *x);
const struct cel_type *check_call(struct checker *c, struct cel_expr *x);
const struct cel_type *check_macro(struct checker *c, struct cel_expr *x);

/* x[key] and x[?key], of an optional as well, where more is known than the signatures say; else
 * NULL. */
const struct cel_type *check_index(struct checker *c, const struct cel_expr *x,
				   const struct cel_type *target);

/* `what`, an operator or a macro, wants the expression, which is of that type, to be bool. */
void check_want_bool(struct checker *c, const struct cel_expr *x, const struct cel_type *t,
		     const char *what);

/* What is inside an optional; it wants to be one. */
const struct cel_type *check_inside(struct checker *c, const struct cel_expr *x,
				    const struct cel_type *t, const char *what);

bool check_any_dyn(struct checker *c, const struct cel_type *const *types, uint32_t count);

#endif
