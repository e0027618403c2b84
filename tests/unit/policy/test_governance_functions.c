/*
 * What expressions can ask of data products.
 */
#include "expression.h"
#include "product_functions.h"

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
	assert_non_null(strstr(found, "error: "));
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
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
