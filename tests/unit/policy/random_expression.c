/*
 * random_expression.c -- from the type that is wanted down to literals.
 *
 * Everything that is written is closed in itself (a name, a literal, a call, or in parentheses), so
 * that nothing need be known of precedence.
 */
#include "random_expression.h"

#include "cel/function.h"

#include "governance_functions.h"

enum { MOST_LOCALS = 8, MOST_ROWS = 1024, MOST_PARTS = 60, DEEPEST = 6 };

struct local {
	const char *name;
	const struct cel_type *type;
};

struct growth {
	struct choices *choices;
	struct arena *arena;
	struct buf *out;
	struct local locals[MOST_LOCALS];
	size_t local_count;
	const struct cel_overload *rows; /* of all tables */
	size_t row_count;
	unsigned parts, depth;
	bool typed;
};

static unsigned
pick(struct growth *g, unsigned below)
{
	return choose(g->choices, below);
}

static void grow(struct growth *g, const struct cel_type *t);
static void grow_any_call(struct growth *g, const struct cel_type *t);

/* ---- types ---- */

static const enum type_kind plain_kinds[] = {
    TYPE_INT,   TYPE_BOOL,      TYPE_STRING,   TYPE_DOUBLE, TYPE_UINT, TYPE_STRING,
    TYPE_BYTES, TYPE_TIMESTAMP, TYPE_DURATION, TYPE_PERIOD, TYPE_IP,   TYPE_CIDR};

static const struct cel_type *
plain_type(struct growth *g)
{
	return type_simple(plain_kinds[pick(g, ARRAY_LEN(plain_kinds))]);
}

static const struct cel_type *
key_type(struct growth *g)
{
	static const enum type_kind kinds[] = {TYPE_STRING, TYPE_INT, TYPE_UINT, TYPE_BOOL};
	return type_simple(kinds[pick(g, ARRAY_LEN(kinds))]);
}

static const struct cel_type *
any_type(struct growth *g, unsigned depth)
{
	unsigned which = pick(g, depth > 0 ? 12 : 7);
	if (which < 7)
		return plain_type(g);
	if (which == 7)
		return type_simple(TYPE_DYN);
	const struct cel_type *inner = any_type(g, depth - 1);
	if (which == 8)
		return type_of(g->arena, TYPE_OPTIONAL, inner);
	return which == 9 ? type_map(g->arena, key_type(g), inner) : type_list(g->arena, inner);
}

/* The parameters of a row, each with the type that it stands for. */
struct stand_ins {
	const struct cel_type *types[26];
};

static const struct cel_type **
stand_in_for(struct stand_ins *s, const struct cel_type *parameter)
{
	return &s->types[parameter->name[0] - 'A'];
}

/* Is the row's type the wanted one, for some types of its parameters? */
static bool
unify(const struct cel_type *of_row, const struct cel_type *wanted, struct stand_ins *s)
{
	if (of_row->kind == TYPE_PARAM) {
		const struct cel_type **known = stand_in_for(s, of_row);
		if (!*known)
			*known = wanted;
		return type_equal(*known, wanted);
	}
	if (of_row->count == 0)
		return type_equal(of_row, wanted);
	if (of_row->kind != wanted->kind || of_row->count != wanted->count)
		return false;
	for (uint32_t i = 0; i < of_row->count; i++)
		if (!unify(of_row->parameters[i], wanted->parameters[i], s))
			return false;
	return true;
}

/* As the key of a map only some types will do. */
static const struct cel_type *
instance_of(struct growth *g, const struct cel_type *t, struct stand_ins *s, bool key)
{
	const struct cel_type *parameters[2];
	if (t->kind == TYPE_PARAM) {
		const struct cel_type **known = stand_in_for(s, t);
		if (!*known)
			*known = key ? key_type(g) : plain_type(g);
		return *known;
	}
	if (t->count == 0 || t->count > ARRAY_LEN(parameters))
		return t;
	for (uint32_t i = 0; i < t->count; i++)
		parameters[i] = instance_of(g, t->parameters[i], s, t->kind == TYPE_MAP && i == 0);
	return type_with(g->arena, t, parameters, t->count);
}

