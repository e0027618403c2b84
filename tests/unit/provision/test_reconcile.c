/*
 * test_reconcile.c -- products and what became of their wishes: with the real plugins, with plugins
 * that refuse, hang and recover, and with the whole process killed at random moments.
 */
#include <sys/wait.h>

#include <sqlite3.h>

#include "workshop.h"

/* A product with this behind its schema. */
static const char *
product(struct workshop *w, const char *name, const char *more)
{
	return arena_printf(
	    &w->mesh->arena,
	    "name: %s\nowner: retail-data-team\ndomain: retail\nschema:\n"
	    "  - {name: account_id, type: STRING}\n  - {name: balance, type: 'DECIMAL(18,2)'}\n%s",
	    name, more);
}

static const char both[] =
    "storage: [filesystem, sqlite]\ncompute: [sqlite]\n"
    "access:\n  - {role: analysts, level: read, columns: [account_id]}\n"
    "quality_checks:\n  - unique: account_id\n  - not_null: [account_id]\n  - freshness: 1 hour\n";

static void
run_sql(struct workshop *w, const char *statements)
{
	sqlite3 *db;
	char *message = NULL;
	assert_int_equal(sqlite3_open(workshop_stored(w, "sqlite/retail.accounts.db"), &db),
			 SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	if (sqlite3_exec(db, statements, NULL, NULL, &message) != SQLITE_OK)
		fail_msg("%s: %s", statements, message);
	sqlite3_close(db);
}

/* ---- the straight way ---- */

static void
wishes_become_ready_each_by_one_event(void **state)
{
	struct workshop *w = *state;
	workshop_open(w);
	workshop_publish(w, product(w, "retail.accounts", both), "1.0.0");
	workshop_await(w, "retail.accounts", "storage", "filesystem", "ready");
	workshop_await(w, "retail.accounts", "storage", "sqlite", "ready");
	struct resource r = workshop_await(w, "retail.accounts", "compute", "sqlite", "ready");
	assert_non_null(strstr(r.detail, "\"command\":\"sqlite3 "));
	assert_true(workshop_has(w, "filesystem/retail.accounts/default/manifest.json"));
	run_sql(w, "INSERT INTO accounts VALUES ('a', 1); SELECT * FROM accounts__analysts");
	assert_int_equal(workshop_count(w, "retail.accounts", "ready"), 3);
}

static void
another_round_is_silent(void **state)
{
	struct workshop *w = *state;
	workshop_open(w);
	workshop_publish(w, product(w, "retail.accounts", both), "1.0.0");
	workshop_await(w, "retail.accounts", "compute", "sqlite", "ready");
	workshop_settle(w);
	uint64_t before = workshop_log_size(w);
	for (int i = 0; i < 3; i++) {
		workshop_reconcile(w, "retail.accounts");
		workshop_settle(w);
	}
	assert_int_equal(workshop_log_size(w), before);
}

static void
a_new_version_changes_what_is_there(void **state)
{
	struct workshop *w = *state;
	workshop_open(w);
	workshop_publish(w, product(w, "retail.accounts", both), "1.0.0");
	workshop_await(w, "retail.accounts", "compute", "sqlite", "ready");
	workshop_settle(w);
	run_sql(w, "INSERT INTO accounts VALUES ('a', 1)");
	workshop_publish(w,
			 product(w, "retail.accounts",
				 "  - {name: iban, type: STRING}\nstorage: [filesystem, "
				 "sqlite]\ncompute: [sqlite]\n"),
			 "1.1.0");
	workshop_settle(w);
	run_sql(w, "INSERT INTO accounts VALUES ('b', 2, 'DE00')");
	/* whoever is no longer named has lost the view */
	struct resource r = workshop_resource(w, "retail.accounts", "storage", "sqlite");
	assert_string_equal(r.state, "ready");
	assert_null(strstr(r.detail, "analysts"));
	run_sql(w, "CREATE TABLE accounts__analysts (x)");
}

static void
an_access_whose_last_day_is_over_is_not_given(void **state)
{
	struct workshop *w = *state;
	workshop_open(w);
	workshop_publish(
	    w,
	    product(
		w, "retail.accounts",
		"storage: [sqlite]\naccess:\n  - {role: past, level: read, until: '2020-01-01'}\n"
		"  - {role: present, level: read, until: '2999-01-01'}\n"),
	    "1.0.0");
	struct resource r = workshop_await(w, "retail.accounts", "storage", "sqlite", "ready");
	assert_null(strstr(r.detail, "past"));
	assert_non_null(strstr(r.detail, "present"));
}

/* ---- refusals and retries ---- */

static void
a_refusal_for_good_waits_for_another_wish(void **state)
{
	struct workshop *w = *state;
	workshop_open(w);
	workshop_publish(w,
			 product(w, "retail.accounts",
				 "storage:\n  - {plugin: filesystem, settings: {colour: 1}}\n"),
			 "1.0.0");
	struct resource r = workshop_await(w, "retail.accounts", "storage", "filesystem", "failed");
	assert_non_null(strstr(r.error, "no setting 'colour'"));
	workshop_settle(w);
	uint64_t before = workshop_log_size(w);
	workshop_reconcile(w, "retail.accounts");
	workshop_settle(w);
	assert_int_equal(workshop_log_size(w), before);
	uint64_t waiting, failing;
	struct session *s = mesh_read(w->mesh);
	assert_ok(w->mesh, job_counts(s, &waiting, &failing, &w->mesh->e));
	session_end(&s);
	assert_int_equal(waiting, 0);
	workshop_publish(w, product(w, "retail.accounts", "storage: filesystem\n"), "1.0.1");
	workshop_await(w, "retail.accounts", "storage", "filesystem", "ready");
}

static void
a_refusal_for_now_is_tried_until_it_goes_well_and_recorded_once(void **state)
{
	struct workshop *w = *state;
	workshop_plugin(w, "moody", "if [ -e well ]; then ok {}; else no 'no room' true; fi");
	workshop_open(w);
	workshop_publish(w, product(w, "retail.accounts", "storage: [moody]\n"), "1.0.0");
	struct resource r = workshop_await(w, "retail.accounts", "storage", "moody", "failed");
	assert_string_equal(r.error, "no room");
	usleep(2500000); /* more attempts */
	assert_int_equal(workshop_count(w, "retail.accounts", "failed"), 1);
	FILE *f = fopen(workshop_stored(w, "moody/well"), "w");
	fclose(f);
	r = workshop_await(w, "retail.accounts", "storage", "moody", "ready");
	assert_null(r.error);
	assert_int_equal(workshop_count(w, "retail.accounts", "ready"), 1);
}

static void
hostile_plugins_fail_their_own_resources_only(void **state)
{
	static const struct {
		const char *name, *behaviour, *words;
	} rows[] = {
	    {"hangs", "sleep 1000", "did not answer within 1 seconds"},
	    {"dies", "printf '{\"id\"'; exit 3", "died"},
	    {"babbles", "echo hello", "no JSON"},
	    {"confuses", "id=$((id+1)); ok {}", "another request"},
	    {"floods", "head -c 100000000 /dev/zero | tr '\\0' x", "line of more than"},
	    {"refuses", "no 'never' false", "never"},
	};
	struct workshop *w = *state;
	w->config.plugin_deadline = 1;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		workshop_plugin(w, rows[i].name, rows[i].behaviour);
	workshop_open(w);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		workshop_publish(
		    w,
		    product(w, arena_printf(&w->mesh->arena, "hostile.%s", rows[i].name),
			    arena_printf(&w->mesh->arena, "storage: [%s]\n", rows[i].name)),
		    "1.0.0");
	moment began = clock_monotonic();
	workshop_publish(w, product(w, "retail.accounts", both), "1.0.0");
	workshop_await(w, "retail.accounts", "compute", "sqlite", "ready");
	assert_true(clock_monotonic() - began < SECONDS(15));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct resource r =
		    workshop_await(w, arena_printf(&w->mesh->arena, "hostile.%s", rows[i].name),
				   "storage", rows[i].name, "failed");
		if (!strstr(r.error, rows[i].words))
			fail_msg("'%s' is not in '%s'", rows[i].words, r.error);
	}
}

