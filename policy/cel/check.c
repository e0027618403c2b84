/*
 * check.c -- one walk down the tree: names are resolved, overloads chosen, types inferred on the
 * way back.
 *
 * A mistake gives dyn, so that one mistake is one complaint.  In an unchecked program everything is
 * dyn and what is not found stays MEANS_NOTHING, an error only when it is evaluated.
 */
#include "cel/check.h"

#include "cel/infer.h"
#include "cel/macro.h"
#include "cel/parse.h"
#include "cel/program.h"
#include "cel/suggest.h"
#include "cel/trial.h"

/* Nested bindings can make a type of a type of a type: from here on it is dyn. */
enum { MOST_TYPE_DEPTH = 64 };

/* Enough for anyone to mend; whoever sends thousands learns no more. */
enum { MOST_ISSUES = 50 };

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

static const struct cel_type *check_expr(struct checker *c, struct cel_expr *x);

static const struct cel_type *
dyn(void)
{
	return type_simple(TYPE_DYN);
}

/* The place to point at: from the operator or name on. */
static struct cel_span
pointed(const struct cel_expr *x)
{
	uint32_t width = x->name && !function_is_operator(x->name) ? (uint32_t)strlen(x->name) : 1;
	return x->at == x->span.start && x->kind != EXPR_CALL
		   ? x->span
		   : (struct cel_span){x->at, x->at + width};
}

#define COMPLAIN(c, span, ...)                                                                     \
	((c)->failed = true,                                                                       \
	 issue_add((c)->request->issues, (c)->request->source, (span), __VA_ARGS__))

/* The list of issues outlives the tree. */
static void
suggest(struct checker *c, struct cel_issue *issue, const char *text)
{
	if (text)
		issue->suggestion = arena_text(c->request->issues->arena, text);
}

static const char *
show(struct checker *c, const struct cel_type *t)
{
	return type_format(c->arena, infer_resolve(&c->inference, t, true));
}

/* ---- names ---- */

static int
find_local(const struct checker *c, const char *name)
{
	for (size_t i = c->local_count; i-- > 0;)
		if (strcmp(c->locals[i].name, name) == 0)
			return (int)i;
	return -1;
}

static int
find_variable(const struct checker *c, const char *name)
{
	for (size_t i = 0; i < c->declarations->variable_count; i++)
		if (strcmp(c->declarations->variables[i].name, name) == 0)
			return (int)i;
	return -1;
}

/*
 * The name inside the container, then inside what contains that, down to the root: in `a.b`, `x` is
 * a.b.x, a.x or x. Gives the first that `found` knows, or NULL.
 */
typedef bool found_fn(struct checker *c, const char *name, void *ret_found);

static bool
find_in_containers(struct checker *c, const char *name, bool absolute, found_fn *found,
		   void *ret_found)
{
	const char *container = c->declarations->container ? c->declarations->container : "";
	for (size_t length = absolute ? 0 : strlen(container); length > 0; length--) {
		if (container[length] != '\0' && container[length] != '.')
			continue;
		if (found(c, arena_printf(c->arena, "%.*s.%s", (int)length, container, name),
			  ret_found))
			return true;
	}
	return found(c, name, ret_found);
}

static void
use_variable(struct checker *c, struct cel_expr *x, uint32_t number)
{
	const struct cel_variable *v = &c->declarations->variables[number];
	x->type = c->variables[number];
	x->index = number;
	x->meaning = v->constant ? MEANS_CONSTANT : MEANS_VARIABLE;
	if (v->constant)
		x->literal = cel_from_node(v->members);
}

static bool
known_name(struct checker *c, const char *name, void *ret_expr)
{
	struct cel_expr *x = ret_expr;
	int variable = find_variable(c, name);
	if (variable >= 0) {
		use_variable(c, x, (uint32_t)variable);
		return true;
	}
	const struct cel_type *type = type_named(name);
	if (!type)
		return false;
	x->meaning = MEANS_CONSTANT;
	x->literal = cel_type_value(name);
	x->type = type_of(c->arena, TYPE_TYPE, type);
	return true;
}

static bool
known_function(struct checker *c, const char *name, void *ret_overload)
{
	const struct cel_overload *o = function_find(c->request->functions, name);
	if (o)
		*(const struct cel_overload **)ret_overload = o;
	return o;
}

/* "a.b.c" of a chain of plain selections that begins with a name; NULL for anything else, or if `a`
 * is a local. */
