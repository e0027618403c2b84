/*
 * The expressions of a policy document laid out, and nothing else of it touched.
 */
#include <stdlib.h>

#include "policy/policy_format.h"

#include "policy_text.h"

/* A document around the lines of one validation's expression. */
static const char *
document_with(struct arena *arena, const char *expression)
{
	return arena_printf(arena,
			    "# Why.\n"
			    "kind:   Policy # odd spaces stay\n"
			    "name: p\n"
			    "enforcement: deny\n"
			    "validations:\n"
			    "  - name: v\n"
			    "    expression: %s\n"
			    "    message:   'm'   # and so do these\n",
			    expression);
}

static struct format_result
format(struct arena *arena, const char *text)
{
	struct format_result r;
	struct err e;
	assert_int_equal(policy_format(text, strlen(text), arena, &r, &e), ERR_OK);
	return r;
}

static void
becomes(const char *expression, const char *wanted)
{
	CLEANUP(arena_done) struct arena arena = {0};
	const char *after = document_with(&arena, wanted);
	struct format_result r = format(&arena, document_with(&arena, expression));
	assert_string_equal(r.text, after);
	assert_int_equal(r.notes.count, 0);
	struct format_result again = format(&arena, r.text);
	assert_string_equal(again.text, after);
	assert_int_equal(again.count, 0);
}

static void
stays(const char *expression, const char *why)
{
	CLEANUP(arena_done) struct arena arena = {0};
	const char *before = document_with(&arena, expression);
	struct format_result r = format(&arena, before);
	assert_string_equal(r.text, before);
	assert_int_equal(r.count, 0);
	assert_int_equal(r.notes.count, why ? 1 : 0);
	if (why && !strstr(r.notes.items[0].message, why))
		fail_msg("%s", r.notes.items[0].message);
}

static void
what_fits_stays_in_its_line(void **state)
{
	(void)state;
	becomes("a==1&&b", "a == 1 && b");
	becomes("'a  &&  b'", "'a && b'");
	becomes("'a==''x''||b'", "'a == ''x'' || b'");
	becomes("\"a==\\\"x\\\"||b\"", "\"a == \\\"x\\\" || b\"");
	becomes("a&&b # why", "a && b # why");
	stays("a == 1 && b", NULL);
}

static void
what_cannot_be_plain_any_more_is_put_in_quotes(void **state)
{
	(void)state;
	becomes("a?b:c", "'a ? b : c'");
	becomes("a?'b':c", "\"a ? 'b' : c\"");
	becomes("a?'b':\"c\"", "'a ? ''b'' : \"c\"'");
	becomes("(\"a\"+b)==c", "'\"a\" + b == c'");
}

static void
blocks_stay_blocks(void **state)
{
	(void)state;
	becomes("|\n      a&&b", "|\n      a && b");
	becomes(">-\n      a&&\n      b", ">-\n      a && b");
	becomes("|- # why\n        a||b\n\n", "|- # why\n        a || b\n\n");
	becomes("|\n      // first\n      a&&b // last", "|\n      // first\n      a && b // last");
	becomes("|\n      a && '''x\n      y''' == b", "|\n      a && '''x\n      y''' == b");
}

static void
what_is_too_long_breaks(void **state)
{
	(void)state;
	becomes("product.domain == \"finance\" && product.classification == \"restricted\" && "
		"product.owner == \"books\"",
		"|-\n"
		"      product.domain == \"finance\"\n"
		"        && product.classification == \"restricted\"\n"
		"        && product.owner == \"books\"");
	becomes(
	    ">-\n"
	    "      product.domain == \"finance\" && product.classification == \"restricted\" &&\n"
	    "      product.owner == \"books\"",
	    ">-\n"
	    "      product.domain == \"finance\"\n"
	    "        && product.classification == \"restricted\"\n"
	    "        && product.owner == \"books\"");
	becomes("product.domain == \"finance\"\n"
		"      && product.classification == \"restricted\" &&\n"
		"        product.owner == \"books\"",
		"|-\n"
		"      product.domain == \"finance\"\n"
		"        && product.classification == \"restricted\"\n"
		"        && product.owner == \"books\"");
	becomes("\n        a\n        && b", "\n        a && b");
}