static bool
is_key_kind(enum type_kind kind)
{
	return kind == TYPE_STRING || kind == TYPE_INT || kind == TYPE_UINT || kind == TYPE_BOOL;
}

/* Whether values of it can be made at all. */
static bool
is_sound(const struct cel_type *t)
{
	if (t->kind == TYPE_MAP && !is_key_kind(t->parameters[0]->kind))
		return false;
	for (uint32_t i = 0; i < t->count; i++)
		if (!is_sound(t->parameters[i]))
			return false;
	return true;
}

static bool
holds_dyn(const struct cel_type *t)
{
	for (uint32_t i = 0; i < t->count; i++)
		if (holds_dyn(t->parameters[i]))
			return true;
	return t->kind == TYPE_DYN;
}

/* ---- literals ---- */

// clang-format off
static const char *const literals[][12] = {
	[TYPE_NULL]      = {"null"},
	[TYPE_BOOL]      = {"true", "false"},
	[TYPE_INT]       = {"0", "1", "(-1)", "2", "3", "9223372036854775807", "(-9223372036854775808)", "63", "64", "9007199254740993", "0x7f"},
	[TYPE_UINT]      = {"1u", "0u", "2u", "18446744073709551615u", "9223372036854775808u", "9223372036854775807u", "0xFFu"},
	[TYPE_DOUBLE]    = {"1.0", "0.0", "(-0.0)", "0.5", "(-1.5)", "1e308", "5e-324", "9223372036854775807.0", "18446744073709551616.0", "(-9223372036854775808.0)", "(0.0 / 0.0)", "(1.0 / 0.0)"},
	[TYPE_STRING]    = {"'a'", "''", "'pii'", "'\\u00e9\\U0001F600'", "'a,b'", "'%s %d %.3f'", "'^a+b?$'", "'('", "'-9223372036854775808'", "'\\u0000'", "'7 years'", "'2026-11-23T02:39:30Z'"},
	[TYPE_BYTES]     = {"b'a'", "b''", "b'\\xff\\x00'", "b'pii'"},
	[TYPE_TIMESTAMP] = {"timestamp(0)", "timestamp('2026-11-23T02:39:30.5Z')", "timestamp('0001-01-01T00:00:00Z')", "timestamp('9999-12-31T23:59:59.999999999Z')"},
	[TYPE_DURATION]  = {"duration('1h')", "duration('0s')", "duration('-1ns')", "duration('2562047h')", "duration('-2562047h')"},
	[TYPE_PERIOD]    = {"period('7 years')", "period('30 days')", "period('1 month')"},
	[TYPE_IP]        = {"ip('192.168.0.1')", "ip('::1')", "ip('255.255.255.255')", "ip('2001:db8::ffff')"},
	[TYPE_CIDR]      = {"cidr('10.0.0.0/8')", "cidr('::1/128')", "cidr('2001:db8::/32')", "cidr('0.0.0.0/0')"},
};
// clang-format on

static void
grow_literal(struct growth *g, enum type_kind kind)
{
	unsigned count = 0;
	while (count < ARRAY_LEN(literals[0]) && literals[kind][count])
		count++;
	buf_text(g->out, literals[kind][pick(g, count)]);
}

/* ---- variables ---- */

/* Does one of the loops' variables, from that number on, hide the name? */
static bool
is_hidden(const struct growth *g, const char *name, size_t from)
{
	for (size_t i = from; i < g->local_count; i++)
		if (strcmp(g->locals[i].name, name) == 0)
			return true;
	return false;
}

/* A variable of exactly this type, the loops' first; NULL when there is none. */
static const char *
variable_of(struct growth *g, const struct cel_type *t)
{
	const char *found[MOST_LOCALS + RANDOM_VARIABLES];
	unsigned count = 0;
	for (size_t i = g->local_count; i-- > 0;)
		if (type_equal(g->locals[i].type, t) && !is_hidden(g, g->locals[i].name, i + 1))
			found[count++] = g->locals[i].name;
	for (size_t i = 0; i < RANDOM_VARIABLES; i++) {
		const char *text = random_variables[i].type;
		if (text && !is_hidden(g, random_variables[i].name, 0) &&
		    type_equal(type_parse(g->arena, &text), t))
			found[count++] = random_variables[i].name;
	}
	return count ? found[pick(g, count)] : NULL;
}

