/*
 * What may be one map, a short form or a list of them is dyn, and yet a misspelt key in it is found
 * when the expression is compiled; and nothing that is right is refused.
 */
#include "loose_table.h"

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
suggests(const char *source, const char *wanted)
{
	expect_suggestion(&declared, source, wanted);
}

static void
has_type(const char *source, const char *wanted)
{
	expect_type(&declared, source, wanted);
}

/* ---- what is wrong in every form ---- */

static void
a_misspelt_key_is_a_mistake_however_it_is_selected(void **state)
{
	(void)state;
	refuses("product.access.rol == 'x'", "1:16 there is no field 'rol'");
	suggests("product.access.rol == 'x'", "role");
	suggests("has(product.access.rol)", "role");
	suggests("product.access.?rol.hasValue()", "role");
	suggests("product.?access.rol.hasValue()", "role");
	suggests("product.?access.?rol.hasValue()", "role");
	suggests("product.access['rol'] == 'x'", "role");
	suggests("product.access[?'rol'].hasValue()", "role");
	suggests("product.?access['rol'].hasValue()", "role");
	suggests("product.?access[?'rol'].hasValue()", "role");
	refuses("product.access['rol'] == 'x'", "1:16 there is no field 'rol'");
}

static void
a_misspelt_key_of_an_item_is_a_mistake(void **state)
{
	(void)state;
	suggests("product.access[0].rol == 'x'", "role");
	suggests("product.access[n].rol == 'x'", "role");
	suggests("product.access[?0].rol.hasValue()", "role");
	suggests("product.?access[0].rol.hasValue()", "role");
	suggests("product.?access[?0].?rol.hasValue()", "role");
	suggests("product.people[0].emial == ''", "email");
	suggests("products[0].access[0].rol == 'x'", "role");
}

static void
a_misspelt_key_in_a_macro_is_a_mistake(void **state)
{
	(void)state;
	suggests("product.access.exists(a, a.untill < '2026')", "until");
	suggests("product.access.all(a, has(a.untill))", "until");
	suggests("product.access.exists_one(i, a, a.untill == '')", "until");
	suggests("product.access.map(a, a.untill) == []", "until");
	suggests("product.access.filter(a, a.role == 'x').exists(a, a.untill == '')", "until");
	suggests("product.access.sortBy(a, a.untill) == []", "until");
	suggests("product.access.sortBy(a, a.role).exists(a, a.untill == '')", "until");
	suggests("product.contacts.transformList(i, c, c.emial) == []", "email");
	suggests("products.exists(p, p.access.exists(a, a.untill == ''))", "until");
	suggests("product.people.all(c, is_given(c.?emial))", "email");
	suggests("cel.bind(found, product.access, found.exists(a, a.untill == ''))", "until");
}

static void
a_misspelt_key_behind_an_optional_is_a_mistake(void **state)
{
	(void)state;
	suggests("product.?access.orValue([]).exists(a, a.untill == '')", "until");
	suggests("product.?access.orValue({}).untill == ''", "until");
	suggests("product.?access.value().exists(a, a.untill == '')", "until");
	suggests("product.?access.optMap(l, l.exists(a, a.untill == '')).orValue(true)", "until");
	suggests("product.?access.or(optional.none()).value().untill == ''", "until");
	suggests("optional.of(product.access).orValue([])[0].untill == ''", "until");
	suggests("[?product.?access][0].untill == ''", "until");
}

static void
as_list_keeps_what_is_known(void **state)
{
	(void)state;
	suggests("as_list(product.?contacts).all(c, is_given(c.?emial))", "email");
	suggests("as_list(product.contacts).all(c, is_given(c.?emial))", "email");
	suggests("as_list(product.?people).all(c, is_given(c.?emial))", "email");
	suggests("as_list(product.?range).all(r, r.minn > 1)", "min");
	suggests("as_list(product.ranges).all(r, r.minn > 1)", "min");
	suggests("as_list(products)[0].access.rol == ''", "role");
	suggests("(as_list(product.?access) + as_list(product.?access))[0].rol == ''", "role");
	has_type("as_list(product.?contacts)", "list(dyn)");
	has_type("as_list([1])", "list(dyn)");
	accepts("as_list([1]) + as_list('x') + as_list({'a': [1]}.?a) + as_list(null) == []");
}

