/*
 * What the checker refuses, with which words and where, and which types it infers.
 */
#include "base/utf8.h"

#include "expression.h"
#include "product_table.h"

static const struct cel_variable variables[] = {
    {.name = "product", .fields = &product_table},
    {.name = "n", .type = "int"},
    {.name = "names", .type = "list(string)"},
    {.name = "anything", .type = "dyn"},
    {.name = "a.b", .type = "string"},
};
static const struct cel_declarations declared = {.variables = variables,
						 .variable_count = ARRAY_LEN(variables)};

static void
refuses(const char *source, const char *wanted)
{
	CLEANUP(arena_done) struct arena arena = {0};
	assert_string_equal(mistake_in(&arena, &declared, source), wanted);
}

static void
accepts(const char *source)
{
	refuses(source, "");
}

static void
has_type(const char *source, const char *wanted)
{
	expect_type(&declared, source, wanted);
}

static void
suggests(const char *source, const char *wanted)
{
	expect_suggestion(&declared, source, wanted);
}

static void
an_unknown_field_of_a_product_is_a_mistake_with_the_nearest_name(void **state)
{
	(void)state;
	refuses("product.retension", "1:9 there is no field 'retension'");
	suggests("product.retension", "retention");
	suggests("has(product.retension)", "retention");
	suggests("product.?retension.orValue('')", "retention");
	suggests("product['retension']", "retention");
	suggests("product.schema.exists(c, c.pi)", "pii");
	suggests("product.sla.freshnes", "freshness");
}

static void
fields_that_may_take_several_forms_are_dyn(void **state)
{
	(void)state;
	has_type("product.name", "string");
	has_type("product.retention", "string");
	has_type("product.rows", "int");
	has_type("product.weight", "dyn");
	has_type("product.tags", "dyn");
	has_type("product.access", "dyn");
	has_type("product.settings", "dyn");
	has_type("product.schema[0].pii", "bool");
	has_type("product.?schema", "optional_type(list(map(string, dyn)))");
	has_type("product.`x-team`", "dyn");
	accepts("product.settings.anything.at.all == product.access[0].freshness");
}

static void
an_unknown_name_is_a_mistake_with_the_nearest_name(void **state)
{
	(void)state;
	refuses("prodct.name", "1:1 there is no 'prodct' here");
	suggests("prodct.name", "product");
	refuses("names.all(x, y == x)", "1:14 there is no 'y' here");
	suggests("product.name.startsWth('a')", "startsWith");
	accepts("a.b.size() > 0");
}

static void
operands_that_do_not_go_together_are_named(void **state)
{
	(void)state;
	refuses("'a' + 1", "1:5 '+' does not go with (string, int)");
	refuses("1 == 'a'", "1:3 '==' does not go with (int, string)");
	refuses("-'a'", "1:1 '-' does not go with (string)");
	refuses("n in n", "1:3 'in' does not go with (int, int)");
	refuses("names['a']", "1:6 '[]' does not go with (list(string), string)");
	refuses("size(1)", "1:1 'size' does not go with (int)");
	refuses("n.startsWith('a')", "1:3 'startsWith' does not go with (int, string)");
	refuses("true ? 1 : 'a'", "1:6 '?:' does not go with (bool, int, string)");
}

static void
logic_and_conditions_want_bool(void **state)
{
	(void)state;
	refuses("true && 1", "1:9 '&&' wants bool, this is int");
	refuses("n || true", "1:1 '||' wants bool, this is int");
	refuses("names.all(x, x)", "1:14 'all' wants bool, this is string");
	refuses("n.all(x, true)", "1:1 'all' goes through a list or a map, this is int");
	accepts("anything && anything.all(x, x)");
}

static void
all_mistakes_come_at_once(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	struct cel_issues issues = {.arena = &arena};
	const char *source = "x > 1 &&\n  size(2) == y";
	assert_null(cel_compile(&declared, source, strlen(source), &issues));
	assert_int_equal(issues.count, 3);
	assert_int_equal(issues.items[0].at.line, 1);
	assert_int_equal(issues.items[1].at.line, 2);
	assert_int_equal(issues.items[1].at.column, 3);
	assert_int_equal(issues.items[2].at.column, 14);
}

