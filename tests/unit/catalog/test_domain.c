/*
 * test_domain.c -- domain documents, and domains that only products name.
 */
#include "catalog/domain.h"

#include "fixture.h"

static bool
decode(struct mesh *m, const char *yaml, struct domain_document *ret_document,
       struct violations *ret_violations)
{
	struct node root;
	*ret_violations = (struct violations){.arena = &m->arena};
	assert_ok(m,
		  document_read(DOCUMENT_YAML, yaml, strlen(yaml), NULL, &m->arena, &root, &m->e));
	return domain_decode(&root, ret_violations, ret_document);
}

static void
a_whole_document_is_decoded(void **state)
{
	struct mesh *m = *state;
	struct domain_document d;
	struct violations v;
	assert_true(decode(m,
			   "kind: Domain\nname: retail-banking\ntitle: Retail "
			   "Banking\ndescription: Private customers\n"
			   "team: retail\ncouncil_seat: mary\ntags: [a, b]\ncontacts:\n  - {name: "
			   "Mary, role: lead, email: m@x.org}\n"
			   "x-cost-centre: 7\n",
			   &d, &v));
	assert_string_equal(d.name, "retail-banking");
	assert_string_equal(d.title, "Retail Banking");
	assert_string_equal(d.team, "retail");
	assert_string_equal(d.council_seat, "mary");
	assert_int_equal(d.tags.count, 2);
	assert_int_equal(d.contacts.count, 1);
	assert_string_equal(((struct domain_contact *)d.contacts.items)->email, "m@x.org");
}

static void
what_is_wrong_is_complained_of(void **state)
{
	struct mesh *m = *state;
	struct domain_document d;
	struct violations v;
	static const char *const wrong[] = {"title: x\n",
					    "name: Retail\n",
					    "name: ''\n",
					    "name: a b\n",
					    "name: a..b\n",
					    "name: .a\n",
					    "name: a.\n",
					    "name: a/b\n",
					    "name: [a]\n",
					    "name: a\nteem: x\n",
					    "name: a\nkind: Policy\n",
					    "name: a\ncontacts: [{role: x}]\n",
					    "[]\n"};
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		if (decode(m, wrong[i], &d, &v) || v.count != 1)
			fail_msg("'%s' gave %zu complaints", wrong[i], v.count);
	assert_true(decode(m, "name: retail.cards\n", &d, &v));
	char name[102];
	memset(name, 'a', sizeof name);
	name[101] = '\0';
	assert_false(decode(m, arena_printf(&m->arena, "name: %s\n", name), &d, &v));
	assert_true(decode(m, arena_printf(&m->arena, "name: %.100s\n", name), &d, &v));
}

static void
a_defined_domain_is_read_back_with_its_products(void **state)
{
	struct mesh *m = *state;
	struct domain d;
	uint64_t seq = define(m, "domain.defined", "retail", "title: Retail\nname: retail\n");
	publish(m, product_yaml(m, "a.one", "retail", ""), "1.0.0");
	publish(m, product_yaml(m, "a.two", "retail", ""), "1.0.0");
	publish(m, product_yaml(m, "a.three", "retail", ""), "1.0.0");
	retire(m, "a.two");
	struct session *s = mesh_read(m);
	assert_ok(m, domain_get(s, "retail", &m->arena, &d, &m->e));
	session_end(&s);
	assert_string_equal(d.document, "{\"name\":\"retail\",\"title\":\"Retail\"}");
	assert_int_equal(d.seq, seq);
	assert_int_equal(strlen(d.hash), 64);
	assert_int_equal(d.products, 2);
}

static void
a_domain_that_only_a_product_names_exists_without_a_document(void **state)
{
	struct mesh *m = *state;
	struct domain d;
	publish(m, product_yaml(m, "a.one", "risk", ""), "1.0.0");
	struct session *s = mesh_read(m);
	assert_ok(m, domain_get(s, "risk", &m->arena, &d, &m->e));
	assert_null(d.document);
	assert_null(d.hash);
	assert_int_equal(d.seq, 0);
	assert_int_equal(d.products, 1);
	assert_err(m, ERR_NOT_FOUND, "no domain named 'none'",
		   domain_get(s, "none", &m->arena, &d, &m->e));
	session_end(&s);
}

static void
domains_are_listed_once_each_by_name_in_pages(void **state)
{
	struct mesh *m = *state;
	struct domain_list l;
	define(m, "domain.defined", "b", "name: b\n");
	define(m, "domain.defined", "d", "name: d\n");
	publish(m, product_yaml(m, "a.one", "a", ""), "1.0.0");
	publish(m, product_yaml(m, "a.two", "b", ""), "1.0.0");
	publish(m, product_yaml(m, "a.three", "c", ""), "1.0.0");
	struct session *s = mesh_read(m);
	assert_ok(m, domain_list(s, NULL, 3, &m->arena, &l, &m->e));
	assert_int_equal(l.count, 3);
	assert_true(l.more);
	assert_string_equal(l.items[0].name, "a");
	assert_string_equal(l.items[1].name, "b");
	assert_non_null(l.items[1].document);
	assert_int_equal(l.items[1].products, 1);
	assert_ok(m, domain_list(s, "c", 3, &m->arena, &l, &m->e));
	assert_int_equal(l.count, 1);
	assert_false(l.more);
	assert_string_equal(l.items[0].name, "d");
	session_end(&s);
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, mesh_open, mesh_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    HERE(a_whole_document_is_decoded),
	    HERE(what_is_wrong_is_complained_of),
	    HERE(a_defined_domain_is_read_back_with_its_products),
	    HERE(a_domain_that_only_a_product_names_exists_without_a_document),
	    HERE(domains_are_listed_once_each_by_name_in_pages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