/*
 * ---- what holds others ----
 *
 * What is empty holds any type: the first overload that takes it settles which.
 */

static void
grow_list(struct growth *g, const struct cel_type *t)
{
	unsigned count = g->parts < MOST_PARTS ? pick(g, 4) : 0;
	g->typed &= count > 0;
	buf_char(g->out, '[');
	for (unsigned i = 0; i < count; i++) {
		bool optional = pick(g, 6) == 5;
		buf_text(g->out, i ? ", " : "");
		buf_text(g->out, optional ? "?" : "");
		grow(g, optional ? type_of(g->arena, TYPE_OPTIONAL, t->parameters[0])
				 : t->parameters[0]);
	}
	buf_char(g->out, ']');
}

static void
grow_map(struct growth *g, const struct cel_type *t)
{
	unsigned count = g->parts < MOST_PARTS ? pick(g, 3) : 0;
	g->typed &= count > 0;
	buf_char(g->out, '{');
	for (unsigned i = 0; i < count; i++) {
		bool optional = pick(g, 6) == 5;
		buf_text(g->out, i ? ", " : "");
		buf_text(g->out, optional ? "?" : "");
		grow(g, t->parameters[0]);
		buf_text(g->out, ": ");
		grow(g, optional ? type_of(g->arena, TYPE_OPTIONAL, t->parameters[1])
				 : t->parameters[1]);
	}
	buf_char(g->out, '}');
}

static void
grow_optional(struct growth *g, const struct cel_type *t)
{
	static const char *const makers[] = {"optional.of(", "optional.ofNonZeroValue("};
	unsigned which = pick(g, 3);
	g->typed &= which != 2;
	if (which == 2) {
		buf_text(g->out, "optional.none()");
		return;
	}
	buf_text(g->out, makers[which]);
	grow(g, t->parameters[0]);
	buf_char(g->out, ')');
}

static void
grow_closed(struct growth *g, const char *before, const struct cel_type *t, const char *after)
{
	buf_text(g->out, before);
	grow(g, t);
	buf_text(g->out, after);
}

/* ---- fields ---- */

static const char *
field_name(struct growth *g)
{
	static const char *const names[] = {"name", "pii", "a", "b", "c", "tags", "schema", "none"};
	return names[pick(g, ARRAY_LEN(names))];
}

/* Something with fields, of which all are dyn. */
static void
grow_document(struct growth *g)
{
	static const char *const of[] = {"p", "p", "c[0]", "p.a", "p.schema[0]"};
	g->typed = false;
	const char *local = variable_of(g, type_simple(TYPE_DYN));
	buf_text(g->out, local && pick(g, 2) ? local : of[pick(g, ARRAY_LEN(of))]);
}

static void
grow_guarded_field(struct growth *g)
{
	const char *of = variable_of(g, type_simple(TYPE_DYN)), *name = field_name(g);
	const char *other = pick(g, 4) == 3 ? field_name(g) : name;
	g->typed = false;
	buf_printf(g->out, "(has(%s.%s) && %s.%s)", of, name, of, other);
}

static void
grow_presence(struct growth *g)
{
	buf_text(g->out, "has(");
	grow_document(g);
	buf_printf(g->out, ".%s%s)", pick(g, 4) == 3 ? "?" : "", field_name(g));
}

static void
grow_dyn(struct growth *g)
{
	g->typed = false;
	switch (pick(g, 5)) {
	case 0:
		grow_document(g);
		buf_printf(g->out, ".%s", field_name(g));
		return;
	case 2:
		grow_any_call(g, type_simple(TYPE_DYN));
		return;
	case 1:
		grow_document(g);
		buf_printf(g->out, ".?%s.orValue(", field_name(g));
		grow_closed(g, "dyn(", any_type(g, 1), "))");
		return;
	default:
		grow_closed(g, "dyn(", any_type(g, 2), ")");
		return;
	}
}

/* ---- macros ---- */

static const char *
push_local(struct growth *g, const struct cel_type *t)
{
	static const char *const names[MOST_LOCALS] = {"x", "y", "z", "x", "v", "w", "q", "i"};
	const char *name = names[g->local_count];
	g->locals[g->local_count++] = (struct local){name, t};
	return name;
}

