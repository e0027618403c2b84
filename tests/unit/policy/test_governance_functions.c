/*
 * What expressions can ask of data products.
 */
#include "expression.h"
#include "governance_functions.h"

static void
says(const char *source, const char *wanted)
{
	CLEANUP(arena_done) struct arena arena = {0};
	const struct cel_declarations d = {.libraries = governance_libraries};
	assert_string_equal(value_of(&arena, &d, no_bindings, source), wanted);
}

static void
periods_are_compared_so_that_it_holds_wherever_they_begin(void **state)
{
	(void)state;
	says("period('2555 days') >= period('7 years')", "false");
	says("period('2557 days') >= period('7 years')", "true");
	says("period('84 months') >= period('7 years') && period('P7Y') >= period('7 years')",
	     "true");
	says("period('2555 days') < period('7 years')", "true");
	says("period('2557 days') > period('7 years')", "false");
	says("period('2558 days') > period('7 years')", "true");
	says("period('2557 days') <= period('7 years')", "true");
	says("period('7 years') > period('7 years') || period('7 years') < period('7 years')",
	     "false");
	says("period('7 years') <= period('7 years') && period('7 years') >= period('7 years')",
	     "true");
}

static void
periods_are_equal_when_they_are_written_from_the_same_units(void **state)
{
	(void)state;
	says("period('12 months') == period('1 year') && period('24 hours') == period('1 day')",
	     "true");
	says("period('365 days') == period('1 year')", "false");
	says("period('1 year') != period('12 months')", "false");
}

static void
a_period_that_is_none_is_an_error_with_an_example(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	const struct cel_declarations d = {.libraries = governance_libraries};
	const char *found = value_of(&arena, &d, no_bindings, "period('for ever')");
	assert_non_null(strstr(found, "mistake: "));
	assert_non_null(strstr(found, "7 years"));
	says("string(period('84 months'))", "\"7 years\"");
}

static void
retention_is_zero_where_it_is_not_given(void **state)
{
	(void)state;
	says("retention({'retention': '7 years'}) == period('7 years')", "true");
	says("retention({}) == period('0 days') && retention({'retention': null}) == period('0 "
	     "days')",
	     "true");
	says("retention({'retention': 7})", "error: the retention is no text such as \"7 years\"");
}

static void
personal_data_is_known_by_whatever_says_it(void **state)
{
	(void)state;
	says("is_personal({'pii': true}) && is_personal({'tags': ['x', 'PII']}) && "
	     "is_personal({'tags': 'personal'})",
	     "true");
	says("is_personal({'classification': 'pii'})", "true");
	says(
	    "is_personal({'pii': false, 'classification': 'confidential', 'tags': ['impersonal']})",
	    "false");
	says("is_personal({}) || is_personal({'pii': 'true'})", "false");
}

static void
the_personal_columns_of_a_product_are_those_that_say_so(void **state)
{
	(void)state;
	says("personal_columns({'schema': [{'name': 'a'}, {'name': 'b', 'pii': true}]})",
	     "[{\"name\": \"b\", \"pii\": true}]");
	says("personal_columns({}).size() + personal_columns({'schema': 'x'}).size()", "0");
	says("has_personal_data({'schema': [{'pii': true}]}) && has_personal_data({'tags': "
	     "['pii']})",
	     "true");
	says("has_personal_data({'schema': [{'pii': false}], 'tags': []})", "false");
}

static void
given_is_what_is_neither_absent_nor_null_nor_empty(void **state)
{
	(void)state;
	says("is_given({'a': 1}.?a) && is_given(0) && is_given(false) && is_given([null])", "true");
	says("is_given({'a': 1}.?b) || is_given(null) || is_given([]) || is_given({}) || "
	     "is_given('')",
	     "false");
	says("is_given({'a': []}.?a) || is_given({'a': null}.?a)", "false");
}

static void
periods_are_added_by_the_calendar(void **state)
{
	(void)state;
	says("timestamp('2024-01-31T10:00:00Z') + period('1 month') == "
	     "timestamp('2024-02-29T10:00:00Z')",
	     "true");
	says("string(date('2023-12-31') + period('2 months'))", "\"2024-02-29T00:00:00Z\"");
	says("string(period('1 year 1 day') + date('2024-02-29'))", "\"2025-03-01T00:00:00Z\"");
	says("string(date('2024-03-31') - period('1 month'))", "\"2024-02-29T00:00:00Z\"");
	says("string(date('2024-01-15') - period('1 year'))", "\"2023-01-15T00:00:00Z\"");
	says("string(timestamp('1969-12-31T23:59:59.5Z') + period('1 second'))",
	     "\"1970-01-01T00:00:00.500Z\"");
	says("string(date('2024-01-01') - period('1 microsecond'))",
	     "\"2023-12-31T23:59:59.999999Z\"");
	says("period('1 year') + period('6 months') == period('18 months')", "true");
	says("date('9999-12-31') + period('1 day')",
	     "error: a timestamp is from the year 1 to 9999");
	says("date('0001-01-01') - period('10000 years')",
	     "error: a timestamp is from the year 1 to 9999");
	says("period('10000 years') + period('1 month')",
	     "error: the period is longer than 10000 years");
}

