/*
 * The canonical layout: what it looks like, and that it is the same expression, stays as it is when
 * it is laid out again, and loses no comment.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "policy/layout.h"

#include "expression.h"

enum { USUAL = 100 };

/* NULL when it does not parse. */
static const char *
laid_out(struct arena *arena, const char *source, uint32_t columns)
{
	CLEANUP(buf_done) struct buf out = {0};
	struct cel_issues issues = {.arena = arena};
	if (!cel_layout(source, strlen(source), columns, &out, &issues)) {
		assert_true(issues.count > 0);
		return NULL;
	}
	return arena_bytes(arena, out.data, out.length);
}

static void
is_laid_out_in(uint32_t columns, const char *source, const char *wanted)
{
	CLEANUP(arena_done) struct arena arena = {0};
	const char *out = laid_out(&arena, source, columns);
	if (!out) {
		fail_msg("does not parse: %s", source);
		return;
	}
	assert_string_equal(out, wanted);
	assert_true(cel_same_expression(source, out));
	assert_string_equal(laid_out(&arena, out, columns), wanted);
}

static void
is_laid_out(const char *source, const char *wanted)
{
	is_laid_out_in(USUAL, source, wanted);
}

static void
stays(const char *source)
{
	is_laid_out(source, source);
}

/* ---- what it looks like ---- */

static void
one_space_stands_around_operators(void **state)
{
	(void)state;
	is_laid_out("a+b*c", "a + b * c");
	is_laid_out("a==b&&c!=d||!e", "a == b && c != d || !e");
	is_laid_out("a  in\t[ 1,2 ,3, ]", "a in [1, 2, 3]");
	is_laid_out("a?b:c", "a ? b : c");
	is_laid_out("f( a ,b ) . g( )", "f(a, b).g()");
	is_laid_out("{ 'a':1 , ? 'b' : x.?y , }", "{'a': 1, ?'b': x.?y}");
	is_laid_out("[ ? x [ ? 0 ] , y [ 1 ] ]", "[?x[?0], y[1]]");
	is_laid_out("- 1 + - x", "-1 + -x");
	is_laid_out("a . `b-c` . `d` . `in`", "a.`b-c`.d.`in`");
	is_laid_out(". a . b ( . c )", ".a.b(.c)");
}

static void
only_parentheses_that_are_needed_are_kept(void **state)
{
	(void)state;
	is_laid_out("((a))", "a");
	is_laid_out("(a && b) || (c && d)", "a && b || c && d");
	is_laid_out("(a || b) && (c)", "(a || b) && c");
	is_laid_out("(a && b) && c", "a && b && c");
	stays("a && (b && c)");
	is_laid_out("(a + b) - c", "a + b - c");
	stays("a - (b - c)");
	stays("(a + b) * c");
	stays("a * (b / c)");
	is_laid_out("(a * b) + (c % d)", "a * b + c % d");
	stays("!(a || b)");
	is_laid_out("!(a)", "!a");
	is_laid_out("(a.b).c(d)", "a.b.c(d)");
	stays("(a + b).c");
	stays("(a ? b : c) ? (d ? e : f) : g");
	is_laid_out("a ? (b) : (c ? d : e)", "a ? b : c ? d : e");
	stays("(a == b) == c");
	is_laid_out("a == b == c", "(a == b) == c");
	stays("a == (b == c)");
}

/* What is as deep as it may be gets no parentheses that would be too deep. */
static void
the_deepest_signs_stay(void **state)
{
	(void)state;
	char source[CEL_MOST_DEPTH];
	memset(source, '-', sizeof source);
	source[sizeof source - 2] = '8';
	source[sizeof source - 1] = '\0';
	stays(source);
}

static void
a_sign_and_a_number_stay_what_they_are(void **state)
{
	(void)state;
	stays("-(1)");
	stays("-(1.size())");
	stays("(-1).size()");
	is_laid_out("-1.size()", "(-1).size()");
	stays("-x.y");
	is_laid_out("-(-1)", "--1");
	is_laid_out("-(x.y)", "-x.y");
	stays("-9223372036854775808");
	stays("-(1[0])");
}

