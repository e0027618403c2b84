/*
 * product_functions.c -- functions that judge data products: lengths of retention, personal data,
 * and what counts as given.
 *
 * They look at documents as they were sent, in any of the forms that a descriptor allows: one text
 * for a list of one, a single map for a list of one.
 */
#include "product_functions.h"

#include <string.h>
#include <strings.h>

#include "cel/value.h"

static inline bool
member(struct cel_value map, const char *name, struct cel_value *ret_value)
{
	return map.kind == CEL_MAP && value_member(map, name, (uint32_t)strlen(name), ret_value);
}

/* ---- retention ---- */

static struct cel_value
parse_period(struct cel_run *run, struct cel_value text)
{
	struct duration d;
	struct err e;
	const char *copy = arena_bytes(cel_arena(run), text.text, text.count);
	if (strlen(copy) != text.count)
		return cel_fail(run, "a NUL stands in a length of time");
	return duration_parse(copy, &d, &e) ? cel_fail(run, "%s", e.message) : cel_period(d);
}

static struct cel_value
period(struct cel_run *run, const struct cel_value *v)
{
	return parse_period(run, *v);
}

static struct cel_value
same(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	return *v;
}

static struct cel_value
retention(struct cel_run *run, const struct cel_value *v)
{
	struct cel_value found;
	if (!member(*v, "retention", &found) || found.kind == CEL_NULL)
		return cel_period((struct duration){0});
	if (found.kind != CEL_STRING)
		return cel_fail(run, "the retention is no text such as \"7 years\"");
	return parse_period(run, found);
}

/* ---- personal data ---- */

static bool
names_personal_data(struct cel_value word)
{
	static const char *const words[] = {"pii", "personal", "personal data", "personal-data",
					    "personal_data"};
	for (size_t i = 0; word.kind == CEL_STRING && i < ARRAY_LEN(words); i++)
		if (strlen(words[i]) == word.count &&
		    strncasecmp(words[i], word.text, word.count) == 0)
			return true;
	return false;
}

/* A word, or any of a list of words. */
static bool
any_names_personal_data(struct cel_value words)
{
	if (words.kind != CEL_LIST)
		return names_personal_data(words);
	for (uint32_t i = 0; i < words.count; i++)
		if (names_personal_data(cel_item(words, i)))
			return true;
	return false;
}

/* What a column or a product says of itself. */
static bool
says_personal(struct cel_value thing)
{
	struct cel_value found;
	if (member(thing, "pii", &found) && found.kind == CEL_BOOL && found.boolean)
		return true;
	return (member(thing, "classification", &found) && any_names_personal_data(found)) ||
	       (member(thing, "tags", &found) && any_names_personal_data(found));
}

static struct cel_value
is_personal(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	return cel_bool(says_personal(*v));
}

static struct cel_value
columns_of(struct cel_value product)
{
	struct cel_value columns;
	bool found = member(product, "schema", &columns) && columns.kind == CEL_LIST;
	return found ? columns : cel_list(NULL, 0);
}

static struct cel_value
personal_columns(struct cel_run *run, const struct cel_value *v)
{
	struct cel_value columns = columns_of(*v);
	struct cel_value *personal = ARENA_ARRAY(cel_arena(run), struct cel_value, columns.count);
	size_t count = 0;
	if (!cel_charge(run, columns.count))
		return cel_fail(run, "exhausted");
	for (uint32_t i = 0; i < columns.count; i++)
		if (says_personal(cel_item(columns, i)))
			personal[count++] = cel_item(columns, i);
	return cel_list(personal, count);
}

static struct cel_value
has_personal_data(struct cel_run *run, const struct cel_value *v)
{
	struct cel_value columns = columns_of(*v);
	if (!cel_charge(run, columns.count))
		return cel_fail(run, "exhausted");
	for (uint32_t i = 0; i < columns.count; i++)
		if (says_personal(value_item(columns, i)))
			return cel_bool(true);
	return cel_bool(says_personal(*v));
}

/* ---- what is there ---- */

static struct cel_value
is_given(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	struct cel_value inner = *v;
	while (inner.kind == CEL_OPTIONAL && inner.inner)
		inner = value_inside(inner);
	bool counted = inner.kind == CEL_STRING || inner.kind == CEL_LIST || inner.kind == CEL_MAP;
	return cel_bool(inner.kind != CEL_OPTIONAL && inner.kind != CEL_NULL &&
			!(counted && inner.count == 0));
}

// clang-format off
static const struct cel_function functions[] = {
	{"period",            "(string) period",              period,            "a length of time as data products write it: \"7 years\", \"84 months\", \"P7Y\""},
	{"period",            "(period) period",              same,              NULL},
	{"retention",         "(map(string, dyn)) period",    retention,         "how long the product is kept; a period of zero when it does not say"},
	{"is_personal",       "(map(string, dyn)) bool",      is_personal,       "whether the column says that it is personal data: `pii: true`, or `pii` or `personal` as classification or tag"},
	{"personal_columns",  "(map(string, dyn)) list(dyn)", personal_columns,  "the product's columns that are personal data"},
	{"has_personal_data", "(map(string, dyn)) bool",      has_personal_data, "whether the product holds personal data: one of its columns, or its own classification or tags, say so"},
	{"is_given",          "(A) bool",                     is_given,          "whether something is there: not absent (`product.?access`), not null, not empty"},
	{0},
};
// clang-format on

const struct cel_library governance_libraries[] = {
    {"Data products", "Periods are compared conservatively: 2555 days are less than 7 years.",
     functions},
    {0},
};
