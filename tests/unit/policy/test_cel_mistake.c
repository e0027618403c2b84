/*
 * What a policy's author reads: every row is a mistake that people make, where it is pointed at,
 * what is said, and what is suggested.
 */
#include "expression.h"
#include "governance_functions.h"
#include "product_table.h"

static const struct cel_variable variables[] = {
    {.name = "product", .fields = &product_table},
    {.name = "now", .type = "timestamp"},
    {.name = "names", .type = "list(string)"},
    {.name = "counts", .type = "map(string, int)"},
    {.name = "n", .type = "int"},
};
static const struct cel_declarations declared = {.variables = variables,
						 .variable_count = ARRAY_LEN(variables),
						 .libraries = governance_libraries};

struct mistake {
	const char *source, *message; /* the message with its place */
	const char *suggestion;       /* NULL: none */
};

static void
check_mistake(const struct mistake *m, const struct cel_declarations *d)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct cel_issues issues = {.arena = &arena};
	struct cel_program *p = cel_compile(d, m->source, strlen(m->source), &issues);
	cel_program_destroy(p);
	if (p)
		fail_msg("this is no mistake: %s", m->source);
	const struct cel_issue *issue = &issues.items[0];
	assert_string_equal(
	    arena_printf(&arena, "%u:%u %s", issue->at.line, issue->at.column, issue->message),
	    m->message);
	assert_string_equal(issue->suggestion ? issue->suggestion : "-",
			    m->suggestion ? m->suggestion : "-");
	assert_int_equal(issues.count, 1);
}

#define CHECK(rows)                                                                                \
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)                                               \
	check_mistake(&(rows)[i], &declared)

static void
signs_and_words_of_other_languages(void **state)
{
	(void)state;
	// clang-format off
	static const struct mistake rows[] = {
		{"product.owner = 'a'",        "1:15 '=' is no operator; equality is '=='", "=="},
		{"n === 1",                    "1:3 '===' is no operator", "=="},
		{"n !== 1",                    "1:3 '!==' is no operator", "!="},
		{"n <> 1",                     "1:3 '<>' is no operator", "!="},
		{"n =< 1",                     "1:3 '=<' is no operator", "<="},
		{"n > 1 & n < 3",              "1:7 '&' and '|' are no operators; logic is '&&' and '||'", "&&"},
		{"n > 1 | n < 3",              "1:7 '&' and '|' are no operators; logic is '&&' and '||'", "||"},
		{"n > 1 and n < 3",            "1:7 'and' is no operator", "&&"},
		{"n > 1 OR n < 3",             "1:7 'OR' is no operator", "||"},
		{"not n > 1",                  "1:1 'not' is no operator", "!"},
		{"not (n > 1)",                "1:1 there is no function 'not'", "!condition"},
		{"'a' not in names",           "1:5 'not' is no operator", "!(value in list)"},
		{"names contains 'a'",         "1:7 'contains' is no operator", "text.contains(part)"},
		{"n is 1",                     "1:3 'is' is no operator", "=="},
		{"if n > 1 then 2 else 3",     "1:1 this word is reserved and cannot be a name", "condition ? this : that"},
		{"n > 1 then 2",               "1:7 'then' is no operator", "condition ? this : that"},
		{"for x in names",             "1:1 this word is reserved and cannot be a name", "list.all(x, condition), list.exists(x, condition), list.map(x, expression)"},
		{"let x = 1",                  "1:1 this word is reserved and cannot be a name", "cel.bind(x, value, expression)"},
		{"names.all(x => x == 'a')",   "1:13 '=>' is no operator: '>=' compares, and a macro is list.filter(x, condition)", NULL},
		{"product->name",              "1:8 '->' is no operator", "."},
		{"product::name",              "1:8 '::' is no operator", "."},
		{"n in 1..5",                  "1:7 '..' is no operator", "low <= x && x <= high"},
		{"n++",                        "1:2 '++' is no operator", NULL},
		{"n ** 2",                     "1:3 '**' is no operator", NULL},
		{"product.name;",              "1:13 there is one expression, and ';' ends none", NULL},
		{"n > 1 # comment",            "1:7 a comment begins with '//' and ends with its line", "// comment"},
		{"n /* many */ > 1",           "1:3 a comment begins with '//' and ends with its line", "// comment"},
		{"$n",                         "1:1 this character has no meaning here", NULL},
		{"n > \xC3\xA9",               "1:5 this character has no meaning here", "names are of a to z, digits and _; a key of other letters stands in quotes, x['key']"},
		{"n\xC2\xA0> 1",               "1:2 an invisible character stands here, which is no plain space", NULL},
		{"\xEF\xBB\xBFn > 1",          "1:1 an invisible character stands here, which is no plain space", NULL},
	};
	// clang-format on
	CHECK(rows);
}

