/*
 * test_rulebook.c -- policy documents as they are kept.
 */
#include "catalog/rulebook.h"

#include "fixture.h"

static struct rule_record
get(struct mesh *m, const char *name)
{
	struct rule_record r;
	struct session *s = mesh_read(m);
	assert_ok(m, rule_get(s, name, &m->arena, &r, &m->e));
	session_end(&s);
	return r;
}

static void
a_policy_is_read_back_as_it_was_sent(void **state)
{
	struct mesh *m = *state;
	const char *yaml = "# ours\nkind: Policy\nname: p\nscope: domain:risk\nenforcement: warn\n";
	uint64_t seq = define(m, "policy.defined", "p", yaml);
	struct rule_record r = get(m, "p");
	assert_string_equal(r.source, yaml);
	assert_int_equal(r.source_length, strlen(yaml));
	assert_string_equal(r.media_type, "application/yaml");
	assert_string_equal(r.scope, "domain:risk");
	assert_string_equal(r.enforcement, "warn");
	assert_string_equal(r.defined_by, "steward");
	assert_int_equal(r.version, 1);
	assert_int_equal(r.seq, seq);
	assert_true(r.defined_at > 0);
}

static void
what_a_policy_leaves_out_is_the_default(void **state)
{
	struct mesh *m = *state;
	define(m, "policy.defined", "p", "name: p\n");
	assert_string_equal(get(m, "p").scope, "global");
	assert_string_equal(get(m, "p").enforcement, "deny");
}

static void
only_new_content_is_a_new_version(void **state)
{
	struct mesh *m = *state;
	define(m, "policy.defined", "p", "name: p\n");
	define(m, "policy.defined", "p", "name: p\n");
	assert_int_equal(get(m, "p").version, 1);
	define(m, "policy.defined", "p", "name: p\nenforcement: audit\n");
	assert_int_equal(get(m, "p").version, 2);
	define(m, "policy.defined", "p", "name: p\n");
	assert_int_equal(get(m, "p").version, 3);
}

static void
the_rulebook_s_version_is_its_newest_event(void **state)
{
	struct mesh *m = *state;
	uint64_t version = 9;
	struct session *s = mesh_read(m);
	assert_ok(m, rulebook_version(s, &version, &m->e));
	assert_int_equal(version, 0);
	session_end(&s);
	define(m, "policy.defined", "b", "name: b\n");
	uint64_t seq = define(m, "policy.defined", "a", "name: a\n");
	publish(m, product_yaml(m, "x.y", "d", ""), "1.0.0");
	s = mesh_read(m);
	assert_ok(m, rulebook_version(s, &version, &m->e));
	assert_int_equal(version, seq);
	session_end(&s);
}

static void
policies_are_listed_by_name_in_pages(void **state)
{
	struct mesh *m = *state;
	struct rule_list l;
	struct rule_record r;
	define(m, "policy.defined", "b", "name: b\n");
	define(m, "policy.defined", "a", "name: a\n");
	define(m, "policy.defined", "c", "name: c\n");
	struct session *s = mesh_read(m);
	assert_ok(m, rule_list(s, NULL, 2, &m->arena, &l, &m->e));
	assert_int_equal(l.count, 2);
	assert_true(l.more);
	assert_string_equal(l.items[0].name, "a");
	assert_ok(m, rule_list(s, "b", 2, &m->arena, &l, &m->e));
	assert_int_equal(l.count, 1);
	assert_false(l.more);
	assert_string_equal(l.items[0].name, "c");
	assert_err(m, ERR_NOT_FOUND, "no policy named 'd'", rule_get(s, "d", &m->arena, &r, &m->e));
	session_end(&s);
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, mesh_open, mesh_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    HERE(a_policy_is_read_back_as_it_was_sent),
	    HERE(what_a_policy_leaves_out_is_the_default),
	    HERE(only_new_content_is_a_new_version),
	    HERE(the_rulebook_s_version_is_its_newest_event),
	    HERE(policies_are_listed_by_name_in_pages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
