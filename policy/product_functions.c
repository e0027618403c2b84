/*
 * product_functions.c -- what a product is: personal data, classification, and what counts as
 * given.
 */
#include <strings.h>

#include "governance_functions.h"

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

static inline bool
key_is(const char *key, const char *word)
{
	return value_key_is(key, word, (uint32_t)strlen(word));
}

/* One of what a column says; nearly all of it is told by the first letter. */
static inline bool
member_says_personal(const struct member *m)
{
	switch (m->key[0]) {
	case 'p':
		return m->value.kind == NODE_BOOL && m->value.boolean && key_is(m->key, "pii");
	case 'c':
		return key_is(m->key, "classification") &&
		       any_names_personal_data(value_of_node(&m->value));
	case 't':
		return key_is(m->key, "tags") && any_names_personal_data(value_of_node(&m->value));
	default:
		return false;
	}
}

/* Documents, which is what nearly all columns are, are gone through once. */
static inline bool
document_says_personal(struct cel_value map)
{
	for (uint32_t i = 0; i < map.count; i++)
		if (member_says_personal(&map.members[i]))
			return true;
	return false;
}

static bool
made_says_personal(struct cel_value thing)
{
	struct cel_value found;
	if (flag_member(thing, "pii"))
		return true;
	return (member_of(thing, "classification", &found) && any_names_personal_data(found)) ||
	       (member_of(thing, "tags", &found) && any_names_personal_data(found));
}

static inline bool
thing_says_personal(struct cel_value thing)
{
	return thing.kind == CEL_MAP && thing.form == CEL_DOCUMENT ? document_says_personal(thing)
								   : made_says_personal(thing);
}

bool
says_personal(struct cel_value thing)
{
	return thing_says_personal(thing);
}

static struct cel_value
is_personal(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	return cel_bool(says_personal(*v));
}

static struct cel_value
personal_columns(struct cel_run *run, const struct cel_value *v)
{
	struct cel_value columns = columns_of(*v);
	if (!cel_charge(run, columns.count))
		return cel_fail(run, "exhausted");
	struct cel_value *personal = ARENA_ARRAY(cel_arena(run), struct cel_value, columns.count);
	size_t count = 0;
	for (uint32_t i = 0; i < columns.count; i++)
		if (says_personal(column_at(run, columns, i)))
			personal[count++] = value_item(columns, i);
	return cel_list(personal, count);
}

static struct cel_value
has_personal_data(struct cel_run *run, const struct cel_value *v)
{
	struct cel_value columns = columns_of(*v);
	if (!cel_charge(run, columns.count))
		return cel_fail(run, "exhausted");
	for (uint32_t i = 0; i < columns.count; i++)
		if (thing_says_personal(column_at(run, columns, i)))
			return cel_bool(true);
	return cel_bool(says_personal(*v));
}

/* ---- classification ---- */

/* From the loosest to the strictest: the words that a data product may say. */
static const char *const classifications[] = {"public", "internal", "confidential", "restricted"};

/* -1 for what is none of them. */
static int64_t
level_of(struct cel_value word)
{
	for (size_t i = 0; i < ARRAY_LEN(classifications); i++)
		if (text_is(word, classifications[i]))
			return (int64_t)i;
	return -1;
}

static struct cel_value
classification_level(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	return cel_int(level_of(*v));
}

static struct cel_value
strictest_classification(struct cel_run *run, const struct cel_value *v)
{
	struct cel_value columns = columns_of(*v);
	if (!cel_charge(run, columns.count))
		return cel_fail(run, "exhausted");
	int64_t strictest = level_of(text_member(*v, "classification"));
	for (uint32_t i = 0; i < columns.count; i++) {
		int64_t level = level_of(text_member(column_at(run, columns, i), "classification"));
		strictest = level > strictest ? level : strictest;
	}
	const char *word = strictest < 0 ? "" : classifications[strictest];
	return cel_string(word, strlen(word));
}

/* ---- what is there ---- */

static struct cel_value
without_optional(struct cel_value v)
{
	while (v.kind == CEL_OPTIONAL)
		v = v.inner ? value_inside(v) : cel_null();
	return v;
}

static struct cel_value
is_given(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	struct cel_value inner = without_optional(*v);
	bool counted = inner.kind == CEL_STRING || inner.kind == CEL_LIST || inner.kind == CEL_MAP;
	return cel_bool(inner.kind != CEL_NULL && !(counted && inner.count == 0));
}

struct cel_value
listed(struct cel_value value, struct arena *arena)
{
	if (value.kind == CEL_LIST)
		return value;
	if (value.kind == CEL_NULL)
		return cel_list(NULL, 0);
	struct cel_value *item = ARENA_NEW(arena, struct cel_value);
	*item = value;
	return cel_list(item, 1);
}

static struct cel_value
as_text(struct cel_run *run, const struct cel_value *v)
{
	struct cel_value inner = without_optional(*v);
	if (inner.kind == CEL_STRING)
		return inner;
	return inner.kind == CEL_NULL ? cel_string("", 0)
				      : cel_fail(run, "it is no text but %s",
						 cel_kind_name((enum cel_kind)inner.kind));
}

static struct cel_value
as_list(struct cel_run *run, const struct cel_value *v)
{
	return listed(without_optional(*v), cel_arena(run));
}

// clang-format off
const struct cel_function product_functions[] = {
	{"is_personal",              "(map(string, dyn)) bool",      is_personal,              "whether the column says that it is personal data: `pii: true`, or `pii` or `personal` as classification or tag"},
	{"personal_columns",         "(map(string, dyn)) list(dyn)", personal_columns,         "the product's columns that are personal data"},
	{"has_personal_data",        "(map(string, dyn)) bool",      has_personal_data,        "whether the product holds personal data: one of its columns, or its own classification or tags, say so"},
	{"strictest_classification", "(map(string, dyn)) string",    strictest_classification, "the strictest of the product's own classification and its columns'; empty when none says any"},
	{"classification_level",     "(string) int",                 classification_level,     "how strict a classification is: 0 public, 1 internal, 2 confidential, 3 restricted; -1 for any other word"},
	{"is_given",                 "(A) bool",                     is_given,                 "whether something is there: not absent (`product.?access`), not null, not empty"},
	{"as_text",                  "(A) string",                   as_text,                  "a text as it is, an empty one for what is absent (`product.?classification`) or null"},
	{"as_list",                  "(A) list(item(A))",            as_list,                  "a list as it is, one value as a list of one, what is absent (`product.?access`) or null as an empty list"},
	{0},
};
// clang-format on