/* What a loop goes through: the types of its index or key, and of its item or value. */
struct range {
	const struct cel_type *types[2];
	bool is_map;
};

static struct range
grow_range(struct growth *g, const struct cel_type *item)
{
	if (pick(g, 4) == 3) {
		const struct cel_type *key = key_type(g);
		grow(g, type_map(g->arena, key, item));
		return (struct range){{key, item}, true};
	}
	grow(g, type_list(g->arena, item));
	return (struct range){{type_simple(TYPE_INT), item}, false};
}

static const struct cel_type *
item_type(struct growth *g)
{
	return pick(g, 3) ? plain_type(g) : type_simple(TYPE_DYN);
}

struct loop {
	const char *name;
	bool pair, predicate, transform;
};

/* Behind the range: with one variable it is the item of a list and the key of a map. */
static void
grow_loop(struct growth *g, const struct loop *l, struct range range, const struct cel_type *made)
{
	size_t outside = g->local_count;
	buf_printf(g->out, ".%s(", l->name);
	if (l->pair)
		buf_printf(g->out, "%s, ", push_local(g, range.types[0]));
	bool key = range.is_map && !l->pair;
	buf_printf(g->out, "%s, ", push_local(g, range.types[key ? 0 : 1]));
	if (l->predicate)
		grow_closed(g, "", type_simple(TYPE_BOOL), l->transform ? ", " : "");
	if (l->transform)
		grow(g, made);
	buf_char(g->out, ')');
	g->local_count = outside;
}

static void
grow_quantifier(struct growth *g)
{
	static const struct loop loops[] = {
	    {.name = "all", .predicate = true},
	    {.name = "exists", .predicate = true},
	    {.name = "exists_one", .predicate = true},
	    {.name = "all", .pair = true, .predicate = true},
	    {.name = "exists", .pair = true, .predicate = true},
	    {.name = "existsOne", .pair = true, .predicate = true},
	};
	grow_loop(g, &loops[pick(g, ARRAY_LEN(loops))], grow_range(g, item_type(g)), NULL);
}

/* By something that has an order. */
static void
grow_sorting(struct growth *g, const struct cel_type *item)
{
	static const enum type_kind kinds[] = {TYPE_INT,      TYPE_STRING,   TYPE_DOUBLE,
					       TYPE_UINT,     TYPE_BOOL,     TYPE_BYTES,
					       TYPE_DURATION, TYPE_TIMESTAMP};
	static const struct loop sort = {.name = "sortBy", .transform = true};
	grow(g, type_list(g->arena, item));
	grow_loop(g, &sort, (struct range){{item, item}, false},
		  type_simple(kinds[pick(g, ARRAY_LEN(kinds))]));
}

static void
grow_loop_to_list(struct growth *g, const struct cel_type *item)
{
	static const struct loop loops[] = {
	    {.name = "map", .transform = true},
	    {.name = "map", .predicate = true, .transform = true},
	    {.name = "transformList", .pair = true, .transform = true},
	    {.name = "transformList", .pair = true, .predicate = true, .transform = true},
	};
	static const struct loop filter = {.name = "filter", .predicate = true};
	unsigned which = pick(g, ARRAY_LEN(loops) + 2);
	if (which < ARRAY_LEN(loops)) {
		grow_loop(g, &loops[which], grow_range(g, item_type(g)), item);
		return;
	}
	if (which == ARRAY_LEN(loops)) {
		grow_sorting(g, item);
		return;
	}
	grow(g, type_list(g->arena, item));
	grow_loop(g, &filter, (struct range){{item, item}, false}, NULL);
}

/* The transform is an entry, as a map of one. */
static void
grow_loop_to_entries(struct growth *g, const struct cel_type *map)
{
	struct range range = grow_range(g, item_type(g));
	size_t outside = g->local_count;
	buf_printf(g->out, ".transformMapEntry(%s, ", push_local(g, range.types[0]));
	buf_printf(g->out, "%s, ", push_local(g, range.types[1]));
	if (pick(g, 2))
		grow_closed(g, "", type_simple(TYPE_BOOL), ", ");
	grow_closed(g, "{", map->parameters[0], ": ");
	grow_closed(g, "", map->parameters[1], "})");
	g->local_count = outside;
}

