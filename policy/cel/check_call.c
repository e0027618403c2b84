/*
 * check_call.c -- which overloads of a function may be called, and what they give.
 */
#include <string.h>

#include "cel/checking.h"
#include "cel/macro.h"
#include "cel/trial.h"

/* What the arguments are, for a message: "(int, string)". */
static const char *
show_arguments(struct checker *c, const struct cel_type *const *types, uint32_t count)
{
	const char *text = "";
	for (uint32_t i = 0; i < count; i++)
		text =
		    arena_printf(c->arena, "%s%s%s", text, i ? ", " : "", check_show(c, types[i]));
	return text;
}

const char *
check_sign(const char *name, struct arena *arena)
{
	if (!function_is_operator(name))
		return name;
	char *plain = arena_text(arena, name);
	char *to = plain;
	for (const char *from = name; *from; from++)
		if (*from != '_' && *from != '@')
			*to++ = *from;
	*to = '\0';
	return plain;
}

/* A call that is no macro only because its arguments are not what one takes. */
static bool
is_misused_macro(struct checker *c, const struct cel_expr *x)
{
	const char *usage = c->lenient ? NULL : macro_usage(x->name);
	if (usage)
		COMPLAIN(c, check_pointed(x), "'%s' is used as %s", x->name, usage);
	return usage;
}

static const struct cel_type *
no_function(struct checker *c, const struct cel_expr *x)
{
	struct suggesting s = check_suggesting(c);
	if (!c->lenient)
		check_suggest(c,
			      COMPLAIN(c, check_pointed(x), "there is no function '%s'", x->name),
			      suggest_function(&s, x));
	return dyn();
}

/* The one that is compared with null, NULL when none is. */
static const struct cel_type *
compared_with_null(struct checker *c, const struct cel_expr *x, const struct cel_type *const *types)
{
	if (strcmp(x->name, "_==_") != 0 && strcmp(x->name, "_!=_") != 0)
		return NULL;
	if (infer_resolve(&c->inference, types[0], false)->kind == TYPE_NULL)
		return types[1];
	return infer_resolve(&c->inference, types[1], false)->kind == TYPE_NULL ? types[0] : NULL;
}

static const struct cel_type *
no_overload(struct checker *c, const struct cel_expr *x, const struct cel_overload *first,
	    const struct cel_type *const *types, uint32_t count)
{
	struct suggesting s = check_suggesting(c);
	if (c->lenient)
		return dyn();
	const struct cel_type *other = compared_with_null(c, x, types);
	struct cel_issue *issue =
	    other ? COMPLAIN(c, check_pointed(x), "%s is never null", check_show(c, other))
		  : COMPLAIN(c, check_pointed(x), "'%s' does not go with (%s)",
			     check_sign(x->name, c->arena), show_arguments(c, types, count));
	check_suggest(c, issue, suggest_call(&s, x, first, types, count));
	return dyn();
}

bool
check_any_dyn(struct checker *c, const struct cel_type *const *types, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (infer_resolve(&c->inference, types[i], false)->kind == TYPE_DYN)
			return true;
	return false;
}

/*
 * Does the overload take these?  Gives its result type.  What an argument that is dyn says nothing
 * of is dyn as well: left unknown, the next call would take it for what its first overload wants.
 */
static const struct cel_type *
try_overload(struct checker *c, const struct cel_overload *o, const struct cel_type *const *types)
{
	const struct cel_type *instance[MOST_PARAMETERS_OF_FUNCTION + 1];
	if (c->lenient)
		return dyn();
	infer_instantiate(&c->inference, o->types, o->count + 1, instance);
	if (!infer_assign(&c->inference, types, instance + 1, o->count))
		return NULL;
	return infer_resolve(&c->inference, instance[0], check_any_dyn(c, types, o->count));
}

/* All overloads that fit stay possible: which one it is may turn out only when it is evaluated. */
static const struct cel_type *
choose_overloads(struct checker *c, struct cel_expr *x, const struct cel_overload *first,
		 const struct cel_type *const *types, uint32_t count)
{
	const struct cel_type *result = NULL;
	size_t capacity = 0;
	for (const struct cel_overload *o = first; o; o = o->next) {
		if (o->count != count || o->receiver != (x->target != NULL))
			continue;
		const struct cel_type *t = try_overload(c, o, types);
		if (!t)
			continue;
		x->overloads = arena_grow(c->arena, x->overloads, x->overload_count, &capacity,
					  sizeof(void *));
		x->overloads[x->overload_count++] = o;
		if (!result)
			result = t;
		else if (!type_equal(result, t))
			result = dyn();
	}
	return result ? result : no_overload(c, x, first, types, count);
}

static bool
known_function(struct checker *c, const char *name, void *ret_overload)
{
	const struct cel_overload *o = function_find(c->request->functions, name);
	if (o)
		*(const struct cel_overload **)ret_overload = o;
	return o;
}

/* `optional.of(x)` is parsed as a member of `optional`: if there is such a function, it is that. */
static const struct cel_overload *
resolve_function(struct checker *c, struct cel_expr *x)
{
	const struct cel_overload *o = NULL;
	bool absolute = x->absolute;
	if (!x->target) {
		check_find(c, x->name, absolute, known_function, &o);
		return o;
	}
	const char *before = check_qualified(c, x->target, &absolute);
	const char *name = before ? arena_printf(c->arena, "%s.%s", before, x->name) : NULL;
	if (name && check_find(c, name, absolute, known_function, &o)) {
		x->target = NULL;
		x->name = name;
		return o;
	}
	return function_find(c->request->functions, x->name);
}

static void
try_literal(struct checker *c, const struct cel_expr *x)
{
	const char *wrong = c->lenient ? NULL : trial_of(x, c->arena);
	if (wrong)
		COMPLAIN(c, x->children[x->count - 1]->span, "%s", wrong);
}

const struct cel_type *
check_call(struct checker *c, struct cel_expr *x)
{
	const struct cel_overload *first = resolve_function(c, x);
	if (!first && is_misused_macro(c, x))
		return dyn();
	uint32_t count = x->count + (x->target != NULL);
	const struct cel_type **types = ARENA_ARRAY(c->arena, const struct cel_type *, count);
	uint32_t n = 0;
	if (x->target)
		types[n++] = check_expr(c, x->target);
	if (!first && !c->lenient) /* of its arguments, nothing is known */
		return no_function(c, x);
	for (uint32_t i = 0; i < x->count; i++)
		types[n++] = check_expr(c, x->children[i]);
	if (!first)
		return dyn();
	const struct cel_type *result = choose_overloads(c, x, first, types, count);
	try_literal(c, x);
	if (strcmp(x->name, "_[_]") == 0 || strcmp(x->name, "_[?_]") == 0) {
		const struct cel_type *item =
		    check_index(c, x, infer_resolve(&c->inference, types[0], false));
		if (item)
			return item;
	}
	return result;
}