static void
a_function_with_an_underscore_is_no_operator(void **state)
{
	(void)state;
	stays("a % _b(c, d)");
	stays("_(a) + __c()");
}

static void
literals_stay_as_they_are_written(void **state)
{
	(void)state;
	stays("0xFFu + 1e3 + .5 + 1.0E-3");
	stays("'its' + \"a\\tb\" + r'\\d' + b\"\\xff\"");
	stays("'''two\n  lines''' + \"\"\"and\nmore\"\"\"");
}

static void
what_is_too_long_breaks_before_operators(void **state)
{
	(void)state;
	is_laid_out_in(20, "aaaaaa && bbbbbb && cccccc",
		       "aaaaaa\n"
		       "  && bbbbbb\n"
		       "  && cccccc");
	is_laid_out_in(20, "aaaa || bbbb && cccc && dddd || e",
		       "aaaa\n"
		       "  || bbbb\n"
		       "    && cccc\n"
		       "    && dddd\n"
		       "  || e");
	is_laid_out_in(20, "(aaaaaa || bbbbbbbbbb) && cccccc",
		       "(\n"
		       "  aaaaaa\n"
		       "    || bbbbbbbbbb\n"
		       ")\n"
		       "  && cccccc");
	is_laid_out_in(20, "'aaaaaaaa' + 'bbbbbb' - x",
		       "'aaaaaaaa'\n"
		       "  + 'bbbbbb' - x");
	is_laid_out_in(20, "a.filter(x, x.size > 10000000).map(y, y).join(z)",
		       "a.filter(x,\n"
		       "  x.size > 10000000\n"
		       ").map(y, y).join(z)");
	is_laid_out_in(20, "aaaaaa ? bbbbbb : ccccc ? ddddd : e",
		       "aaaaaa ? bbbbbb\n"
		       "  : ccccc ? ddddd\n"
		       "  : e");
	is_laid_out_in(10, "aaaaaa ? bbbbbb : cccccc",
		       "aaaaaa\n"
		       "  ? bbbbbb\n"
		       "  : cccccc");
}

static void
arguments_and_items_stand_on_lines_of_their_own(void **state)
{
	(void)state;
	is_laid_out_in(20, "evaluate(aaaaaa, bbbbbb, c)",
		       "evaluate(\n"
		       "  aaaaaa,\n"
		       "  bbbbbb,\n"
		       "  c\n"
		       ")");
	is_laid_out_in(20, "x in ['aaaaaa', 'bbbbbb']",
		       "x in [\n"
		       "  'aaaaaa',\n"
		       "  'bbbbbb'\n"
		       "]");
	is_laid_out_in(20, "{'a': aaaaaaaaa, 'b': f(x)}",
		       "{\n"
		       "  'a': aaaaaaaaa,\n"
		       "  'b': f(x)\n"
		       "}");
	is_laid_out_in(30, "aaaaaa && bbbb(x) || evaluate(cccccccccc, dddddddd)",
		       "aaaaaa && bbbb(x)\n"
		       "  || evaluate(\n"
		       "    cccccccccc,\n"
		       "    dddddddd\n"
		       "  )");
}

static void
the_name_that_a_macro_binds_stays_beside_it(void **state)
{
	(void)state;
	is_laid_out_in(30, "product.schema.all(c, has(c.name) && c.name != '')",
		       "product.schema.all(c,\n"
		       "  has(c.name) && c.name != ''\n"
		       ")");
	is_laid_out_in(30, "cel.bind(x, size(product.schema), x > 1 && x < 5)",
		       "cel.bind(x,\n"
		       "  size(product.schema),\n"
		       "  x > 1 && x < 5\n"
		       ")");
	is_laid_out_in(30, "product.schema.exists(i, c, i > 3 && c.name == '')",
		       "product.schema.exists(i, c,\n"
		       "  i > 3 && c.name == ''\n"
		       ")");
}

