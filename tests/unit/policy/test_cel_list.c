/*
 * The extensions lists and sets, what goes through lists, and values that may be absent.
 */
#include "expression.h"

static void
parts_of_lists(void **state)
{
	(void)state;
	gives(
	    "[[1, 2, 3, 4].slice(1, 3), [1, 2, 3, 4].slice(2, 4), [1].slice(0, 0), [].slice(0, 0), "
	    "[1].slice(1, 1)]",
	    "[[2, 3], [3, 4], [], [], []]");
	gives("[1, 2].slice(1, 3)", "error: there is no slice from 1 to 3 of a list of 2");
	gives("[1, 2].slice(2, 1)", "error: there is no slice from 2 to 1 of a list of 2");
	gives("[1, 2].slice(-1, 1)", "error: there is no slice from -1 to 1 of a list of 2");
	gives("[[1, 2, 3].first(), [1, 2, 3].last(), [].first(), [].last()]",
	      "[optional.of(1), optional.of(3), optional.none(), optional.none()]");
	gives("[1, 2].last().value() + [].first().orValue(5)", "7");
}

static void
parts_of_documents_are_documents(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	struct node n;
	struct err e;
	static const char json[] = "[5, [1, 2], \"a\", null]";
	const struct cel_variable variables[] = {{.name = "d", .type = "list(dyn)"}};
	const struct cel_declarations d = {.variables = variables, .variable_count = 1};
	assert_int_equal(document_read(DOCUMENT_JSON, json, strlen(json), NULL, &arena, &n, &e),
			 ERR_OK);
	const struct cel_value bindings[] = {cel_from_node(&n)};
	assert_string_equal(value_of(&arena, &d, bindings,
				     "[d.slice(1, 3), d.slice(4, 4), d.reverse(), d.flatten(), "
				     "d.last(), d.slice(1, 2)[0]]"),
			    "[[[1, 2], \"a\"], [], [null, \"a\", [1, 2], 5], [5, 1, 2, \"a\", "
			    "null], optional.of(null), [1, 2]]");
}

static void
lists_of_lists_become_one(void **state)
{
	(void)state;
	gives("[[1, [2, 3], [4]].flatten(), [1, [2, [3, 4]]].flatten(), [[1], [], [2]].flatten(), "
	      "[].flatten()]",
	      "[[1, 2, 3, 4], [1, 2, [3, 4]], [1, 2], []]");
	gives("[[1, [2, [3, [4]]]].flatten(2), [[1]].flatten(0), "
	      "[[[1]]].flatten(9223372036854775807)]",
	      "[[1, 2, 3, [4]], [[1]], [1]]");
	gives("[[1]].flatten(-1)", "error: a depth is not negative");
	is_wrong("[1].flatten()", "1:5 'flatten' does not go with (list(int))");
}

static void
what_is_there_twice_is_left_out(void **state)
{
	(void)state;
	gives(
	    "[[1, 2, 2, 3, 3, 3].distinct(), ['b', 'b', 'c', 'a', 'c'].distinct(), [].distinct()]",
	    "[[1, 2, 3], [\"b\", \"c\", \"a\"], []]");
	gives("[1, 'b', 2, 'b', 1.0, 1u, true, null, null, [1], [1u], {'a': 1}, {'a': 1.0}, 1.5, "
	      "1.5, '1'].distinct()",
	      "[1, \"b\", 2, true, null, [1], {\"a\": 1}, 1.5, \"1\"]");
	gives("[2.0, 2, 2u].distinct()", "[2.0]");
	gives("[0.0 / 0.0, 0.0 / 0.0].distinct().size()", "2");
	gives("[18446744073709551615u, 18446744073709551615.0, -1].distinct()",
	      "[18446744073709551615u, -1]");
	gives("lists.range(5000).map(i, i % 7).distinct().size()", "7");
	gives("lists.range(900).map(i, [i]).distinct().size()",
	      "error: takes more than 100000 steps: lists.range(900).map(i, [i]).distinct()");
}

static void
ranges_and_reverses(void **state)
{
	(void)state;
	gives("[lists.range(4), lists.range(0), lists.range(-3)]", "[[0, 1, 2, 3], [], []]");
	gives("lists.range(9223372036854775807)",
	      "error: takes more than 100000 steps: lists.range(9223372036854775807)");
	gives("[[5, 3, 1].reverse(), [].reverse()]", "[[1, 3, 5], []]");
	gives("'a\\U0001F431'.reverse()", "\"\xF0\x9F\x90\xB1"
					  "a\"");
}