static void
many_jobs_of_a_slow_plugin_do_not_hold_up_the_others(void **state)
{
	struct workshop *w = *state;
	workshop_plugin(w, "slow", "sleep 1; ok {}");
	workshop_open(w);
	for (int i = 0; i < 12; i++)
		workshop_publish(
		    w,
		    product(w, arena_printf(&w->mesh->arena, "slow.n%d", i), "storage: [slow]\n"),
		    "1.0.0");
	usleep(300000);
	moment began = clock_monotonic();
	workshop_publish(w, product(w, "retail.accounts", "storage: [filesystem]\n"), "1.0.0");
	workshop_await(w, "retail.accounts", "storage", "filesystem", "ready");
	assert_true(clock_monotonic() - began < SECONDS(10));
	assert_int_equal(workshop_count(w, "slow.n5", "failed"), 0); /* waiting is no failure */
}

static void
a_plugin_that_is_not_there_is_named(void **state)
{
	struct workshop *w = *state;
	workshop_open(w);
	workshop_publish(w, product(w, "retail.accounts", "storage: [s3]\ncompute: [filesystem]\n"),
			 "1.0.0");
	struct resource r = workshop_await(w, "retail.accounts", "storage", "s3", "failed");
	assert_string_equal(r.error, "no plugin 's3' is installed; there are: filesystem, sqlite");
	r = workshop_await(w, "retail.accounts", "compute", "filesystem", "failed");
	assert_string_equal(r.error, "plugin 'filesystem' gives storage, not compute");
}

