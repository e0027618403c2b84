/*
 * Lengths of time: reading, comparing, writing.
 */
#include "base/clock.h"
#include "base/duration.h"

#include "reading.h"

static const int64_t day = INT64_C(86400) * 1000000;

static struct duration
length_of(const char *text)
{
	struct duration d = {0};
	struct err e;
	if (duration_parse(text, &d, &e))
		fail_msg("%s", e.message);
	return d;
}

static void
assert_length(const char *text, int64_t months, int64_t micros)
{
	struct duration d = length_of(text);
	if (d.months != months || d.micros != micros)
		fail_msg("'%s' is %lld months %lld us", text, (long long)d.months,
			 (long long)d.micros);
}

static void
people_write_a_number_and_a_unit(void **state)
{
	(void)state;
	assert_length("7 years", 84, 0);
	assert_length("84 months", 84, 0);
	assert_length("1 quarter", 3, 0);
	assert_length("90 days", 0, 90 * day);
	assert_length("2 weeks", 0, 14 * day);
	assert_length("1 hour", 0, day / 24);
	assert_length("1 year 6 months", 18, 0);
	assert_length("  1h30min ", 0, day / 16);
	assert_length("7 Years", 84, 0);
	assert_length("3mo", 3, 0);
	assert_length("5 ms 4 us 3 \xC2\xB5s", 0, 5007);
	assert_length("0 days", 0, 0);
}

static void
iso_8601_is_read_as_well(void **state)
{
	(void)state;
	assert_length("P7Y", 84, 0);
	assert_length("P1Y6M", 18, 0);
	assert_length("PT36H", 0, 3 * day / 2);
	assert_length("P2W", 0, 14 * day);
	assert_length("P1DT12H", 0, 3 * day / 2);
	assert_length("P1Y2M3W4DT5H6M7S", 14, 25 * day + INT64_C(18367) * 1000000);
	assert_length("PT1M", 0, day / 1440);
}

static void
assert_refused(const char *text, const char *message)
{
	struct duration d;
	struct err e;
	assert_int_equal(duration_parse(text, &d, &e), ERR_MALFORMED);
	assert_contains(e.message, message);
}

static void
what_is_no_length_of_time_is_refused_with_an_example(void **state)
{
	(void)state;
	assert_refused("", "write it as '7 years'");
	assert_refused("years", "a number is missing");
	assert_refused("7", "a unit is missing");
	assert_refused("7 yaers", "did you mean 'years'?");
	assert_refused("7 parsecs", "units are second, minute");
	assert_refused("5 m", "minutes or months; write 'min' or 'mo'");
	assert_refused("-1 day", "it has no sign");
	assert_refused("1.5 hours", "must be whole");
	assert_refused("1,5 hours", "must be whole");
	assert_refused("P", "a number is missing");
	assert_refused("P1", "'P1Y6M'");
	assert_refused("PT", "a number is missing");
	assert_refused("P1H", "behind T one of H, M, S");
	assert_refused("P1M1Y", "in this order");
	assert_refused("P1Y1Y", "in this order");
	assert_refused("PT1HT1M", "a number is missing");
	assert_refused("10001 years", "longer than 10000 years");
	assert_refused("999999999999999999999999 days", "longer than 10000 years");
	assert_refused("forever", "a number is missing");
}

static void
assert_order(const char *a, const char *b, bool is_at_least)
{
	if (duration_at_least(length_of(a), length_of(b)) != is_at_least)
		fail_msg("'%s' is %sat least '%s'", a, is_at_least ? "not " : "", b);
}

static void
days_and_years_are_compared_wherever_both_begin(void **state)
{
	(void)state;
	assert_order("2555 days", "7 years", false);
	assert_order("2556 days", "7 years", false);
	assert_order("2557 days", "7 years", true);
	assert_order("7 years", "2555 days", true);
	assert_order("7 years", "2556 days", false);
	assert_order("31 days", "1 month", true);
	assert_order("30 days", "1 month", false);
	assert_order("1 month", "28 days", true);
	assert_order("1 month", "29 days", false);
	assert_order("366 days", "1 year", true);
	assert_order("365 days", "1 year", false);
	assert_order("146097 days", "400 years", true);
	assert_order("400 years", "146097 days", true);
}

