/*
 * Moments and durations: what is read, how far they reach, and their parts.
 */
#include "expression.h"

static const char out_of_range[] = "error: a timestamp is from the year 1 to 9999";

static void
moments_reach_from_the_year_1_to_9999(void **state)
{
	(void)state;
	gives("[timestamp('0001-01-01T00:00:00Z'), timestamp('9999-12-31T23:59:59.999999999Z')]",
	      "[timestamp(\"0001-01-01T00:00:00Z\"), "
	      "timestamp(\"9999-12-31T23:59:59.999999999Z\")]");
	gives("[int(timestamp('0001-01-01T00:00:00Z')), int(timestamp('9999-12-31T23:59:59Z'))]",
	      "[-62135596800, 253402300799]");
	gives("timestamp(-62135596800) == timestamp('0001-01-01T00:00:00Z')", "true");
	gives("timestamp(-62135596801)", out_of_range);
	gives("timestamp(253402300800)", out_of_range);
	gives("timestamp('9999-12-31T23:59:59.999999999Z') + duration('1ns')", out_of_range);
	gives("duration('1ns') + timestamp('9999-12-31T23:59:59.999999999Z')", out_of_range);
	gives("timestamp('0001-01-01T00:00:00Z') - duration('1ns')", out_of_range);
	gives("timestamp('0001-01-01T00:00:00Z') + duration('-1ns')", out_of_range);
	gives("timestamp('9999-12-31T23:59:59Z') - duration('-1s')", out_of_range);
	gives("timestamp(9223372036854775807)", out_of_range);
	gives("timestamp('9999-12-31T23:59:59Z') - timestamp('0001-01-01T00:00:00Z')",
	      "error: the duration does not fit 64 bits of nanoseconds");
}

static void
moments_are_read_as_rfc_3339_writes_them(void **state)
{
	(void)state;
	gives("['2024-02-29T12:00:00Z', '2024-02-29T13:30:00+01:30', '2024-02-28T24:00:00Z', "
	      "'2024-02-29T12:00:00.5-00:00'].filter(t, t != '2024-02-28T24:00:00Z').map(t, "
	      "int(timestamp(t)))",
	      "[1709208000, 1709208000, 1709208000]");
	static const char *const wrong[] = {
	    "",
	    "2024-02-29",
	    "2024-02-29T12:00:00",
	    "2024-02-29 12:00:00Z",
	    "2023-02-29T12:00:00Z",
	    "2024-13-01T00:00:00Z",
	    "2024-00-01T00:00:00Z",
	    "2024-01-32T00:00:00Z",
	    "2024-01-01T24:00:00Z",
	    "2024-01-01T00:60:00Z",
	    "2024-01-01T00:00:00+24:00",
	    "2024-01-01T00:00:00+0100",
	    "2024-01-01T00:00:00.Z",
	    "2024-01-01T00:00:00.1234567890Z",
	    "24-01-01T00:00:00Z",
	    "0000-12-31T23:59:59Z",
	    "10000-01-01T00:00:00Z",
	    "0001-01-01T00:00:00+00:01",
	    "9999-12-31T23:59:59-00:01",
	    "2024-01-01T00:00:00Z ",
	};
	CLEANUP(arena_done) struct arena arena = {0};
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		gives(arena_printf(&arena, "timestamp('%s')", wrong[i]),
		      arena_printf(&arena,
				   "mistake: \"%s\" is no timestamp, such as "
				   "\"2026-11-23T02:39:30Z\"",
				   wrong[i]));
}

static void
durations_reach_as_far_as_64_bits_of_nanoseconds(void **state)
{
	(void)state;
	gives("[duration('9223372036854775807ns'), duration('-9223372036854775808ns'), "
	      "duration('2562047h47m16.854775807s'), duration('-2562047h47m16.854775808s')]",
	      "[duration(\"9223372036.854775807s\"), duration(\"-9223372036.854775808s\"), "
	      "duration(\"9223372036.854775807s\"), duration(\"-9223372036.854775808s\")]");
	static const char *const wrong[] = {
	    "9223372036854775808ns",
	    "-9223372036854775809ns",
	    "2562048h",
	    "99999999999999999999s",
	    "",
	    "-",
	    "1",
	    "s",
	    "1d",
	    "1 s",
	    "1s ",
	    ".s",
	    "1e3s",
	    "--1s",
	    "1h-1m",
	    "0x1s",
	};
	CLEANUP(arena_done) struct arena arena = {0};
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		gives(arena_printf(&arena, "duration('%s')", wrong[i]),
		      arena_printf(&arena,
				   "mistake: \"%s\" is no duration, such as \"1h30m\" (years and "
				   "months are lengths for period())",
				   wrong[i]));
	const char *overflow = "error: the result does not fit 64 bits";
	gives("duration('9223372036854775807ns') + duration('1ns')", overflow);
	gives("duration('-9223372036854775808ns') - duration('1ns')", overflow);
	gives("-duration('-9223372036854775808ns')", overflow);
	gives("timestamp(0) - duration('-9223372036854775808ns')", overflow);
}

static void
durations_are_read_and_written_in_parts(void **state)
{
	(void)state;
	gives("['0', '1h1m1s1ms1us1ns', '1.5h', '.5s', '1.s', '+1s', '-1.5ms', '1\\u00b5s'].map(d, "
	      "string(duration(d)))",
	      "[\"0s\", \"3661.001001001s\", \"5400s\", \"0.5s\", \"1s\", \"1s\", "
	      "\"-0.0015s\", \"0.000001s\"]");
	gives("[duration('-90m').getHours(), duration('-90m').getMinutes(), "
	      "duration('-90.5s').getSeconds(), duration('-1.25s').getMilliseconds(), "
	      "duration('3661.5s').getMilliseconds()]",
	      "[-1, -90, -90, -250, 500]");
	gives("duration('1m') == duration('60s') && duration('1s') < duration('1001ms')", "true");
}

static void
parts_before_1970_and_of_leap_years(void **state)
{
	(void)state;
	gives("cel.bind(t, timestamp('0001-01-01T00:00:00Z'), [t.getFullYear(), t.getMonth(), "
	      "t.getDate(), t.getDayOfYear(), t.getDayOfWeek(), t.getHours()])",
	      "[1, 0, 1, 0, 1, 0]");
	gives("[timestamp('2024-12-31T00:00:00Z').getDayOfYear(), "
	      "timestamp('2023-12-31T00:00:00Z').getDayOfYear(), "
	      "timestamp('2024-03-01T00:00:00Z').getDayOfYear(), "
	      "timestamp('1900-03-01T00:00:00Z').getDayOfYear()]",
	      "[365, 364, 60, 59]");
	gives("cel.bind(t, timestamp('1969-12-31T23:59:59.25Z'), [t.getSeconds(), "
	      "t.getMilliseconds(), t.getHours('+00:01'), t.getDayOfWeek()])",
	      "[59, 250, 0, 3]");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(moments_reach_from_the_year_1_to_9999),
	    cmocka_unit_test(moments_are_read_as_rfc_3339_writes_them),
	    cmocka_unit_test(durations_reach_as_far_as_64_bits_of_nanoseconds),
	    cmocka_unit_test(durations_are_read_and_written_in_parts),
	    cmocka_unit_test(parts_before_1970_and_of_leap_years),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
