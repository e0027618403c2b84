/*
 * Tokens and what they let one do, on a real catalog.
 */
#include <sys/stat.h>

#include "base/document.h"
#include "identity/identity.h"

#include "folder.h"
#include "unit.h"

struct fixture {
	struct folder folder;
	struct store *store;
	struct identity *identity;
	struct arena arena;
};

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct err e;
	folder_make(&f->folder);
	digest_start_up(&e);
	const struct store_options options = {
	    .folder = f->folder.path, .origin = "test", .mode = STORE_SERVE, .readers = 2};
	if (store_open(&options, &f->store, &e) != ERR_OK)
		return -1;
	f->identity = identity_create(f->store, false);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;
	identity_destroy(f->identity);
	store_close(f->store);
	folder_remove(&f->folder);
	arena_done(&f->arena);
	free(f);
	return 0;
}

static const char *
make_token(struct fixture *f, const char *role, const char *const *domains, moment expires,
	   struct token_record *ret_token)
{
	const struct token_wish wish = {
	    .name = "someone", .role = role, .domains = domains, .expires_at = expires};
	const char *secret;
	struct err e;
	assert_int_equal(token_create(f->store, "tester", &wish, &f->arena, ret_token, &secret, &e),
			 ERR_OK);
	return arena_printf(&f->arena, "Bearer %s", secret);
}

static enum err_code
ask(struct fixture *f, const char *authorization, struct actor *ret_actor)
{
	struct err e;
	return identity_authenticate(f->identity, authorization, &f->arena, ret_actor, &e);
}

static void
a_token_speaks_for_its_name_and_role(void **state)
{
	struct fixture *f = *state;
	struct token_record token;
	struct actor actor;
	const char *header = make_token(f, "auditor", NULL, 0, &token);
	assert_int_equal(ask(f, header, &actor), ERR_OK);
	assert_string_equal(actor.name, "someone");
	assert_int_equal(actor.role, ROLE_AUDITOR);
	assert_true(role_includes(actor.role, ROLE_READER));
	assert_false(role_includes(actor.role, ROLE_STEWARD));
}

static void
without_a_token_one_is_anybody(void **state)
{
	struct actor actor;
	assert_int_equal(ask(*state, NULL, &actor), ERR_OK);
	assert_int_equal(actor.role, ROLE_ANYBODY);
	assert_false(role_includes(actor.role, ROLE_READER));
}

static void
a_wrong_token_and_a_wrong_scheme_are_refused_alike(void **state)
{
	struct actor actor;
	assert_int_equal(ask(*state, "Bearer weft_nonsense", &actor), ERR_UNAUTHENTICATED);
	assert_int_equal(ask(*state, "Basic d2VmdDp3ZWZ0", &actor), ERR_UNAUTHENTICATED);
	assert_int_equal(ask(*state, "", &actor), ERR_UNAUTHENTICATED);
}

static void
a_revoked_token_stops_with_the_commit_that_revoked_it(void **state)
{
	struct fixture *f = *state;
	struct token_record token;
	struct actor actor;
	struct session *s = NULL;
	struct err e;
	const char *header = make_token(f, "reader", NULL, 0, &token);
	for (int i = 0; i < 3; i++)
		assert_int_equal(ask(f, header, &actor), ERR_OK); /* also from memory */
	assert_int_equal(store_write(f->store, &s, &e), ERR_OK);
	assert_int_equal(token_revoke(s, "tester", token.id, &e), ERR_OK);
	assert_int_equal(session_commit(s, &e), ERR_OK);
	session_end(&s);
	assert_int_equal(ask(f, header, &actor), ERR_UNAUTHENTICATED);
}

static void
an_expired_token_is_refused_although_it_is_remembered(void **state)
{
	struct fixture *f = *state;
	struct token_record token;
	struct actor actor;
	moment end = store_now(f->store) + 300000;
	const char *header = make_token(f, "reader", NULL, end, &token);
	assert_int_equal(ask(f, header, &actor), ERR_OK);
	while (store_now(f->store) <= end)
		;
	assert_int_equal(ask(f, header, &actor), ERR_UNAUTHENTICATED);
}

static void
a_publisher_is_bound_to_its_domains(void **state)
{
	struct fixture *f = *state;
	static const char *const domains[] = {"cards", "risk", NULL};
	struct token_record token;
	struct actor actor;
	struct err e;
	assert_int_equal(ask(f, make_token(f, "publisher", domains, 0, &token), &actor), ERR_OK);
	assert_int_equal(actor_may_publish(&actor, "risk", &e), ERR_OK);
	assert_int_equal(actor_may_publish(&actor, "finance", &e), ERR_FORBIDDEN);
	assert_non_null(strstr(e.message, "cards, risk"));
}

static void
wishes_that_make_no_sense_are_refused(void **state)
{
	struct fixture *f = *state;
	static const char *const domains[] = {"cards", NULL};
	const struct token_wish wrong[] = {
	    {.name = "a b", .role = "reader"},
	    {.name = "", .role = "reader"},
	    {.name = "a", .role = "king"},
	    {.name = "a", .role = "anybody"},
	    {.name = "a", .role = "publisher"},
	    {.name = "a", .role = "reader", .domains = domains},
	    {.name = "a", .role = "reader", .expires_at = 1},
	};
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct token_record token;
		const char *secret;
		struct err e;
		assert_int_equal(
		    token_create(f->store, "t", &wrong[i], &f->arena, &token, &secret, &e),
		    ERR_MALFORMED);
	}
}

static void
the_first_start_leaves_a_file_that_only_its_owner_reads(void **state)
{
	struct fixture *f = *state;
	const char *path = arena_printf(&f->arena, "%s/admin.token", f->folder.path);
	struct err e;
	struct stat st;
	char *text;
	size_t length;
	struct actor actor;
	assert_int_equal(identity_first_start(f->store, &e), ERR_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(file_read(path, 1000, &f->arena, &text, &length, &e), ERR_OK);
	text[strcspn(text, "\n")] = '\0';
	assert_int_equal(ask(f, arena_printf(&f->arena, "Bearer %s", text), &actor), ERR_OK);
	assert_int_equal(actor.role, ROLE_ADMIN);

	/* A second start makes no second token. */
	assert_int_equal(remove(path), 0);
	assert_int_equal(identity_first_start(f->store, &e), ERR_OK);
	assert_int_not_equal(stat(path, &st), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_token_speaks_for_its_name_and_role, set_up,
					    tear_down),
	    cmocka_unit_test_setup_teardown(without_a_token_one_is_anybody, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_wrong_token_and_a_wrong_scheme_are_refused_alike,
					    set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_revoked_token_stops_with_the_commit_that_revoked_it,
					    set_up, tear_down),
	    cmocka_unit_test_setup_teardown(an_expired_token_is_refused_although_it_is_remembered,
					    set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_publisher_is_bound_to_its_domains, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(wishes_that_make_no_sense_are_refused, set_up,
					    tear_down),
	    cmocka_unit_test_setup_teardown(the_first_start_leaves_a_file_that_only_its_owner_reads,
					    set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
