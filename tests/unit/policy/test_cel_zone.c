/*
 * Time zones by name: across changes of the clock, before the first and after the last of them, and
 * the packed table against what the C library reads from the same database.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "cel/zone.h"
#include "cel/zone_rule.h"
#include "cel/zone_table.h"

#include "expression.h"

static void
clocks_go_forward_and_back_within_a_second(void **state)
{
	(void)state;
	gives("['2025-03-30T00:59:59Z', '2025-03-30T01:00:00Z', '2025-10-26T00:59:59Z', "
	      "'2025-10-26T01:00:00Z'].map(t, timestamp(t).getHours('Europe/Berlin'))",
	      "[1, 3, 2, 2]");
	gives("['2025-04-05T15:59:59Z', '2025-04-05T16:00:00Z'].map(t, "
	      "timestamp(t).getHours('Australia/Sydney'))",
	      "[2, 2]");
	gives("['2025-04-05T14:59:59Z', '2025-04-05T15:00:00Z'].map(t, "
	      "[timestamp(t).getHours('Australia/Lord_Howe'), "
	      "timestamp(t).getMinutes('Australia/Lord_Howe')])",
	      "[[1, 59], [1, 30]]");
	gives("[timestamp('2025-01-01T12:00:00Z'), timestamp('2025-07-01T12:00:00Z')].map(t, "
	      "t.getHours('Europe/Dublin'))",
	      "[12, 13]");
}

static void
every_part_is_that_of_the_place(void **state)
{
	(void)state;
	gives(
	    "cel.bind(t, timestamp('2024-12-31T23:30:15.25Z'), [t.getFullYear('Asia/Tokyo'), "
	    "t.getMonth('Asia/Tokyo'), t.getDate('Asia/Tokyo'), t.getDayOfMonth('Asia/Tokyo'), "
	    "t.getDayOfYear('Asia/Tokyo'), t.getDayOfWeek('Asia/Tokyo'), t.getHours('Asia/Tokyo'), "
	    "t.getMinutes('Asia/Tokyo'), t.getSeconds('Asia/Tokyo'), "
	    "t.getMilliseconds('Asia/Tokyo')])",
	    "[2025, 0, 1, 0, 0, 3, 8, 30, 15, 250]");
	gives("[timestamp('2025-06-01T00:00:00Z').getHours('Asia/Kathmandu'), "
	      "timestamp('2025-06-01T00:00:00Z').getMinutes('Asia/Kathmandu')]",
	      "[5, 45]");
	gives("[timestamp('2011-12-30T09:59:59Z'), timestamp('2011-12-30T10:00:00Z')].map(t, "
	      "t.getDate('Pacific/Apia'))",
	      "[29, 31]");
}

static void
before_the_first_change_and_after_the_last_there_is_an_offset(void **state)
{
	(void)state;
	gives("[timestamp('1880-01-01T00:00:00Z').getMinutes('Europe/Berlin'), "
	      "timestamp('1880-01-01T00:00:00Z').getSeconds('Europe/Berlin')]",
	      "[53, 28]");
	gives("[timestamp('0001-01-01T00:00:00Z').getFullYear('America/New_York'), "
	      "timestamp('9999-12-31T23:59:59Z').getFullYear('Asia/Tokyo')]",
	      "[0, 10000]");
	gives("['2500-01-01T12:00:00Z', '2500-07-01T12:00:00Z'].map(t, "
	      "timestamp(t).getHours('Europe/Berlin'))",
	      "[13, 14]");
	gives("['2500-01-01T12:00:00Z', '2500-07-01T12:00:00Z'].map(t, "
	      "timestamp(t).getHours('America/Santiago'))",
	      "[9, 8]");
}

static void
utc_and_offsets_need_no_name(void **state)
{
	(void)state;
	gives("['UTC', '', '+02:00', '-00:30', '02:00', 'Etc/GMT-2', 'US/Pacific'].map(z, "
	      "timestamp('2025-01-01T00:15:00Z').getHours(z))",
	      "[0, 0, 2, 23, 2, 2, 16]");
}

static void
a_zone_that_is_not_known_is_an_error_with_the_nearest(void **state)
{
	(void)state;
	gives("timestamp('2025-01-01T00:00:00Z').getHours('Europe/Berln')",
	      "mistake: there is no time zone \"Europe/Berln\"; did you mean \"Europe/Berlin\"?");
	gives("timestamp('2025-01-01T00:00:00Z').getHours('berlin')",
	      "mistake: there is no time zone \"berlin\"; did you mean \"Europe/Berlin\"?");
	gives(
	    "timestamp('2025-01-01T00:00:00Z').getHours('Europe/Sydney')",
	    "mistake: there is no time zone \"Europe/Sydney\"; did you mean \"Australia/Sydney\"?");
	gives("timestamp('2025-01-01T00:00:00Z').getHours('europe/berlin')",
	      "mistake: there is no time zone \"europe/berlin\"; did you mean \"Europe/Berlin\"?");
	gives("timestamp('2025-01-01T00:00:00Z').getHours('Middle of nowhere')",
	      "mistake: there is no time zone \"Middle of nowhere\"; they are \"UTC\", \"+02:00\", "
	      "\"Europe/Berlin\"");
	gives("timestamp('2025-01-01T00:00:00Z').getHours('+25:00')",
	      "mistake: there is no time zone \"+25:00\"; they are \"UTC\", \"+02:00\", "
	      "\"Europe/Berlin\"");
	gives("timestamp('2025-01-01T00:00:00Z').getHours('UTC\\u0000')",
	      "mistake: there is no time zone \"UTC\\x00\"; did you mean \"UTC\"?");
}

/* ---- rules ---- */

