/*
 * test_plugin.c -- one plugin and its host: good ones, and those that hang, die, lie and flood.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "lane.h"
#include "plugin.h"
#include "plugin_environment.h"
#include "workshop.h"

/* ---- helpers ---- */

struct bench {
	struct folder folder;
	struct arena arena;
	struct metrics *metrics;
	struct plugin *plugin;
	struct plugin_answer answer;
	struct err e;
};

static int
begin(void **state)
{
	struct bench *b = calloc(1, sizeof *b);
	log_set_level(LOG_LEVEL_ERROR);
	signal(SIGPIPE, SIG_IGN);
	folder_make(&b->folder);
	b->metrics = metrics_create();
	*state = b;
	return 0;
}

static int
end(void **state)
{
	struct bench *b = *state;
	plugin_destroy(b->plugin);
	metrics_destroy(b->metrics);
	arena_done(&b->arena);
	folder_remove(&b->folder);
	free(b);
	return 0;
}

static const char *
in_folder(struct bench *b, const char *leaf)
{
	return arena_printf(&b->arena, "%s/%s", b->folder.path, leaf);
}

static void
make(struct bench *b, const char *behaviour)
{
	write_plugin(b->folder.path, "toy", behaviour);
	const struct plugin_options options = {
	    .name = "toy",
	    .path = in_folder(b, "toy"),
	    .root = b->folder.path,
	    .secrets = in_folder(b, "toy.env"),
	    .deadline = 1,
	    .pause_first = 1,
	    .pause_longest = 4,
	    .metrics = b->metrics,
	};
	b->plugin = plugin_create(&options);
}

static enum err_code
call(struct bench *b, const char *verb)
{
	const struct plugin_call c = {.verb = verb, .resource = "{}", .patience = SECONDS(5)};
	return plugin_call(b->plugin, &c, &b->arena, &b->answer, &b->e);
}

static void
assert_call(struct bench *b, enum err_code code, const char *part)
{
	assert_int_equal(call(b, "apply"), code);
	if (!strstr(b->e.message, part))
		fail_msg("'%s' is not in '%s'", part, b->e.message);
}

static void
touch(struct bench *b, const char *leaf)
{
	FILE *f = fopen(in_folder(b, leaf), "w");
	assert_non_null(f);
	fclose(f);
}

/* What plugins_write() says of it. */
static const struct node *
description_of(struct bench *b)
{
	struct buf text = {0};
	struct node *root = ARENA_NEW(&b->arena, struct node);
	plugin_write(b->plugin, &(struct json){.out = &text});
	assert_int_equal(
	    document_read(DOCUMENT_JSON, text.data, text.length, NULL, &b->arena, root, &b->e),
	    ERR_OK);
	buf_done(&text);
	return root;
}

/* ---- good ones ---- */

static void
it_is_started_when_it_is_needed_and_answers(void **state)
{
	struct bench *b = *state;
	make(b, "ok '{\"did\":\"'$verb'\"}'");
	assert_string_equal(node_text(description_of(b), "state", ""), "broken");
	assert_int_equal(call(b, "apply"), ERR_OK);
	assert_true(b->answer.ok);
	assert_string_equal(node_text(b->answer.result, "did", ""), "apply");
	assert_true(plugin_has_role(b->plugin, "storage"));
	assert_false(plugin_has_role(b->plugin, "compute"));
	assert_true(plugin_has_verb(b->plugin, "check"));
	assert_false(plugin_has_verb(b->plugin, "validate"));
	assert_string_equal(plugin_roles(b->plugin, &b->arena), "storage");
	const struct node *d = description_of(b);
	assert_string_equal(node_text(d, "state", ""), "ready");
	assert_int_equal(node_int(d, "restarts", -1), 0);
}

static void
a_refusal_is_an_answer(void **state)
{
	struct bench *b = *state;
	make(b, "no 'no room' true");
	assert_int_equal(call(b, "apply"), ERR_OK);
	assert_false(b->answer.ok);
	assert_true(b->answer.retry);
	assert_string_equal(b->answer.message, "no room");
	assert_string_equal(node_text(description_of(b), "state", ""), "ready");
}

static void
it_gets_its_own_environment_and_nothing_else(void **state)
{
	struct bench *b = *state;
	setenv("WEFT_SECRET_OF_ANOTHER", "do not tell", 1);
	FILE *f = fopen(in_folder(b, "toy.env"), "w");
	fputs("# comment\n\nKEY=the=key\n", f);
	fclose(f);
	chmod(in_folder(b, "toy.env"), 0600);
	make(b,
	     "ok '{\"key\":\"'$KEY'\",\"other\":\"'$WEFT_SECRET_OF_ANOTHER'\",\"folder\":\"'$(pwd "
	     "-P)'\"}'");
	assert_int_equal(call(b, "apply"), ERR_OK);
	assert_string_equal(node_text(b->answer.result, "key", ""), "the=key");
	assert_string_equal(node_text(b->answer.result, "other", "?"), "");
	assert_string_equal(node_text(b->answer.result, "folder", ""), b->folder.path);
}

