/*
 * upstream_functions.c -- where a column comes from, and what is known of that.
 *
 * A source is written `retail.accounts#balance`, or `NAMESPACE|NAME#COLUMN` for an external
 * dataset: what stands before the last '#' is the input's name in `upstream`.
 */
#include "base/map.h"

#include "governance_functions.h"

/* ---- sources ---- */

struct source {
	struct cel_value input, column; /* texts */
	struct cel_value whole;         /* as written */
	bool masking;
};

/* A text, or a map with the text in it; false when it names no column. */
static bool
read_source(struct cel_value v, struct source *ret_source)
{
	struct cel_value text = v.kind == CEL_MAP ? text_member(v, "column") : v;
	if (text.kind != CEL_STRING)
		return false;
	const char *hash = text.count ? memrchr(text.text, '#', text.count) : NULL;
	if (!hash)
		return false;
	size_t before = (size_t)(hash - text.text);
	*ret_source = (struct source){
	    .input = cel_string(text.text, before),
	    .column = cel_string(hash + 1, text.count - before - 1),
	    .whole = text,
	    .masking = flag_member(v, "masking"),
	};
	return true;
}

static struct cel_value
sources_of(struct cel_value column, struct arena *arena)
{
	struct cel_value from;
	return member_of(column, "from", &from) ? listed(from, arena) : cel_list(NULL, 0);
}

static struct cel_value
key(const char *text)
{
	return cel_string(text, strlen(text));
}

static struct cel_value
source_value(const struct source *s, struct arena *arena)
{
	const struct cel_entry entries[] = {
	    {key("input"), s->input},
	    {key("column"), s->column},
	    {key("masking"), cel_bool(s->masking)},
	};
	return cel_map_of(arena, entries, ARRAY_LEN(entries));
}

static struct cel_value
column_sources(struct cel_run *run, const struct cel_value *v)
{
	struct arena *arena = cel_arena(run);
	struct cel_value from = sources_of(*v, arena);
	if (!cel_charge(run, from.count))
		return cel_fail(run, "exhausted");
	struct cel_value *items = ARENA_ARRAY(arena, struct cel_value, from.count);
	size_t count = 0;
	for (uint32_t i = 0; i < from.count; i++) {
		struct source s;
		if (read_source(value_item(from, i), &s))
			items[count++] = source_value(&s, arena);
	}
	return cel_list(items, count);
}

/* ---- what is known of them ---- */

/* The item of the list whose `name` is this one; what is looked at counts.  False: none. */
static bool
find_named(struct cel_run *run, struct cel_value list, struct cel_value name,
	   struct cel_value *ret_item)
{
	for (uint32_t i = 0; list.kind == CEL_LIST && i < list.count; i++) {
		struct cel_value item = value_item(list, i);
		if (!cel_charge(run, 1))
			return false;
		if (value_same_text(text_member(item, "name"), name)) {
			*ret_item = item;
			return true;
		}
	}
	return false;
}

static bool
find_column(struct cel_run *run, struct cel_value upstream, struct cel_value input,
	    struct cel_value name, struct cel_value *ret_column)
{
	struct cel_value found, columns;
	return find_named(run, upstream, input, &found) && member_of(found, "columns", &columns) &&
	       find_named(run, columns, name, ret_column);
}

/* A search that ended at the limit found nothing, which is not to be believed. */
static struct cel_value
answer(struct cel_run *run, bool found, struct cel_value item)
{
	if (!cel_charge(run, 0))
		return cel_fail(run, "exhausted");
	return found ? cel_optional(cel_arena(run), item) : cel_optional_none();
}

static struct cel_value
upstream_of(struct cel_run *run, const struct cel_value *v)
{
	struct cel_value found = cel_null();
	bool there = find_named(run, v[0], v[1], &found);
	return answer(run, there, found);
}

static struct cel_value
upstream_column(struct cel_run *run, const struct cel_value *v)
{
	struct cel_value found = cel_null();
	bool there = find_column(run, v[0], v[1], v[2], &found);
	return answer(run, there, found);
}