static void
grow_loop_to_map(struct growth *g, const struct cel_type *map)
{
	static const struct loop loops[] = {
	    {.name = "transformMap", .pair = true, .transform = true},
	    {.name = "transformMap", .pair = true, .predicate = true, .transform = true},
	};
	unsigned which = pick(g, ARRAY_LEN(loops) + 1);
	if (which == ARRAY_LEN(loops)) {
		grow_loop_to_entries(g, map);
		return;
	}
	const struct cel_type *item = item_type(g);
	grow(g, type_map(g->arena, map->parameters[0], item));
	grow_loop(g, &loops[which], (struct range){{map->parameters[0], item}, true},
		  map->parameters[1]);
}

static void
grow_binding(struct growth *g, const struct cel_type *t)
{
	const struct cel_type *bound = any_type(g, 1);
	buf_printf(g->out, "cel.bind(%s, ", push_local(g, bound));
	struct local own = g->locals[--g->local_count];
	grow_closed(g, "", bound, ", ");
	g->locals[g->local_count++] = own;
	grow_closed(g, "", t, ")");
	g->local_count--;
}

static void
grow_optional_macro(struct growth *g, const struct cel_type *optional)
{
	const struct cel_type *inner = plain_type(g);
	bool flat = pick(g, 2);
	grow(g, type_of(g->arena, TYPE_OPTIONAL, inner));
	buf_printf(g->out, ".%s(%s, ", flat ? "optFlatMap" : "optMap", push_local(g, inner));
	grow_closed(g, "", flat ? optional : optional->parameters[0], ")");
	g->local_count--;
}

static void
grow_macro(struct growth *g, const struct cel_type *t)
{
	if (t->kind == TYPE_BOOL && pick(g, 4))
		grow_quantifier(g);
	else if (t->kind == TYPE_LIST && pick(g, 4))
		grow_loop_to_list(g, t->parameters[0]);
	else if (t->kind == TYPE_MAP && pick(g, 4))
		grow_loop_to_map(g, t);
	else if (t->kind == TYPE_OPTIONAL && pick(g, 4))
		grow_optional_macro(g, t);
	else
		grow_binding(g, t);
}

/* ---- calls ---- */

/* Some row that gives the type, the first from a random one on; NULL when there is none. */
static const struct cel_overload *
row_that_gives(struct growth *g, const struct cel_type *t, struct stand_ins *ret_stand_ins)
{
	size_t start = (size_t)pick(g, 256) * g->row_count / 256;
	for (size_t i = 0; i < g->row_count; i++) {
		const struct cel_overload *o = &g->rows[(start + i) % g->row_count];
		*ret_stand_ins = (struct stand_ins){0};
		if (unify(o->types[0], t, ret_stand_ins))
			return o;
	}
	return NULL;
}

static void
grow_operand(struct growth *g, const struct cel_overload *o, uint32_t number, struct stand_ins *s)
{
	const struct cel_type *t = instance_of(g, o->types[number + 1], s, false);
	g->typed &= !holds_dyn(t);
	grow(g, is_sound(t) ? t : type_simple(TYPE_DYN));
	g->typed &= is_sound(t);
}

/* "_+_" with its operands for the underscores. */
static void
grow_operator(struct growth *g, const struct cel_overload *o, struct stand_ins *s)
{
	const char *layout = o->row->name;
	if (strcmp(layout, "@in") == 0)
		layout = "_ in _";
	uint32_t operand = 0;
	buf_char(g->out, '(');
	for (const char *c = layout; *c; c++) {
		if (*c == '_' && operand < o->count)
			grow_operand(g, o, operand++, s);
		else
			buf_char(g->out, *c);
	}
	buf_char(g->out, ')');
}