static void
width_is_counted_in_characters(void **state)
{
	(void)state;
	is_laid_out_in(20, "'äöüäöüäö' + 'äöü'", "'äöüäöüäö' + 'äöü'");
	is_laid_out_in(17, "'äöüäöüäö' + 'äöü'", "'äöüäöüäö'\n  + 'äöü'");
}

/* ---- comments ---- */

static void
comments_stay_with_what_they_are_about(void **state)
{
	(void)state;
	is_laid_out("// why\na&&b", "// why\na && b");
	is_laid_out("a // first\n&& b", "a // first\n  && b");
	is_laid_out("a && // first\n b // second\n", "a // first\n  && b // second");
	is_laid_out("a\n   // about b\n && b", "a\n  // about b\n  && b");
	is_laid_out("f(a, // first\nb // second\n)", "f(\n"
						     "  a, // first\n"
						     "  b // second\n"
						     ")");
	is_laid_out("[\n// none\n]", "// none\n[]");
	is_laid_out("[1, // one\n 2,\n // and\n 3 // three\n // end\n]", "[\n"
									 "  1, // one\n"
									 "  2,\n"
									 "  // and\n"
									 "  3 // three\n"
									 "  // end\n"
									 "]");
	is_laid_out("a ? // then\n b // else\n : c", "a // then\n  ? b // else\n  : c");
	is_laid_out("a\n// only", "a\n// only");
}

static void
a_comment_in_the_midst_of_what_does_not_break_moves_before_it(void **state)
{
	(void)state;
	is_laid_out("a == // what\n b", "// what\na == b");
	is_laid_out("x && a. // field\n b == 1", "x\n  // field\n  && a.b == 1");
	is_laid_out("!( // not\n a || b)", "// not\n!(a || b)");
	is_laid_out("f( // none\n)", "// none\nf()");
}

static void
slashes_within_a_text_are_no_comment(void **state)
{
	(void)state;
	is_laid_out("'http://x'+a", "'http://x' + a");
	is_laid_out("a/b", "a / b");
}

static void
what_does_not_parse_is_a_mistake(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	assert_null(laid_out(&arena, "a &&", USUAL));
	assert_null(laid_out(&arena, "", USUAL));
	assert_null(laid_out(&arena, "\xff", USUAL));
	assert_false(cel_same_expression("a", "b"));
	assert_false(cel_same_expression("a", "a &&"));
	assert_false(cel_same_expression("1", "1u"));
	assert_false(cel_same_expression("a && (b && c)", "a && b && c"));
}

/* ---- whatever it is ---- */

/* Of a source that holds slashes nowhere else. */
static size_t
count_comments(const char *source)
{
	size_t count = 0;
	for (const char *c = strstr(source, "//"); c; c = strstr(c + 2, "//"))
		count++;
	return count;
}

static void
holds_at(struct arena *arena, const char *source, uint32_t columns)
{
	const char *once = laid_out(arena, source, columns);
	if (!once)
		return;
	if (!cel_same_expression(source, once))
		fail_msg("not the same in %u columns:\n%s\n----\n%s", columns, source, once);
	const char *twice = laid_out(arena, once, columns);
	if (strcmp(once, twice) != 0)
		fail_msg("not settled in %u columns:\n%s\n----\n%s\n----\n%s", columns, source,
			 once, twice);
	if (count_comments(source) != count_comments(once))
		fail_msg("comments are lost:\n%s\n----\n%s", source, once);
}

static void
holds(const char *source)
{
	static const uint32_t columns[] = {1, 10, 30, 60, 100, 100000};
	CLEANUP(arena_done) struct arena arena = {0};
	for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
		holds_at(&arena, source, columns[i]);
		arena_reset(&arena);
	}
}

/* ---- expressions by chance ---- */