static void
secrets_that_others_may_read_are_refused(void **state)
{
	struct bench *b = *state;
	touch(b, "toy.env");
	chmod(in_folder(b, "toy.env"), 0640);
	make(b, "ok {}");
	assert_call(b, ERR_UNREACHABLE, "chmod 600");
	assert_string_equal(node_text(description_of(b), "state", ""), "broken");
}

static void
a_line_of_secrets_without_a_value_is_refused(void **state)
{
	struct bench *b = *state;
	const char *const *environment;
	FILE *f = fopen(in_folder(b, "x.env"), "w");
	fputs("A=1\nnonsense\n", f);
	fclose(f);
	chmod(in_folder(b, "x.env"), 0600);
	assert_int_equal(
	    plugin_environment(in_folder(b, "x.env"), "/", &b->arena, &environment, &b->e),
	    ERR_MALFORMED);
	assert_non_null(strstr(b->e.message, "line 2"));
}

/* ---- bad ones ---- */

static void
assert_broken_then_well(struct bench *b, const char *behaviour, const char *words)
{
	make(b, arena_printf(&b->arena, "if [ -e well ]; then ok {}; else %s; fi", behaviour));
	assert_call(b, ERR_UNREACHABLE, words);
	assert_non_null(strstr(b->e.message, "plugin 'toy'"));
	const struct node *d = description_of(b);
	assert_string_equal(node_text(d, "state", ""), "broken");
	assert_non_null(strstr(node_text(d, "error", ""), words));
	assert_call(b, ERR_BUSY, "a pause after a failure");
	touch(b, "well");
	usleep(600000);
	assert_int_equal(call(b, "apply"), ERR_OK);
	d = description_of(b);
	assert_string_equal(node_text(d, "state", ""), "ready");
	assert_int_equal(node_int(d, "restarts", -1), 1);
}

static void
one_that_hangs_is_killed_at_the_deadline(void **state)
{
	moment began = clock_monotonic();
	assert_broken_then_well(*state, "sleep 1000", "did not answer within 1 seconds");
	assert_true(clock_monotonic() - began < SECONDS(10));
}

static void
one_that_dies_in_its_answer_is_started_again(void **state)
{
	assert_broken_then_well(*state, "printf '{\"id\":1,'; exit 1", "died");
}

static void
one_that_talks_nonsense_is_killed(void **state)
{
	assert_broken_then_well(*state, "echo 'hello there'", "no JSON");
}

static void
one_that_answers_another_request_is_killed(void **state)
{
	assert_broken_then_well(*state, "id=$((id+1)); ok {}", "another request");
}

static void
one_that_floods_is_killed(void **state)
{
	assert_broken_then_well(*state, "head -c 100000000 /dev/zero | tr '\\0' x",
				"line of more than");
}

static void
one_that_talks_without_being_asked_is_found_out(void **state)
{
	struct bench *b = *state;
	make(b, "ok {}; echo '{\"id\":1,\"ok\":true,\"result\":{}}'");
	assert_int_equal(call(b, "apply"), ERR_OK);
	assert_call(b, ERR_UNREACHABLE, "another request");
}

static void
the_pause_grows_with_each_failure_in_a_row(void **state)
{
	struct bench *b = *state;
	make(b, "exit 1");
	assert_call(b, ERR_UNREACHABLE, "died");
	usleep(600000); /* half a second after the first */
	assert_call(b, ERR_UNREACHABLE, "died");
	usleep(600000); /* a second after the second */
	assert_call(b, ERR_BUSY, "pause");
	usleep(600000);
	assert_call(b, ERR_UNREACHABLE, "died");
}

static void
one_that_died_between_calls_is_started_again_at_once(void **state)
{
	struct bench *b = *state;
	make(b, "ok '{}'; exit 0");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(call(b, "apply"), ERR_OK);
		usleep(100000);
	}
	assert_int_equal(node_int(description_of(b), "restarts", -1), 2);
}

static void
a_request_that_is_too_long_is_not_sent(void **state)
{
	struct bench *b = *state;
	make(b, "ok {}");
	const char *resource = arena_printf(&b->arena, "{}%1100000s", "");
	const struct plugin_call c = {.verb = "apply", .resource = resource};
	assert_int_equal(plugin_call(b->plugin, &c, &b->arena, &b->answer, &b->e), ERR_TOO_LARGE);
	assert_int_equal(call(b, "apply"), ERR_OK);
	assert_int_equal(node_int(description_of(b), "restarts", -1), 0);
}

static void
one_that_has_another_name_is_broken(void **state)
{
	struct bench *b = *state;
	make(b, "ok {}");
	assert_int_equal(rename(in_folder(b, "toy"), in_folder(b, "toy.sh")), 0);
	FILE *f = fopen(in_folder(b, "toy"), "w");
	fprintf(f, "#!/bin/sh\nread -r line; echo "
		   "'{\"id\":1,\"ok\":true,\"result\":{\"name\":\"other\",\"roles\":[],"
		   "\"verbs\":[]}}'; read -r line\n");
	fclose(f);
	chmod(in_folder(b, "toy"), 0755);
	assert_call(b, ERR_UNREACHABLE, "calls itself 'other'");
}