static const char *
qualified_name(struct checker *c, const struct cel_expr *x, bool *ret_absolute)
{
	if (x->kind == EXPR_NAME) {
		*ret_absolute = x->absolute;
		return x->absolute || find_local(c, x->name) < 0 ? x->name : NULL;
	}
	if (x->kind != EXPR_SELECT || x->optional || x->presence)
		return NULL;
	const char *before = qualified_name(c, x->target, ret_absolute);
	return before ? arena_printf(c->arena, "%s.%s", before, x->name) : NULL;
}

static struct suggesting
suggesting(struct checker *c)
{
	return (struct suggesting){c->arena, c->request->source, &c->inference,
				   c->request->functions};
}

static const char *
nearest_name(struct checker *c, const char *name)
{
	struct suggesting s = suggesting(c);
	size_t count = 0, variables = c->declarations->variable_count;
	const char **names = ARENA_ARRAY(c->arena, const char *, c->local_count + variables);
	for (size_t i = 0; i < c->local_count; i++)
		names[count++] = c->locals[i].name;
	for (size_t i = 0; i < variables; i++)
		names[count++] = c->declarations->variables[i].name;
	return suggest_name(&s, name, names, count);
}

static const struct cel_type *
check_name(struct checker *c, struct cel_expr *x)
{
	int local = x->absolute ? -1 : find_local(c, x->name);
	if (local >= 0) {
		x->meaning = MEANS_LOCAL;
		x->index = (uint32_t)local;
		return c->locals[local].type;
	}
	if (find_in_containers(c, x->name, x->absolute, known_name, x))
		return c->lenient ? dyn() : x->type;
	if (!c->lenient)
		suggest(c, COMPLAIN(c, x->span, "there is no '%s' here", x->name),
			nearest_name(c, x->name));
	return dyn();
}

/* ---- fields ---- */

static const struct cel_type *
field_of_record(struct checker *c, struct cel_span where, const struct cel_type *record,
		const char *name)
{
	const char *nearest = NULL;
	const struct cel_type *t = record_field(c->arena, record, name, &nearest);
	if (t)
		return t;
	suggest(c, COMPLAIN(c, where, "there is no field '%s'", name), nearest);
	return dyn();
}

static void
no_fields(struct checker *c, const struct cel_expr *x, const struct cel_type *target)
{
	struct suggesting s = suggesting(c);
	suggest(c, COMPLAIN(c, pointed(x), "%s has no fields", show(c, target)),
		suggest_member(&s, x->name, target));
}

/* The type of `target.name` for a target that is no optional. */
static const struct cel_type *
field_of(struct checker *c, const struct cel_expr *x, const struct cel_type *target)
{
	switch (target->kind) {
	case TYPE_DYN:
		return target->fields ? field_of_record(c, pointed(x), target, x->name) : target;
	case TYPE_UNKNOWN: {
		const struct cel_type *anything = dyn();
		infer_assign(&c->inference, &anything, &target, 1);
		return anything;
	}
	case TYPE_MAP:
		return target->parameters[1];
	case TYPE_RECORD:
		return field_of_record(c, pointed(x), target, x->name);
	default:
		if (!c->lenient)
			no_fields(c, x, target);
		return dyn();
	}
}

/* Are there variables "name.something"? */
static bool
is_space_of_variables(const struct checker *c, const char *name)
{
	size_t length = strlen(name);
	for (size_t i = 0; i < c->declarations->variable_count; i++) {
		const char *variable = c->declarations->variables[i].name;
		if (strncmp(variable, name, length) == 0 && variable[length] == '.')
			return true;
	}
	return false;
}

/* The part `a.b` of a name that is not there, where there is a variable `a.c`. */
static bool
is_missing_variable(struct checker *c, const struct cel_expr *x, const char *name)
{
	const struct cel_expr *space = x->target;
	if (c->lenient || space->kind != EXPR_NAME || find_variable(c, space->name) >= 0 ||
	    !is_space_of_variables(c, space->name))
		return false;
	suggest(c, COMPLAIN(c, x->span, "there is no '%s' here", name), nearest_name(c, name));
	return true;
}