static void
lists_and_choices_keep_what_is_known(void **state)
{
	(void)state;
	suggests("(n > 0 ? product.access : product.access).rol == ''", "role");
	suggests("(n > 0 ? product.access : []).exists(a, a.rol == '')", "role");
	suggests("(n > 0 ? [] : product.access).exists(a, a.rol == '')", "role");
	suggests("(n > 0 ? product.access : null).exists(a, a.rol == '')", "role");
	suggests("(n > 0 ? product.contacts : 'none').emial == ''", "email");
	suggests("[product.access, product.access][0].rol == ''", "role");
	suggests("[product.access[0], null].exists(a, a.rol == '')", "role");
	suggests("{'a': product.access}.a.rol == ''", "role");
	suggests("[product.range, product.checks[0].range][0].minn == 1", "min");
	suggests("product.access.slice(0, 1)[0].rol == ''", "role");
	suggests("([product.access] + [product.access])[0].rol == ''", "role");
}

static void
a_field_of_what_is_loose_has_its_type(void **state)
{
	(void)state;
	has_type("product.access", "dyn");
	has_type("product.people", "list(dyn)");
	has_type("product.?access", "optional_type(dyn)");
	has_type("product.access.map(a, a.role)", "list(string)");
	has_type("product.access[0].?until", "optional_type(string)");
	has_type("product.checks[0].freshness", "dyn");
	refuses("product.access.exists(a, a.until < now)",
		"1:34 '<' does not go with (string, timestamp)");
	suggests("product.access.exists(a, a.until < now)", "date(a.until) < now");
	suggests("product.checks.exists(q, q.freshness.withn == '')", "within");
	suggests("product.checks.exists(q, q.range.minn == 1)", "min");
	suggests("product.ports.exists(p, p.kin == '')", "kind");
}

/* ---- what is right in one form or another ---- */

static void
every_form_stays_right(void **state)
{
	(void)state;
	accepts("product.access.role == 'x' || product.access[0].role == 'x'");
	accepts("product.access == 'x' || product.access.size() > 1 || 'x' in product.access");
	accepts("product.contacts.contains('@') || product.contacts.exists(c, c.contains('@'))");
	accepts("as_list(product.?contacts).all(c, type(c) == string ? c.contains('@') "
		": is_given(c.?email))");
	accepts("product.access.all(k, k in ['role', 'until'])");
	accepts("product.access.all(k, v, k != 'role' || v == 'x')");
	accepts("type(product.access) == map ? product.access.role == 'x' "
		": product.access.exists(a, a.role == 'x')");
	accepts("product.checks.exists(q, q.freshness == '1 hour' || q.freshness.within == '')");
	accepts("product.ports.all(p, p.`x-team` == 'a' && p['x-any'].at.all == 1)");
	accepts("product.contacts.map(c, type(c) == string ? c : c.name).join(', ') == ''");
}

/* Of a single map, the macro goes through its fields, which may hold maps of their own. */
static void
the_fields_of_a_single_map_are_gone_through(void **state)
{
	(void)state;
	accepts("product.checks.exists(k, v, k == 'range' && v.min > 1)");
	accepts("product.checks.exists(k, product.checks[k].min > 1)");
	accepts("product.ports.exists(k, v, k == 'x-team' && v.lead == 'a')");
	suggests("product.access.exists(k, product.access[k].rol == '')", "role");
}