/* ---- drift, retention, the end ---- */

static void
what_vanished_is_made_again_and_noted(void **state)
{
	struct workshop *w = *state;
	workshop_open(w);
	workshop_publish(w, product(w, "retail.accounts", both), "1.0.0");
	workshop_await(w, "retail.accounts", "compute", "sqlite", "ready");
	workshop_settle(w);
	assert_int_equal(unlink(workshop_stored(w, "sqlite/retail.accounts.db")), 0);
	workshop_reconcile(w, "retail.accounts");
	workshop_settle(w);
	assert_true(workshop_has(w, "sqlite/retail.accounts.db"));
	struct resource r = workshop_resource(w, "retail.accounts", "storage", "sqlite");
	assert_string_equal(r.state, "ready");
	assert_non_null(strstr(r.detail, "drift: it did not exist any more"));
}

static void
ready_resources_are_looked_at_without_being_asked(void **state)
{
	struct workshop *w = *state;
	w->config.drift_interval = 1;
	workshop_open(w);
	workshop_publish(w, product(w, "retail.accounts", "storage: [sqlite]\n"), "1.0.0");
	workshop_await(w, "retail.accounts", "storage", "sqlite", "ready");
	assert_int_equal(unlink(workshop_stored(w, "sqlite/retail.accounts.db")), 0);
	moment deadline = clock_monotonic() + SECONDS(20);
	while (workshop_count(w, "retail.accounts", "ready") < 2 && clock_monotonic() < deadline)
		usleep(20000);
	assert_true(workshop_has(w, "sqlite/retail.accounts.db"));
}

static void
old_files_go_when_their_retention_is_over(void **state)
{
	struct workshop *w = *state;
	workshop_open(w);
	workshop_publish(
	    w, product(w, "retail.accounts", "retention: 1 second\nstorage: [filesystem]\n"),
	    "1.0.0");
	workshop_await(w, "retail.accounts", "storage", "filesystem", "ready");
	FILE *f = fopen(workshop_stored(w, "filesystem/retail.accounts/default/data/x"), "w");
	fclose(f);
	usleep(2100000);
	workshop_reconcile(w, "retail.accounts");
	workshop_settle(w);
	assert_false(workshop_has(w, "filesystem/retail.accounts/default/data/x"));
	struct resource r = workshop_resource(w, "retail.accounts", "storage", "filesystem");
	assert_non_null(strstr(r.detail, "removed 1 older than the retention"));
}

static void
a_retired_product_keeps_its_data_but_no_readers(void **state)
{
	struct workshop *w = *state;
	workshop_open(w);
	workshop_publish(w, product(w, "retail.accounts", both), "1.0.0");
	workshop_await(w, "retail.accounts", "compute", "sqlite", "ready");
	workshop_settle(w);
	workshop_retire(w, "retail.accounts");
	workshop_settle(w);
	struct resource r = workshop_resource(w, "retail.accounts", "storage", "sqlite");
	assert_string_equal(r.state, "retained");
	assert_non_null(strstr(r.detail, "all access was taken"));
	run_sql(w, "CREATE TABLE accounts__analysts (x)"); /* the view is gone, the file is not */
	assert_true(workshop_has(w, "filesystem/retail.accounts/default/data"));
	struct job job;
	moment next = 0;
	assert_int_equal(job_claim(w->mesh->store, store_now(w->mesh->store), &w->mesh->arena, &job,
				   &next, &w->mesh->e),
			 ERR_NOT_FOUND);
	moment days = (next - store_now(w->mesh->store)) / SECONDS(86400);
	assert_in_range(days, 29, 30); /* what never stated a retention is kept so long */
}