static const struct cel_type *
check_select(struct checker *c, struct cel_expr *x)
{
	bool absolute = false;
	const char *name = x->optional || x->presence ? NULL : qualified_name(c, x, &absolute);
	if (name && find_in_containers(c, name, absolute, known_name, x)) {
		x->kind = EXPR_NAME;
		return c->lenient ? dyn() : x->type;
	}
	if (name && is_missing_variable(c, x, name))
		return dyn();
	const struct cel_type *target =
	    infer_resolve(&c->inference, check_expr(c, x->target), false);
	bool through = target->kind == TYPE_OPTIONAL;
	if (through)
		target = infer_resolve(&c->inference, target->parameters[0], false);
	const struct cel_type *field = field_of(c, x, target);
	if (x->presence)
		return type_simple(TYPE_BOOL);
	return x->optional || through ? type_of(c->arena, TYPE_OPTIONAL, field) : field;
}

static bool
is_number(const struct cel_type *t)
{
	return t->kind == TYPE_INT || t->kind == TYPE_UINT || t->kind == TYPE_DOUBLE;
}

/* record["name"] is as good as record.name, and a number leads to an item of what is loose; NULL
 * when it is something else. */
static const struct cel_type *
type_at(struct checker *c, const struct cel_expr *key, const struct cel_type *target)
{
	bool is_name = key->kind == EXPR_LITERAL && key->literal.kind == CEL_STRING;
	if (target->kind != TYPE_RECORD && !type_is_loose(target))
		return NULL;
	if (is_name)
		return field_of_record(c, key->span, target, key->literal.text);
	if (target->kind == TYPE_RECORD)
		return NULL;
	const struct cel_type *t = infer_resolve(&c->inference, key->type, false);
	return is_number(t) ? target : type_loose_member(target);
}

/* x[key] and x[?key], of an optional as well, where more is known than the signatures say. */
static const struct cel_type *
check_index(struct checker *c, const struct cel_expr *x, const struct cel_type *target)
{
	bool through = target->kind == TYPE_OPTIONAL, optional = x->name[2] == '?';
	if (through)
		target = infer_resolve(&c->inference, target->parameters[0], false);
	const struct cel_type *item = type_at(c, x->children[1], target);
	return item && (through || optional) ? type_of(c->arena, TYPE_OPTIONAL, item) : item;
}

/* ---- calls ---- */

/* What the arguments are, for a message: "(int, string)". */
static const char *
show_arguments(struct checker *c, const struct cel_type *const *types, uint32_t count)
{
	const char *text = "";
	for (uint32_t i = 0; i < count; i++)
		text = arena_printf(c->arena, "%s%s%s", text, i ? ", " : "", show(c, types[i]));
	return text;
}

static const char *
plain_operator(const char *name, struct arena *arena)
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
		COMPLAIN(c, pointed(x), "'%s' is used as %s", x->name, usage);
	return usage;
}