static void
a_field_may_be_null(void **state)
{
	(void)state;
	accepts("product.access.exists(a, has(a.until) && a.until != null)");
	accepts("product.access.exists(a, null == a.until)");
	accepts("product.access.exists(a, a.?until.orValue(null) == null)");
	accepts("product.access.exists(a, (n > 0 ? 'x' : a.until) == null)");
	accepts("product.access.exists(a, (n > 0 ? a.until : 'x') == null)");
	accepts("product.access.exists(a, ['x', a.until].exists(u, u == null))");
	accepts("product.access.exists(a, [['x'], [a.until]].exists(l, l[0] == null))");
}

static void
two_that_meet_are_plain_dyn(void **state)
{
	(void)state;
	accepts("(n > 0 ? product.access : product.contacts).email == ''");
	accepts("(n > 0 ? product.contacts : product.access).email == ''");
	accepts("(n > 0 ? product.access : product.range).min == 1");
	accepts("(n > 0 ? product.range : product.access).min == 1");
	accepts("(n > 0 ? product.access : anything).other == ''");
	accepts("(n > 0 ? anything : product.access).other == ''");
	accepts("[product.range, product.access].exists(x, x.role == '')");
	accepts("[product.access, 'x', product.contacts][2].email == ''");
	accepts("{'a': product.access, 'b': product.contacts}.b.email == ''");
	accepts("[[product.access], product.contacts][1].email == ''");
	accepts("[[product.access], [product.contacts]][1][0].email == ''");
	accepts("[product.access, optional.of({'other': 1})][1].other.hasValue()");
}

static void
a_map_that_is_written_has_other_keys(void **state)
{
	(void)state;
	accepts("(n > 0 ? product.access : {'other': 'x'}).other == 'x'");
	accepts("(n > 0 ? {'other': 'x'} : product.access).other == 'x'");
	accepts("product.?access.orValue({'other': 'x'}).other == 'x'");
	accepts("product.?access.orValue([{'other': 'x'}])[0].other == 'x'");
	accepts("([{'other': 'x'}] + product.access)[0].other == 'x'");
	accepts("(product.access + [{'other': 'x'}])[0].other == 'x'");
	accepts("product.?access.or(optional.of({'other': 'x'})).value().other == 'x'");
}

static void
lists_that_are_joined_are_of_both(void **state)
{
	(void)state;
	accepts("(as_list(product.?access) + product.contacts)[0].email == ''");
	accepts("(product.contacts + as_list(product.?access))[0].email == ''");
	accepts("(as_list(product.?access) + as_list(product.?contacts))[0].email == ''");
	accepts("(as_list(product.?access) + anything)[0].email == ''");
	accepts("(as_list(product.?access) + as_list(anything))[0].email == ''");
	accepts("as_list([optional.of({'other': 1})])[0].other.hasValue()");
}

static void
the_pseudo_type_is_no_name(void **state)
{
	(void)state;
	refuses("type(n) == item", "1:12 there is no 'item' here");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_misspelt_key_is_a_mistake_however_it_is_selected),
	    cmocka_unit_test(a_misspelt_key_of_an_item_is_a_mistake),
	    cmocka_unit_test(a_misspelt_key_in_a_macro_is_a_mistake),
	    cmocka_unit_test(a_misspelt_key_behind_an_optional_is_a_mistake),
	    cmocka_unit_test(as_list_keeps_what_is_known),
	    cmocka_unit_test(lists_and_choices_keep_what_is_known),
	    cmocka_unit_test(a_field_of_what_is_loose_has_its_type),
	    cmocka_unit_test(every_form_stays_right),
	    cmocka_unit_test(the_fields_of_a_single_map_are_gone_through),
	    cmocka_unit_test(a_field_may_be_null),
	    cmocka_unit_test(two_that_meet_are_plain_dyn),
	    cmocka_unit_test(a_map_that_is_written_has_other_keys),
	    cmocka_unit_test(lists_that_are_joined_are_of_both),
	    cmocka_unit_test(the_pseudo_type_is_no_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
