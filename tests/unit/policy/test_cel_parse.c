/*
 * The shape of the tree: precedence, associativity, macros, and what is refused.
 */
#include "cel/macro.h"
#include "cel/parse.h"

#include "expression.h"

static void write_tree(const struct cel_expr *x, struct buf *out);

/* Of a map's children, those with even numbers are keys. */
static bool
is_marked(const struct cel_expr *x, uint32_t i)
{
	if (!x->optionals || (x->kind == EXPR_MAP && i % 2))
		return false;
	return x->optionals[x->kind == EXPR_MAP ? i / 2 : i];
}

static void
write_children(const struct cel_expr *x, struct buf *out)
{
	if (x->target) {
		buf_char(out, ' ');
		write_tree(x->target, out);
	}
	for (uint32_t i = 0; i < x->count; i++) {
		buf_text(out, is_marked(x, i) ? " ?" : " ");
		write_tree(x->children[i], out);
	}
}

/* (name children...), the way people write trees. */
static void
write_tree(const struct cel_expr *x, struct buf *out)
{
	switch (x->kind) {
	case EXPR_LITERAL:
		cel_format(x->literal, 100, out);
		return;
	case EXPR_NAME:
		buf_printf(out, "%s%s", x->absolute ? "." : "", x->name);
		return;
	case EXPR_SELECT:
		buf_text(out, x->presence ? "(has " : x->optional ? "(.? " : "(. ");
		write_tree(x->target, out);
		buf_printf(out, " %s)", x->name);
		return;
	case EXPR_MACRO:
		buf_printf(out, "(%s! ", x->name);
		write_tree(x->target, out);
		buf_printf(out, " %s%s%s)", x->variables[0], x->variables[1] ? " " : "",
			   x->variables[1] ? x->variables[1] : "");
		return;
	case EXPR_LIST:
	case EXPR_MAP:
		buf_text(out, x->kind == EXPR_LIST ? "(list" : "(map");
		break;
	default:
		buf_printf(out, "(%s", x->name);
		break;
	}
	write_children(x, out);
	buf_char(out, ')');
}

static void
parses_as(const char *source, const char *wanted)
{
	CLEANUP(arena_done) struct arena arena = {0};
	CLEANUP(buf_done) struct buf tree = {0};
	struct cel_issues issues = {.arena = &arena};
	struct parse_options options = {0};
	const struct cel_expr *x = parse(source, strlen(source), &options, &arena, &issues);
	assert_non_null(x);
	write_tree(x, &tree);
	assert_string_equal(tree.data, wanted);
}

static void
products_bind_tighter_than_sums_and_sums_than_comparisons(void **state)
{
	(void)state;
	parses_as("1 + 2 * 3", "(_+_ 1 (_*_ 2 3))");
	parses_as("(1 + 2) * 3", "(_*_ (_+_ 1 2) 3)");
	parses_as("a + b < c * d", "(_<_ (_+_ a b) (_*_ c d))");
	parses_as("a in b + c", "(@in a (_+_ b c))");
}

static void
operators_of_one_level_group_to_the_left(void **state)
{
	(void)state;
	parses_as("1 - 2 - 3", "(_-_ (_-_ 1 2) 3)");
	parses_as("8 / 4 % 3", "(_%_ (_/_ 8 4) 3)");
	parses_as("a == b != c", "(_!=_ (_==_ a b) c)");
}

static void
and_binds_tighter_than_or_and_chains_are_one_node(void **state)
{
	(void)state;
	parses_as("a || b && c", "(_||_ a (_&&_ b c))");
	parses_as("a && b && c && d", "(_&&_ a b c d)");
	parses_as("a || (b || c)", "(_||_ a (_||_ b c))");
}

static void
choices_group_to_the_right(void **state)
{
	(void)state;
	parses_as("a ? b : c ? d : e", "(_?_:_ a b (_?_:_ c d e))");
	parses_as("a || b ? c : d", "(_?_:_ (_||_ a b) c d)");
}