static void
what_was_kept_long_enough_is_destroyed(void **state)
{
	struct workshop *w = *state;
	workshop_open(w);
	workshop_publish(
	    w,
	    product(w, "retail.accounts", "retention: 1 second\nstorage: [filesystem, sqlite]\n"),
	    "1.0.0");
	workshop_await(w, "retail.accounts", "storage", "sqlite", "ready");
	workshop_retire(w, "retail.accounts");
	workshop_await(w, "retail.accounts", "storage", "sqlite", "removed");
	workshop_await(w, "retail.accounts", "storage", "filesystem", "removed");
	assert_false(workshop_has(w, "sqlite/retail.accounts.db"));
	assert_false(workshop_has(w, "filesystem/retail.accounts"));
	assert_int_equal(workshop_count(w, "retail.accounts", "removed"), 2);
	workshop_settle(w);
	uint64_t waiting, failing;
	struct session *s = mesh_read(w->mesh);
	assert_ok(w->mesh, job_counts(s, &waiting, &failing, &w->mesh->e));
	session_end(&s);
	assert_int_equal(waiting, 0);
}

static void
a_wish_that_was_dropped_is_kept_as_long_as_it_was_promised(void **state)
{
	struct workshop *w = *state;
	workshop_open(w);
	workshop_publish(
	    w, product(w, "retail.accounts", "retention: 1 hour\nstorage: [filesystem, sqlite]\n"),
	    "1.0.0");
	workshop_await(w, "retail.accounts", "storage", "sqlite", "ready");
	workshop_publish(
	    w, product(w, "retail.accounts", "retention: 1 second\nstorage: [filesystem]\n"),
	    "2.0.0");
	workshop_settle(w);
	usleep(1500000);
	workshop_settle(w);
	assert_string_equal(workshop_resource(w, "retail.accounts", "storage", "sqlite").state,
			    "retained");
	assert_true(workshop_has(w, "sqlite/retail.accounts.db"));
	workshop_publish(w, product(w, "retail.accounts", "storage: [filesystem, sqlite]\n"),
			 "3.0.0");
	workshop_await(w, "retail.accounts", "storage", "sqlite",
		       "ready"); /* asked for again: the same data */
}

static void
what_cannot_be_destroyed_is_tried_again(void **state)
{
	struct workshop *w = *state;
	workshop_plugin(
	    w, "clings",
	    "case $verb-$(ls) in destroy-) no 'still in use' false ;; *) ok {} ;; esac");
	workshop_open(w);
	workshop_publish(
	    w, product(w, "retail.accounts", "retention: 1 second\nstorage: [clings]\n"), "1.0.0");
	workshop_await(w, "retail.accounts", "storage", "clings", "ready");
	workshop_retire(w, "retail.accounts");
	usleep(2500000);
	assert_string_equal(workshop_resource(w, "retail.accounts", "storage", "clings").state,
			    "retained");
	FILE *f = fopen(workshop_stored(w, "clings/free"), "w");
	fclose(f);
	workshop_await(w, "retail.accounts", "storage", "clings", "removed");
}

/* ---- asking ---- */

static const char *
text_of_plan(struct workshop *w)
{
	struct buf text = {0};
	struct json j = {.out = &text};
	assert_ok(w->mesh, provision_plan(w->provision, "retail.accounts", &w->mesh->arena, &j,
					  &w->mesh->e));
	const char *copy = arena_text(&w->mesh->arena, text.data);
	buf_done(&text);
	return copy;
}

static void
a_plan_says_what_would_change(void **state)
{
	struct workshop *w = *state;
	workshop_open(w);
	publish(w->mesh, product(w, "retail.accounts", "storage: [sqlite, s3]\n"),
		"1.0.0"); /* no job yet */
	const char *plan = text_of_plan(w);
	assert_non_null(strstr(plan, "\"state\":\"wanted\",\"changes\":[\"create file "));
	assert_non_null(strstr(plan, "no plugin 's3' is installed"));
	assert_false(workshop_has(w, "sqlite/retail.accounts.db"));
	workshop_publish(w, product(w, "retail.accounts", "storage: [sqlite]\n"), "1.0.1");
	workshop_await(w, "retail.accounts", "storage", "sqlite", "ready");
	workshop_settle(w);
	assert_non_null(strstr(text_of_plan(w), "\"state\":\"ready\",\"changes\":[]"));
	struct buf text = {0};
	struct json j = {.out = &text};
	assert_int_equal(provision_plan(w->provision, "no.such", &w->mesh->arena, &j, &w->mesh->e),
			 ERR_NOT_FOUND);
	buf_done(&text);
}

