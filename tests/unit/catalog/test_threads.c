/*
 * test_threads.c -- writers, readers, waiters and the settler at once.
 */
#include <sys/stat.h>

#include <pthread.h>
#include <stdatomic.h>

#include "catalog/job.h"
#include "catalog/search.h"

#include "fixture.h"

enum { WRITERS = 3, READERS = 3, PUBLISHES = 60 };

struct crew {
	struct mesh *m;
	int number;
	atomic_bool *stop;
	pthread_t thread;
	uint64_t done;
};

/* Each thread has its own arena and error; the store is shared. */
static struct mesh
own(struct crew *c)
{
	return (struct mesh){.store = c->m->store};
}

static void *
write_many(void *user)
{
	struct crew *c = user;
	struct mesh m = own(c);
	for (int i = 0; i < PUBLISHES; i++) {
		publish(&m,
			product_yaml(&m, arena_printf(&m.arena, "w%d.p%d", c->number, i), "d", ""),
			"1.0.0");
		arena_reset(&m.arena);
		c->done++;
	}
	arena_done(&m.arena);
	return NULL;
}

/* A snapshot is of one moment: as many products as the log says publishes. */
static void *
read_many(void *user)
{
	struct crew *c = user;
	struct mesh m = own(c);
	while (!atomic_load(c->stop)) {
		uint64_t products = 0;
		struct search_result found;
		const struct search_question q = {.words = "w1", .limit = 5};
		struct session *s = mesh_read(&m);
		assert_ok(&m, product_count(s, &products, &m.e));
		assert_int_equal(size_of_log(s), products + 1);
		assert_ok(&m, search(s, &q, &m.arena, &found, &m.e));
		session_end(&s);
		arena_reset(&m.arena);
		c->done++;
	}
	arena_done(&m.arena);
	return NULL;
}

static void
start(struct crew *crew, int count, struct mesh *m, atomic_bool *stop, void *(*work)(void *))
{
	for (int i = 0; i < count; i++) {
		crew[i] = (struct crew){.m = m, .number = i, .stop = stop};
		assert_int_equal(pthread_create(&crew[i].thread, NULL, work, &crew[i]), 0);
	}
}

static void
join(struct crew *crew, int count)
{
	for (int i = 0; i < count; i++)
		pthread_join(crew[i].thread, NULL);
}

static void
readers_and_writers_work_at_once(void **state)
{
	struct mesh *m = *state;
	struct crew writers[WRITERS], readers[READERS];
	struct log_report report;
	atomic_bool stop = false;
	start(writers, WRITERS, m, &stop, write_many);
	start(readers, READERS, m, &stop, read_many);
	join(writers, WRITERS);
	atomic_store(&stop, true);
	join(readers, READERS);
	for (int i = 0; i < READERS; i++)
		assert_true(readers[i].done > 0);
	assert_ok(m, log_verify(m->store, NULL, NULL, NULL, &report, &m->e));
	assert_int_equal(report.findings, 0);
	assert_int_equal(report.events, 1 + WRITERS * PUBLISHES);
	assert_true(store_commits(m->store) >= 1 + WRITERS * PUBLISHES);
}

/* --- jobs --- */

static void *
claim_many(void *user)
{
	struct crew *c = user;
	struct mesh m = own(c);
	struct job job;
	moment next = 0;
	while (job_claim(m.store, store_now(m.store) + SECONDS(600), &m.arena, &job, &next, &m.e) ==
	       ERR_OK) {
		struct session *s = mesh_write(&m);
		assert_ok(&m, job_done(s, &job, &m.e));
		mesh_commit(&m, s);
		c->done++;
	}
	arena_done(&m.arena);
	return NULL;
}