static void
signs_bind_tighter_than_products_but_looser_than_members(void **state)
{
	(void)state;
	parses_as("-a.b * c", "(_*_ (-_ (. a b)) c)");
	parses_as("!a.b(c)", "(!_ (b a c))");
	parses_as("-1 - -2", "(_-_ -1 -2)");
	parses_as("!!a", "(!_ (!_ a))");
}

static void
members_indexes_and_calls_chain(void **state)
{
	(void)state;
	parses_as("a.b[c].d(e)", "(d (_[_] (. a b) c) e)");
	parses_as("a.?b[?c]", "(_[?_] (.? a b) c)");
	parses_as(".a.b", "(. .a b)");
	parses_as("a.`b-c`", "(. a b-c)");
	parses_as("a.for", "(. a for)");
}

static void
literals_of_many_take_trailing_commas_and_question_marks(void **state)
{
	(void)state;
	parses_as("[1, ?a, 2,]", "(list 1 ?a 2)");
	parses_as("{1: a, ?b: c,}", "(map 1 a ?b c)");
	parses_as("[]", "(list)");
	parses_as("{}", "(map)");
}

static void
macros_are_told_by_name_and_number_of_arguments(void **state)
{
	(void)state;
	parses_as("has(a.b)", "(has a b)");
	parses_as("a.all(x, y)", "(all! a x)");
	parses_as("a.all(i, x, y)", "(all! a i x)");
	parses_as("a.all(x)", "(all a x)");
	parses_as("all(x, y)", "(all x y)");
	parses_as("cel.bind(x, 1, x)", "(bind! 1 x)");
	parses_as("other.bind(x, 1, x)", "(bind other x 1 x)");
}

static void
misused_macros_are_explained(void **state)
{
	(void)state;
	is_wrong("has(1)", "1:5 has() takes the selection of a field, such as has(x.field)");
	is_wrong("[1].all(x.y, true)",
		 "1:9 a plain name is wanted here, for what the macro goes through");
	is_wrong("[1].all(x, x, true)", "1:12 the two names are the same");
	is_wrong("[1].map(x)", "1:5 'map' is used as list.map(x, expression)");
}

static void
the_first_mistake_names_what_was_expected_and_found(void **state)
{
	(void)state;
	is_wrong("1 +", "1:4 expected a value, found the end");
	is_wrong("", "1:1 expected a value, found the end");
	is_wrong("1 2", "1:3 expected an operator or the end, found '2'");
	is_wrong("(1", "1:3 expected ')' for the '(' at 1:1, found the end");
	is_wrong("[1\n,\n2 3]", "3:3 expected ',' or ']' for the '[' at 1:1, found '3'");
	is_wrong("a ? b", "1:6 expected ':' for the '?' at 1:3, found the end");
	is_wrong("f(1,)", "1:5 expected an argument, found ')'");
	is_wrong("a.1", "1:2 expected an operator or the end, found '.1'");
	is_wrong("for", "1:1 this word is reserved and cannot be a name");
	is_wrong("a{b: 1}", "1:2 messages cannot be made here; a map is {\"key\": value}");
}

static void
columns_count_characters(void **state)
{
	(void)state;
	is_wrong("'\xC3\xA9\xF0\x9F\x98\x80' x", "1:6 expected an operator or the end, found 'x'");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(products_bind_tighter_than_sums_and_sums_than_comparisons),
	    cmocka_unit_test(operators_of_one_level_group_to_the_left),
	    cmocka_unit_test(and_binds_tighter_than_or_and_chains_are_one_node),
	    cmocka_unit_test(choices_group_to_the_right),
	    cmocka_unit_test(signs_bind_tighter_than_products_but_looser_than_members),
	    cmocka_unit_test(members_indexes_and_calls_chain),
	    cmocka_unit_test(literals_of_many_take_trailing_commas_and_question_marks),
	    cmocka_unit_test(macros_are_told_by_name_and_number_of_arguments),
	    cmocka_unit_test(misused_macros_are_explained),
	    cmocka_unit_test(the_first_mistake_names_what_was_expected_and_found),
	    cmocka_unit_test(columns_count_characters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