/* The same sequence in every run. */
static unsigned
next_random(uint32_t *state, unsigned below)
{
	*state = *state * 1664525 + 1013904223;
	return (*state >> 16) % below;
}

static void
write_space(uint32_t *random, struct buf *out)
{
	static const char *const spaces[] = {" ", "", "", "  ", "\n", "\n  ", "\t", " \n \n"};
	if (next_random(random, 25) == 0)
		buf_printf(out, "%s// note %u\n", next_random(random, 2) ? "\n" : " ",
			   next_random(random, 100));
	buf_text(out, spaces[next_random(random, ARRAY_LEN(spaces))]);
}

static void write_expression(uint32_t *random, unsigned depth, struct buf *out);

static void
write_leaf(uint32_t *random, struct buf *out)
{
	static const char *const leaves[] = {"a",
					     "product",
					     "1",
					     "-1",
					     "- 2",
					     "0x1F",
					     "2u",
					     "1.5",
					     "'text'",
					     "true",
					     "null",
					     "r'\\d'",
					     "b'x'",
					     ".a",
					     "[]",
					     "{}",
					     "\"\"\"l\nm\"\"\"",
					     "x.y",
					     "a.?b",
					     "a[0]",
					     "a[?1]",
					     "f()",
					     "(a)",
					     "has(a.b)",
					     "((-1))"};
	buf_text(out, leaves[next_random(random, ARRAY_LEN(leaves))]);
}

/* Pieces between the spaces; an 'e' is an expression. */
static void
write_form(uint32_t *random, unsigned depth, const char *form, struct buf *out)
{
	for (const char *c = form; *c; c++) {
		if (*c == 'e')
			write_expression(random, depth - 1, out);
		else if (*c == ' ')
			write_space(random, out);
		else
			buf_char(out, *c);
	}
}

static void
write_expression(uint32_t *random, unsigned depth, struct buf *out)
{
	static const char *const forms[] = {"( e )",
					    "e && e",
					    "e || e",
					    "e && e && e",
					    "( e || e ) && e",
					    "e + e",
					    "e - e",
					    "e * e",
					    "e / ( e )",
					    "e == e",
					    "e < e",
					    "e > ( e )",
					    "e ? e : e",
					    "( e ) ? e : e",
					    "! e",
					    "- ( e )",
					    "- e",
					    "( e ) . x",
					    "( e ) . ?y",
					    "( e ) [ e ]",
					    "f ( e , e )",
					    "( e ) . m ( e )",
					    "[ e , e , ]",
					    "{ e : e , e : e }",
					    "[ ? e , e ]",
					    "( e ) . all( x , e )",
					    "cel . bind( x , e , e )",
					    "( e ) . map( i, x , e )",
					    "!( e )",
					    "a . `b-c`",
					    ". f ( e )",
					    "x.exists( e , e )"};
	if (depth == 0 || next_random(random, 6) == 0)
		write_leaf(random, out);
	else
		write_form(random, depth, forms[next_random(random, ARRAY_LEN(forms))], out);
}

static void
expressions_by_chance_stay_the_same(void **state)
{
	(void)state;
	uint32_t random = 4;
	for (unsigned i = 0; i < 6000; i++) {
		CLEANUP(buf_done) struct buf source = {0};
		write_space(&random, &source);
		write_expression(&random, 1 + i % 5, &source);
		write_space(&random, &source);
		holds(source.data);
	}
}