static void
a_date_is_the_first_moment_of_its_day(void **state)
{
	(void)state;
	says("date('2026-12-31') == timestamp('2026-12-31T00:00:00Z')", "true");
	says("date(timestamp('2026-12-31T23:59:59.999Z')) == date('2026-12-31')", "true");
	says("date(timestamp('1969-12-31T23:00:00Z')) == date('1969-12-31')", "true");
	says("date('2026-12-31') + period('1 day') > timestamp('2026-12-31T23:59:59Z')", "true");
	says("date('31.12.2026')", "mistake: \"31.12.2026\" is no date, such as \"2026-12-31\"");
	says("date('2026-02-30')", "mistake: \"2026-02-30\" is no date, such as \"2026-12-31\"");
	says("date('2026-12-31T00:00:00Z')",
	     "mistake: \"2026-12-31T00:00:00Z\" is no date, such as \"2026-12-31\"");
}

static void
the_strictest_classification_is_the_products_or_a_columns(void **state)
{
	(void)state;
	says("strictest_classification({'classification': 'internal', 'schema': "
	     "[{'classification': 'restricted'}, {'classification': 'public'}]})",
	     "\"restricted\"");
	says("strictest_classification({'classification': 'confidential', 'schema': [{}]})",
	     "\"confidential\"");
	says("strictest_classification({})", "\"\"");
	says("['public', 'internal', 'confidential', 'restricted', 'secret', ''].map(w, "
	     "classification_level(w))",
	     "[0, 1, 2, 3, -1, -1]");
}

static void
what_may_be_one_or_many_is_a_list(void **state)
{
	(void)state;
	says("as_list({'a': [1, 2]}.?a) + as_list('x') + as_list({}.?a) + as_list(null)",
	     "[1, 2, \"x\"]");
	says("[as_text({'a': 'x'}.?a), as_text({}.?a), as_text(null)]", "[\"x\", \"\", \"\"]");
	says("as_text([])", "error: it is no text but list");
	says("as_list({'role': 'r'})", "[{\"role\": \"r\"}]");
}

static void
columns_are_found_by_what_they_are(void **state)
{
	(void)state;
	static const char product[] =
	    "cel.bind(p, {'schema': [{'name': 'id', 'key': true}, {'name': 'day', 'key': true}, "
	    "{'name': 'n', 'key': false}], 'quality_checks': [{'unique': 'id'}, {'unique': ['id', "
	    "'day']}, {'not_null': 'n'}, {'range': {'column': 'n', 'min': 0}}]}, %s)";
	static const char *const cases[][2] = {
	    {"column_names(p)", "[\"id\", \"day\", \"n\"]"},
	    {"key_columns(p)", "[\"id\", \"day\"]"},
	    {"column(p, 'n').?key.orValue(true)", "false"},
	    {"column(p, 'm').hasValue()", "false"},
	    {"column_pointer(p, 'n')", "\"/schema/2\""},
	    {"column_pointer(p, 'm')", "\"/schema\""},
	    {"checks(p, 'unique')", "[[\"id\"], [\"id\", \"day\"]]"},
	    {"checks(p, 'not_null')", "[[\"n\"]]"},
	    {"checks(p, 'range')", "[{\"column\": \"n\", \"min\": 0}]"},
	    {"checks(p, 'freshness')", "[]"},
	};
	CLEANUP(arena_done) struct arena arena = {0};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *hole = strstr(product, "%s");
		says(arena_printf(&arena, "%.*s%s)", (int)(hole - product), product, cases[i][0]),
		     cases[i][1]);
	}
	says("checks({'quality_checks': {'unique': 'id'}}, 'unique')", "[[\"id\"]]");
	says("checks({'quality_checks': null}, 'unique') + checks({}, 'unique')", "[]");
}

