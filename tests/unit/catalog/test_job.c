/*
 * test_job.c -- the queue: each job once, claims as leases, asked for again while it is worked on.
 *
 * The clock stands still, and each test moves it.
 */
#include "catalog/job.h"

#include "fixture.h"

static const moment NOON = SECONDS(1000000000);

/* Opens the folder again at a later moment. */
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
want(struct mesh *m, const char *kind, const char *subject, moment when)
{
	struct session *s = mesh_write(m);
	assert_ok(m, job_want(s, kind, subject, when, &m->e));
	mesh_commit(m, s);
}

static struct job
claim(struct mesh *m)
{
	struct job job;
	moment next = 0;
	assert_ok(m, job_claim(m->store, store_now(m->store) + SECONDS(60), &m->arena, &job, &next,
			       &m->e));
	return job;
}

/* When the next one is due; there must be none now. */
static moment
next_due(struct mesh *m)
{
	struct job job;
	moment next = -1;
	assert_err(
	    m, ERR_NOT_FOUND, "no job is due",
	    job_claim(m->store, store_now(m->store) + SECONDS(60), &m->arena, &job, &next, &m->e));
	return next;
}

static void
done(struct mesh *m, const struct job *job)
{
	struct session *s = mesh_write(m);
	assert_ok(m, job_done(s, job, &m->e));
	mesh_commit(m, s);
}

static void
again(struct mesh *m, const struct job *job, moment when, const char *error)
{
	struct session *s = mesh_write(m);
	assert_ok(m, job_again(s, job, when, error, &m->e));
	mesh_commit(m, s);
}

/* Nothing of a session that says so may be committed. */
static void
expect_lost(struct mesh *m, const struct job *job)
{
	struct session *s = mesh_write(m);
	assert_err(m, ERR_STALE, "somebody else has it", job_done(s, job, &m->e));
	assert_int_equal(job_again(s, job, NOON, "late", &m->e), ERR_STALE);
	session_end(&s);
}

static void
expect_counts(struct mesh *m, uint64_t waiting, uint64_t failing)
{
	uint64_t w = 99, f = 99;
	struct session *s = mesh_read(m);
	assert_ok(m, job_counts(s, &w, &f, &m->e));
	session_end(&s);
	assert_int_equal(w, waiting);
	assert_int_equal(f, failing);
}

/* --- waiting and claiming --- */

static void
an_empty_queue_has_nothing_due_ever(void **state)
{
	assert_int_equal(next_due(*state), 0);
}

static void
the_job_that_is_due_longest_is_claimed_first(void **state)
{
	struct mesh *m = *state;
	want(m, "reconcile", "b", NOON - 5);
	want(m, "reconcile", "a", NOON - 9);
	want(m, "check", "a", NOON);
	expect_counts(m, 3, 0);
	struct job first = claim(m), second = claim(m), third = claim(m);
	assert_string_equal(first.subject, "a");
	assert_string_equal(first.kind, "reconcile");
	assert_int_equal(first.run_at, NOON - 9);
	assert_int_equal(first.round, 1);
	assert_int_equal(first.attempts, 0);
	assert_null(first.error);
	assert_string_equal(second.subject, "b");
	assert_string_equal(third.kind, "check");
	expect_counts(m, 0, 0);
}

static void
a_job_of_the_future_is_not_due_yet(void **state)
{
	struct mesh *m = *state;
	want(m, "k", "a", NOON + SECONDS(10));
	assert_int_equal(next_due(m), NOON + SECONDS(10));
	at(m, NOON + SECONDS(10));
	assert_string_equal(claim(m).subject, "a");
}

static void
asked_for_twice_while_it_waits_it_runs_once_at_the_earlier_time(void **state)
{
	struct mesh *m = *state;
	want(m, "k", "a", NOON + SECONDS(10));
	want(m, "k", "a", NOON + SECONDS(5));
	want(m, "k", "a", NOON + SECONDS(20));
	assert_int_equal(next_due(m), NOON + SECONDS(5));
	at(m, NOON + SECONDS(5));
	struct job job = claim(m);
	done(m, &job);
	assert_int_equal(next_due(m), 0);
}

static void
a_finished_job_is_gone(void **state)
{
	struct mesh *m = *state;
	want(m, "k", "a", NOON);
	struct job job = claim(m);
	done(m, &job);
	expect_counts(m, 0, 0);
	assert_int_equal(next_due(m), 0);
	expect_lost(m, &job);
}

static void
who_lost_the_lease_has_no_say_any_more(void **state)
{
	struct mesh *m = *state;
	want(m, "k", "a", NOON);
	struct job slow = claim(m);
	at(m, NOON + SECONDS(61));
	struct job second = claim(m);
	assert_int_equal(second.round, slow.round);
	expect_lost(m, &slow);
	done(m, &second);
	expect_lost(m, &slow);
	want(m, "k", "a", NOON + SECONDS(61)); /* the same round of the same job, by its numbers */
	at(m, NOON + SECONDS(62));
	struct job third = claim(m);
	expect_lost(m, &slow);
	again(m, &third, NOON + SECONDS(70), "no");
	expect_lost(m, &slow);
	assert_int_equal(next_due(m), NOON + SECONDS(70));
}

/* --- asked for while it is worked on --- */

