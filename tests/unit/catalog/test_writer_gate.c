/*
 * test_writer_gate.c -- one is inside at a time, and who waits gets in, while another comes again
 * and again.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "fixture.h"
#include "writer_gate.h"

/* A turn is 100 us; one that waits is held up by the scheduler, too, but not for a tenth of a
 * second. */
enum { TRIES = 60, TURN = 100, MOST_TURNS = 1000 };

struct yard {
	struct writer_gate gate;
	atomic_bool stop;
	atomic_int turns, inside;
};

static void *
come_again_and_again(void *user)
{
	struct yard *y = user;
	while (!atomic_load(&y->stop)) {
		writer_gate_enter(&y->gate);
		assert_int_equal(atomic_fetch_add(&y->inside, 1), 0);
		for (moment begin = clock_monotonic(); clock_monotonic() - begin < TURN;)
			; /* busy, as a thread that sleeps would let the other in */
		atomic_fetch_add(&y->turns, 1);
		atomic_fetch_sub(&y->inside, 1);
		writer_gate_leave(&y->gate);
	}
	return NULL;
}

static void
who_waits_gets_in_after_the_turn_that_is_on(void **state)
{
	(void)state;
	struct yard y = {.turns = 0};
	pthread_t other;
	writer_gate_init(&y.gate);
	assert_int_equal(pthread_create(&other, NULL, come_again_and_again, &y), 0);
	for (int i = 0; i < TRIES; i++) {
		usleep(2000);
		int before = atomic_load(&y.turns);
		writer_gate_enter(&y.gate);
		assert_int_equal(atomic_fetch_add(&y.inside, 1), 0);
		int waited = atomic_load(&y.turns) - before;
		atomic_fetch_sub(&y.inside, 1);
		writer_gate_leave(&y.gate);
		if (waited > MOST_TURNS)
			fail_msg("waited for %d turns of the other", waited);
	}
	atomic_store(&y.stop, true);
	pthread_join(other, NULL);
	writer_gate_done(&y.gate);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_waits_gets_in_after_the_turn_that_is_on)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
