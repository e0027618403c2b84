/*
 * domain_functions.c -- domains and their parts.
 *
 *     retail                 the domain
 *     retail.cards           a part of it
 *     retail.cards.disputes  a part of that, and so of retail
 *     retailing              another domain
 *
 * The point is the one separator: it needs no escaping in a path, and product names have it, too.
 */
#include "governance_functions.h"

bool
domain_contains(const char *outer, size_t outer_length, const char *inner, size_t inner_length)
{
	if (outer_length == 0 || inner_length < outer_length ||
	    memcmp(outer, inner, outer_length) != 0)
		return false;
	return inner_length == outer_length || inner[outer_length] == '.';
}

static struct cel_value
domain_within(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	return cel_bool(domain_contains(v[1].text, v[1].count, v[0].text, v[0].count));
}

static struct cel_value
domain_within_any(struct cel_run *run, const struct cel_value *v)
{
	if (!cel_charge(run, v[1].count))
		return cel_fail(run, "exhausted");
	for (uint32_t i = 0; i < v[1].count; i++) {
		struct cel_value outer = value_item(v[1], i);
		if (outer.kind == CEL_STRING &&
		    domain_contains(outer.text, outer.count, v[0].text, v[0].count))
			return cel_bool(true);
	}
	return cel_bool(false);
}

/* "retail.cards" -> "retail"; "retail" -> "". */
static struct cel_value
parent_domain(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	uint32_t length = v->count;
	while (length > 0 && v->text[length - 1] != '.')
		length--;
	return cel_string(v->text, length > 0 ? length - 1 : 0);
}

// clang-format off
const struct cel_function domain_functions[] = {
	{"domain_within", "(string, string) bool",       domain_within,     "whether the first domain is the second, or a part of it: `domain_within('retail.cards', 'retail')`"},
	{"domain_within", "(string, list(string)) bool", domain_within_any, "the same for any of a list of domains"},
	{"parent_domain", "(string) string",             parent_domain,     "what the domain is a part of: `retail` for `retail.cards`, empty for `retail`"},
	{0},
};
// clang-format on