static void
one_that_cannot_be_run_is_broken(void **state)
{
	struct bench *b = *state;
	make(b, "ok {}");
	assert_int_equal(unlink(in_folder(b, "toy")), 0);
	assert_call(b, ERR_UNREACHABLE, "cannot be started");
}

static void
when_the_server_stops_nothing_more_is_asked(void **state)
{
	struct bench *b = *state;
	make(b, "ok {}");
	assert_int_equal(call(b, "apply"), ERR_OK);
	plugin_refuse(b->plugin);
	assert_call(b, ERR_BUSY, "stopping");
}

/* ---- several callers ---- */

struct caller {
	struct bench *bench;
	int64_t patience;
	atomic_int ok, busy;
};

static void *
call_often(void *user)
{
	struct caller *c = user;
	struct arena arena = {0};
	for (int i = 0; i < 25; i++) {
		struct err e;
		struct plugin_answer answer;
		const char *resource = arena_printf(&arena, "{\"n\":%d}", i);
		const struct plugin_call one = {
		    .verb = "apply", .resource = resource, .patience = c->patience};
		enum err_code code = plugin_call(c->bench->plugin, &one, &arena, &answer, &e);
		if (code == ERR_OK && answer.ok && node_int(answer.result, "n", -1) == i)
			atomic_fetch_add(&c->ok, 1);
		else if (code == ERR_BUSY)
			atomic_fetch_add(&c->busy, 1);
	}
	arena_done(&arena);
	return NULL;
}

static void
callers_get_the_answers_to_their_own_requests(void **state)
{
	struct bench *b = *state;
	pthread_t threads[4];
	struct caller caller = {.bench = b, .patience = SECONDS(20)};
	make(b, "n=${line#*'\"n\":'}; n=${n%%[!0-9]*}; ok '{\"n\":'$n'}'");
	assert_int_equal(plugin_describe(b->plugin, 1, &b->e), ERR_OK); /* by a thread that stays */
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, call_often, &caller), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(atomic_load(&caller.ok), 100);
}

static void *
call_once(void *user)
{
	struct bench *b = user;
	struct arena arena = {0};
	struct err e;
	struct plugin_answer answer;
	const struct plugin_call one = {.verb = "apply", .resource = "{}", .patience = 0};
	plugin_call(b->plugin, &one, &arena, &answer, &e);
	arena_done(&arena);
	return NULL;
}

static void
behind_a_slow_call_one_turns_away_at_once(void **state)
{
	struct bench *b = *state;
	pthread_t thread;
	make(b, "touch busy; sleep 0.9; ok {}");
	assert_int_equal(pthread_create(&thread, NULL, call_once, b), 0);
	while (access(in_folder(b, "busy"), F_OK) != 0)
		usleep(1000);
	usleep(200000);
	moment began = clock_monotonic();
	const struct plugin_call one = {.verb = "apply", .resource = "{}", .patience = 100000};
	assert_int_equal(plugin_call(b->plugin, &one, &b->arena, &b->answer, &b->e), ERR_BUSY);
	assert_true(clock_monotonic() - began < 500000);
	pthread_join(thread, NULL);
}

static void
a_lane_lets_in_one_at_a_time(void **state)
{
	(void)state;
	struct lane lane;
	lane_init(&lane);
	assert_true(lane_enter(&lane, 0));
	assert_false(lane_enter(&lane, 0));
	assert_false(lane_enter(&lane, 20000));
	lane_leave(&lane);
	assert_true(lane_enter(&lane, 0));
	lane_leave(&lane);
	lane_done(&lane);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
	    TEST(it_is_started_when_it_is_needed_and_answers),
	    TEST(a_refusal_is_an_answer),
	    TEST(it_gets_its_own_environment_and_nothing_else),
	    TEST(secrets_that_others_may_read_are_refused),
	    TEST(a_line_of_secrets_without_a_value_is_refused),
	    TEST(one_that_hangs_is_killed_at_the_deadline),
	    TEST(one_that_dies_in_its_answer_is_started_again),
	    TEST(one_that_talks_nonsense_is_killed),
	    TEST(one_that_answers_another_request_is_killed),
	    TEST(one_that_floods_is_killed),
	    TEST(one_that_talks_without_being_asked_is_found_out),
	    TEST(the_pause_grows_with_each_failure_in_a_row),
	    TEST(one_that_died_between_calls_is_started_again_at_once),
	    TEST(a_request_that_is_too_long_is_not_sent),
	    TEST(one_that_has_another_name_is_broken),
	    TEST(one_that_cannot_be_run_is_broken),
	    TEST(when_the_server_stops_nothing_more_is_asked),
	    TEST(callers_get_the_answers_to_their_own_requests),
	    TEST(behind_a_slow_call_one_turns_away_at_once),
	    cmocka_unit_test(a_lane_lets_in_one_at_a_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
