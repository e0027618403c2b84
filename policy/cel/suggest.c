/*
 * suggest.c -- from the source's own words where they are short, so that a suggestion can be taken
 * over as it is.
 */
#include "cel/suggest.h"

#include "base/violation.h"
#include "cel/advice.h"

enum { MOST_SHOWN = 80, MOST_OVERLOADS = 6, MOST_NAMES = 8 };

/* What is written there; "x" when it is long. */
static const char *
text_of(const struct suggesting *s, const struct cel_expr *x)
{
	uint32_t length = x->span.end - x->span.start;
	return length > MOST_SHOWN ? "x" : arena_bytes(s->arena, s->source + x->span.start, length);
}

static const struct cel_type *
resolved(const struct suggesting *s, const struct cel_type *t)
{
	return infer_resolve(s->inference, t, false);
}

/* The receiver is the first argument. */
static const struct cel_expr *
argument(const struct cel_expr *x, uint32_t number)
{
	if (!x->target)
		return x->children[number];
	return number == 0 ? x->target : x->children[number - 1];
}

static const char *
joined(const struct suggesting *s, const struct cel_expr *x, uint32_t from, uint32_t count)
{
	const char *text = "";
	for (uint32_t i = from; i < count; i++)
		text = arena_printf(s->arena, "%s%s%s", text, i > from ? ", " : "",
				    text_of(s, argument(x, i)));
	return text;
}

/* ---- comparing with null ---- */

static const char *
instead_of_null(const struct suggesting *s, const struct cel_expr *x,
		const struct cel_type *const *types)
{
	const struct cel_expr *other =
	    x->children[resolved(s, types[0])->kind == TYPE_NULL ? 1 : 0];
	const char *sign = strcmp(x->name, "_==_") == 0 ? "!" : "";
	if (other->kind != EXPR_SELECT || other->optional || other->presence)
		return NULL;
	if (!function_find(s->functions, "is_given"))
		return arena_printf(s->arena, "%shas(%s)", sign, text_of(s, other));
	/* A key without a value is there, too. */
	return arena_printf(s->arena, "%sis_given(%s.?%s)", sign, text_of(s, other->target),
			    other->name);
}

/* ---- converting one operand ---- */

static const struct conversion {
	enum type_kind from, to;
	const char *function;
} conversions[] = {
    {TYPE_INT, TYPE_DOUBLE, "double"},
    {TYPE_UINT, TYPE_DOUBLE, "double"},
    {TYPE_UINT, TYPE_INT, "int"},
    {TYPE_STRING, TYPE_TIMESTAMP, "date"}, /* of a day alone, too */
    {TYPE_STRING, TYPE_TIMESTAMP, "timestamp"},
    {TYPE_STRING, TYPE_DURATION, "duration"},
    {TYPE_STRING, TYPE_PERIOD, "period"},
    {TYPE_STRING, TYPE_IP, "ip"},
    {TYPE_INT, TYPE_STRING, "string"},
    {TYPE_UINT, TYPE_STRING, "string"},
    {TYPE_DOUBLE, TYPE_STRING, "string"},
    {TYPE_BOOL, TYPE_STRING, "string"},
};

/* A time of the day that is written there is meant. */
static bool
loses(const char *function, const struct cel_expr *operand)
{
	return strcmp(function, "date") == 0 && operand->kind == EXPR_LITERAL &&
	       strchr(operand->literal.text, 'T');
}

static const char *
conversion_of(const struct suggesting *s, const struct cel_expr *operand, enum type_kind from,
	      enum type_kind to)
{
	for (size_t i = 0; i < ARRAY_LEN(conversions); i++)
		if (conversions[i].from == from && conversions[i].to == to &&
		    function_find(s->functions, conversions[i].function) &&
		    !loses(conversions[i].function, operand))
			return conversions[i].function;
	return NULL;
}

/* "_+_" is " + ", "@in" is " in ". */
static const char *
sign_of(const struct suggesting *s, const char *name)
{
	if (name[0] == '@')
		return " in ";
	return arena_printf(s->arena, " %.*s ", (int)strlen(name) - 2, name + 1);
}