static void
where_it_is_not_certain_it_stays_as_it_is(void **state)
{
	(void)state;
	stays("&x a&&b", "an anchor or a tag");
	stays("!!str a&&b", "an anchor or a tag");
	stays("a &&", "expected a value");
	stays("|2\n      a&&b", "says how it is indented");
	stays("\"a // why\\n&& b\" # behind", "holds more than it");
	stays(">-\n      // why\n\n      a&&b", "not be read as the same");
}

static void
every_place_of_an_expression_is_laid_out(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	static const char before[] = "kind: Policy\r\n"
				     "match: {domains: ['a&&b'], condition: \"a&&b\"}\r\n"
				     "variables:\r\n"
				     "- {name: v, expression: a+b}\r\n"
				     "- name: w\r\n"
				     "  expression: |\r\n"
				     "    a+b\r\n"
				     "validations:\r\n"
				     "- expression: a&&b\r\n"
				     "  message: a&&b\r\n"
				     "  messageExpression: '\"x\"+y'\r\n"
				     "  pointerExpression: '\"/\"+y'\r\n"
				     "tests:\r\n"
				     "- {product: {expression: a&&b}}";
	static const char after[] = "kind: Policy\r\n"
				    "match: {domains: ['a&&b'], condition: \"a && b\"}\r\n"
				    "variables:\r\n"
				    "- {name: v, expression: a + b}\r\n"
				    "- name: w\r\n"
				    "  expression: |\r\n"
				    "    a + b\r\n"
				    "validations:\r\n"
				    "- expression: a && b\r\n"
				    "  message: a&&b\r\n"
				    "  messageExpression: '\"x\" + y'\r\n"
				    "  pointerExpression: '\"/\" + y'\r\n"
				    "tests:\r\n"
				    "- {product: {expression: a&&b}}";
	struct format_result r = format(&arena, before);
	assert_string_equal(r.text, after);
	assert_int_equal(r.count, 6);
	assert_int_equal(r.changes[0].at.line, 2);
	assert_string_equal(r.changes[1].before, "- {name: v, expression: a+b}");
	assert_string_equal(r.changes[1].after, "- {name: v, expression: a + b}");
	assert_int_equal(r.changes[5].at.line, 12);
}

static void
a_mistake_is_noted_at_its_place(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	struct format_result r = format(&arena, document_with(&arena, ">-\n      a &&\n      b b"));
	assert_int_equal(r.notes.count, 1);
	assert_int_equal(r.notes.items[0].at.line, 9);
	assert_int_equal(r.notes.items[0].at.column, 9);
	assert_string_equal(r.notes.items[0].pointer, "/validations/0/expression");
}

static void
what_is_no_yaml_is_malformed(void **state)
{
	(void)state;
	CLEANUP(arena_done) struct arena arena = {0};
	struct format_result r;
	struct err e;
	assert_int_equal(policy_format("a: [", 4, &arena, &r, &e), ERR_MALFORMED);
}

/* The ready-made policies are laid out already. */
static void
the_library_is_in_canonical_layout(void **state)
{
	(void)state;
	for (const struct embedded_file *f = policy_library; f->name; f++) {
		CLEANUP(arena_done) struct arena arena = {0};
		const char *text = arena_bytes(&arena, f->data, f->size);
		struct format_result r = format(&arena, text);
		for (size_t i = 0; i < r.count; i++)
			print_error("%s:%u\n%s\n----\n%s\n", f->name, r.changes[i].at.line,
				    r.changes[i].before, r.changes[i].after);
		assert_int_equal(r.count, 0);
		assert_int_equal(r.notes.count, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_fits_stays_in_its_line),
	    cmocka_unit_test(what_cannot_be_plain_any_more_is_put_in_quotes),
	    cmocka_unit_test(blocks_stay_blocks),
	    cmocka_unit_test(what_is_too_long_breaks),
	    cmocka_unit_test(where_it_is_not_certain_it_stays_as_it_is),
	    cmocka_unit_test(every_place_of_an_expression_is_laid_out),
	    cmocka_unit_test(a_mistake_is_noted_at_its_place),
	    cmocka_unit_test(what_is_no_yaml_is_malformed),
	    cmocka_unit_test(the_library_is_in_canonical_layout),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