static int64_t
offset_by(const char *rule, const char *time)
{
	struct zone_rule r;
	moment t;
	assert_true(zone_rule_parse(rule, &r));
	assert_true(clock_parse(time, &t));
	return zone_rule_offset(&r, t / 1000000);
}

static void
rules_know_three_ways_to_name_a_day(void **state)
{
	(void)state;
	static const struct {
		const char *rule, *time;
		int64_t offset;
	} cases[] = {
	    {"", "2030-01-01T00:00:00Z", 0},
	    {"<+0330>-3:30", "2030-01-01T00:00:00Z", 12600},
	    {"CET-1CEST,M3.5.0,M10.5.0/3", "2030-03-31T00:59:59Z", 3600},
	    {"CET-1CEST,M3.5.0,M10.5.0/3", "2030-03-31T01:00:00Z", 7200},
	    {"CET-1CEST,M3.5.0,M10.5.0/3", "2030-10-27T00:59:59Z", 7200},
	    {"CET-1CEST,M3.5.0,M10.5.0/3", "2030-10-27T01:00:00Z", 3600},
	    {"A0B,J60/0,J61/0", "2028-02-29T23:59:59Z", 0},
	    {"A0B,J60/0,J61/0", "2028-03-01T00:00:00Z", 3600},
	    {"A0B,J60/0,J61/0", "2028-03-01T23:00:00Z", 0},
	    {"A0B,59/0,60/0", "2028-02-29T12:00:00Z", 3600},
	    {"A0B,59/0,60/0", "2027-03-01T12:00:00Z", 3600},
	    {"EET-2EEST,M3.4.4/50,M10.4.4/50", "2030-03-29T23:59:59Z", 7200},
	    {"EET-2EEST,M3.4.4/50,M10.4.4/50", "2030-03-30T00:00:00Z", 10800},
	    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2030-03-31T00:59:59Z", -7200},
	    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2030-03-31T01:00:00Z", -3600},
	    {"XXX3EDT4,0/0,J365/23", "2030-12-31T23:59:59Z", -14400},
	    {"XXX3EDT4,0/0,J365/23", "2031-01-01T00:00:00Z", -14400},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(offset_by(cases[i].rule, cases[i].time), cases[i].offset);
}

static void
what_is_no_rule_is_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = {"CET",
					    "CET-1CEST",
					    "CET-1CEST,M3.5.0",
					    "CET-1CEST,M13.5.0,M10.5.0",
					    "1",
					    "CET-168",
					    "CET-1CEST,M3.6.0,M10.5.0",
					    "CET-1CEST,J0,J1",
					    "<+03-3",
					    "CET-1CEST,366,J1",
					    "CET-1CEST,M3.5.0,M10.5.0/3x",
					    "CET-1:60",
					    "CET-1x",
					    "CET-1CEST,M3.5.7,J1"};
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct zone_rule r;
		assert_false(zone_rule_parse(wrong[i], &r));
	}
}