/* `n + 1.0` as `double(n) + 1.0`: the other operand fits, and this one would. */
static const char *
with_conversion(const struct suggesting *s, const struct cel_expr *x,
		const struct cel_overload *first, const struct cel_type *const *types)
{
	enum type_kind kinds[] = {resolved(s, types[0])->kind, resolved(s, types[1])->kind};
	for (const struct cel_overload *o = first; o; o = o->next)
		for (uint32_t i = 0; i < 2 && o->count == 2; i++) {
			enum type_kind to = o->types[i + 1]->kind, other = o->types[2 - i]->kind;
			bool any = to == TYPE_PARAM && other == TYPE_PARAM;
			const char *function = any || other == kinds[1 - i]
						   ? conversion_of(s, x->children[i], kinds[i],
								   any ? kinds[1 - i] : to)
						   : NULL;
			if (!function)
				continue;
			const char *converted =
			    arena_printf(s->arena, "%s(%s)", function, text_of(s, x->children[i]));
			return arena_printf(
			    s->arena, "%s%s%s", i == 0 ? converted : text_of(s, x->children[0]),
			    sign_of(s, x->name), i == 1 ? converted : text_of(s, x->children[1]));
		}
	return NULL;
}

/* ---- called the other way ---- */

static bool
takes(const struct suggesting *s, const struct cel_overload *o, const struct cel_type *const *types,
      uint32_t count)
{
	const struct cel_type *instance[MOST_PARAMETERS_OF_FUNCTION + 1];
	if (o->count != count)
		return false;
	infer_instantiate(s->inference, o->types, count + 1, instance);
	return infer_assign(s->inference, types, instance + 1, count);
}

/* startsWith(a, b) as a.startsWith(b), n.string() as string(n). */
static const char *
called_otherwise(const struct suggesting *s, const struct cel_expr *x,
		 const struct cel_overload *first, const struct cel_type *const *types,
		 uint32_t count)
{
	for (const struct cel_overload *o = first; o && count > 0; o = o->next) {
		if (o->receiver == (x->target != NULL) || !takes(s, o, types, count))
			continue;
		if (!o->receiver)
			return arena_printf(s->arena, "%s(%s)", x->name, joined(s, x, 0, count));
		return arena_printf(s->arena, "%s.%s(%s)", text_of(s, argument(x, 0)), x->name,
				    joined(s, x, 1, count));
	}
	return NULL;
}

/* ---- membership ---- */

static bool
holds_members(const struct cel_type *t)
{
	return t->kind == TYPE_LIST || t->kind == TYPE_MAP || t->kind == TYPE_RECORD;
}

static bool
is_equality(const struct cel_expr *x)
{
	return strcmp(x->name, "_==_") == 0;
}

/* list.contains(x) and list == x as `x in list`, `part in text` as text.contains(part). */
static const char *
other_membership(const struct suggesting *s, const struct cel_expr *x,
		 const struct cel_type *const *types)
{
	const char *first = text_of(s, argument(x, 0)), *second = text_of(s, argument(x, 1));
	const struct cel_type *container = resolved(s, types[x->target ? 0 : 1]);
	if (is_equality(x) && resolved(s, types[0])->kind == TYPE_LIST)
		return arena_printf(s->arena, "%s in %s", second, first);
	if (is_equality(x) && container->kind == TYPE_LIST)
		return arena_printf(s->arena, "%s in %s", first, second);
	if (x->target && strcmp(x->name, "contains") == 0 && holds_members(container))
		return arena_printf(s->arena, "%s in %s", second, first);
	if (strcmp(x->name, "@in") == 0 && container->kind == TYPE_STRING)
		return arena_printf(s->arena, "%s.contains(%s)", second, first);
	return NULL;
}

/* ---- overloads ---- */

/* Is called in the same way, and takes at least one of the arguments where it stands. */
static bool
comes_near(const struct suggesting *s, const struct cel_expr *x, const struct cel_overload *o,
	   const struct cel_type *const *types, uint32_t count)
{
	if (o->receiver != (x->target != NULL))
		return false;
	for (uint32_t i = 0; i < count && i < o->count; i++) {
		const struct cel_type *wanted = o->types[i + 1];
		if (wanted->kind != TYPE_PARAM && wanted->kind == resolved(s, types[i])->kind)
			return true;
	}
	return false;
}