static void
months_and_years_are_the_same_unit(void **state)
{
	(void)state;
	assert_order("84 months", "7 years", true);
	assert_order("7 years", "84 months", true);
	assert_order("83 months", "7 years", false);
	assert_order("4 quarters", "P1Y", true);
}

static void
months_that_both_have_cancel_each_other_out(void **state)
{
	(void)state;
	assert_order("7 years 1 day", "7 years", true);
	assert_order("7 years", "7 years 1 second", false);
	assert_order("7 years 31 days", "7 years 1 month", true);
	assert_order("7 years 1 month", "7 years 28 days", true);
}

/* The slow way: every month of the cycle as a beginning. */
static void
bounds_hold_for_every_beginning(void **state)
{
	(void)state;
	static const int lengths[] = {1,  2,  3,  6,  11, 12,   13,   24,   47,
				      48, 84, 95, 96, 97, 1199, 1200, 4799, 4801};
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		struct duration d = {.months = lengths[i]};
		int64_t least = INT64_MAX, most = 0;
		for (int month = 0; month < 4800; month++) {
			int last = month + lengths[i];
			int64_t days = clock_days_from_date(2000 + last / 12, last % 12 + 1, 1) -
				       clock_days_from_date(2000 + month / 12, month % 12 + 1, 1);
			least = days < least ? days : least;
			most = days > most ? days : most;
		}
		assert_int_equal(duration_shortest(d), least * day);
		assert_int_equal(duration_longest(d), most * day);
	}
}

static void
comparing_is_transitive_and_reflexive(void **state)
{
	(void)state;
	struct duration all[60];
	uint64_t seed = 7;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
		all[i] =
		    (struct duration){(int64_t)(seed >> 60), (int64_t)(seed >> 33 & 511) * day};
	}
	static bool is_at_least[ARRAY_LEN(all)][ARRAY_LEN(all)];
	for (size_t a = 0; a < ARRAY_LEN(all); a++)
		for (size_t b = 0; b < ARRAY_LEN(all); b++)
			is_at_least[a][b] = duration_at_least(all[a], all[b]);
	for (size_t a = 0; a < ARRAY_LEN(all); a++) {
		assert_true(is_at_least[a][a]);
		for (size_t b = 0; b < ARRAY_LEN(all); b++)
			for (size_t c = 0; c < ARRAY_LEN(all) && is_at_least[a][b]; c++)
				assert_true(is_at_least[a][c] || !is_at_least[b][c]);
	}
}

static void
assert_written(const char *text, const char *wanted)
{
	char written[DURATION_TEXT_SIZE];
	duration_format(length_of(text), written);
	assert_string_equal(written, wanted);
}

static void
the_largest_units_that_say_it_exactly_are_written(void **state)
{
	(void)state;
	assert_written("84 months", "7 years");
	assert_written("18 months", "1 year 6 months");
	assert_written("PT36H", "36 hours");
	assert_written("2 weeks", "14 days");
	assert_written("PT0S", "0 seconds");
	assert_written("1 quarter 90 seconds", "3 months 90 seconds");
	assert_written("1 day", "1 day");
	assert_written("1001 us", "1001 microseconds");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(people_write_a_number_and_a_unit),
	    cmocka_unit_test(iso_8601_is_read_as_well),
	    cmocka_unit_test(what_is_no_length_of_time_is_refused_with_an_example),
	    cmocka_unit_test(days_and_years_are_compared_wherever_both_begin),
	    cmocka_unit_test(months_and_years_are_the_same_unit),
	    cmocka_unit_test(months_that_both_have_cancel_each_other_out),
	    cmocka_unit_test(bounds_hold_for_every_beginning),
	    cmocka_unit_test(comparing_is_transitive_and_reflexive),
	    cmocka_unit_test(the_largest_units_that_say_it_exactly_are_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