static enum err_code
check(struct workshop *w, const char *name, struct node *ret_result)
{
	struct buf text = {0};
	struct json j = {.out = &text};
	enum err_code code =
	    provision_check(w->provision, "tester", name, &w->mesh->arena, &j, &w->mesh->e);
	if (code == ERR_OK)
		assert_ok(w->mesh, document_read(DOCUMENT_JSON, text.data, text.length, NULL,
						 &w->mesh->arena, ret_result, &w->mesh->e));
	buf_done(&text);
	return code;
}

static void
quality_turns_red_by_one_row_and_is_recorded(void **state)
{
	struct workshop *w = *state;
	struct node result;
	workshop_open(w);
	workshop_publish(w, product(w, "retail.accounts", both), "1.0.0");
	workshop_await(w, "retail.accounts", "compute", "sqlite", "ready");
	workshop_settle(w);
	run_sql(w, "INSERT INTO accounts VALUES ('a', 1)");
	assert_int_equal(check(w, "retail.accounts", &result), ERR_OK);
	assert_true(node_bool(&result, "passed", false));
	assert_string_equal(node_text(&result, "plugin", ""), "sqlite");
	assert_int_equal(node_get(&result, "checks")->count,
			 3); /* storage and compute are one file */
	run_sql(w, "INSERT INTO accounts VALUES ('a', 2)");
	assert_int_equal(check(w, "retail.accounts", &result), ERR_OK);
	assert_false(node_bool(&result, "passed", true));
	const char *body;
	moment when;
	struct session *s = mesh_read(w->mesh);
	assert_ok(w->mesh,
		  quality_last(s, "retail.accounts", &w->mesh->arena, &body, &when, &w->mesh->e));
	session_end(&s);
	assert_non_null(strstr(body, "\"passed\":false"));
	assert_non_null(strstr(body, "unique(account_id): 1 value occurs more than once"));
}

static void
what_cannot_be_checked_is_no_result(void **state)
{
	struct workshop *w = *state;
	struct node result;
	workshop_plugin(w, "blind",
			"case $verb in check) no 'I cannot see' true ;; *) ok {} ;; esac");
	workshop_open(w);
	workshop_publish(w, product(w, "retail.accounts", "storage: [filesystem]\n"), "1.0.0");
	workshop_publish(w, product(w, "retail.others", "storage: [blind]\n"), "1.0.0");
	workshop_await(w, "retail.accounts", "storage", "filesystem", "ready");
	workshop_await(w, "retail.others", "storage", "blind", "ready");
	workshop_settle(w);
	uint64_t before = workshop_log_size(w);
	assert_int_equal(check(w, "retail.accounts", &result), ERR_CONFLICT);
	assert_int_equal(check(w, "retail.others", &result), ERR_UNREACHABLE);
	assert_non_null(strstr(w->mesh->e.message, "I cannot see"));
	assert_int_equal(check(w, "no.such", &result), ERR_NOT_FOUND);
	assert_int_equal(workshop_log_size(w), before);
}

static void
the_plugins_are_listed_with_what_they_said(void **state)
{
	struct workshop *w = *state;
	struct buf text = {0};
	struct json j = {.out = &text};
	struct node list;
	workshop_plugin(w, "toy.sh", "ok {}");
	workshop_plugin(w, "toy", "ok {}");
	FILE *f = fopen(arena_printf(&w->mesh->arena, "%s/README.md", w->plugins.path), "w");
	fclose(f);
	workshop_open(w);
	plugins_write(w->provision, &j);
	assert_ok(w->mesh, document_read(DOCUMENT_JSON, text.data, text.length, NULL,
					 &w->mesh->arena, &list, &w->mesh->e));
	buf_done(&text);
	assert_int_equal(list.count, 3);
	assert_string_equal(node_text(&list.items[0], "name", ""), "filesystem");
	assert_string_equal(node_text(&list.items[0], "state", ""), "ready");
	assert_string_equal(node_text(&list.items[2], "name", ""), "toy");
	assert_int_equal(node_get(&list.items[1], "roles")->count, 2);
}