static void
mistakes_beyond_fifty_are_not_collected(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	CLEANUP(buf_done) struct buf source = {0};
	struct cel_issues issues = {.arena = &arena};
	buf_text(&source, "[x");
	for (int i = 0; i < 20000; i++)
		buf_text(&source, ", x");
	buf_text(&source, "]");
	assert_null(cel_compile(&declared, source.data, source.length, &issues));
	assert_int_equal(issues.count, 50);
}

static void
a_caret_stands_under_the_place(void **state)
{
	(void)state;
	CLEANUP(buf_done) struct buf out = {0};
	cel_caret("first\n\xC3\xA9 + product.nme", 6 + 3 + 10, 3, &out);
	assert_string_equal(out.data, "\xC3\xA9 + product.nme\n            ^~~");
}

static void
types_are_inferred_through_lists_and_macros(void **state)
{
	(void)state;
	has_type("[1, 2]", "list(int)");
	has_type("[1, 'a']", "list(dyn)");
	has_type("[]", "list(dyn)");
	has_type("{'a': [1.0]}", "map(string, list(double))");
	has_type("names.map(x, x.size())", "list(int)");
	has_type("names.filter(x, x != '')", "list(string)");
	has_type("{'a': 1}.transformMap(k, v, v > 1)", "map(string, bool)");
	has_type("names[?0].optMap(x, x + '!')", "optional_type(string)");
	has_type("cel.bind(x, names, x[0])", "string");
	has_type("true ? 1 : anything", "dyn");
	has_type("type(n)", "type(int)");
	has_type("[optional.none(), optional.of(1)]", "list(optional_type(int))");
}

static void
the_result_must_have_the_type_that_is_wanted(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	struct cel_declarations d = declared;
	d.result = "bool";
	assert_string_equal(mistake_in(&arena, &d, "n + 1"),
			    "1:1 the expression gives int, but bool is wanted");
	assert_string_equal(mistake_in(&arena, &d, "anything"), "");
}

static void
a_macro_variable_hides_a_declared_one_unless_a_dot_leads(void **state)
{
	(void)state;
	has_type("names.map(n, n)", "list(string)");
	has_type("names.map(n, .n)", "list(int)");
}

static void
a_pattern_that_is_wrong_is_a_mistake_when_it_is_compiled(void **state)
{
	(void)state;
	refuses("product.name.matches('a(')", "1:22 not a regular expression: missing ): a(");
	accepts("product.name.matches(product.owner)");
}

static void
a_part_of_a_name_that_is_not_there_is_named_whole(void **state)
{
	(void)state;
	refuses("a.c == ''", "1:1 there is no 'a.c' here");
	refuses("a.c.d == ''", "1:1 there is no 'a.c' here");
	refuses("[1].all(a, a.c)", "1:14 int has no fields");
	suggests("a.bb == ''", "a.b");
}

/* A line of thousands is not shown for each of its mistakes. */
static void
of_a_long_line_what_is_around_the_caret_is_shown(void **state)
{
	(void)state;
	CLEANUP(buf_done) struct buf source = {0}, out = {0};
	for (int i = 0; i < 1000; i++)
		buf_text(&source, "\xC3\xA9");
	uint32_t offset = (uint32_t)source.length;
	for (int i = 0; i < 1000; i++)
		buf_text(&source, "\xC3\xA9");
	cel_caret(source.data, offset, 1000, &out);
	assert_int_equal(utf8_check(out.data, out.length), out.length);
	assert_true(out.length < 500);
	assert_memory_equal(out.data, "...\xC3\xA9", 5);
	const char *caret = strchr(out.data, '\n') + 1;
	assert_int_equal(strspn(caret, " "), 3 + 50);
	assert_string_equal(caret + 3 + 50, "^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~");
}