static struct cel_value
personal_sources(struct cel_run *run, const struct cel_value *v)
{
	struct cel_value from = sources_of(v[0], cel_arena(run)), column;
	if (!cel_charge(run, from.count))
		return cel_fail(run, "exhausted");
	struct cel_value *names = ARENA_ARRAY(cel_arena(run), struct cel_value, from.count);
	size_t count = 0;
	for (uint32_t i = 0; i < from.count; i++) {
		struct source s;
		if (read_source(value_item(from, i), &s) && !s.masking &&
		    find_column(run, v[1], s.input, s.column, &column) &&
		    flag_member(column, "personal"))
			names[count++] = s.whole;
	}
	return cel_charge(run, 0) ? cel_list(names, count) : cel_fail(run, "exhausted");
}

/* ---- all columns at once ---- */

/* "retail.accounts#customer_id" of every personal column of every input. */
static struct map
personal_upstream(struct cel_run *run, struct cel_value upstream)
{
	struct arena *arena = cel_arena(run);
	struct map found = {.arena = arena};
	for (uint32_t i = 0; i < upstream.count && cel_charge(run, 1); i++) {
		struct cel_value input = value_item(upstream, i), columns;
		if (!member_of(input, "columns", &columns) || columns.kind != CEL_LIST ||
		    !cel_charge(run, columns.count))
			continue;
		struct cel_value name = text_member(input, "name");
		for (uint32_t k = 0; k < columns.count; k++) {
			struct cel_value column = value_item(columns, k);
			struct cel_value own = text_member(column, "name");
			if (flag_member(column, "personal"))
				map_put(&found,
					arena_printf(arena, "%.*s#%.*s", (int)name.count, name.text,
						     (int)own.count, own.text),
					&found);
		}
	}
	return found;
}

static bool
comes_from_any(struct cel_run *run, struct cel_value column, const struct map *personal)
{
	struct cel_value from = sources_of(column, cel_arena(run));
	if (!cel_charge(run, from.count))
		return false;
	for (uint32_t i = 0; i < from.count; i++) {
		struct source s;
		if (read_source(value_item(from, i), &s) && !s.masking &&
		    map_get(personal, arena_bytes(cel_arena(run), s.whole.text, s.whole.count)))
			return true;
	}
	return false;
}

static struct cel_value
columns_from_personal(struct cel_run *run, const struct cel_value *v)
{
	struct cel_value columns = columns_of(v[0]);
	const struct map personal = personal_upstream(run, v[1]);
	if (!cel_charge(run, columns.count))
		return cel_fail(run, "exhausted");
	struct cel_value *found = ARENA_ARRAY(cel_arena(run), struct cel_value, columns.count);
	size_t count = 0;
	for (uint32_t i = 0; i < columns.count; i++)
		if (comes_from_any(run, column_at(run, columns, i), &personal))
			found[count++] = value_item(columns, i);
	return cel_charge(run, 0) ? cel_list(found, count) : cel_fail(run, "exhausted");
}

// clang-format off
const struct cel_function upstream_functions[] = {
	{"column_sources",        "(map(string, dyn)) list(map(string, dyn))",                   column_sources,        "where a column comes from: a list of {input, column, masking}, whatever way its `from` is written"},
	{"upstream_of",           "(list(dyn), string) optional_type(map(string, dyn))",         upstream_of,           "what is known of the input of that name, if it is one: `upstream_of(upstream, 'retail.accounts')`"},
	{"upstream_column",       "(list(dyn), string, string) optional_type(map(string, dyn))", upstream_column,       "what is known of a column of an input: `upstream_column(upstream, 'retail.accounts', 'balance')`"},
	{"columns_from_personal", "(map(string, dyn), list(dyn)) list(dyn)",                     columns_from_personal, "the product's columns that are derived from personal ones without masking: `columns_from_personal(product, upstream)`"},
	{"personal_sources",      "(map(string, dyn), list(dyn)) list(string)",                  personal_sources,      "the personal columns that a column is derived from without masking: `personal_sources(c, upstream)`"},
	{0},
};
// clang-format on
