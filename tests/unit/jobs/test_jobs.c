/*
 * test_jobs.c -- the workers: what is asked for is done once, again when it failed, and by nobody
 * after the end.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/log.h"
#include "catalog/fixture.h"
#include "catalog/job.h"
#include "catalog/pending.h"
#include "jobs/jobs.h"

/* What the functions of the test's kinds did. */
static struct {
	atomic_int runs, now, most_at_once;
	atomic_int failures; /* that are still to come */
	atomic_bool ask_again;
	atomic_int nap; /* microseconds */
} seen;

static enum err_code
end_job(const struct job_run *run, bool ask_again, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	enum err_code code = store_write(run->store, &s, e);
	if (code == ERR_OK && ask_again)
		code = job_want(s, run->job->kind, run->job->subject, session_now(s), e);
	if (code == ERR_OK)
		code = job_done(s, run->job, e);
	return code == ERR_OK ? session_commit(s, e) : code;
}

static enum err_code
count(void *user, const struct job_run *run, struct err *e)
{
	(void)user;
	int now = atomic_fetch_add(&seen.now, 1) + 1;
	if (now > atomic_load(&seen.most_at_once))
		atomic_store(&seen.most_at_once, now);
	usleep((useconds_t)atomic_load(&seen.nap));
	enum err_code code = ERR_OK;
	if (atomic_fetch_sub(&seen.failures, 1) > 0)
		code = ERR(e, IO, "not this time");
	else
		code = end_job(run, atomic_exchange(&seen.ask_again, false), e);
	atomic_fetch_sub(&seen.now, 1);
	atomic_fetch_add(&seen.runs, 1);
	return code;
}

static const struct job_kind kinds[] = {{"count", count, NULL}, {0}};

/* ---- helpers ---- */

static int
open_quietly(void **state)
{
	memset(&seen, 0, sizeof seen);
	log_set_level(LOG_LEVEL_ERROR);
	return mesh_open(state);
}

struct crew {
	struct metrics *metrics;
	struct jobs *jobs;
};

static struct crew
start_with_lease(struct mesh *m, unsigned threads, int64_t lease)
{
	struct crew crew = {.metrics = metrics_create()};
	const struct jobs_options options = {.store = m->store,
					     .kinds = kinds,
					     .threads = threads,
					     .lease = lease,
					     .retry_first = 1,
					     .retry_longest = 4,
					     .metrics = crew.metrics};
	assert_ok(m, jobs_start(&options, &crew.jobs, &m->e));
	return crew;
}

static struct crew
start(struct mesh *m, unsigned threads)
{
	return start_with_lease(m, threads, 3600);
}

static void
stop(struct crew *crew)
{
	jobs_stop(crew->jobs);
	metrics_destroy(crew->metrics);
}

static void
want(struct mesh *m, const char *kind, const char *subject, moment in)
{
	struct session *s = mesh_write(m);
	assert_ok(m, job_want(s, kind, subject, session_now(s) + in, &m->e));
	mesh_commit(m, s);
}

static void
await_runs(int runs)
{
	moment deadline = clock_monotonic() + SECONDS(20);
	while (atomic_load(&seen.runs) < runs && clock_monotonic() < deadline)
		usleep(1000);
	assert_int_equal(atomic_load(&seen.runs), runs);
}

static uint64_t
waiting(struct mesh *m)
{
	uint64_t count_waiting = 0, failing = 0;
	struct session *s = mesh_read(m);
	assert_ok(m, job_counts(s, &count_waiting, &failing, &m->e));
	session_end(&s);
	return count_waiting;
}

/* ---- tests ---- */

static void
a_job_that_is_due_is_done_once(void **state)
{
	struct mesh *m = *state;
	want(m, "count", "a", 0);
	struct crew crew = start(m, 3);
	await_runs(1);
	usleep(50000);
	stop(&crew);
	assert_int_equal(atomic_load(&seen.runs), 1);
	assert_int_equal(waiting(m), 0);
}

