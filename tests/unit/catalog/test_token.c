/*
 * test_token.c -- tokens by the hash of their secret, and what the log says of them.
 */
#include "catalog/token.h"

#include "fixture.h"

static struct digest
add(struct mesh *m, const char *id, const char *name, moment expires)
{
	const struct token_record t = {.id = id,
				       .name = name,
				       .role = "publisher",
				       .domains = "[\"risk\"]",
				       .expires_at = expires};
	struct digest secret = digest_of(id, strlen(id));
	struct session *s = mesh_write(m);
	assert_ok(m, token_add(s, "admin", &t, &secret, &m->e));
	mesh_commit(m, s);
	return secret;
}

static uint64_t
version(struct mesh *m)
{
	uint64_t v = 0;
	struct session *s = mesh_read(m);
	assert_ok(m, token_version(s, &v, &m->e));
	session_end(&s);
	return v;
}

static void
a_token_is_found_by_its_secret_s_hash(void **state)
{
	struct mesh *m = *state;
	struct token_record t;
	struct digest secret = add(m, "t1", "pipeline", SECONDS(4000000000)),
		      wrong = digest_of("x", 1);
	struct session *s = mesh_read(m);
	assert_ok(m, token_find(s, &secret, &m->arena, &t, &m->e));
	assert_string_equal(t.id, "t1");
	assert_string_equal(t.name, "pipeline");
	assert_string_equal(t.role, "publisher");
	assert_string_equal(t.domains, "[\"risk\"]");
	assert_int_equal(t.expires_at, SECONDS(4000000000));
	assert_true(t.created_at > 0);
	assert_false(t.revoked);
	assert_int_equal(token_find(s, &wrong, &m->arena, &t, &m->e), ERR_NOT_FOUND);
	session_end(&s);
}

static void
a_revoked_token_is_still_found_and_says_so(void **state)
{
	struct mesh *m = *state;
	struct token_record t;
	struct digest secret = add(m, "t1", "pipeline", 0);
	struct session *s = mesh_write(m);
	assert_ok(m, token_revoke(s, "admin", "t1", &m->e));
	mesh_commit(m, s);
	s = mesh_write(m);
	assert_ok(m, token_find(s, &secret, &m->arena, &t, &m->e));
	assert_true(t.revoked);
	assert_err(m, ERR_CONFLICT, "already revoked", token_revoke(s, "admin", "t1", &m->e));
	assert_err(m, ERR_NOT_FOUND, "no token 't2'", token_revoke(s, "admin", "t2", &m->e));
	session_end(&s);
}

static void
the_log_says_that_a_token_was_made_but_not_its_hash(void **state)
{
	struct mesh *m = *state;
	struct event ev;
	char hex[DIGEST_TEXT_SIZE];
	struct digest secret = add(m, "t1", "pipeline", 0);
	digest_format(&secret, hex);
	struct session *s = mesh_read(m);
	assert_ok(m, event_get(s, 2, &m->arena, &ev, &m->e));
	session_end(&s);
	assert_string_equal(ev.kind, "token.created");
	assert_string_equal(ev.subject, "pipeline");
	assert_string_equal(ev.actor, "admin");
	assert_string_equal(
	    ev.body,
	    "{\"id\":\"t1\",\"role\":\"publisher\",\"domains\":[\"risk\"],\"expires\":null}");
	assert_null(strstr(ev.body, hex));
}

static void
the_version_grows_with_each_change_only(void **state)
{
	struct mesh *m = *state;
	assert_int_equal(version(m), 0);
	add(m, "t1", "pipeline", 0);
	uint64_t first = version(m);
	publish(m, product_yaml(m, "a.b", "d", ""), "1.0.0");
	assert_int_equal(version(m), first);
	add(m, "t2", "other", 0);
	uint64_t second = version(m);
	assert_true(second > first);
	struct session *s = mesh_write(m);
	assert_ok(m, token_revoke(s, "admin", "t1", &m->e));
	mesh_commit(m, s);
	assert_true(version(m) > second);
}

static void
all_tokens_are_listed(void **state)
{
	struct mesh *m = *state;
	struct token_list l;
	add(m, "t2", "pipeline", 0);
	add(m, "t1", "other", 0);
	struct session *s = mesh_read(m);
	assert_ok(m, token_list(s, &m->arena, &l, &m->e));
	session_end(&s);
	assert_int_equal(l.count, 2);
	assert_string_equal(l.items[0].id, "t2"); /* the older first */
	assert_string_equal(l.items[1].id, "t1");
}

static void
tokens_survive_a_rebuild(void **state)
{
	struct mesh *m = *state;
	struct token_record t;
	struct digest secret = add(m, "t1", "pipeline", 0);
	assert_ok(m, rebuild(m->store, NULL, NULL, &m->e));
	struct session *s = mesh_read(m);
	assert_ok(m, token_find(s, &secret, &m->arena, &t, &m->e));
	session_end(&s);
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, mesh_open, mesh_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    HERE(a_token_is_found_by_its_secret_s_hash),
	    HERE(a_revoked_token_is_still_found_and_says_so),
	    HERE(the_log_says_that_a_token_was_made_but_not_its_hash),
	    HERE(the_version_grows_with_each_change_only),
	    HERE(all_tokens_are_listed),
	    HERE(tokens_survive_a_rebuild),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