static void
a_domain_is_within_itself_and_what_it_is_a_part_of(void **state)
{
	(void)state;
	says("domain_within('retail', 'retail') && domain_within('retail.cards', 'retail') && "
	     "domain_within('retail.cards.disputes', 'retail.cards')",
	     "true");
	says("domain_within('retailing', 'retail') || domain_within('retail-x', 'retail') || "
	     "domain_within('retail', 'retail.cards') || domain_within('retail/cards', 'retail') "
	     "|| domain_within('retail', '') || domain_within('', 'retail')",
	     "false");
	says("domain_within('retail.cards', ['risk', 'retail'])", "true");
	says("domain_within('retail.cards', [])", "false");
	says("[parent_domain('retail.cards.disputes'), parent_domain('retail')]",
	     "[\"retail.cards\", \"\"]");
}

static void
versions_are_compared_by_their_numbers(void **state)
{
	(void)state;
	says("semver('1.10.0').isGreaterThan(semver('1.9.3'))", "true");
	says("semver('1.0.0-rc.1').isLessThan(semver('1.0.0'))", "true");
	says("semver('1.0.0+a').compareTo(semver('1.0.0+b'))", "0");
	says("[semver('1.2.3').major(), semver('1.2.3').minor(), semver('1.2.3').patch()]",
	     "[1, 2, 3]");
	says("[isSemver('1.2.3'), isSemver('1.2'), isSemver('v1.2.3')]", "[true, false, false]");
	says("semver('1.2')", "error: \"1.2\" is no semantic version, such as \"1.4.0\"");
	says("semver('2.0.0').isBreakingAfter(semver('1.9.0')) && "
	     "semver('0.3.0').isBreakingAfter(semver('0.2.9'))",
	     "true");
	says("semver('1.10.0').isBreakingAfter(semver('1.9.0')) || "
	     "semver('0.2.9').isBreakingAfter(semver('0.2.0')) || "
	     "semver('1.0.0').isBreakingAfter(semver('2.0.0'))",
	     "false");
	says("dyn({'major': 1}).major()",
	     "error: it is no semantic version: semver(\"1.4.0\") makes one");
}

static void
columns_of_two_versions_are_told_apart_by_name_and_type(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
	    {"added_columns(b, a)", "[\"new\"]"},
	    {"removed_columns(b, a)", "[\"old\"]"},
	    {"retyped_columns(b, a)", "[\"n\"]"},
	};
	CLEANUP(arena_done) struct arena arena = {0};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		says(arena_printf(
			 &arena,
			 "cel.bind(b, {'schema': [{'name': 'id', 'type': 'STRING'}, {'name': 'n', "
			 "'type': 'INTEGER'}, {'name': 'old', 'type': 'DATE'}]}, cel.bind(a, "
			 "{'schema': [{'name': 'n', 'type': 'BIGINT'}, {'name': 'new', 'type': "
			 "'DATE'}, {'name': 'id', 'type': 'STRING'}]}, %s))",
			 cases[i][0]),
		     cases[i][1]);
	says("added_columns(null, {'schema': [{'name': 'a'}]}) + removed_columns(null, {}) + "
	     "retyped_columns(null, {})",
	     "[]");
}

static void
what_a_column_comes_from_is_found_among_the_inputs(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
	    {"upstream_of(u, 'a.b').?owner", "optional.of(\"team\")"},
	    {"upstream_of(u, 'x.y').hasValue()", "false"},
	    {"upstream_column(u, 'a.b', 'id').?personal", "optional.of(true)"},
	    {"upstream_column(u, 'a.b', 'x').hasValue() || upstream_column(u, 'n|s', "
	     "'x').hasValue()",
	     "false"},
	    {"personal_sources({'from': 'a.b#id'}, u)", "[\"a.b#id\"]"},
	    {"personal_sources({'from': ['a.b#n', {'column': 'a.b#id', 'masking': false}]}, u)",
	     "[\"a.b#id\"]"},
	    {"personal_sources({'from': [{'column': 'a.b#id', 'masking': true}, 'a.b#n', "
	     "'n|s#id', 'a.b']}, u) + personal_sources({}, u)",
	     "[]"},
	};
	CLEANUP(arena_done) struct arena arena = {0};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		says(arena_printf(&arena,
				  "cel.bind(u, [{'name': 'n|s'}, {'name': 'a.b', 'owner': 'team', "
				  "'columns': [{'name': 'n', 'personal': false}, {'name': 'id', "
				  "'personal': true}]}], %s)",
				  cases[i][0]),
		     cases[i][1]);
	says(
	    "column_sources({'from': ['a.b#x', {'column': 'kafka://h:1|t#v#w', 'masking': true}]})",
	    "[{\"input\": \"a.b\", \"column\": \"x\", \"masking\": false}, {\"input\": "
	    "\"kafka://h:1|t#v\", \"column\": \"w\", \"masking\": true}]");
}

