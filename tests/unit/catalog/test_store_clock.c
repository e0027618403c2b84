/*
 * test_store_clock.c -- the catalog's time while the machine's goes back, or stands still.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "store_clock.h"

static void
it_is_the_machines_time_as_long_as_that_is_ahead(void **state)
{
	(void)state;
	struct store_clock c;
	store_clock_init(&c, (struct clock){0});
	store_clock_note(&c, clock_now(NULL) - SECONDS(3600));
	moment before = clock_now(NULL), now = store_clock_now(&c);
	assert_in_range(now, before, clock_now(NULL));
}

static void
it_goes_on_from_what_was_committed(void **state)
{
	(void)state;
	struct store_clock c;
	store_clock_init(&c, (struct clock){0});
	moment tomorrow = clock_now(NULL) + SECONDS(86400), begin = clock_monotonic();
	store_clock_note(&c, tomorrow);
	moment first = store_clock_now(&c);
	while (clock_monotonic() - begin < 2000)
		;
	moment second = store_clock_now(&c);
	assert_true(first >= tomorrow && second > first);
	assert_true(second - tomorrow <= clock_monotonic() - begin);
}

static void
an_earlier_commit_takes_nothing_back(void **state)
{
	(void)state;
	struct store_clock c;
	store_clock_init(&c, (struct clock){0});
	moment tomorrow = clock_now(NULL) + SECONDS(86400);
	store_clock_note(&c, tomorrow);
	store_clock_note(&c, tomorrow - SECONDS(10));
	assert_true(store_clock_now(&c) >= tomorrow);
}

static void
a_clock_that_is_held_still_stays_so(void **state)
{
	(void)state;
	struct store_clock c;
	store_clock_init(&c, (struct clock){.fixed = 5});
	store_clock_note(&c, 7);
	assert_int_equal(store_clock_now(&c), 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_is_the_machines_time_as_long_as_that_is_ahead),
	    cmocka_unit_test(it_goes_on_from_what_was_committed),
	    cmocka_unit_test(an_earlier_commit_takes_nothing_back),
	    cmocka_unit_test(a_clock_that_is_held_still_stays_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
