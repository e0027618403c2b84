/*
 * column_functions.c -- the columns of a product by what they are, and the checks that look at
 * them.
 */
#include "governance_functions.h"

/* ---- names ---- */

static struct cel_value
names_where(struct cel_run *run, struct cel_value product, bool (*fits)(struct cel_value column))
{
	struct cel_value columns = columns_of(product);
	if (!cel_charge(run, columns.count))
		return cel_fail(run, "exhausted");
	struct cel_value *names = ARENA_ARRAY(cel_arena(run), struct cel_value, columns.count);
	size_t count = 0;
	for (uint32_t i = 0; i < columns.count; i++) {
		struct cel_value column = column_at(run, columns, i), name;
		if (fits(column) && member_of(column, "name", &name) && name.kind == CEL_STRING)
			names[count++] = name;
	}
	return cel_list(names, count);
}

static bool
is_any(struct cel_value column)
{
	(void)column;
	return true;
}

static bool
is_key(struct cel_value column)
{
	return flag_member(column, "key");
}

static struct cel_value
column_names(struct cel_run *run, const struct cel_value *v)
{
	return names_where(run, *v, is_any);
}

static struct cel_value
key_columns(struct cel_run *run, const struct cel_value *v)
{
	return names_where(run, *v, is_key);
}

/* Several columns may not have one name: the first is it.  All of them when there is none. */
static uint32_t
index_of(struct cel_run *run, struct cel_value columns, struct cel_value name)
{
	uint32_t i = 0;
	while (i < columns.count &&
	       !value_same_text(text_member(column_at(run, columns, i), "name"), name))
		i++;
	return i;
}

static struct cel_value
column(struct cel_run *run, const struct cel_value *v)
{
	struct cel_value columns = columns_of(v[0]);
	if (!cel_charge(run, columns.count))
		return cel_fail(run, "exhausted");
	uint32_t i = index_of(run, columns, v[1]);
	return i < columns.count ? cel_optional(cel_arena(run), value_item(columns, i))
				 : cel_optional_none();
}

static struct cel_value
column_pointer(struct cel_run *run, const struct cel_value *v)
{
	struct cel_value columns = columns_of(v[0]);
	if (!cel_charge(run, columns.count))
		return cel_fail(run, "exhausted");
	uint32_t i = index_of(run, columns, v[1]);
	const char *pointer =
	    i < columns.count ? arena_printf(cel_arena(run), "/schema/%u", i) : "/schema";
	return cel_string(pointer, strlen(pointer));
}

/* ---- quality checks ---- */

static struct cel_value
checks(struct cel_run *run, const struct cel_value *v)
{
	struct cel_value given, inside;
	if (!member_of(v[0], "quality_checks", &given))
		return cel_list(NULL, 0);
	struct cel_value all = listed(given, cel_arena(run));
	if (!cel_charge(run, all.count))
		return cel_fail(run, "exhausted");
	struct cel_value *found = ARENA_ARRAY(cel_arena(run), struct cel_value, all.count);
	size_t count = 0;
	for (uint32_t i = 0; i < all.count; i++) {
		struct cel_value check = value_item(all, i);
		if (check.kind == CEL_MAP && value_member(check, v[1].text, v[1].count, &inside))
			found[count++] =
			    inside.kind == CEL_MAP ? inside : listed(inside, cel_arena(run));
	}
	return cel_list(found, count);
}

// clang-format off
const struct cel_function column_functions[] = {
	{"column_names",   "(map(string, dyn)) list(string)",                            column_names,   "the names of the product's columns"},
	{"key_columns",    "(map(string, dyn)) list(string)",                            key_columns,    "the names of the columns that identify a row (`key: true`)"},
	{"column",         "(map(string, dyn), string) optional_type(map(string, dyn))", column,         "the product's column of that name, if it has one: `column(product, 'id').?pii`"},
	{"column_pointer", "(map(string, dyn), string) string",                          column_pointer, "where the column of that name stands, for a violation to point there: `/schema/3`"},
	{"checks",         "(map(string, dyn), string) list(dyn)",                       checks,         "the product's quality checks of a kind, each as what it says: a list (`checks(product, 'unique')` gives lists of names) or a map"},
	{0},
};
// clang-format on