/* Taken for the first thing that a function wants, what is something else would be refused. */
static void
what_comes_out_of_dyn_is_dyn(void **state)
{
	(void)state;
	has_type("anything.value().getHours() + 1", "int");
	gives("dyn(optional.of(duration('2h'))).value().getHours()", "2");
	gives("dyn(optional.of(duration('2h'))).optMap(d, d.getHours())", "optional.of(2)");
	gives("[?dyn(optional.of(duration('2h')))][0].getHours()", "2");
	gives("dyn([duration('2h')])[0].getHours()", "2");
}

static void
two_records_that_meet_are_neither_of_them(void **state)
{
	(void)state;
	accepts("(n > 0 ? product : product.sla).freshness == ''");
	accepts("(n > 0 ? product.sla : product).name == ''");
	accepts("[product.sla, product].exists(x, x.name == '')");
	accepts("{'a': product.sla, 'b': product}.b.name == ''");
	accepts("[[product], [product.sla]].exists(l, l[0].freshness == '')");
	accepts("product.?sla.orValue(product).name == ''");
	accepts("(n > 0 ? product.sla : product) == null");
	accepts("(n > 0 ? product.sla : {'freshness': 1}).freshness == '1 hour'");
	accepts("(n > 0 ? {'freshness': 1} : product.sla).freshness == '1 hour'");
}

static void
a_record_that_meets_itself_or_nothing_stays_what_it_is(void **state)
{
	(void)state;
	suggests("(n > 0 ? product.sla : product.sla).freshnes", "freshness");
	suggests("[product.sla, null][0].freshnes", "freshness");
	suggests("[null, product.sla][0].freshnes", "freshness");
	suggests("product.?sla.orValue({}).freshnes", "freshness");
	suggests("product.?schema.orValue([]).all(c, c.pi)", "pii");
	has_type("n > 0 ? {} : {'a': 1}", "map(string, int)");
	has_type("[{}][0]", "map(dyn, dyn)");
}

/* In whatever order they come. */
static void
what_meets_dyn_is_dyn_inside(void **state)
{
	(void)state;
	has_type("[1] + anything", "list(dyn)");
	has_type("anything + [1]", "list(dyn)");
	has_type("[1] + [anything]", "list(dyn)");
	has_type("[[1], [anything]]", "list(list(dyn))");
	has_type("[{'a': anything}, {anything: 1}]", "list(map(dyn, dyn))");
	gives("([1] + dyn(['a'])).exists(x, x == 'a')", "true");
	gives("dyn(optional.of(1)).orValue('a') + 1", "2");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_unknown_field_of_a_product_is_a_mistake_with_the_nearest_name),
	    cmocka_unit_test(fields_that_may_take_several_forms_are_dyn),
	    cmocka_unit_test(an_unknown_name_is_a_mistake_with_the_nearest_name),
	    cmocka_unit_test(operands_that_do_not_go_together_are_named),
	    cmocka_unit_test(logic_and_conditions_want_bool),
	    cmocka_unit_test(all_mistakes_come_at_once),
	    cmocka_unit_test(mistakes_beyond_fifty_are_not_collected),
	    cmocka_unit_test(a_caret_stands_under_the_place),
	    cmocka_unit_test(types_are_inferred_through_lists_and_macros),
	    cmocka_unit_test(the_result_must_have_the_type_that_is_wanted),
	    cmocka_unit_test(a_macro_variable_hides_a_declared_one_unless_a_dot_leads),
	    cmocka_unit_test(a_pattern_that_is_wrong_is_a_mistake_when_it_is_compiled),
	    cmocka_unit_test(a_part_of_a_name_that_is_not_there_is_named_whole),
	    cmocka_unit_test(of_a_long_line_what_is_around_the_caret_is_shown),
	    cmocka_unit_test(what_comes_out_of_dyn_is_dyn),
	    cmocka_unit_test(two_records_that_meet_are_neither_of_them),
	    cmocka_unit_test(a_record_that_meets_itself_or_nothing_stays_what_it_is),
	    cmocka_unit_test(what_meets_dyn_is_dyn_inside),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