static void
lists_are_sorted_by_the_order_of_their_type(void **state)
{
	(void)state;
	gives("[[3, 2, 1].sort(), [2u, 1u].sort(), [0.5, -1.0].sort(), [true, false].sort()]",
	      "[[1, 2, 3], [1u, 2u], [-1.0, 0.5], [false, true]]");
	gives("['b', 'a', '', 'ab', '\\U0001F431', '\\uFFFD'].sort()",
	      "[\"\", \"a\", \"ab\", \"b\", \"\xEF\xBF\xBD\", \"\xF0\x9F\x90\xB1\"]");
	gives("[[b'b', b'a'].sort(), [duration('2s'), duration('1s')].sort()]",
	      "[[b\"a\", b\"b\"], [duration(\"1s\"), duration(\"2s\")]]");
	gives("[timestamp('2025-01-01T00:00:00Z'), timestamp('2024-01-01T00:00:00Z')].sort()[0]."
	      "getFullYear()",
	      "2024");
	gives("[[], [1]].map(l, l.sort())", "[[], [1]]");
	gives("[1, 'b'].sort()", "error: 'sort' wants one type, not int and string");
	gives("[dyn([1])].sort()", "error: 'sort' wants what has an order, not list");
	gives("[1.0, 0.0 / 0.0].sort()", "error: 'sort' finds no place for NaN");
	is_wrong("[[1]].sort()", "1:7 'sort' does not go with (list(list(int)))");
	gives("lists.range(1000).map(i, (i * 7919) % 1000).sort() == lists.range(1000)", "true");
	gives("lists.range(20000).sort().size()",
	      "error: takes more than 100000 steps: lists.range(20000).sort()");
}

static void
lists_are_sorted_by_what_an_expression_gives(void **state)
{
	(void)state;
	gives("[{'n': 'foo', 's': 0}, {'n': 'bar', 's': -10}, {'n': 'baz', 's': 1000}].sortBy(e, "
	      "e.s).map(e, e.n)",
	      "[\"bar\", \"foo\", \"baz\"]");
	gives("['ccc', 'a', 'bb', 'dd', 'e'].sortBy(s, s.size())",
	      "[\"a\", \"e\", \"bb\", \"dd\", \"ccc\"]");
	gives("[3, -1, 2].sortBy(x, -math.abs(x))", "[3, 2, -1]");
	gives("[].sortBy(x, x)", "[]");
	gives("[1, 2].sortBy(x, x == 1 ? dyn(1) : dyn('a'))",
	      "error: 'sortBy' wants one type, not int and string");
	gives("[1, 0].sortBy(x, 1 / x)", "error: division by zero");
	gives("dyn({'a': 1}).sortBy(x, x)", "error: 'sortBy' goes through a list, not map");
	is_wrong("{'a': 1}.sortBy(x, x)",
		 "1:1 'sortBy' goes through a list, this is map(string, int)");
	is_wrong("[1].sortBy(x, [x])", "1:15 'sortBy' wants what has an order, this is list(int)");
	is_wrong("[1].sortBy(x, y)", "1:15 there is no 'y' here");
}

static void
sets_are_compared_by_what_is_in_them(void **state)
{
	(void)state;
	gives(
	    "[sets.contains([], []), sets.contains([], [1]), sets.contains([1, 2, 3, 4], [2, 3]), "
	    "sets.contains([1, 2.0, 3u], [1.0, 2u, 3]), sets.contains(['a'], ['a', 'b'])]",
	    "[true, false, true, true, false]");
	gives("[sets.equivalent([], []), sets.equivalent([1], [1, 1]), sets.equivalent(dyn([1]), "
	      "[1u, 1.0]), sets.equivalent(dyn([1, 2, 3]), [3u, 2.0, 1]), sets.equivalent([1], [1, "
	      "2])]",
	      "[true, true, true, true, false]");
	gives("[sets.intersects([1], []), sets.intersects([1], [1, 2]), sets.intersects([[1], [2, "
	      "3]], [[1, 2], [2, 3]]), sets.intersects(['a'], ['b'])]",
	      "[false, true, true, false]");
	gives("sets.contains([{'a': 1}], [{'a': 1}]) && sets.contains([null, true], [null])",
	      "true");
	gives("cel.bind(l, lists.range(3000), sets.equivalent(l, l))", "true");
	gives("cel.bind(l, lists.range(1000).map(i, {'i': i}), sets.equivalent(l, l))",
	      "error: takes more than 100000 steps: sets.equivalent(l, l)");
	is_wrong("sets.contains([1], ['a'])",
		 "1:6 'sets.contains' does not go with (list(int), list(string))");
}