/* As deep as the language allows, and many in a row. */
static void
deep_and_long_expressions_stay_the_same(void **state)
{
	(void)state;
	static const char *const parts[][3] = {
	    {"(", "a", ")"},       {"!", "a", ""},     {"-", "a", ""},
	    {"f(", "a", ")"},      {"[", "1", "]"},    {"", "a", ".b"},
	    {"", "a", " + 1"},     {"", "a", " && b"}, {"a && (", "b", ")"},
	    {"a ? b : ", "c", ""}, {"", "a", " == b"}, {"x.all(y, ", "y", ")"},
	};
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		for (unsigned times = 50; times <= 260; times += 15) {
			CLEANUP(buf_done) struct buf source = {0};
			for (unsigned k = 0; k < times; k++)
				buf_text(&source, parts[i][0]);
			buf_text(&source, parts[i][1]);
			for (unsigned k = 0; k < times; k++)
				buf_text(&source, parts[i][2]);
			CLEANUP(arena_done) struct arena arena = {0};
			holds_at(&arena, source.data, 100);
		}
	}
}

/* ---- the suite's expressions, where they are at hand ---- */

static unsigned
hold_file(const char *path)
{
	static const struct document_limits most = {64 << 20, 4000000, 100};
	CLEANUP(arena_done) struct arena arena = {0};
	struct node root;
	struct err e;
	char *text;
	size_t length;
	unsigned count = 0;
	assert_int_equal(file_read(path, most.bytes, &arena, &text, &length, &e), ERR_OK);
	for (char *c = strstr(text, "\\u0000"); c; c = strstr(c, "\\u0000"))
		c[2] = 'e'; /* a document holds no NUL */
	if (document_read(DOCUMENT_JSON, text, length, &most, &arena, &root, &e))
		fail_msg("%s: %s", path, e.message);
	const struct node *tests = root.kind == NODE_LIST ? &root : node_get(&root, "tests");
	for (uint32_t i = 0; tests && i < tests->count; i++) {
		const char *source = node_text(&tests->items[i], "expr", NULL);
		if (!source)
			continue;
		count++;
		for (uint32_t columns = 20; columns <= 100; columns += 80)
			if (laid_out(&arena, source, columns)) {
				const char *once = laid_out(&arena, source, columns);
				assert_true(cel_same_expression(source, once));
				assert_string_equal(laid_out(&arena, once, columns), once);
			}
	}
	return count;
}

static void
the_suite_s_expressions_stay_the_same(void **state)
{
	(void)state;
	const char *folder = getenv("WEFT_CEL_CONFORMANCE");
	DIR *dir = opendir(folder ? folder : WEFT_CEL_CONFORMANCE);
	unsigned count = 0;
	if (!dir) {
		skip();
		return;
	}
	for (const struct dirent *d; (d = readdir(dir));) {
		CLEANUP(arena_done) struct arena arena = {0};
		const char *end = strrchr(d->d_name, '.');
		if (end && strcmp(end, ".json") == 0)
			count += hold_file(arena_printf(
			    &arena, "%s/%s", folder ? folder : WEFT_CEL_CONFORMANCE, d->d_name));
	}
	closedir(dir);
	assert_true(count > 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_space_stands_around_operators),
	    cmocka_unit_test(only_parentheses_that_are_needed_are_kept),
	    cmocka_unit_test(a_sign_and_a_number_stay_what_they_are),
	    cmocka_unit_test(the_deepest_signs_stay),
	    cmocka_unit_test(a_function_with_an_underscore_is_no_operator),
	    cmocka_unit_test(literals_stay_as_they_are_written),
	    cmocka_unit_test(what_is_too_long_breaks_before_operators),
	    cmocka_unit_test(arguments_and_items_stand_on_lines_of_their_own),
	    cmocka_unit_test(the_name_that_a_macro_binds_stays_beside_it),
	    cmocka_unit_test(width_is_counted_in_characters),
	    cmocka_unit_test(comments_stay_with_what_they_are_about),
	    cmocka_unit_test(a_comment_in_the_midst_of_what_does_not_break_moves_before_it),
	    cmocka_unit_test(slashes_within_a_text_are_no_comment),
	    cmocka_unit_test(what_does_not_parse_is_a_mistake),
	    cmocka_unit_test(expressions_by_chance_stay_the_same),
	    cmocka_unit_test(deep_and_long_expressions_stay_the_same),
	    cmocka_unit_test(the_suite_s_expressions_stay_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