static void
grow_call(struct growth *g, const struct cel_overload *o, struct stand_ins *s)
{
	if (function_is_operator(o->row->name)) {
		grow_operator(g, o, s);
		return;
	}
	if (o->receiver) {
		grow_operand(g, o, 0, s);
		buf_char(g->out, '.');
	}
	buf_printf(g->out, "%s(", o->row->name);
	for (uint32_t i = o->receiver; i < o->count; i++) {
		/* A literal that the function cannot read would be a mistake. */
		bool hidden = o->tried && i + 1 == o->count;
		buf_text(g->out, i > o->receiver ? ", " : "");
		buf_text(g->out, hidden ? "[" : "");
		grow_operand(g, o, i, s);
		buf_text(g->out, hidden ? "][0]" : "");
	}
	buf_char(g->out, ')');
}

static void
grow_any_call(struct growth *g, const struct cel_type *t)
{
	struct stand_ins s;
	const struct cel_overload *o = row_that_gives(g, t, &s);
	if (o)
		grow_call(g, o, &s);
	else
		grow_binding(g, t);
}

static void
grow_logic(struct growth *g)
{
	const char *sign = pick(g, 2) ? " || " : " && ";
	grow_closed(g, "(", type_simple(TYPE_BOOL), sign);
	for (unsigned more = pick(g, 2); more > 0; more--)
		grow_closed(g, "", type_simple(TYPE_BOOL), sign);
	grow_closed(g, "", type_simple(TYPE_BOOL), ")");
}

/* ---- the walk ---- */

/* The end of a branch. */
static void
grow_leaf(struct growth *g, const struct cel_type *t)
{
	const char *variable = pick(g, 3) ? variable_of(g, t) : NULL;
	if (variable) {
		buf_text(g->out, variable);
	} else if (t->kind < ARRAY_LEN(literals) && literals[t->kind][0]) {
		grow_literal(g, t->kind);
	} else if (t->kind == TYPE_LIST) {
		grow_list(g, t);
	} else if (t->kind == TYPE_MAP) {
		grow_map(g, t);
	} else if (t->kind == TYPE_OPTIONAL) {
		grow_optional(g, t);
	} else if (t->kind == TYPE_TYPE) {
		grow_closed(g, "type(", t->parameters[0], ")");
	} else {
		g->typed = false;
		buf_printf(g->out, "dyn(%s)", pick(g, 3) ? "p" : pick(g, 2) ? "k" : "c");
	}
}

static void
grow_bool(struct growth *g)
{
	switch (pick(g, 4)) {
	case 0:
		grow_guarded_field(g);
		return;
	case 1:
		grow_presence(g);
		return;
	default:
		grow_logic(g);
		return;
	}
}

static void
grow_branch(struct growth *g, const struct cel_type *t)
{
	unsigned which = pick(g, 10);
	if (t->kind == TYPE_DYN)
		grow_dyn(g);
	else if (which < 5)
		grow_any_call(g, t);
	else if (which < 7 && g->local_count < MOST_LOCALS - 2)
		grow_macro(g, t);
	else if (which == 7 && t->kind == TYPE_BOOL)
		grow_bool(g);
	else if (which == 8)
		grow_closed(g, "dyn(", pick(g, 4) ? t : any_type(g, 1), ")");
	else
		grow_leaf(g, t);
	g->typed &= which != 8;
}

static void
grow(struct growth *g, const struct cel_type *t)
{
	g->parts++;
	g->depth++;
	if (g->parts > MOST_PARTS || g->depth > DEEPEST || pick(g, 3) == 0)
		grow_leaf(g, t);
	else
		grow_branch(g, t);
	g->depth--;
}

/* ---- the tables ---- */

static void
read_rows(struct growth *g, const struct cel_library *libraries)
{
	struct cel_overload *rows = (struct cel_overload *)g->rows;
	for (; libraries->name; libraries++)
		for (const struct cel_function *row = libraries->functions; row->name; row++)
			if (g->row_count < MOST_ROWS && row->call &&
			    overload_read(row, g->arena, &rows[g->row_count]))
				g->row_count++;
}

struct random_expression
random_expression_make(struct choices *c, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = {0};
	struct growth g = {.choices = c, .arena = arena, .out = &out, .typed = true};
	g.rows = ARENA_ARRAY(arena, struct cel_overload, MOST_ROWS);
	read_rows(&g, standard_libraries);
	read_rows(&g, governance_libraries);
	grow_branch(&g, any_type(&g, 2));
	return (struct random_expression){arena_bytes(arena, out.data, out.length), g.typed};
}
