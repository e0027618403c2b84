/*
 * function.c -- reading the rows.
 */
#include "cel/function.h"

bool
function_is_operator(const char *name)
{
	char c = name[strspn(name, "_")];
	bool begins_a_name =
	    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
	return c && !begins_a_name;
}

static bool
skip(const char **text, const char *sign)
{
	size_t length = strlen(sign);
	if (strncmp(*text, sign, length) != 0)
		return false;
	*text += length;
	return true;
}

static bool
read_parameters(const char **text, struct arena *arena, struct cel_overload *o)
{
	while (!skip(text, ")")) {
		if (o->count == MOST_PARAMETERS_OF_FUNCTION)
			return false;
		const struct cel_type *t = type_parse(arena, text);
		if (!t)
			return false;
		o->types[++o->count] = t;
		o->tried = skip(text, "!");
		skip(text, ", ");
	}
	return true;
}

bool
overload_read(const struct cel_function *row, struct arena *arena,
	      struct cel_overload *ret_overload)
{
	const char *text = row->signature;
	struct cel_overload o = {.row = row, .receiver = *text != '('};
	if (o.receiver) {
		o.types[++o.count] = type_parse(arena, &text);
		if (!o.types[1] || !skip(&text, "."))
			return false;
	}
	if (!skip(&text, "(") || !read_parameters(&text, arena, &o) || !skip(&text, " "))
		return false;
	o.types[0] = type_parse(arena, &text);
	if (!o.types[0] || *text)
		return false;
	for (uint32_t i = 0; i < o.count; i++)
		o.kinds[i] = type_kinds(o.types[i + 1]);
	*ret_overload = o;
	return true;
}

/* ---- finding them ---- */

/* All rows, library by library. */
struct rows {
	const struct cel_library *library;
	const struct cel_library *rest; /* what comes behind the last of these, or NULL */
	const struct cel_function *row; /* NULL: at the beginning of `library` */
};

static const struct cel_function *
next_row(struct rows *r)
{
	while (r->library->name || r->rest) {
		if (!r->library->name) {
			r->library = r->rest;
			r->rest = NULL;
			continue;
		}
		if (!r->row)
			r->row = r->library->functions;
		if (r->row->name)
			return r->row++;
		r->row = NULL;
		r->library++;
	}
	return NULL;
}

/* Most names differ within two characters: a call of strcmp costs more than to see that. */
static inline bool
is_named(const struct cel_function *row, const char *name)
{
	return row->name[0] == name[0] && row->name[1] == name[1] && strcmp(row->name, name) == 0;
}

/* The libraries' rows of the name, put behind `*end`; gives the new end.  Gone through without
 * next_row(), since an expression does so for each name that it calls. */
static struct cel_overload **
read_overloads(struct function_set *set, const struct cel_library *library, const char *name,
	       struct cel_overload **end)
{
	for (; library && library->name; library++)
		for (const struct cel_function *row = library->functions; row->name; row++) {
			if (!is_named(row, name))
				continue;
			struct cel_overload *o = ARENA_NEW(set->arena, struct cel_overload);
			if (!overload_read(row, set->arena, o))
				continue;
			*end = o;
			end = &o->next;
		}
	return end;
}

const struct cel_overload *
function_find(struct function_set *set, const char *name)
{
	struct cel_overload *first = map_get(&set->by_name, name);
	if (first)
		return first;
	struct cel_overload **end = read_overloads(set, standard_libraries, name, &first);
	read_overloads(set, set->libraries, name, end);
	if (first)
		map_put(&set->by_name, first->row->name, first);
	return first;
}

const char *
function_nearest(const struct function_set *set, const char *name)
{
	struct rows rows = {.library = standard_libraries, .rest = set->libraries};
	const char **names = NULL;
	size_t count = 0, capacity = 0;
	for (const struct cel_function *row; (row = next_row(&rows));) {
		if (function_is_operator(row->name))
			continue;
		names = arena_grow(set->arena, names, count, &capacity, sizeof *names);
		names[count++] = row->name;
	}
	return nearest_word(name, names, count);
}

/* ---- for people ---- */

/* How an operator is written, with underscores for its operands; "_+_" and its like get spaces. */
static const char *
operator_layout(const char *name, struct arena *arena)
{
	static const char *const layouts[][2] = {
	    {"@in", "_ in _"},  {"_?_:_", "_ ? _ : _"}, {"_[_]", "_[_]"},
	    {"_[?_]", "_[?_]"}, {"-_", "-_"},           {"!_", "!_"},
	};
	for (size_t i = 0; i < ARRAY_LEN(layouts); i++)
		if (strcmp(layouts[i][0], name) == 0)
			return layouts[i][1];
	return arena_printf(arena, "_ %.*s _", (int)strlen(name) - 2, name + 1);
}

static void
format_operator(const struct cel_overload *o, struct arena *arena, struct buf *out)
{
	uint32_t operand = 0;
	for (const char *c = operator_layout(o->row->name, arena); *c; c++) {
		if (*c == '_' && operand < o->count)
			buf_text(out, type_format(arena, o->types[++operand]));
		else
			buf_char(out, *c);
	}
}

static void
format_parameters(const struct cel_overload *o, struct arena *arena, struct buf *out)
{
	if (o->receiver)
		buf_printf(out, "%s.", type_format(arena, o->types[1]));
	buf_printf(out, "%s(", o->row->name);
	for (uint32_t i = o->receiver; i < o->count; i++)
		buf_printf(out, "%s%s", i > o->receiver ? ", " : "",
			   type_format(arena, o->types[i + 1]));
	buf_char(out, ')');
}

void
function_format(const struct cel_overload *o, struct arena *arena, struct buf *out)
{
	if (function_is_operator(o->row->name))
		format_operator(o, arena, out);
	else
		format_parameters(o, arena, out);
	buf_printf(out, " -> %s", type_format(arena, o->types[0]));
}