static void
each_job_is_claimed_by_one_worker(void **state)
{
	struct mesh *m = *state;
	struct crew workers[4];
	uint64_t done = 0;
	struct session *s = mesh_write(m);
	for (int i = 0; i < 100; i++)
		assert_ok(
		    m, job_want(s, "k", arena_printf(&m->arena, "s%d", i), session_now(s), &m->e));
	mesh_commit(m, s);
	start(workers, 4, m, NULL, claim_many);
	join(workers, 4);
	for (int i = 0; i < 4; i++)
		done += workers[i].done;
	assert_int_equal(done, 100);
}

/* --- waiting --- */

static void *
wait_for_commit(void *user)
{
	struct crew *c = user;
	c->done = store_wait(c->m->store, c->done, clock_monotonic() + SECONDS(60));
	return NULL;
}

static void
a_waiter_wakes_when_somebody_commits(void **state)
{
	struct mesh *m = *state;
	uint64_t seen = store_commits(m->store);
	struct crew waiter = {.m = m, .done = seen};
	moment begin = clock_monotonic();
	assert_int_equal(pthread_create(&waiter.thread, NULL, wait_for_commit, &waiter), 0);
	happen(m, "x.y", "z", "{}");
	pthread_join(waiter.thread, NULL);
	assert_true(waiter.done > seen);
	assert_true(clock_monotonic() - begin < SECONDS(30));
}

static void
a_waiter_that_is_late_does_not_wait(void **state)
{
	struct mesh *m = *state;
	uint64_t seen = store_commits(m->store);
	happen(m, "x.y", "z", "{}");
	assert_true(store_wait(m->store, seen, clock_monotonic() + SECONDS(60)) > seen);
}

static void
a_waiter_gives_up_at_its_deadline(void **state)
{
	struct mesh *m = *state;
	uint64_t seen;
	moment begin;
	do { /* what was committed at the start may be noticed only now */
		seen = store_commits(m->store);
		begin = clock_monotonic();
	} while (store_wait(m->store, seen, begin + 20000) != seen);
	assert_true(clock_monotonic() - begin >= 20000);
}

static void *
wake_until_stopped(void *user)
{
	struct crew *c = user;
	while (!atomic_load(c->stop))
		store_wake(c->m->store);
	return NULL;
}

static void
a_waiter_can_be_woken_without_a_commit(void **state)
{
	struct mesh *m = *state;
	atomic_bool stop = false;
	struct crew waker;
	moment begin = clock_monotonic();
	uint64_t seen = store_commits(m->store);
	start(&waker, 1, m, &stop, wake_until_stopped);
	uint64_t woken = store_wait(m->store, seen, begin + SECONDS(60));
	assert_true(database_is_sqlite() ? woken == seen : woken >= seen);
	atomic_store(&stop, true);
	join(&waker, 1);
	assert_true(clock_monotonic() - begin < SECONDS(30));
}

/* --- the journal --- */

static void
the_journal_is_settled_while_a_writer_never_pauses(void **state)
{
	struct mesh *m = *state;
	struct stat journal;
	sqlite_only();
	char *filler = arena_alloc(&m->arena, 60001);
	memset(filler, 'x', 60000);
	const char *body = arena_printf(&m->arena, "{\"filler\":\"%s\"}", filler);
	off_t written = 0;
	do {
		for (int i = 0; i < 1000; i++, written += 60000)
			happen(m, "x.y", "z", body);
		assert_int_equal(stat(mesh_path(m, "weft.db-wal"), &journal), 0);
	} while (journal.st_size > written / 2 && written < 1000000000);
	if (journal.st_size > written / 2)
		fail_msg("of %ld bytes written, %ld are in the journal", (long)written,
			 (long)journal.st_size);
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, mesh_open, mesh_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    HERE(readers_and_writers_work_at_once),
	    HERE(each_job_is_claimed_by_one_worker),
	    HERE(a_waiter_wakes_when_somebody_commits),
	    HERE(a_waiter_that_is_late_does_not_wait),
	    HERE(a_waiter_gives_up_at_its_deadline),
	    HERE(a_waiter_can_be_woken_without_a_commit),
	    HERE(the_journal_is_settled_while_a_writer_never_pauses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