static void
what_is_not_closed_or_not_opened(void **state)
{
	(void)state;
	// clang-format off
	static const struct mistake rows[] = {
		{"(n > 1",                  "1:7 expected ')' for the '(' at 1:1, found the end", NULL},
		{"size(names > 1",          "1:15 expected ',' or ')' for the '(' at 1:5, found the end", NULL},
		{"names.all(x,\n  x == 'a'", "2:11 expected ',' or ')' for the '(' at 1:10, found the end", NULL},
		{"[1, 2",                   "1:6 expected ',' or ']' for the '[' at 1:1, found the end", NULL},
		{"names[0",                 "1:8 expected ']' for the '[' at 1:6, found the end", NULL},
		{"{'a': 1",                 "1:8 expected ',' or '}' for the '{' at 1:1, found the end", NULL},
		{"n > 1 ? 2",               "1:10 expected ':' for the '?' at 1:7, found the end", NULL},
		{"n > 1 &&  \n\n",         "1:9 expected a value, found the end", NULL},
		{"n > 1)",                  "1:6 this closes nothing that was opened", NULL},
		{"names]",                  "1:6 this closes nothing that was opened", NULL},
		{"(n > 1 and n < 2)",       "1:8 'and' is no operator", "&&"},
		{"'abc",                    "1:1 a text is not closed", NULL},
		{"'it's'",                  "1:5 the text ends before this; a quote within it is written \\' or \\\"", NULL},
		{"product.owner == \xE2\x80\x9C" "a\xE2\x80\x9D", "1:18 a text stands in straight quotes", "\"...\""},
		{"\xE2\x80\x98" "a\xE2\x80\x99",  "1:1 a text stands in straight quotes", "\"...\""},
		{"\xC2\xAB" "a\xC2\xBB",          "1:1 a text stands in straight quotes", "\"...\""},
	};
	// clang-format on
	CHECK(rows);
}

static void
names_fields_and_functions_that_are_not_there(void **state)
{
	(void)state;
	// clang-format off
	static const struct mistake rows[] = {
		{"prodct.name == ''",       "1:1 there is no 'prodct' here", "product"},
		{"x > 1",                   "1:1 there is no 'x' here", "one of product, now, names, counts, n"},
		{"True",                    "1:1 there is no 'True' here", "true"},
		{"None",                    "1:1 there is no 'None' here", "null"},
		{"{owner: 1}",              "1:2 there is no 'owner' here", "\"owner\""},
		{"product.retension",       "1:9 there is no field 'retension'", "retention"},
		{"product['retension']",    "1:9 there is no field 'retension'", "retention"},
		{"product.name.size",       "1:14 string has no fields", "size()"},
		{"names.length",            "1:7 list(string) has no fields", "size(x)"},
		{"n.value",                 "1:3 int has no fields", NULL},
		{"names.length()",          "1:7 there is no function 'length'", "size(x)"},
		{"len(names)",              "1:1 there is no function 'len'", "size(x)"},
		{"names.any(x, x == 'a')",  "1:7 there is no function 'any'", "list.exists(x, condition)"},
		{"product.name.toLowerCase()", "1:14 there is no function 'toLowerCase'", "lowerAscii()"},
		{"product.name.startswith('a')", "1:14 there is no function 'startswith'", "startsWith"},
		{"max(1, 2)",               "1:1 there is no function 'max'", "math.greatest(x, y)"},
		{"exists(names, x, x == '')", "1:1 'exists' is used as list.exists(x, condition)", NULL},
		{"names.all(n > 1)",        "1:7 'all' is used as list.all(x, condition)", NULL},
		{"has(product)",            "1:5 has() takes the selection of a field, such as has(x.field)", NULL},
	};
	// clang-format on
	CHECK(rows);
}

