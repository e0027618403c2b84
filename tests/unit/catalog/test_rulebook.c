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

/* --- versions --- */

static uint64_t
retire_policy(struct mesh *m, const char *name)
{
	return happen(m, "policy.retired", name, "{\"version\":1,\"hash\":\"\",\"reason\":null}");
}

static struct rule_versions
some_versions(struct mesh *m, const char *name, uint64_t before, size_t limit)
{
	struct rule_versions found;
	struct session *s = mesh_read(m);
	assert_ok(m, rule_versions(s, name, before, limit, &m->arena, &found, &m->e));
	session_end(&s);
	return found;
}

static struct rule_versions
versions(struct mesh *m, const char *name)
{
	return some_versions(m, name, 0, 100);
}

static void
versions_come_newest_first_in_pages(void **state)
{
	struct mesh *m = *state;
	for (int i = 1; i <= 5; i++)
		define(m, "policy.defined", "p",
		       arena_printf(&m->arena, "name: p\ndescription: version %d\n", i));
	struct rule_versions v = some_versions(m, "p", 0, 2);
	assert_int_equal(v.count, 2);
	assert_int_equal(v.items[1].version, 4);
	assert_true(v.more);
	v = some_versions(m, "p", 4, 3);
	assert_int_equal(v.count, 3);
	assert_int_equal(v.items[2].version, 1);
	assert_false(v.more);
}

static void
every_version_says_who_brought_it_and_what_ended_it(void **state)
{
	struct mesh *m = *state;
	uint64_t first = define(m, "policy.defined", "p", "name: p\nscope: domain:risk\n");
	uint64_t second = define(m, "policy.defined", "p", "name: p\nenforcement: warn\n");
	struct rule_versions v = versions(m, "p");
	assert_int_equal(v.count, 2);
	assert_int_equal(v.items[0].version, 2);
	assert_int_equal(v.items[0].seq, second);
	assert_string_equal(v.items[0].enforcement, "warn");
	assert_string_equal(v.items[0].scope, "global");
	assert_int_equal(v.items[0].until_seq, 0);
	assert_int_equal(v.items[1].version, 1);
	assert_int_equal(v.items[1].seq, first);
	assert_string_equal(v.items[1].scope, "domain:risk");
	assert_string_equal(v.items[1].defined_by, "steward");
	assert_int_equal(v.items[1].until_seq, second);
	assert_int_equal(v.items[1].retired_at, 0);
	assert_null(v.items[1].retired_by);
}

static void
a_retired_policy_is_out_of_force_and_keeps_its_versions(void **state)
{
	struct mesh *m = *state;
	struct rule_record r;
	define(m, "policy.defined", "p", "name: p\n");
	uint64_t end = retire_policy(m, "p");
	struct rule_version newest = versions(m, "p").items[0];
	assert_int_equal(newest.until_seq, end);
	assert_true(newest.retired_at >= newest.defined_at);
	assert_string_equal(newest.retired_by, "steward");
	struct session *s = mesh_read(m);
	assert_err(m, ERR_NOT_FOUND, "no policy named 'p'", rule_get(s, "p", &m->arena, &r, &m->e));
	session_end(&s);
}

static void
a_retired_policy_that_comes_back_counts_on(void **state)
{
	struct mesh *m = *state;
	define(m, "policy.defined", "p", "name: p\n");
	retire_policy(m, "p");
	define(m, "policy.defined", "p", "name: p\n");
	assert_int_equal(get(m, "p").version, 2);
	assert_int_equal(versions(m, "p").count, 2);
	retire_policy(m, "q"); /* never defined: nothing to end */
	assert_int_equal(versions(m, "q").count, 0);
}

static void
a_version_is_found_by_number_hash_and_time_and_read_as_it_was_sent(void **state)
{
	struct mesh *m = *state;
	static const char first[] = "# one\nname: p\n", second[] = "# two\nname: p\n";
	struct rule_version v, by_hash;
	struct rule_record r;
	uint64_t defined = define(m, "policy.defined", "p", first);
	define(m, "policy.defined", "p", second);
	uint64_t retired = retire_policy(m, "p");
	struct session *s = mesh_read(m);
	assert_ok(m, rule_version_get(s, "p", 1, &m->arena, &v, &m->e));
	assert_ok(m, rule_source(s, &v, &m->arena, &r, &m->e));
	assert_string_equal(r.source, first);
	assert_string_equal(r.media_type, "application/yaml");
	assert_ok(m, rule_version_by_hash(s, v.hash, &m->arena, &by_hash, &m->e));
	assert_int_equal(by_hash.version, 1);
	assert_ok(m, rule_as_of(s, "p", defined, &m->arena, &v, &m->e));
	assert_int_equal(v.version, 1);
	assert_ok(m, rule_as_of(s, "p", defined + 1, &m->arena, &v, &m->e));
	assert_int_equal(v.version, 2);
	assert_err(m, ERR_NOT_FOUND, "not in force then",
		   rule_as_of(s, "p", retired, &m->arena, &v, &m->e));
	assert_err(m, ERR_NOT_FOUND, "no version 3 of the policy 'p'",
		   rule_version_get(s, "p", 3, &m->arena, &v, &m->e));
	assert_err(m, ERR_NOT_FOUND, "the hash",
		   rule_version_by_hash(s, "00", &m->arena, &v, &m->e));
	session_end(&s);
}

/* Who has compiled the rulebook must hear of it. */
static void
a_retirement_is_a_new_version_of_the_rulebook(void **state)
{
	struct mesh *m = *state;
	uint64_t version = 0;
	define(m, "policy.defined", "p", "name: p\n");
	uint64_t basis = define(m, "policy.defined", "q", "name: q\n");
	uint64_t end = retire_policy(m, "q");
	struct session *s = mesh_read(m);
	assert_ok(m, rulebook_version(s, &version, &m->e));
	assert_int_equal(version, end);
	assert_true(rulebook_is_touched(s, basis));
	assert_false(rulebook_is_touched(s, end));
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
	    HERE(versions_come_newest_first_in_pages),
	    HERE(every_version_says_who_brought_it_and_what_ended_it),
	    HERE(a_retired_policy_is_out_of_force_and_keeps_its_versions),
	    HERE(a_retired_policy_that_comes_back_counts_on),
	    HERE(a_version_is_found_by_number_hash_and_time_and_read_as_it_was_sent),
	    HERE(a_retirement_is_a_new_version_of_the_rulebook),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
