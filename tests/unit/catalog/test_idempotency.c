/*
 * test_idempotency.c -- answers kept for a day, one for each actor and key.
 */
#include "catalog/idempotency.h"

#include "fixture.h"

static const moment NOON = SECONDS(1000000000);

static void
at(struct mesh *m, moment now)
{
	struct store_options options = {.folder = m->folder.path,
					.database = mesh_database(m),
					.origin = "test.log",
					.mode = STORE_SERVE};
	options.clock.fixed = now;
	mesh_stop(m);
	assert_ok(m, store_open(&options, &m->store, &m->e));
}

static int
open_at_noon(void **state)
{
	mesh_make(state);
	at(*state, NOON);
	return 0;
}

static void
keep(struct mesh *m, const char *actor, const char *key, const char *body)
{
	const struct kept_answer a = {.request = digest_of(key, strlen(key)),
				      .status = 201,
				      .content_type = "application/json",
				      .body = body,
				      .body_length = strlen(body)};
	struct session *s = mesh_write(m);
	assert_ok(m, idempotency_keep(s, actor, key, &a, &m->e));
	mesh_commit(m, s);
}

static enum err_code
find(struct mesh *m, const char *actor, const char *key, struct kept_answer *a)
{
	struct session *s = mesh_read(m);
	enum err_code code = idempotency_find(s, actor, key, &m->arena, a, &m->e);
	session_end(&s);
	return code;
}

static void
a_kept_answer_is_given_again(void **state)
{
	struct mesh *m = *state;
	struct kept_answer a;
	keep(m, "mary", "k1", "{\"x\":1}");
	assert_ok(m, find(m, "mary", "k1", &a));
	struct digest request = digest_of("k1", 2);
	assert_true(digest_equal(&a.request, &request));
	assert_int_equal(a.status, 201);
	assert_string_equal(a.content_type, "application/json");
	assert_int_equal(a.body_length, 7);
	assert_memory_equal(a.body, "{\"x\":1}", 7);
}

static void
a_key_counts_within_one_actor(void **state)
{
	struct mesh *m = *state;
	struct kept_answer a;
	keep(m, "mary", "k1", "1");
	assert_int_equal(find(m, "john", "k1", &a), ERR_NOT_FOUND);
	assert_int_equal(find(m, "mary", "k2", &a), ERR_NOT_FOUND);
	keep(m, "john", "k1", "2");
	assert_ok(m, find(m, "mary", "k1", &a));
	assert_string_equal(a.body, "1");
}

static void
an_answer_is_kept_for_a_day(void **state)
{
	struct mesh *m = *state;
	struct kept_answer a;
	keep(m, "mary", "k1", "1");
	at(m, NOON + SECONDS(86399));
	assert_ok(m, find(m, "mary", "k1", &a));
	at(m, NOON + SECONDS(86400));
	assert_int_equal(find(m, "mary", "k1", &a), ERR_NOT_FOUND);
	keep(m, "mary", "k1", "2"); /* the key is free again */
	assert_ok(m, find(m, "mary", "k1", &a));
	assert_string_equal(a.body, "2");
}

static void
old_answers_go_a_few_with_each_new_one(void **state)
{
	struct mesh *m = *state;
	struct kept_answer a;
	for (int i = 0; i < 30; i++)
		keep(m, "mary", arena_printf(&m->arena, "old%02d", i), "1");
	at(m, NOON + SECONDS(90000));
	keep(m, "mary", "new1", "1");
	keep(m, "mary", "new2", "1");
	at(m, NOON + 1); /* as if no time had passed: what is left would be found */
	for (int i = 0; i < 30; i++)
		assert_int_equal(find(m, "mary", arena_printf(&m->arena, "old%02d", i), &a),
				 ERR_NOT_FOUND);
	assert_ok(m, find(m, "mary", "new1", &a));
}

static void
an_answer_and_its_command_happen_both_or_neither(void **state)
{
	struct mesh *m = *state;
	struct kept_answer a = {.status = 200, .content_type = "x", .body = "", .body_length = 0};
	struct session *s = mesh_write(m);
	assert_ok(m, idempotency_keep(s, "mary", "k1", &a, &m->e));
	session_end(&s);
	assert_int_equal(find(m, "mary", "k1", &a), ERR_NOT_FOUND);
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, open_at_noon, mesh_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    HERE(a_kept_answer_is_given_again),
	    HERE(a_key_counts_within_one_actor),
	    HERE(an_answer_is_kept_for_a_day),
	    HERE(old_answers_go_a_few_with_each_new_one),
	    HERE(an_answer_and_its_command_happen_both_or_neither),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