static void
what_does_not_go_together_with_what_would(void **state)
{
	(void)state;
	// clang-format off
	static const struct mistake rows[] = {
		{"product.owner == null",   "1:15 string is never null", "!is_given(product.?owner)"},
		{"null != product.owner",   "1:6 string is never null", "is_given(product.?owner)"},
		{"n == null",               "1:3 int is never null", NULL},
		{"n + 1.5",                 "1:3 '+' does not go with (int, double)", "double(n) + 1.5"},
		{"1.5 < 2.0 * n",           "1:11 '*' does not go with (double, int)", "2.0 * double(n)"},
		{"'a' + n",                 "1:5 '+' does not go with (string, int)", "'a' + string(n)"},
		{"n == '1'",                "1:3 '==' does not go with (int, string)", "string(n) == '1'"},
		{"names == 'a'",            "1:7 '==' does not go with (list(string), string)", "'a' in names"},
		{"now > '2026-01-01T00:00:00Z'", "1:5 '>' does not go with (timestamp, string)", "now > timestamp('2026-01-01T00:00:00Z')"},
		{"now > '2026-01-01'", "1:5 '>' does not go with (timestamp, string)", "now > date('2026-01-01')"},
		{"retention(product) >= '7 years'", "1:20 '>=' does not go with (period, string)", "retention(product) >= period('7 years')"},
		{"names.contains('a')",     "1:7 'contains' does not go with (list(string), string)", "'a' in names"},
		{"'a' in product.name",     "1:5 'in' does not go with (string, string)", "product.name.contains('a')"},
		{"startsWith(product.name, 'a')", "1:1 'startsWith' does not go with (string, string)", "product.name.startsWith('a')"},
		{"n.string()",              "1:3 'string' does not go with (int)", "string(n)"},
		{"names.startsWith('a')",   "1:7 'startsWith' does not go with (list(string), string)", "string.startsWith(string) -> bool"},
		{"n % 1.5",                 "1:3 '%' does not go with (int, double)", "int % int -> int"},
		{"math.abs('a')",           "1:6 'math.abs' does not go with (string)", "math.abs(int) -> int; math.abs(uint) -> uint; math.abs(double) -> double"},
		{"product.name && true",    "1:1 '&&' wants bool, this is string", "product.name != \"\""},
		{"true || names",           "1:9 '||' wants bool, this is list(string)", "size(names) > 0"},
		{"!counts",                 "1:1 '!' does not go with (map(string, int))", "!(size(counts) > 0)"},
		{"names.exists(x, x)",      "1:17 'exists' wants bool, this is string", "x != \"\""},
		{"product.?name && true",   "1:1 '&&' wants bool, this is optional_type(string)", "product.?name.hasValue()"},
	};
	// clang-format on
	CHECK(rows);
}

static void
literals_that_can_never_be_read(void **state)
{
	(void)state;
	// clang-format off
	static const struct mistake rows[] = {
		{"now > timestamp('2026-13-01T00:00:00Z')", "1:17 \"2026-13-01T00:00:00Z\" is no timestamp, such as \"2026-11-23T02:39:30Z\"", NULL},
		{"now - now > duration('7 years')", "1:22 \"7 years\" is no duration, such as \"1h30m\" (years and months are lengths for period())", NULL},
		{"retention(product) >= period('7 yeers')", "1:30 '7 yeers' is not a length of time: there is no unit 'yeers'; did you mean 'years'?", NULL},
		{"now.getHours('Europe/Berln') > 8", "1:14 there is no time zone \"Europe/Berln\"; did you mean \"Europe/Berlin\"?", NULL},
		{"cidr('10.0.0.0/8').containsIP(ip('10.0.0'))", "1:34 \"10.0.0\" is no IP address", NULL},
		{"date('31.12.2026') < now", "1:6 \"31.12.2026\" is no date, such as \"2026-12-31\"", NULL},
		{"product.name.matches('[a')", "1:22 not a regular expression: missing ]: [a", NULL},
	};
	// clang-format on
	CHECK(rows);
}

static void
the_result_that_is_wanted(void **state)
{
	(void)state;
	struct cel_declarations d = declared;
	d.result = "bool";
	static const struct mistake rows[] = {
	    {"names", "1:1 the expression gives list(string), but bool is wanted",
	     "size(names) > 0"},
	    {"product.name", "1:1 the expression gives string, but bool is wanted",
	     "product.name != \"\""},
	    {"now", "1:1 the expression gives timestamp, but bool is wanted", NULL},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_mistake(&rows[i], &d);
}

/* A suggestion that is an expression is right: it compiles. */
static void
suggestions_made_of_the_source_can_be_taken_over(void **state)
{
	(void)state;
	static const char *const sources[] = {"product.owner == null",
					      "n + 1.5",
					      "2.0 * n > 1.0",
					      "n == '1'",
					      "names == 'a'",
					      "names.contains('a')",
					      "'a' in product.name",
					      "n.string()",
					      "startsWith(product.name, 'a')",
					      "!names",
					      "names || true",
					      "product.?name && true",
					      "n + 1u",
					      "'a' + 'b'.size()"};
	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		CLEANUP(arena_done) struct arena arena = {0};
		struct cel_issues issues = {.arena = &arena};
		assert_null(cel_compile(&declared, sources[i], strlen(sources[i]), &issues));
		assert_string_equal(mistake_in(&arena, &declared, issues.items[0].suggestion), "");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(signs_and_words_of_other_languages),
	    cmocka_unit_test(what_is_not_closed_or_not_opened),
	    cmocka_unit_test(names_fields_and_functions_that_are_not_there),
	    cmocka_unit_test(what_does_not_go_together_with_what_would),
	    cmocka_unit_test(literals_that_can_never_be_read),
	    cmocka_unit_test(the_result_that_is_wanted),
	    cmocka_unit_test(suggestions_made_of_the_source_can_be_taken_over),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
