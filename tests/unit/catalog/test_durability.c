/*
 * test_durability.c -- what was acknowledged is there after the process was killed at any moment.
 *
 * A child serves the folder, publishes, and says each event through a pipe only after its commit
 * returned.  It is killed after a while; the folder must open, hold every event that was said, and
 * verify.
 */
#include <sys/wait.h>

#include <signal.h>
#include <unistd.h>

#include "catalog/job.h"

#include "fixture.h"

enum { ROUNDS = 30, PIPE_ROOM = 8 };

/* One publish, in a transaction that also holds a job; now and then after one that was undone. */
static uint64_t
publish_something(struct mesh *m, unsigned n)
{
	uint64_t seq = 0, undone = 0;
	const char *yaml = product_yaml(
	    m, arena_printf(&m->arena, "a.p%u", n % 50), "d",
	    arena_printf(&m->arena, "description: number %u\ninputs: [a.p%u]\n", n, (n + 7) % 50));
	struct session *s = mesh_write(m);
	if (n % 3 == 0) {
		assert_ok(m,
			  publish_in(m, s, product_yaml(m, "a.undone", "d", ""), "1.0.0", &undone));
		session_end(&s);
		s = mesh_write(m);
	}
	assert_ok(m, publish_in(m, s, yaml, "1.0.0", &seq));
	assert_ok(m, job_want(s, "reconcile", "a.b", session_now(s), &m->e));
	mesh_commit(m, s);
	return seq;
}

/* Never returns; dies by the parent's signal. */
static void
serve_until_killed(const struct mesh *parent, int out)
{
	struct mesh m = mesh_beside(parent);
	if (mesh_start(&m, STORE_SERVE) != ERR_OK) {
		fprintf(stderr, "child: %s\n", m.e.message);
		_exit(1);
	}
	for (unsigned n = 0;; n++) {
		uint64_t seq = publish_something(&m, n);
		if (write(out, &seq, sizeof seq) != sizeof seq)
			_exit(2);
		arena_reset(&m.arena);
	}
}

static pid_t
start_child(const struct mesh *m, int *ret_in)
{
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(ends[0]);
		serve_until_killed(m, ends[1]);
	}
	close(ends[1]);
	*ret_in = ends[0];
	return child;
}

/* The last event that the child said: waits for a few, lets it run on, kills it, reads the rest. */
static uint64_t
run_and_kill(const struct mesh *m, unsigned round)
{
	int in;
	uint64_t seq = 0, last = 0;
	int status = 0;
	pid_t child = start_child(m, &in);
	for (unsigned i = 0; i < 1 + round % PIPE_ROOM; i++) {
		assert_int_equal(read(in, &seq, sizeof seq), sizeof seq);
		assert_true(seq > last);
		last = seq;
	}
	usleep(round * 337 % 5000);
	assert_int_equal(kill(child, SIGKILL), 0);
	while (read(in, &seq, sizeof seq) == sizeof seq)
		last = seq;
	close(in);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	return last;
}

static void
what_was_acknowledged_survives_being_killed(void **state)
{
	struct mesh *m = *state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		uint64_t last = run_and_kill(m, round);
		struct log_report report;
		assert_ok(m, mesh_start(m, STORE_SERVE));
		assert_ok(m, log_verify(m->store, NULL, NULL, NULL, &report, &m->e));
		assert_int_equal(report.findings, 0);
		if (report.events < last || report.events > last + 1)
			fail_msg("event %d was acknowledged, the log has %d", (int)last,
				 (int)report.events);
		mesh_stop(m);
	}
	assert_ok(m, mesh_start(m, STORE_SERVE));
}

static void
projections_are_of_the_same_moment_as_the_log_after_being_killed(void **state)
{
	struct mesh *m = *state;
	for (unsigned round = 0; round < 5; round++)
		run_and_kill(m, round);
	assert_ok(m, mesh_start(m, STORE_SERVE));
	mesh_rebuilds_to_the_same(m);
}

static void
a_folder_that_was_being_made_is_made_to_the_end(void **state)
{
	struct mesh *m = *state;
	for (unsigned round = 0; round < 20; round++) {
		int in;
		pid_t child = start_child(m, &in);
		usleep(round * 400);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		close(in);
		assert_ok(m, mesh_start(m, STORE_SERVE));
		struct log_report report;
		assert_ok(m, log_verify(m->store, NULL, NULL, NULL, &report, &m->e));
		assert_int_equal(report.findings, 0);
		mesh_stop(m);
		folder_remove(&m->folder);
		folder_make(&m->folder);
		database_remove(&m->database);
	}
}

#define BARE(test) cmocka_unit_test_setup_teardown(test, mesh_make, mesh_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    BARE(what_was_acknowledged_survives_being_killed),
	    BARE(projections_are_of_the_same_moment_as_the_log_after_being_killed),
	    BARE(a_folder_that_was_being_made_is_made_to_the_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