/* A list of so many columns makes a product that costs as much as it is long. */
static void
what_is_gone_through_counts_as_steps(void **state)
{
	(void)state;
	static const char *const calls[] = {
	    "personal_columns(p)",
	    "has_personal_data(p)",
	    "strictest_classification(p)",
	    "column_names(p)",
	    "key_columns(p)",
	    "column(p, 'x')",
	    "column_pointer(p, 'x')",
	    "removed_columns(p, p)",
	    "personal_sources(p, s)",
	    "columns_from_personal(p, s)",
	    "column_sources(p)",
	    "upstream_of(s, 'x')",
	    "upstream_column(s, 'a', 'x')",
	    "checks(p, 'unique')",
	    "domain_within('a', names)",
	};
	enum { MANY = 1000 };
	CLEANUP(arena_done) struct arena arena = {0};
	struct cel_value *columns = ARENA_ARRAY(&arena, struct cel_value, MANY);
	struct cel_value *names = ARENA_ARRAY(&arena, struct cel_value, MANY);
	const struct cel_entry named = {cel_string("name", 4), cel_string("a", 1)};
	for (size_t i = 0; i < MANY; i++) {
		columns[i] = cel_map_of(&arena, &named, 1);
		names[i] = cel_string("b", 1);
	}
	const struct cel_entry parts[] = {
	    {cel_string("schema", 6), cel_list(columns, MANY)},
	    {cel_string("from", 4), cel_list(columns, MANY)},
	    {cel_string("quality_checks", 14), cel_list(columns, MANY)},
	    {cel_string("name", 4), cel_string("a", 1)},
	    {cel_string("columns", 7), cel_list(columns, MANY)}};
	const struct cel_value product = cel_map_of(&arena, parts, ARRAY_LEN(parts));
	const struct cel_value bindings[] = {product, cel_list(columns, MANY),
					     cel_list(names, MANY)};
	const struct cel_value inputs[] = {product, cel_list(&product, 1), cel_list(names, MANY)};
	const struct cel_variable variables[] = {{.name = "p", .type = "map(string, dyn)"},
						 {.name = "s", .type = "list(dyn)"},
						 {.name = "names", .type = "list(string)"}};
	const struct cel_declarations d = {
	    .variables = variables, .variable_count = 3, .libraries = governance_libraries};
	for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
		struct cel_issues issues = {.arena = &arena};
		struct cel_program *p = cel_compile(&d, calls[i], strlen(calls[i]), &issues);
		assert_non_null(p);
		bool of_input = strstr(calls[i], "upstream_column") != NULL;
		const struct cel_value *bound = of_input ? inputs : bindings;
		uint64_t cost;
		cel_evaluate(p, bound, CEL_STEPS(UINT64_C(10) * MANY), &arena, &cost);
		if (cost < MANY)
			fail_msg("%s costs %llu", calls[i], (unsigned long long)cost);
		struct cel_value cut = cel_evaluate(p, bound, CEL_STEPS(MANY / 2), &arena, &cost);
		assert_int_equal(cut.kind, CEL_ERROR);
		assert_true(cut.error->exhausted);
		cel_program_destroy(p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(periods_are_compared_so_that_it_holds_wherever_they_begin),
	    cmocka_unit_test(periods_are_equal_when_they_are_written_from_the_same_units),
	    cmocka_unit_test(a_period_that_is_none_is_an_error_with_an_example),
	    cmocka_unit_test(retention_is_zero_where_it_is_not_given),
	    cmocka_unit_test(personal_data_is_known_by_whatever_says_it),
	    cmocka_unit_test(the_personal_columns_of_a_product_are_those_that_say_so),
	    cmocka_unit_test(given_is_what_is_neither_absent_nor_null_nor_empty),
	    cmocka_unit_test(periods_are_added_by_the_calendar),
	    cmocka_unit_test(a_date_is_the_first_moment_of_its_day),
	    cmocka_unit_test(the_strictest_classification_is_the_products_or_a_columns),
	    cmocka_unit_test(what_may_be_one_or_many_is_a_list),
	    cmocka_unit_test(columns_are_found_by_what_they_are),
	    cmocka_unit_test(a_domain_is_within_itself_and_what_it_is_a_part_of),
	    cmocka_unit_test(versions_are_compared_by_their_numbers),
	    cmocka_unit_test(columns_of_two_versions_are_told_apart_by_name_and_type),
	    cmocka_unit_test(what_a_column_comes_from_is_found_among_the_inputs),
	    cmocka_unit_test(what_is_gone_through_counts_as_steps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
