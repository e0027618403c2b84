/*
 * change_functions.c -- which columns differ between the version in force and this one.
 *
 * Names are looked up in an index of the other version's columns, so that two versions of thousands
 * of columns are compared in one pass.
 */
#include "base/map.h"

#include "governance_functions.h"

/* A column's text in the arena: what stands in a document may not end with a NUL. */
static char *
text_of(struct cel_run *run, struct cel_value column, const char *key)
{
	struct cel_value text = text_member(column, key);
	return arena_bytes(cel_arena(run), text.text, text.count);
}

/* Column names to their types. */
static struct map
types_by_name(struct cel_run *run, struct cel_value columns)
{
	struct map types = {.arena = cel_arena(run)};
	for (uint32_t i = 0; i < columns.count; i++) {
		struct cel_value column = value_item(columns, i);
		map_put(&types, text_of(run, column, "name"), text_of(run, column, "type"));
	}
	return types;
}

/* What of a column of one version is asked, when the other version has it with the type `other`, or
 * not at all (NULL). */
typedef bool column_test_fn(const char *type, const char *other);

static bool
is_missing(const char *type, const char *other)
{
	(void)type;
	return !other;
}

static bool
is_retyped(const char *type, const char *other)
{
	return other && strcmp(type, other) != 0;
}

/* The names of the columns of `product` that the test finds, held against those of `other`. */
static struct cel_value
compare(struct cel_run *run, struct cel_value product, struct cel_value other, column_test_fn *test)
{
	struct cel_value columns = columns_of(product), others = columns_of(other);
	if (!cel_charge(run, (uint64_t)columns.count + others.count))
		return cel_fail(run, "exhausted");
	struct map types = types_by_name(run, others);
	struct cel_value *names = ARENA_ARRAY(cel_arena(run), struct cel_value, columns.count);
	size_t count = 0;
	for (uint32_t i = 0; i < columns.count; i++) {
		struct cel_value column = value_item(columns, i);
		const char *there = map_get(&types, text_of(run, column, "name"));
		if (test(text_of(run, column, "type"), there))
			names[count++] = text_member(column, "name");
	}
	return cel_list(names, count);
}

/* `previous` is null for a new product, which has nothing to be held against. */
static struct cel_value
removed_columns(struct cel_run *run, const struct cel_value *v)
{
	return compare(run, v[0], v[1], is_missing);
}

static struct cel_value
added_columns(struct cel_run *run, const struct cel_value *v)
{
	return v[0].kind == CEL_MAP ? compare(run, v[1], v[0], is_missing) : cel_list(NULL, 0);
}

static struct cel_value
retyped_columns(struct cel_run *run, const struct cel_value *v)
{
	return compare(run, v[1], v[0], is_retyped);
}

// clang-format off
const struct cel_function change_functions[] = {
	{"added_columns",   "(dyn, map(string, dyn)) list(string)", added_columns,   "the columns that the product has and its version in force has not: `added_columns(previous, product)`"},
	{"removed_columns", "(dyn, map(string, dyn)) list(string)", removed_columns, "the columns that the version in force has and the product has not: `removed_columns(previous, product)`"},
	{"retyped_columns", "(dyn, map(string, dyn)) list(string)", retyped_columns, "the columns that both have, with another type: `retyped_columns(previous, product)`"},
	{0},
};
// clang-format on