static const struct cel_type *
no_function(struct checker *c, const struct cel_expr *x)
{
	struct suggesting s = suggesting(c);
	if (!c->lenient)
		suggest(c, COMPLAIN(c, pointed(x), "there is no function '%s'", x->name),
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
	struct suggesting s = suggesting(c);
	if (c->lenient)
		return dyn();
	const struct cel_type *other = compared_with_null(c, x, types);
	struct cel_issue *issue =
	    other ? COMPLAIN(c, pointed(x), "%s is never null", show(c, other))
		  : COMPLAIN(c, pointed(x), "'%s' does not go with (%s)",
			     plain_operator(x->name, c->arena), show_arguments(c, types, count));
	suggest(c, issue, suggest_call(&s, x, first, types, count));
	return dyn();
}

static bool
any_is_dyn(struct checker *c, const struct cel_type *const *types, uint32_t count)
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
	return infer_resolve(&c->inference, instance[0], any_is_dyn(c, types, o->count));
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

/* `optional.of(x)` is parsed as a member of `optional`: if there is such a function, it is that. */
static const struct cel_overload *
resolve_function(struct checker *c, struct cel_expr *x)
{
	const struct cel_overload *o = NULL;
	bool absolute = x->absolute;
	if (!x->target) {
		find_in_containers(c, x->name, absolute, known_function, &o);
		return o;
	}
	const char *before = qualified_name(c, x->target, &absolute);
	const char *name = before ? arena_printf(c->arena, "%s.%s", before, x->name) : NULL;
	if (name && find_in_containers(c, name, absolute, known_function, &o)) {
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

static const struct cel_type *
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

/* ---- the rest ---- */

static void
want_bool(struct checker *c, const struct cel_expr *x, const struct cel_type *t, const char *what)
{
	const struct cel_type *wanted = type_simple(TYPE_BOOL);
	struct suggesting s = suggesting(c);
	if (!c->lenient && !infer_assign(&c->inference, &t, &wanted, 1))
		suggest(c, COMPLAIN(c, x->span, "'%s' wants bool, this is %s", what, show(c, t)),
			suggest_condition(&s, x, t));
}

static const struct cel_type *
check_logic(struct checker *c, struct cel_expr *x)
{
	const char *sign = plain_operator(x->name, c->arena);
	for (uint32_t i = 0; i < x->count; i++)
		want_bool(c, x->children[i], check_expr(c, x->children[i]), sign);
	return type_simple(TYPE_BOOL);
}

/* What is inside an optional; it wants to be one. */
static const struct cel_type *
inside_optional(struct checker *c, const struct cel_expr *x, const struct cel_type *t,
		const char *what)
{
	const struct cel_type *inner = infer_unknown(&c->inference);
	const struct cel_type *wanted = type_of(c->arena, TYPE_OPTIONAL, inner);
	if (!c->lenient && !infer_assign(&c->inference, &t, &wanted, 1))
		COMPLAIN(c, x->span, "'%s' wants an optional, this is %s", what, show(c, t));
	return infer_resolve(&c->inference, inner, any_is_dyn(c, &t, 1));
}

/* An item written with a question mark is an optional of what the list then holds. */
static const struct cel_type *
check_item(struct checker *c, const struct cel_expr *list, uint32_t number, struct cel_expr *item)
{
	const struct cel_type *t = check_expr(c, item);
	bool optional = list->optionals && list->optionals[number];
	return optional ? inside_optional(c, item, t, "?") : t;
}

static const struct cel_type *
check_list(struct checker *c, struct cel_expr *x)
{
	const struct cel_type *items = NULL;
	for (uint32_t i = 0; i < x->count; i++)
		items = infer_join(&c->inference, items, check_item(c, x, i, x->children[i]));
	return type_list(c->arena, items ? items : infer_unknown(&c->inference));
}

static void
want_key(struct checker *c, const struct cel_expr *x, const struct cel_type *t)
{
	t = infer_resolve(&c->inference, t, true);
	bool fits = t->kind == TYPE_DYN || t->kind == TYPE_STRING || t->kind == TYPE_INT ||
		    t->kind == TYPE_UINT || t->kind == TYPE_BOOL;
	if (!c->lenient && !fits)
		COMPLAIN(c, x->span, "a key is a string, int, uint or bool, this is %s",
			 show(c, t));
}

/* {name: 1}, where {"name": 1} is meant. */
static void
suggest_quotes(struct checker *c, const struct cel_expr *key, size_t before)
{
	struct cel_issues *issues = c->request->issues;
	if (key->kind == EXPR_NAME && issues->count > before)
		suggest(c, &issues->items[before], arena_printf(c->arena, "\"%s\"", key->name));
}

static const struct cel_type *
check_map(struct checker *c, struct cel_expr *x)
{
	const struct cel_type *keys = NULL, *values = NULL;
	for (uint32_t i = 0; i < x->count; i += 2) {
		size_t before = c->request->issues->count;
		const struct cel_type *key = check_expr(c, x->children[i]);
		suggest_quotes(c, x->children[i], before);
		want_key(c, x->children[i], key);
		keys = infer_join(&c->inference, keys, key);
		values =
		    infer_join(&c->inference, values, check_item(c, x, i / 2, x->children[i + 1]));
	}
	return type_map(c->arena, keys ? keys : infer_unknown(&c->inference),
			values ? values : infer_unknown(&c->inference));
}

/* ---- macros ---- */

static void
push_local(struct checker *c, const char *name, const struct cel_type *type)
{
	c->locals =
	    arena_grow(c->arena, c->locals, c->local_count, &c->local_capacity, sizeof *c->locals);
	c->locals[c->local_count++] = (struct local){name, type};
	if (c->local_count > c->most_locals)
		c->most_locals = (uint32_t)c->local_count;
}

/* What a macro goes through: the types of its index or key, and of its item or value. */
static bool
range_types(struct checker *c, const struct cel_type *range, const struct cel_type *ret_types[2])
{
	const struct cel_type *anything = dyn();
	ret_types[0] = ret_types[1] = anything;
	switch (range->kind) {
	case TYPE_LIST:
		ret_types[0] = type_simple(TYPE_INT);
		ret_types[1] = range->parameters[0];
		return true;
	case TYPE_MAP:
		ret_types[0] = range->parameters[0];
		ret_types[1] = range->parameters[1];
		return true;
	case TYPE_RECORD:
		ret_types[0] = type_simple(TYPE_STRING);
		return true;
	case TYPE_DYN:
		ret_types[1] = type_loose_member(range);
		return true;
	case TYPE_UNKNOWN:
		infer_assign(&c->inference, &anything, &range, 1);
		return true;
	default:
		return false;
	}
}

static void
push_loop_variables(struct checker *c, struct cel_expr *x, const struct cel_type *range)
{
	const struct cel_type *types[2];
	if (!range_types(c, range, types) && !c->lenient)
		COMPLAIN(c, x->target->span, "'%s' goes through a list or a map, this is %s",
			 x->name, show(c, range));
	if (x->variables[1]) {
		push_local(c, x->variables[0], types[0]);
		push_local(c, x->variables[1], types[1]);
	} else if (range->kind == TYPE_DYN) {
		push_local(c, x->variables[0], range); /* a key has no fields */
	} else {
		push_local(c, x->variables[0], types[range->kind == TYPE_LIST]);
	}
}

/* What a macro makes must be a map, which is then the type of all of them together. */
static const struct cel_type *
entries_type(struct checker *c, const struct cel_expr *x, const struct cel_type *made)
{
	const struct cel_type *pair[] = {infer_unknown(&c->inference),
					 infer_unknown(&c->inference)};
	const struct cel_type *map = type_map(c->arena, pair[0], pair[1]);
	if (!c->lenient && !infer_assign(&c->inference, &made, &map, 1))
		COMPLAIN(c, x->transform->span, "'%s' wants a map of entries, this is %s", x->name,
			 show(c, made));
	return infer_resolve(&c->inference, map, false);
}

static bool
has_order(const struct cel_type *t)
{
	switch (t->kind) {
	case TYPE_DYN:
	case TYPE_UNKNOWN:
	case TYPE_BOOL:
	case TYPE_INT:
	case TYPE_UINT:
	case TYPE_DOUBLE:
	case TYPE_STRING:
	case TYPE_BYTES:
	case TYPE_TIMESTAMP:
	case TYPE_DURATION:
		return true;
	default:
		return false;
	}
}

static const struct cel_type *
sorted_type(struct checker *c, const struct cel_expr *x, const struct cel_type *range,
	    const struct cel_type *key)
{
	bool is_list = range->kind != TYPE_MAP && range->kind != TYPE_RECORD;
	if (!c->lenient && !is_list)
		COMPLAIN(c, x->target->span, "'%s' goes through a list, this is %s", x->name,
			 show(c, range));
	if (!c->lenient && !has_order(infer_resolve(&c->inference, key, false)))
		COMPLAIN(c, x->transform->span, "'%s' wants what has an order, this is %s", x->name,
			 show(c, key));
	return is_list ? range : dyn();
}

static const struct cel_type *
loop_result(struct checker *c, const struct cel_expr *x, const struct cel_type *range,
	    const struct cel_type *item, const struct cel_type *made)
{
	switch (x->macro->shape) {
	case SHAPE_LIST:
		return type_list(c->arena, made ? made : item);
	case SHAPE_MAP: {
		const struct cel_type *types[2];
		range_types(c, range, types);
		return type_map(c->arena, types[0], made);
	}
	case SHAPE_MAP_OF_ENTRIES:
		return entries_type(c, x, made);
	case SHAPE_SORT:
		return sorted_type(c, x, range, made);
	default:
		return type_simple(TYPE_BOOL);
	}
}

static const struct cel_type *
check_loop(struct checker *c, struct cel_expr *x)
{
	const struct cel_type *range =
	    infer_resolve(&c->inference, check_expr(c, x->target), false);
	size_t outside = c->local_count;
	push_loop_variables(c, x, range);
	const struct cel_type *item = c->locals[outside].type, *made = NULL;
	x->index = (uint32_t)outside;
	if (x->predicate)
		want_bool(c, x->predicate, check_expr(c, x->predicate), x->name);
	if (x->transform)
		made = check_expr(c, x->transform);
	c->local_count = outside;
	return loop_result(c, x, range, item, made);
}

/* bind, optMap, optFlatMap: one variable, one value. */
static const struct cel_type *
check_binding(struct checker *c, struct cel_expr *x)
{
	const struct cel_type *t = check_expr(c, x->target);
	if (x->macro->shape != SHAPE_BIND)
		t = inside_optional(c, x->target, t, x->name);
	x->index = (uint32_t)c->local_count;
	push_local(c, x->variables[0], t);
	const struct cel_type *made = check_expr(c, x->transform);
	c->local_count--;
	if (x->macro->shape == SHAPE_OPTIONAL)
		return type_of(c->arena, TYPE_OPTIONAL, made);
	const struct cel_type *optional = type_simple(TYPE_OPTIONAL);
	if (x->macro->shape == SHAPE_OPTIONAL_FLAT && !c->lenient &&
	    !infer_assign(&c->inference, &made, &optional, 1))
		COMPLAIN(c, x->transform->span, "'%s' wants an optional, this is %s", x->name,
			 show(c, made));
	return made;
}

static const struct cel_type *
check_macro(struct checker *c, struct cel_expr *x)
{
	switch (x->macro->shape) {
	case SHAPE_BIND:
	case SHAPE_OPTIONAL:
	case SHAPE_OPTIONAL_FLAT:
		return check_binding(c, x);
	default:
		return check_loop(c, x);
	}
}

/* ---- the walk ---- */

static const struct cel_type *
literal_type(struct cel_value v)
{
	switch (v.kind) {
	case CEL_NULL:
		return type_simple(TYPE_NULL);
	case CEL_BOOL:
		return type_simple(TYPE_BOOL);
	case CEL_INT:
		return type_simple(TYPE_INT);
	case CEL_UINT:
		return type_simple(TYPE_UINT);
	case CEL_DOUBLE:
		return type_simple(TYPE_DOUBLE);
	case CEL_STRING:
		return type_simple(TYPE_STRING);
	default:
		return type_simple(TYPE_BYTES);
	}
}

static const struct cel_type *
check_by_kind(struct checker *c, struct cel_expr *x)
{
	switch (x->kind) {
	case EXPR_LITERAL:
		return literal_type(x->literal);
	case EXPR_NAME:
		return check_name(c, x);
	case EXPR_SELECT:
		return check_select(c, x);
	case EXPR_CALL:
		return check_call(c, x);
	case EXPR_LOGIC:
		return check_logic(c, x);
	case EXPR_LIST:
		return check_list(c, x);
	case EXPR_MAP:
		return check_map(c, x);
	case EXPR_MACRO:
		return check_macro(c, x);
	}
	return dyn();
}

static const struct cel_type *
check_expr(struct checker *c, struct cel_expr *x)
{
	if (c->failed && c->request->issues->count >= MOST_ISSUES)
		return dyn();
	const struct cel_type *t = check_by_kind(c, x);
	bool endless = t->depth > MOST_TYPE_DEPTH;
	x->type = c->lenient || endless ? dyn() : t;
	return x->type;
}

/* ---- declarations ---- */

static const struct cel_type *
variable_type(struct checker *c, const struct cel_variable *v)
{
	if (v->made_by)
		return v->made_by->result;
	if (v->fields)
		return record_of_fields(c->arena, v->fields);
	if (v->items)
		return type_list(c->arena, record_of_fields(c->arena, v->items));
	if (v->members)
		return record_of_members(c->arena, v->members);
	const char *text = v->type ? v->type : "dyn";
	const struct cel_type *t = type_parse(c->arena, &text);
	return t ? t : dyn();
}

static void
check_result(struct checker *c, const struct cel_expr *root)
{
	const char *text = c->declarations->result;
	const struct cel_type *wanted = text ? type_parse(c->arena, &text) : NULL;
	struct suggesting s = suggesting(c);
	if (!wanted || c->failed || infer_assign(&c->inference, &root->type, &wanted, 1))
		return;
	suggest(c,
		COMPLAIN(c, root->span, "the expression gives %s, but %s is wanted",
			 show(c, root->type), show(c, wanted)),
		wanted->kind == TYPE_BOOL ? suggest_condition(&s, root, root->type) : NULL);
}

const struct cel_type *
check(struct cel_expr *root, const struct check_request *request, uint32_t *ret_slots)
{
	const struct cel_declarations *d = request->declarations;
	struct checker c = {.request = request,
			    .declarations = d,
			    .arena = request->arena,
			    .inference = {.arena = request->arena},
			    .lenient = d->unchecked};
	c.variables = ARENA_ARRAY(c.arena, const struct cel_type *, d->variable_count);
	for (size_t i = 0; i < d->variable_count; i++)
		c.variables[i] = variable_type(&c, &d->variables[i]);
	check_expr(&c, root);
	check_result(&c, root);
	if (c.failed)
		return NULL;
	*ret_slots = c.most_locals;
	return infer_resolve(&c.inference, root->type, true);
}
