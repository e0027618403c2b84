/*
 * The tables of functions: every row makes sense, and the reference page shows it.
 */
#include "cel/function.h"
#include "cel/macro.h"

#include "expression.h"
#include "governance_functions.h"

static void
check_library(const struct cel_library *library, struct arena *arena)
{
	const char *before = "";
	for (const struct cel_function *row = library->functions; row->name; row++) {
		struct cel_overload o;
		assert_true(overload_read(row, arena, &o));
		assert_non_null(row->call);
		if (strcmp(row->name, before) != 0)
			assert_non_null(row->help);
		before = row->name;
	}
}

static void
every_row_has_a_signature_a_function_and_help(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	for (const struct cel_library *l = standard_libraries; l->name; l++)
		check_library(l, &arena);
	for (const struct cel_library *l = governance_libraries; l->name; l++)
		check_library(l, &arena);
}

static void
every_macro_says_how_it_is_used(void **state)
{
	(void)state;
	for (const struct cel_macro *m = macro_table; m->name; m++) {
		assert_non_null(strstr(m->usage, m->name));
		assert_true(m->variables <= 2 && strspn(m->roles, "pti*") == strlen(m->roles));
	}
}

static void
the_reference_shows_functions_as_they_are_called(void **state)
{
	(void)state;
	CLEANUP(buf_done) struct buf out = {0};
	cel_reference(governance_libraries, &out);
	assert_non_null(strstr(
	    out.data,
	    "`string.startsWith(string) -> bool` | whether it begins with the other text |"));
	assert_non_null(strstr(out.data, "| `int + int -> int`<br>`uint + uint -> uint`<br>`double "
					 "+ double -> double` | the sum"));
	assert_non_null(strstr(out.data, "`A in list(A) -> bool`"));
	assert_non_null(strstr(out.data, "`list(A)[int] -> A`"));
	assert_non_null(strstr(out.data, "`bool ? A : A -> A`"));
	assert_non_null(strstr(out.data, "`period(string) -> period`"));
	assert_non_null(strstr(out.data, "`list.all(x, condition)`"));
	assert_non_null(strstr(out.data, "| `x.?field` `x[?key]` | an optional of it"));
}

/* Whatever is a row is on the page, as it is called. */
static void
the_reference_leaves_nothing_out(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	CLEANUP(buf_done) struct buf out = {0};
	cel_reference(governance_libraries, &out);
	for (const struct cel_library *l = standard_libraries; l->name; l++)
		for (const struct cel_function *row = l->functions; row->name; row++) {
			CLEANUP(buf_done) struct buf shown = {0};
			struct cel_overload o;
			assert_true(overload_read(row, &arena, &o));
			function_format(&o, &arena, &shown);
			assert_non_null(strstr(out.data, shown.data));
		}
	for (const struct cel_macro *m = macro_table; m->name; m++)
		assert_non_null(strstr(out.data, m->usage));
}

static void
a_signature_that_makes_no_sense_is_refused(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	static const char *const wrong[] = {"",
					    "int",
					    "(int",
					    "(int)",
					    "(int) ",
					    "(int) int x",
					    "string(int) int",
					    "(list) int int",
					    "(list(int, int)) int",
					    "(int, int, int, int, int, int, int) int"};
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct cel_overload o;
		const struct cel_function row = {.name = "f", .signature = wrong[i]};
		assert_false(overload_read(&row, &arena, &o));
	}
}

static struct cel_value
twice(struct cel_run *run, const struct cel_value *v)
{
	return cel_charge(run, 10) ? cel_int(v->integer * 2) : cel_fail(run, "exhausted");
}

static void
a_library_of_ones_own_is_checked_and_called(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	static const struct cel_function rows[] = {
	    {.name = "twice", .signature = "(int) int", .call = twice, .help = "two times"},
	    {.name = "only_declared", .signature = "(int) int", .help = "nothing behind it"},
	    {0},
	};
	static const struct cel_library libraries[] = {
	    {.name = "own", .help = "", .functions = rows}, {0}};
	const struct cel_declarations d = {.libraries = libraries};
	assert_string_equal(value_of(&arena, &d, no_bindings, "twice(21)"), "42");
	assert_string_equal(mistake_in(&arena, &d, "twice('a')"),
			    "1:1 'twice' does not go with (string)");
	assert_string_equal(value_of(&arena, &d, no_bindings, "twice(dyn('a'))"),
			    "error: 'twice' does not go with (string)");
	assert_string_equal(value_of(&arena, &d, no_bindings, "only_declared(1)"),
			    "error: 'only_declared' does not go with (int)");
}

static struct cel_value
doubled(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	return cel_int(v->integer * 2);
}

/* Operators are called "_+_" and the like; a name may begin with an underscore as well. */
static void
a_name_may_begin_with_an_underscore(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	static const struct cel_function rows[] = {
	    {"_twice", "(int) int", doubled, "twice"}, {"_", "(int) int", doubled, "twice"}, {0}};
	static const struct cel_library libraries[] = {{"ours", "", rows}, {0}};
	const struct cel_declarations d = {.libraries = libraries};
	assert_string_equal(value_of(&arena, &d, no_bindings, "_twice(dyn(3)) + _(2)"), "10");
	assert_string_equal(value_of(&arena, &d, no_bindings, "_twice(dyn('a'))"),
			    "error: '_twice' does not go with (string)");
	assert_string_equal(mistake_in(&arena, &d, "_thrice(3)"),
			    "1:1 there is no function '_thrice'");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_row_has_a_signature_a_function_and_help),
	    cmocka_unit_test(every_macro_says_how_it_is_used),
	    cmocka_unit_test(the_reference_shows_functions_as_they_are_called),
	    cmocka_unit_test(the_reference_leaves_nothing_out),
	    cmocka_unit_test(a_signature_that_makes_no_sense_is_refused),
	    cmocka_unit_test(a_library_of_ones_own_is_checked_and_called),
	    cmocka_unit_test(a_name_may_begin_with_an_underscore),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