static void
a_commit_wakes_a_worker(void **state)
{
	struct mesh *m = *state;
	struct crew crew = start(m, 2);
	usleep(50000); /* asleep by now */
	moment began = clock_monotonic();
	want(m, "count", "a", 0);
	await_runs(1);
	assert_true(clock_monotonic() - began < SECONDS(5));
	stop(&crew);
}

static void
a_job_waits_until_it_is_due(void **state)
{
	struct mesh *m = *state;
	struct crew crew = start(m, 2);
	moment began = clock_monotonic();
	want(m, "count", "later", 300000);
	want(m, "count", "much later", SECONDS(3600));
	await_runs(1);
	assert_true(clock_monotonic() - began >= 290000);
	stop(&crew);
	assert_int_equal(waiting(m), 1);
}

static void
many_jobs_are_done_once_each_and_side_by_side(void **state)
{
	struct mesh *m = *state;
	atomic_store(&seen.nap, 2000);
	for (int i = 0; i < 100; i++)
		want(m, "count", arena_printf(&m->arena, "subject %d", i), 0);
	struct crew crew = start(m, 4);
	await_runs(100);
	stop(&crew);
	assert_int_equal(atomic_load(&seen.runs), 100);
	assert_true(atomic_load(&seen.most_at_once) > 1);
	assert_int_equal(waiting(m), 0);
}

static void
what_failed_is_tried_again_after_a_while(void **state)
{
	struct mesh *m = *state;
	atomic_store(&seen.failures, 1);
	want(m, "count", "a", 0);
	moment began = clock_monotonic();
	struct crew crew = start(m, 2);
	await_runs(2);
	stop(&crew);
	assert_true(clock_monotonic() - began >= SECONDS(1));
	assert_int_equal(waiting(m), 0);
}

static void
the_wait_doubles_up_to_the_longest(void **state)
{
	(void)state;
	assert_int_equal(jobs_delay(1, 300, 0), SECONDS(1));
	assert_int_equal(jobs_delay(1, 300, 1), SECONDS(2));
	assert_int_equal(jobs_delay(1, 300, 8), SECONDS(256));
	assert_int_equal(jobs_delay(1, 300, 9), SECONDS(300));
	assert_int_equal(jobs_delay(1, 300, UINT32_MAX), SECONDS(300));
	assert_int_equal(jobs_delay(600, 300, 0), SECONDS(300));
}

static void
a_job_asked_for_while_it_is_done_is_done_once_more(void **state)
{
	struct mesh *m = *state;
	atomic_store(&seen.ask_again, true);
	want(m, "count", "a", 0);
	struct crew crew = start(m, 2);
	await_runs(2);
	stop(&crew);
	assert_int_equal(waiting(m), 0);
}

static void
a_kind_that_nobody_knows_is_put_off(void **state)
{
	struct mesh *m = *state;
	want(m, "dance", "a", 0);
	want(m, "count", "b", 0);
	struct crew crew = start(m, 1);
	await_runs(1);
	usleep(50000);
	stop(&crew);
	struct job job;
	moment next = 0;
	assert_int_equal(
	    job_claim(m->store, store_now(m->store) + SECONDS(60), &m->arena, &job, &next, &m->e),
	    ERR_NOT_FOUND);
	assert_true(next > store_now(m->store));
}

static void
what_a_dead_process_had_claimed_is_done_after_the_next_start(void **state)
{
	struct mesh *m = *state;
	struct job job;
	moment next = 0;
	want(m, "count", "a", 0);
	assert_ok(m, job_claim(m->store, store_now(m->store) + SECONDS(86400), &m->arena, &job,
			       &next, &m->e));
	mesh_restart(m);
	struct crew crew = start(m, 2);
	await_runs(1);
	stop(&crew);
	assert_int_equal(waiting(m), 0);
}