/* ---- the table ---- */

static void
names_are_in_order_and_found(void **state)
{
	(void)state;
	assert_true(zone_count > 400);
	for (size_t i = 0; i < zone_count; i++) {
		const char *name = zone_names + zones[i].name;
		assert_ptr_equal(zone_find(name, strlen(name)), &zones[i]);
		assert_true(i == 0 || strcmp(zone_names + zones[i - 1].name, name) < 0);
	}
	assert_null(zone_find("", 0));
	assert_null(zone_find("Europe", 6));
	assert_null(zone_find("Zulu2", 5));
}

static bool
is_release_of(const char *path)
{
	char line[80] = "", wanted[80];
	FILE *f = fopen(path, "r");
	if (f && !fgets(line, sizeof line, f))
		line[0] = '\0';
	if (f)
		fclose(f);
	snprintf(wanted, sizeof wanted, "# version %s\n", zone_release);
	return strcmp(line, wanted) == 0;
}

static void
compare_with_library(const struct zone *z, int64_t seconds)
{
	struct tm tm;
	time_t t = (time_t)seconds;
	assert_non_null(localtime_r(&t, &tm));
	int64_t offset = zone_offset(z, seconds);
	if (offset != tm.tm_gmtoff)
		fail_msg("%s at %lld: %lld, but the C library says %ld", zone_names + z->name,
			 (long long)seconds, (long long)offset, tm.tm_gmtoff);
}

/* Every month from 1850 to 2120, and both sides of each change of the clock that lies between. */
static void
compare_zone(const struct zone *z)
{
	const int64_t start = -3786825600, end = 4733510400, month = INT64_C(30) * 86400;
	for (int64_t t = start; t < end; t += month) {
		compare_with_library(z, t);
		int64_t low = t, high = t + month;
		if (zone_offset(z, low) == zone_offset(z, high))
			continue;
		while (high - low > 1) {
			int64_t middle = low + (high - low) / 2;
			if (zone_offset(z, middle) == zone_offset(z, low))
				low = middle;
			else
				high = middle;
		}
		compare_with_library(z, low);
		compare_with_library(z, high);
	}
}

static void
the_table_agrees_with_the_c_library(void **state)
{
	(void)state;
	if (!is_release_of("/usr/share/zoneinfo/tzdata.zi"))
		skip(); /* another release than the program was built with */
	for (size_t i = 0; i < zone_count; i++) {
		setenv("TZ", zone_names + zones[i].name, 1);
		tzset();
		compare_zone(&zones[i]);
	}
	unsetenv("TZ");
	tzset();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(clocks_go_forward_and_back_within_a_second),
	    cmocka_unit_test(every_part_is_that_of_the_place),
	    cmocka_unit_test(before_the_first_change_and_after_the_last_there_is_an_offset),
	    cmocka_unit_test(utc_and_offsets_need_no_name),
	    cmocka_unit_test(a_zone_that_is_not_known_is_an_error_with_the_nearest),
	    cmocka_unit_test(rules_know_three_ways_to_name_a_day),
	    cmocka_unit_test(what_is_no_rule_is_refused),
	    cmocka_unit_test(names_are_in_order_and_found),
	    cmocka_unit_test(the_table_agrees_with_the_c_library),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
