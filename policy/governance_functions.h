/*
 * governance_functions.h -- what the expression language knows of data products beyond the standard
 * functions: the tables, one for each file, and what the files share.
 *
 * Functions look at documents as they were sent, in any of the forms that a descriptor allows: one
 * text for a list of one, a single map for a list of one.  What they go through counts as steps.
 */
#ifndef WEFT_POLICY_GOVERNANCE_FUNCTIONS_H
#define WEFT_POLICY_GOVERNANCE_FUNCTIONS_H

#include <string.h>

#include "cel/value.h"

/* All of them; ends with a row without a name. */
extern const struct cel_library governance_libraries[];

extern const struct cel_function product_functions[], column_functions[], period_functions[],
    domain_functions[], semver_functions[], change_functions[], upstream_functions[];

/*
 * domain_contains -- is the domain `inner` the domain `outer`, or a part of it?  The parts of a
 * domain have its name, a point and their own: "retail.cards" is a part of "retail", "retail-x" is
 * not.
 */
bool domain_contains(const char *outer, size_t outer_length, const char *inner,
		     size_t inner_length);

/* says_personal -- does a column or a product say of itself that it is personal data? */
bool says_personal(struct cel_value thing);

/* period_parse -- a period, or the error. */
struct cel_value period_parse(struct cel_run *run, struct cel_value text);

/* The member of a map; false as well for what is no map. */
static inline bool
member_of(struct cel_value map, const char *name, struct cel_value *ret_value)
{
	return map.kind == CEL_MAP && value_member(map, name, (uint32_t)strlen(name), ret_value);
}

/* The text under a key; a text of no bytes when there is none. */
static inline struct cel_value
text_member(struct cel_value map, const char *name)
{
	struct cel_value found;
	bool is_text = member_of(map, name, &found) && found.kind == CEL_STRING;
	return is_text ? found : cel_string("", 0);
}

static inline bool
flag_member(struct cel_value map, const char *name)
{
	struct cel_value found;
	return member_of(map, name, &found) && cel_is_true(found);
}

static inline struct cel_value
columns_of(struct cel_value product)
{
	struct cel_value columns;
	bool found = member_of(product, "schema", &columns) && columns.kind == CEL_LIST;
	return found ? columns : cel_list(NULL, 0);
}

/* column_at -- one of them; that it is wide counts, since it is looked through. */
static inline struct cel_value
column_at(struct cel_run *run, struct cel_value columns, uint32_t i)
{
	struct cel_value column = value_item(columns, i);
	if (column.kind == CEL_MAP && column.count >= MEMBERS_A_STEP)
		cel_charge(run, value_search_cost(column));
	return column;
}

static inline bool
text_is(struct cel_value v, const char *text)
{
	return v.kind == CEL_STRING && v.count == strlen(text) &&
	       memcmp(v.text, text, v.count) == 0;
}

/* listed -- what may be absent, single or a list, as a list; the single one is copied. */
struct cel_value listed(struct cel_value value, struct arena *arena);

#endif