static void
maps_are_made_of_entries(void **state)
{
	(void)state;
	gives("{'greeting': 'hello'}.transformMapEntry(k, v, {v: k})", "{\"hello\": \"greeting\"}");
	gives("[1, 2, 3].transformMapEntry(i, v, i > 0, {v: i, string(v): true})",
	      "{2: 1, \"2\": true, 3: 2, \"3\": true}");
	gives("{'a': 'x', 'b': 'x'}.transformMapEntry(k, v, {v: k})",
	      "error: the key is there twice");
	gives("[1, 2].transformMapEntry(i, v, i == 0 ? {dyn(1): 0} : {dyn(1u): 0})",
	      "error: the key is there twice");
	gives("[1].transformMapEntry(i, v, {})", "{}");
	gives("[1].transformMapEntry(i, v, dyn(1))",
	      "error: 'transformMapEntry' wants a map of entries, not int");
	is_wrong("[1].transformMapEntry(i, v, v)",
		 "1:29 'transformMapEntry' wants a map of entries, this is int");
	gives("[1, 1, 2].exists_one(i, v, i == 1 && v == 1) && !{'a': 1}.existsOne(k, v, v > 1)",
	      "true");
}

static void
as_many_numbers_as_there_are_have_an_extreme(void **state)
{
	(void)state;
	gives("[math.greatest(1, 2, 3, 4, 5, 6, 7, 8, 9), math.least(3, 2.5, 7u), "
	      "math.least(1, 1.0)]",
	      "[9, 2.5, 1]");
	gives("[math.sqrt(81), math.sqrt(2u) == math.sqrt(2.0), math.isNaN(math.sqrt(-15))]",
	      "[9.0, true, true]");
	is_wrong("math.greatest('a', 1, 2)", "1:15 a number is wanted here");
	is_wrong("math.greatest('a', 'b')",
		 "1:6 'math.greatest' does not go with (string, string)");
	is_wrong("math.greatest()", "1:6 'math.greatest' does not go with ()");
}

static void
optionals_hold_or_do_not(void **state)
{
	(void)state;
	gives("[optional.unwrap([optional.of(1), optional.none(), optional.of(null)]), "
	      "[optional.of('a')].unwrapOpt(), [optional.none()].unwrapOpt()]",
	      "[[1, null], [\"a\"], []]");
	gives("optional.unwrap([dyn(1)])", "error: an item is no optional, but int");
	gives("[0, 0.0, 0u, '', b'', false, null, [], {}, duration('0s'), "
	      "timestamp(0)].map(z, optional.ofNonZeroValue(dyn(z)).hasValue())",
	      "[false, false, false, false, false, false, false, false, false, false, false]");
	gives("[-1, 0.1, ' ', true, [0], {'': 0}].map(z, "
	      "optional.ofNonZeroValue(dyn(z)).hasValue())",
	      "[true, true, true, true, true, true]");
	gives("[{'a': {'b': 1}}.?a.?b, {'a': {'b': 1}}.?x.?b, {'a': [1, 2]}.?a[?1], "
	      "{'a': [1, 2]}.?a[?2], [7][?0], {'k': 8}[?'k'], {'k': 8}[?'l']]",
	      "[optional.of(1), optional.none(), optional.of(2), optional.none(), optional.of(7), "
	      "optional.of(8), optional.none()]");
	gives("[[?optional.of(1), ?optional.none(), 2], [?{'a': 3}.?a]]", "[[1, 2], [3]]");
	gives("{?'a': optional.of(1), ?'b': optional.none(), 'c': 2}", "{\"a\": 1, \"c\": 2}");
	gives("[has({'a': 1}.a), has({'a': 1}.b), has({'a': {}}.a.b), has({'a': {}}.?a.b), "
	      "has({}.?a.b)]",
	      "[true, false, false, false, false]");
	gives("[optional.of(2).optMap(x, x * 2), optional.none().optMap(x, x), "
	      "optional.of([1]).optFlatMap(l, l[?0]), optional.of([]).optFlatMap(l, l[?0])]",
	      "[optional.of(4), optional.none(), optional.of(1), optional.none()]");
	gives("[optional.none().or(optional.of(1)), optional.of(1).or(optional.of(1 / 0)), "
	      "optional.of(optional.of(2).orValue(1 / 0))]",
	      "[optional.of(1), optional.of(1), optional.of(2)]");
	gives("optional.none().value()", "error: the optional holds no value");
	gives("dyn(optional.of(1)) == optional.of(1.0) && optional.none() == optional.none() && "
	      "optional.of(1) != optional.none()",
	      "true");
	gives("type(optional.none()) == optional_type", "true");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parts_of_lists),
	    cmocka_unit_test(parts_of_documents_are_documents),
	    cmocka_unit_test(lists_of_lists_become_one),
	    cmocka_unit_test(what_is_there_twice_is_left_out),
	    cmocka_unit_test(ranges_and_reverses),
	    cmocka_unit_test(lists_are_sorted_by_the_order_of_their_type),
	    cmocka_unit_test(lists_are_sorted_by_what_an_expression_gives),
	    cmocka_unit_test(sets_are_compared_by_what_is_in_them),
	    cmocka_unit_test(maps_are_made_of_entries),
	    cmocka_unit_test(as_many_numbers_as_there_are_have_an_extreme),
	    cmocka_unit_test(optionals_hold_or_do_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
