/*
 * Which errors count: an operand or a round that settles the answer outweighs the errors of others,
 * and nothing else does.
 */
#include "expression.h"

#define BAD "1 / 0 > 0"

static const char zero[] = "error: division by zero";

static void
what_is_decided_is_decided_on_either_side(void **state)
{
	(void)state;
	static const struct {
		const char *source;
		const char *value;
	} rows[] = {
	    {"false && " BAD, "false"},
	    {BAD " && false", "false"},
	    {"true || " BAD, "true"},
	    {BAD " || true", "true"},
	    {BAD " && true", zero},
	    {"true && " BAD, zero},
	    {BAD " || false", zero},
	    {"false || " BAD, zero},
	    {BAD " || " BAD " || true", "true"},
	    {"!(" BAD ") || true", "true"},
	    {"(" BAD " || true) && !(" BAD " && false)", "true"},
	    {"dyn(1) && false", "false"},
	    {"dyn('a') || true", "true"},
	    {"dyn(1) && true", "error: '&&' wants bool, not int"},
	    {"true || dyn(1)", "true"},
	    {"true ? 1 : 1 / 0", "1"},
	    {"false ? 1 / 0 : 1", "1"},
	    {BAD " ? 1 : 1", zero},
	    {"dyn(1) ? 1 : 1", "error: '?' wants bool, not int"},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		gives(rows[i].source, rows[i].value);
}

/* Of all and exists, one round may decide; of the others, none does. */
static void
rounds_that_decide_outweigh_those_that_fail(void **state)
{
	(void)state;
	static const struct {
		const char *source;
		const char *value;
	} rows[] = {
	    {"[0, 1].all(x, 1 / x < 0)", "false"},
	    {"[1, 0].all(x, 1 / x < 0)", "false"},
	    {"[0, 1].all(x, 1 / x > 0)", zero},
	    {"[0, 1].exists(x, 1 / x > 0)", "true"},
	    {"[1, 0].exists(x, 1 / x > 0)", "true"},
	    {"[0, 1].exists(x, 1 / x < 0)", zero},
	    {"[0, 1].all(i, x, 1 / x < 0)", "false"},
	    {"[0, 1].exists(i, x, 1 / x > 0)", "true"},
	    {"{0: 1, 1: 0}.all(k, 1 / k < 0)", "false"},
	    {"{0: 1, 1: 0}.exists(k, 1 / k > 0)", "true"},
	    {"{'a': 0, 'b': 1}.exists(k, v, 1 / v > 0)", "true"},
	    {"{'a': 0, 'b': 1}.all(k, v, 1 / v > 0)", zero},
	    {"[1, 2].exists(x, x == 1 ? dyn('a') : true)", "true"},
	    {"[1, 2].all(x, x == 1 ? dyn('a') : false)", "false"},
	    {"[1].exists(x, dyn('a'))", "error: the condition of 'exists' is a bool, not string"},
	    {"[1, 0].exists_one(x, 1 / x > 0)", zero},
	    {"[1, 0].existsOne(x, 1 / x > 0)", zero},
	    {"[1, 0].existsOne(i, x, 1 / x > 0)", zero},
	    {"[1, 1, 0].exists_one(x, 1 / x > 0)", zero},
	    {"[1, 0].filter(x, 1 / x > 0)", zero},
	    {"[1, 0].map(x, 1 / x)", zero},
	    {"[1, 0].map(x, 1 / x > 0, x)", zero},
	    {"[1, 0].map(x, x > 0, 1 / x)", "[1]"},
	    {"[1, 0].transformList(i, x, 1 / x)", zero},
	    {"[1, 0].transformList(i, x, x > 0, 1 / x)", "[1]"},
	    {"[1, 0].transformMap(i, x, 1 / x)", zero},
	    {"[1, 0].transformMap(i, x, x > 0, 1 / x)", "{0: 1}"},
	    {"[1, 0].transformMapEntry(i, x, {x: 1 / x})", zero},
	    {"[1, 0].transformMapEntry(i, x, x > 0, {x: 1 / x})", "{1: 1}"},
	    {"[1, 0].sortBy(x, 1 / x)", zero},
	    {"cel.bind(x, 1 / 0, true)", zero},
	    {"cel.bind(x, 0, 1 / x)", zero},
	    {"optional.of(0).optMap(x, 1 / x)", zero},
	    {"optional.of(0).optFlatMap(x, optional.of(1 / x))", zero},
	    {"optional.none().optMap(x, 1 / x)", "optional.none()"},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		gives(rows[i].source, rows[i].value);
}

static void
a_range_that_fails_fails_the_macro(void **state)
{
	(void)state;
	static const char *const uses[] = {
	    "all(x, false)",
	    "exists(x, true)",
	    "all(i, x, false)",
	    "exists(i, x, true)",
	    "exists_one(x, true)",
	    "filter(x, true)",
	    "map(x, 1)",
	    "map(x, false, 1)",
	    "transformList(i, x, 1)",
	    "transformMap(i, x, 1)",
	    "transformMapEntry(i, x, {})",
	    "sortBy(x, 1)",
	};
	CLEANUP(arena_done) struct arena arena = {0};
	for (size_t i = 0; i < ARRAY_LEN(uses); i++)
		gives(arena_printf(&arena, "[1 / 0].%s", uses[i]), zero);
}

static void
nothing_else_absorbs(void **state)
{
	(void)state;
	static const char *const sources[] = {
	    ("[true, " BAD "].size()"),
	    "{'a': 1 / 0}.size()",
	    "{1 / 0: 'a'}.size()",
	    ("true == (" BAD ")"),
	    "[1 / 0] == []",
	    "1 in [1, 1 / 0]",
	    "has({'a': 1 / 0}.b)",
	    "{'a': 1 / 0}.?b.orValue(1)",
	    "optional.of(1 / 0).orValue(1)",
	    "optional.of(1 / 0).or(optional.of(1))",
	    "[?optional.of(1 / 0)]",
	    "'%d'.format([1 / 0])",
	    "dyn(1 / 0)",
	    "type(1 / 0)",
	};
	for (size_t i = 0; i < ARRAY_LEN(sources); i++)
		gives(sources[i], zero);
}

static void
the_limit_is_never_absorbed(void **state)
{
	(void)state;
	const char *heavy = "lists.range(1000000).size() == 0";
	CLEANUP(arena_done) struct arena arena = {0};
	const char *wanted = "error: takes more than 100000 steps: lists.range(1000000)";
	gives(arena_printf(&arena, "%s || true", heavy), wanted);
	gives(arena_printf(&arena, "[1, 2].exists(x, x == 1 ? %s : true)", heavy), wanted);
	gives(arena_printf(&arena, "[1, 2].all(x, x == 1 ? %s : false)", heavy), wanted);
	gives(arena_printf(&arena, "%s && false", heavy), wanted);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_decided_is_decided_on_either_side),
	    cmocka_unit_test(rounds_that_decide_outweigh_those_that_fail),
	    cmocka_unit_test(a_range_that_fails_fails_the_macro),
	    cmocka_unit_test(nothing_else_absorbs),
	    cmocka_unit_test(the_limit_is_never_absorbed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