/* Another worker looks for work all the time, and would claim it when the lease ended. */
static void
a_job_that_takes_longer_than_its_lease_is_done_once(void **state)
{
	struct mesh *m = *state;
	atomic_store(&seen.nap, 2500000);
	want(m, "count", "long", 0);
	struct crew crew = start_with_lease(m, 2, 1);
	await_runs(1);
	stop(&crew);
	assert_int_equal(atomic_load(&seen.most_at_once), 1);
	assert_int_equal(atomic_load(&seen.runs), 1);
	assert_int_equal(waiting(m), 0);
}

static void
stopping_finishes_the_job_in_hand_and_begins_no_other(void **state)
{
	struct mesh *m = *state;
	atomic_store(&seen.nap, 300000);
	for (int i = 0; i < 5; i++)
		want(m, "count", arena_printf(&m->arena, "subject %d", i), 0);
	struct crew crew = start(m, 1);
	while (atomic_load(&seen.now) == 0)
		usleep(1000);
	stop(&crew);
	assert_int_equal(atomic_load(&seen.now), 0);
	assert_int_equal(atomic_load(&seen.runs), 1);
	assert_int_equal(waiting(m), 4);
}

static void
stopping_is_prompt_when_there_is_nothing_to_do(void **state)
{
	struct mesh *m = *state;
	for (int i = 0; i < 20; i++) {
		moment began = clock_monotonic();
		struct crew crew = start(m, 4);
		stop(&crew);
		assert_true(clock_monotonic() - began < SECONDS(5));
	}
	jobs_stop(NULL);
}

static enum err_code
write_nothing(struct pending *self, struct session *s, struct err *e)
{
	(void)self, (void)s, (void)e;
	return ERR_OK;
}

static void
tell_nobody(struct pending *self, enum err_code code, const struct err *e)
{
	(void)self, (void)code, (void)e;
}

struct late {
	struct mesh *mesh;
	struct crew crew;
};

static void *
start_late(void *user)
{
	struct late *late = user;
	late->crew = start(late->mesh, 2);
	return NULL;
}

/* Others may have changes to make when the workers start. */
static void
a_full_queue_holds_up_the_start_and_does_not_end_it(void **state)
{
	struct mesh *m = *state;
	struct pending changes[8];
	size_t count = 0;
	mesh_stop(m);
	const struct store_options options = {
	    .folder = m->folder.path, .mode = STORE_SERVE, .readers = 2, .queue = 1};
	assert_ok(m, store_open(&options, &m->store, &m->e));
	struct session *s = mesh_write(m);
	do
		changes[count] = (struct pending){.write = write_nothing, .done = tell_nobody};
	while (store_submit(m->store, &changes[count++], &m->e) == ERR_OK);
	pthread_t thread;
	struct late late = {.mesh = m};
	assert_int_equal(pthread_create(&thread, NULL, start_late, &late), 0);
	usleep(50000); /* it has tried by now */
	session_end(&s);
	pthread_join(thread, NULL);
	stop(&late.crew);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_quietly, mesh_close)
	const struct CMUnitTest tests[] = {
	    TEST(a_job_that_is_due_is_done_once),
	    TEST(a_commit_wakes_a_worker),
	    TEST(a_job_waits_until_it_is_due),
	    TEST(many_jobs_are_done_once_each_and_side_by_side),
	    TEST(what_failed_is_tried_again_after_a_while),
	    cmocka_unit_test(the_wait_doubles_up_to_the_longest),
	    TEST(a_job_asked_for_while_it_is_done_is_done_once_more),
	    TEST(a_kind_that_nobody_knows_is_put_off),
	    TEST(what_a_dead_process_had_claimed_is_done_after_the_next_start),
	    TEST(a_job_that_takes_longer_than_its_lease_is_done_once),
	    TEST(stopping_finishes_the_job_in_hand_and_begins_no_other),
	    TEST(stopping_is_prompt_when_there_is_nothing_to_do),
	    TEST(a_full_queue_holds_up_the_start_and_does_not_end_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