static const char *
overloads(const struct suggesting *s, const struct cel_expr *x, const struct cel_overload *first,
	  const struct cel_type *const *types, uint32_t count, bool near)
{
	CLEANUP(buf_done) struct buf out = {0};
	unsigned shown = 0;
	for (const struct cel_overload *o = first; o && shown < MOST_OVERLOADS; o = o->next) {
		if (near && !comes_near(s, x, o, types, count))
			continue;
		buf_text(&out, shown++ ? "; " : "");
		function_format(o, s->arena, &out);
	}
	return shown ? arena_bytes(s->arena, out.data, out.length) : NULL;
}

const char *
suggest_call(const struct suggesting *s, const struct cel_expr *x, const struct cel_overload *first,
	     const struct cel_type *const *types, uint32_t count)
{
	bool is_operator = function_is_operator(x->name);
	const char *found = NULL;
	if (is_operator && count == 2 &&
	    (resolved(s, types[0])->kind == TYPE_NULL || resolved(s, types[1])->kind == TYPE_NULL))
		return instead_of_null(s, x, types);
	if (strcmp(x->name, "!_") == 0)
		found = suggest_condition(s, x->children[0], types[0]);
	if (found)
		return arena_printf(s->arena, "!(%s)", found);
	if (count == 2)
		found = other_membership(s, x, types);
	if (!found && is_operator && count == 2 && strcmp(x->name, "_[_]") != 0)
		found = with_conversion(s, x, first, types);
	if (!found && !is_operator)
		found = called_otherwise(s, x, first, types, count);
	if (!found)
		found = overloads(s, x, first, types, count, true);
	bool says_nothing = is_equality(x) || strcmp(x->name, "_!=_") == 0;
	return found || says_nothing ? found : overloads(s, x, first, types, count, false);
}

/* ---- conditions, functions and names ---- */

const char *
suggest_condition(const struct suggesting *s, const struct cel_expr *x, const struct cel_type *type)
{
	static const char *const layouts[] = {
	    [TYPE_STRING] = "%s != \"\"",      [TYPE_INT] = "%s != 0",
	    [TYPE_UINT] = "%s != 0u",          [TYPE_DOUBLE] = "%s != 0.0",
	    [TYPE_LIST] = "size(%s) > 0",      [TYPE_MAP] = "size(%s) > 0",
	    [TYPE_BYTES] = "size(%s) > 0",     [TYPE_RECORD] = "size(%s) > 0",
	    [TYPE_OPTIONAL] = "%s.hasValue()",
	};
	enum type_kind kind = resolved(s, type)->kind;
	const char *layout = kind < ARRAY_LEN(layouts) ? layouts[kind] : NULL;
	if (!layout)
		return NULL;
	const char *hole = strstr(layout, "%s");
	return arena_printf(s->arena, "%.*s%s%s", (int)(hole - layout), layout, text_of(s, x),
			    hole + 2);
}

const char *
suggest_function(const struct suggesting *s, const struct cel_expr *x)
{
	const char *advice = advice_on_function(x->name);
	return advice ? advice : function_nearest(s->functions, x->name);
}

static const char *
all_of(const struct suggesting *s, const char *const *names, size_t count)
{
	const char *text = "one of ";
	for (size_t i = 0; i < count; i++)
		text = arena_printf(s->arena, "%s%s%s", text, i ? ", " : "", names[i]);
	return count && count <= MOST_NAMES ? text : NULL;
}

const char *
suggest_name(const struct suggesting *s, const char *name, const char *const *names, size_t count)
{
	static const char *const words[] = {"true", "false", "null"};
	const char *found = nearest_word(name, names, count);
	if (!found)
		found = advice_on_name(name);
	if (!found)
		found = nearest_word(name, words, ARRAY_LEN(words));
	return found ? found : all_of(s, names, count);
}

const char *
suggest_member(const struct suggesting *s, const char *name, const struct cel_type *type)
{
	for (const struct cel_overload *o = function_find(s->functions, name); o; o = o->next)
		if (o->receiver && o->types[1]->kind == resolved(s, type)->kind)
			return arena_printf(s->arena, "%s(%s)", name, o->count > 1 ? "..." : "");
	return advice_on_function(name);
}
