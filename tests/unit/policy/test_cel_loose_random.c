/*
 * Nothing that is right is refused: random paths through what is loose are tried with checking and
 * without, on products in every form.  A path that the checker refuses for its last name must not
 * lead anywhere in any of them.
 */
#include "loose_table.h"

enum { PATHS = 30000, DEEPEST = 4 };

/* E is another one, F a field of a product, K any key, B a 0 or a 1. */
static const char *const templates[] = {
    "product.F",
    "product.?F.orValue(E)",
    "[E, E][B]",
    "(n > B ? E : E)",
    "E[0]",
    "E[[B][0]]",
    "E[['K'][0]]",
    "E.`K`",
    "E[?'K'].value()",
    "{'a': E, 'b': E}.a",
    "{'a': E, 'b': E}.b",
    "as_list(E)",
    "as_list(E)[0]",
    "E.map(v, v)[0]",
    "E.map(v, v.`K`)[0]",
    "E.filter(v, true)[0]",
    "E.transformList(k, v, v)[0]",
    "E.transformList(k, v, v.`K`)[0]",
    "E.transformMap(k, v, v)",
    "cel.bind(v, E, [v, E][B])",
    "(E + E)[B]",
    "(as_list(E) + E)[B]",
    "[E, E]",
    "[E].flatten()",
    "E.slice(0, 1)",
    "optional.of(E).or(optional.of(E)).value()",
    "[?product.?F, E][B]",
};

static const char *const leaves[] = {
    "product.F", "product.F", "product.F", "product.F", "product",  "[]",
    "{}",        "{'K': 1}",  "'x'",       "null",      "anything",
};

static const char *const fields[] = {"access", "contacts", "ports", "checks",
				     "people", "range",    "ranges"};

static const char *const keys[] = {"role",   "columns", "name",   "email",  "kind",
				   "x-team", "lead",    "unique", "within", "freshness",
				   "column", "min",     "range"};

/* One item, a list of items, the short forms, maps inside maps. */
static const char *const products[] = {
    ("{access: {role: r, columns: [c]}, contacts: c@d, ports: {kind: k, x-team: {lead: 1}}, "
     "checks: {range: {column: c, min: 1}}, people: [p], range: {column: c, min: 1}, "
     "ranges: [{column: c, min: 1}]}"),
    ("{access: [{role: null, columns: c}, {role: r}], contacts: [n, {name: n, email: c@d}], "
     "ports: [{kind: k}, {kind: l, x-team: [{lead: 1}]}], "
     "checks: [{freshness: {within: 1 h}}, {unique: [a, b]}], "
     "people: [{name: n, email: c@d}, p], ranges: []}"),
    ("{access: [], contacts: {name: n, email: c@d}, checks: {freshness: {within: 1 h}, unique: a}, "
     "people: [], ranges: [{column: [c]}, {column: d, min: 2}]}"),
    "{checks: [{freshness: 1 h}, {range: {column: c, min: 1}}], contacts: []}",
};

static uint32_t
next_random(uint32_t *state, size_t below)
{
	*state = *state * 1664525 + 1013904223;
	return (*state >> 16) % (uint32_t)below;
}

#define ANY(state, list) (list)[next_random(state, ARRAY_LEN(list))]

static void
write_path(struct buf *out, uint32_t *state, int depth)
{
	const char *template = depth > 0 ? ANY(state, templates) : ANY(state, leaves);
	for (const char *c = template; *c; c++) {
		if (*c == 'E')
			write_path(out, state, depth - 1);
		else if (*c == 'F')
			buf_text(out, ANY(state, fields));
		else if (*c == 'K')
			buf_text(out, ANY(state, keys));
		else if (*c == 'B')
			buf_char(out, (char)('0' + next_random(state, 2)));
		else
			buf_char(out, *c);
	}
}

/* Does the checker know that the last name is wrong, and complain of nothing else? */
static bool
is_refused_at_its_end(const char *source, struct arena *arena)
{
	struct cel_issues issues = {.arena = arena};
	struct cel_program *p = cel_compile(&declared, source, strlen(source), &issues);
	cel_program_destroy(p);
	return !p && issues.count == 1 && strstr(issues.items[0].message, "there is no field") &&
	       issues.items[0].offset > (size_t)(strrchr(source, '.') - source);
}

static void
read_products(struct arena *arena, struct cel_value ret_products[ARRAY_LEN(products)])
{
	for (size_t i = 0; i < ARRAY_LEN(products); i++) {
		struct err e;
		struct node *n = ARENA_NEW(arena, struct node);
		assert_int_equal(document_read(DOCUMENT_YAML, products[i], strlen(products[i]),
					       NULL, arena, n, &e),
				 ERR_OK);
		ret_products[i] = cel_from_node(n);
	}
}

/* A value, be it null; an optional that holds nothing is none. */
static bool
gives_a_value(const struct cel_program *p, const struct cel_value *all, size_t product, int n,
	      struct arena *arena)
{
	const struct cel_value bindings[] = {
	    all[product],  cel_list(all, ARRAY_LEN(products)),
	    cel_int(n),    all[(product + 1) % ARRAY_LEN(products)],
	    cel_moment(0),
	};
	struct cel_value v = cel_evaluate(p, bindings, CEL_STEPS(EXPRESSION_LIMIT), arena, NULL);
	return v.kind != CEL_ERROR && !(v.kind == CEL_OPTIONAL && !v.inner);
}

static void
leads_nowhere(const char *source, const struct cel_value *all, struct arena *arena)
{
	struct cel_declarations unchecked = declared;
	unchecked.unchecked = true;
	struct cel_issues issues = {.arena = arena};
	struct cel_program *p = cel_compile(&unchecked, source, strlen(source), &issues);
	assert_non_null(p);
	for (size_t i = 0; i < 2 * ARRAY_LEN(products); i++)
		if (gives_a_value(p, all, i / 2, (int)(i % 2), arena))
			fail_msg("it is refused, but right of %s: %s", products[i / 2], source);
	cel_program_destroy(p);
}

static void
what_is_refused_leads_nowhere_in_any_form(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena documents = {0};
	struct cel_value all[ARRAY_LEN(products)];
	uint32_t random = 4;
	size_t refused = 0;
	read_products(&documents, all);
	for (int i = 0; i < PATHS; i++) {
		CLEANUP(arena_done) struct arena arena = {0};
		CLEANUP(buf_done) struct buf source = {0};
		write_path(&source, &random, 1 + i % DEEPEST);
		buf_printf(&source, ".`%s`", ANY(&random, keys));
		if (!is_refused_at_its_end(source.data, &arena))
			continue;
		leads_nowhere(source.data, all, &arena);
		refused++;
	}
	assert_true(refused > PATHS / 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_refused_leads_nowhere_in_any_form),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
