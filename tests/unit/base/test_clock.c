/*
 * Moments and their text.
 */
#include "base/clock.h"

#include "reading.h"

static void
assert_moment(const char *text, moment wanted)
{
	moment t = -1;
	assert_true(clock_parse(text, &t));
	assert_int_equal(t, wanted);
}

static void
rfc_3339_is_read_with_any_offset(void **state)
{
	(void)state;
	assert_moment("1970-01-01T00:00:00Z", 0);
	assert_moment("1970-01-01", 0);
	assert_moment("1970-01-01t00:00:01.5z", 1500000);
	assert_moment("1970-01-01 01:00:00+01:00", 0);
	assert_moment("1969-12-31T23:30:00-00:30", 0);
	assert_moment("2000-02-29T12:00:00.123456789Z", INT64_C(951825600123456));
	assert_moment("1969-12-31T23:59:59.999999Z", -1);
	assert_moment("0001-01-01T00:00:00Z", SECONDS(INT64_C(-62135596800)));
}

static void
what_is_no_moment_is_refused(void **state)
{
	static const char *const bad[] = {"",
					  "1970",
					  "1970-13-01",
					  "1970-00-01",
					  "1970-02-30",
					  "1900-02-29",
					  "0000-01-01",
					  "1970-01-01T24:00:00Z",
					  "1970-01-01T00:60:00Z",
					  "1970-01-01T00:00:00",
					  "1970-01-01T00:00:00.Z",
					  "1970-01-01T00:00:00+0100",
					  "1970-01-01T00:00:00Zx",
					  "1970-1-1"};
	moment t;
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (clock_parse(bad[i], &t))
			fail_msg("'%s' was read", bad[i]);
}

static void
what_is_written_reads_back(void **state)
{
	char text[CLOCK_TEXT_SIZE];
	uint64_t seed = 3;
	(void)state;
	for (int i = 0; i < 20000; i++) {
		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
		moment t = SECONDS((int64_t)(seed % UINT64_C(315537897600)) -
				   INT64_C(62135596800)) +
			   (int64_t)(seed >> 45),
		       again;
		clock_format(t, text);
		assert_int_equal(strlen(text), CLOCK_TEXT_SIZE - 1);
		assert_true(clock_parse(text, &again));
		assert_int_equal(again, t);
	}
}

static void
every_day_of_four_centuries_has_one_number(void **state)
{
	int year, month, day;
	(void)state;
	for (int64_t n = clock_days_from_date(1900, 1, 1); n < clock_days_from_date(2301, 1, 1);
	     n++) {
		clock_date_from_days(n, &year, &month, &day);
		assert_int_equal(clock_days_from_date(year, month, day), n);
	}
	assert_int_equal(clock_days_from_date(1970, 1, 1), 0);
	assert_int_equal(clock_days_from_date(2000, 3, 1), 11017);
}

static void
a_clock_can_be_held_still(void **state)
{
	(void)state;
	assert_int_equal(clock_now(&(struct clock){.fixed = 5}), 5);
	assert_true(clock_now(NULL) > SECONDS(1600000000));
	moment before = clock_monotonic();
	assert_true(clock_monotonic() >= before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rfc_3339_is_read_with_any_offset),
	    cmocka_unit_test(what_is_no_moment_is_refused),
	    cmocka_unit_test(what_is_written_reads_back),
	    cmocka_unit_test(every_day_of_four_centuries_has_one_number),
	    cmocka_unit_test(a_clock_can_be_held_still),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