/* ---- crashes ---- */

/* A server of its own in a child, until it is killed. */
static NORETURN void
serve_until_killed(struct workshop *w)
{
	if (mesh_start(w->mesh, STORE_SERVE) == ERR_OK) {
		w->metrics = metrics_create();
		if (provision_create(w->mesh->store, &w->config, w->metrics, &w->provision,
				     &w->mesh->e) == ERR_OK)
			provision_start(w->provision, &w->mesh->e);
	}
	for (;;)
		pause();
}

static void
run_and_kill(struct workshop *w, useconds_t after)
{
	pid_t pid = fork();
	if (pid == 0)
		serve_until_killed(w);
	assert_true(pid > 0);
	usleep(after);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* A child that was between fork and exec when its parent was killed holds the folder's lock for a
 * moment longer. */
static void
start_again(struct workshop *w)
{
	moment deadline = clock_monotonic() + SECONDS(10);
	while (mesh_start(w->mesh, STORE_SERVE) != ERR_OK) {
		if (clock_monotonic() > deadline)
			fail_msg("%s", w->mesh->e.message);
		usleep(1000);
	}
}

static void
a_process_killed_at_any_moment_ends_with_each_resource_ready_once(void **state)
{
	struct workshop *w = *state;
	unsigned seed = 4711;
	for (int i = 0; i < 12; i++) {
		const char *name = arena_printf(&w->mesh->arena, "retail.n%d", i);
		workshop_publish(w, product(w, name, both), "1.0.0");
		mesh_stop(w->mesh);
		for (int kills = 0; kills < 3; kills++)
			run_and_kill(w, (useconds_t)rand_r(&seed) % 90000);
		start_again(w);
		workshop_open(w);
		workshop_await(w, name, "storage", "filesystem", "ready");
		workshop_await(w, name, "storage", "sqlite", "ready");
		workshop_await(w, name, "compute", "sqlite", "ready");
		workshop_settle(w);
		workshop_shut(w);
		assert_int_equal(workshop_count(w, name, "ready"), 3);
		assert_int_equal(workshop_count(w, name, "failed"), 0);
	}
}

static void
stopping_while_a_plugin_works_loses_nothing(void **state)
{
	struct workshop *w = *state;
	workshop_plugin(w, "slow", "sleep 0.4; ok {}");
	workshop_open(w);
	workshop_publish(w, product(w, "retail.accounts", "storage: [slow]\n"), "1.0.0");
	usleep(200000);
	workshop_shut(w);
	assert_string_equal(workshop_resource(w, "retail.accounts", "storage", "slow").state,
			    "wanted");
	workshop_open(w);
	workshop_await(w, "retail.accounts", "storage", "slow", "ready");
	assert_int_equal(workshop_count(w, "retail.accounts", "ready"), 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, workshop_begin, workshop_end)
	const struct CMUnitTest tests[] = {
	    TEST(wishes_become_ready_each_by_one_event),
	    TEST(another_round_is_silent),
	    TEST(a_new_version_changes_what_is_there),
	    TEST(an_access_whose_last_day_is_over_is_not_given),
	    TEST(a_refusal_for_good_waits_for_another_wish),
	    TEST(a_refusal_for_now_is_tried_until_it_goes_well_and_recorded_once),
	    TEST(hostile_plugins_fail_their_own_resources_only),
	    TEST(many_jobs_of_a_slow_plugin_do_not_hold_up_the_others),
	    TEST(a_plugin_that_is_not_there_is_named),
	    TEST(what_vanished_is_made_again_and_noted),
	    TEST(ready_resources_are_looked_at_without_being_asked),
	    TEST(old_files_go_when_their_retention_is_over),
	    TEST(a_retired_product_keeps_its_data_but_no_readers),
	    TEST(what_was_kept_long_enough_is_destroyed),
	    TEST(a_wish_that_was_dropped_is_kept_as_long_as_it_was_promised),
	    TEST(what_cannot_be_destroyed_is_tried_again),
	    TEST(a_plan_says_what_would_change),
	    TEST(quality_turns_red_by_one_row_and_is_recorded),
	    TEST(what_cannot_be_checked_is_no_result),
	    TEST(the_plugins_are_listed_with_what_they_said),
	    TEST(a_process_killed_at_any_moment_ends_with_each_resource_ready_once),
	    TEST(stopping_while_a_plugin_works_loses_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