static void
asked_for_while_it_is_worked_on_it_runs_once_more(void **state)
{
	struct mesh *m = *state;
	want(m, "k", "a", NOON);
	struct job job = claim(m);
	want(m, "k", "a", NOON + SECONDS(2));
	want(m, "k", "a", NOON + SECONDS(1));
	want(m, "k", "a", NOON + SECONDS(3));
	assert_int_equal(next_due(m),
			 NOON + SECONDS(60)); /* nobody else gets it before the lease ends */
	done(m, &job);
	assert_int_equal(next_due(m), NOON + SECONDS(1));
	at(m, NOON + SECONDS(1));
	struct job second = claim(m);
	assert_true(second.round > job.round);
	done(m, &second);
	assert_int_equal(next_due(m), 0);
}

static void
a_failure_of_an_old_round_does_not_delay_the_new_one(void **state)
{
	struct mesh *m = *state;
	want(m, "k", "a", NOON);
	struct job job = claim(m);
	want(m, "k", "a", NOON);
	again(m, &job, NOON + SECONDS(300), "it was down");
	struct job second = claim(m);
	assert_int_equal(second.attempts, 0);
	assert_string_equal(second.error, "it was down");
}

/* --- failing --- */

static void
a_failed_job_is_due_again_later_and_counts_its_attempts(void **state)
{
	struct mesh *m = *state;
	want(m, "k", "a", NOON);
	struct job job = claim(m);
	again(m, &job, NOON + SECONDS(2), "no answer");
	expect_counts(m, 1, 1);
	assert_int_equal(next_due(m), NOON + SECONDS(2));
	at(m, NOON + SECONDS(2));
	job = claim(m);
	assert_int_equal(job.attempts, 1);
	assert_string_equal(job.error, "no answer");
	again(m, &job, NOON + SECONDS(4), "no answer again");
	at(m, NOON + SECONDS(4));
	job = claim(m);
	assert_int_equal(job.attempts, 2);
	assert_string_equal(job.error, "no answer again");
}

static void
asked_for_anew_a_failing_job_runs_at_once_and_starts_counting_anew(void **state)
{
	struct mesh *m = *state;
	want(m, "k", "a", NOON);
	struct job job = claim(m);
	again(m, &job, NOON + SECONDS(300), "no answer");
	want(m, "k", "a", NOON);
	job = claim(m);
	assert_int_equal(job.attempts, 0);
	expect_counts(m, 0, 0);
}

/* --- leases --- */

static void
a_lease_that_ended_frees_the_job(void **state)
{
	struct mesh *m = *state;
	want(m, "k", "a", NOON);
	claim(m);
	assert_int_equal(next_due(m), NOON + SECONDS(60));
	at(m, NOON + SECONDS(60));
	assert_string_equal(claim(m).subject, "a");
}

static void
renew(struct mesh *m, const struct job *job, moment lease_end)
{
	struct session *s = mesh_write(m);
	assert_ok(m, job_renew(s, job, lease_end, &m->e));
	mesh_commit(m, s);
}

static void
a_lease_that_is_renewed_goes_on(void **state)
{
	struct mesh *m = *state;
	want(m, "k", "a", NOON);
	want(m, "k", "waits", NOON + SECONDS(100));
	struct job first = claim(m);
	at(m, NOON + SECONDS(50));
	renew(m, &first, NOON + SECONDS(90));
	at(m, NOON + SECONDS(60));
	assert_int_equal(next_due(m), NOON + SECONDS(90));
	at(m, NOON + SECONDS(90));
	assert_string_equal(claim(m).subject, "a");
}

static void
a_lease_that_was_lost_is_not_renewed(void **state)
{
	struct mesh *m = *state;
	want(m, "k", "a", NOON);
	struct job lost = claim(m);
	at(m, NOON + SECONDS(60));
	claim(m);
	renew(m, &lost, NOON + SECONDS(300));
	assert_int_equal(next_due(m), NOON + SECONDS(120));
}

static void
at_start_up_every_claim_is_freed(void **state)
{
	struct mesh *m = *state;
	want(m, "k", "a", NOON);
	want(m, "k", "b", NOON + SECONDS(30));
	claim(m);
	at(m, NOON + SECONDS(1));
	struct session *s = mesh_write(m);
	assert_ok(m, job_free_leases(s, &m->e));
	mesh_commit(m, s);
	assert_string_equal(claim(m).subject, "a");
	assert_int_equal(next_due(m), NOON + SECONDS(30));
}

static void
a_claim_is_durable_and_a_wish_is_not_before_its_commit(void **state)
{
	struct mesh *m = *state;
	struct session *s = mesh_write(m);
	assert_ok(m, job_want(s, "k", "never", NOON, &m->e));
	session_end(&s);
	want(m, "k", "a", NOON);
	claim(m);
	at(m, NOON);
	assert_int_equal(next_due(m), NOON + SECONDS(60));
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, open_at_noon, mesh_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    HERE(an_empty_queue_has_nothing_due_ever),
	    HERE(the_job_that_is_due_longest_is_claimed_first),
	    HERE(a_job_of_the_future_is_not_due_yet),
	    HERE(asked_for_twice_while_it_waits_it_runs_once_at_the_earlier_time),
	    HERE(a_finished_job_is_gone),
	    HERE(who_lost_the_lease_has_no_say_any_more),
	    HERE(asked_for_while_it_is_worked_on_it_runs_once_more),
	    HERE(a_failure_of_an_old_round_does_not_delay_the_new_one),
	    HERE(a_failed_job_is_due_again_later_and_counts_its_attempts),
	    HERE(asked_for_anew_a_failing_job_runs_at_once_and_starts_counting_anew),
	    HERE(a_lease_that_ended_frees_the_job),
	    HERE(a_lease_that_is_renewed_goes_on),
	    HERE(a_lease_that_was_lost_is_not_renewed),
	    HERE(at_start_up_every_claim_is_freed),
	    HERE(a_claim_is_durable_and_a_wish_is_not_before_its_commit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
