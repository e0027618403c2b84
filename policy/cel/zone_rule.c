/*
 * zone_rule.c -- reading a rule, and which of its two offsets holds.
 */
#include "cel/zone_rule.h"

#include <string.h>

#include "base/clock.h"

static const int64_t DAY = 86400, HOUR = 3600;

/* ---- reading ---- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
skip(const char **text, char c)
{
	if (**text != c)
		return false;
	++*text;
	return true;
}

static bool
read_number(const char **text, int most, int *ret_number)
{
	int n = 0;
	if (!is_digit(**text))
		return false;
	for (; is_digit(**text) && n <= most; ++*text)
		n = n * 10 + (**text - '0');
	*ret_number = n;
	return n <= most;
}

/* "CET" or "<+0330>": what it is called does not matter. */
static bool
skip_name(const char **text)
{
	const char *start = *text;
	if (skip(text, '<')) {
		*text += strcspn(*text, ">");
		return skip(text, '>');
	}
	while ((**text | 0x20) >= 'a' && (**text | 0x20) <= 'z')
		++*text;
	return *text > start;
}

/* "3", "-2:30", "+167:59:59" as seconds. */
static bool
read_time(const char **text, int64_t *ret_seconds)
{
	int hours, minutes = 0, seconds = 0;
	bool negative = skip(text, '-');
	if (!negative)
		skip(text, '+');
	if (!read_number(text, 167, &hours))
		return false;
	if (skip(text, ':') && (!read_number(text, 59, &minutes) ||
				(skip(text, ':') && !read_number(text, 59, &seconds))))
		return false;
	*ret_seconds = (hours * HOUR + minutes * INT64_C(60) + seconds) * (negative ? -1 : 1);
	return true;
}

/* West is positive there, east is here. */
static bool
read_offset(const char **text, int64_t *ret_seconds)
{
	int64_t west;
	if (!read_time(text, &west))
		return false;
	*ret_seconds = -west;
	return true;
}

static bool
read_date(const char **text, struct zone_day *d)
{
	if (skip(text, 'M')) {
		d->form = ZONE_DAY_OF_WEEK;
		return read_number(text, 12, &d->month) && skip(text, '.') &&
		       read_number(text, 5, &d->week) && skip(text, '.') &&
		       read_number(text, 6, &d->day) && d->month > 0 && d->week > 0;
	}
	d->form = skip(text, 'J') ? ZONE_DAY_NO_LEAP : ZONE_DAY_OF_YEAR;
	return read_number(text, 365, &d->day) && (d->day > 0 || d->form == ZONE_DAY_OF_YEAR);
}

/* ",M3.5.0/2": at two o'clock when no time is given. */
static bool
read_day(const char **text, struct zone_day *ret_day)
{
	struct zone_day d = {.second = 2 * HOUR};
	if (!skip(text, ',') || !read_date(text, &d) ||
	    (skip(text, '/') && !read_time(text, &d.second)))
		return false;
	*ret_day = d;
	return true;
}

bool
zone_rule_parse(const char *text, struct zone_rule *ret_rule)
{
	struct zone_rule r = {0};
	if (*text && (!skip_name(&text) || !read_offset(&text, &r.standard)))
		return false;
	r.has_summer = *text;
	if (r.has_summer) {
		r.summer = r.standard + HOUR;
		if (!skip_name(&text) || (*text != ',' && !read_offset(&text, &r.summer)) ||
		    !read_day(&text, &r.begin) || !read_day(&text, &r.end))
			return false;
	}
	if (*text)
		return false;
	*ret_rule = r;
	return true;
}

/* ---- which offset holds ---- */

static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days since 1970 of the first, second ... or (5) last such weekday of a month; 1970-01-01 was a
 * Thursday. */
static int64_t
weekday_in_month(int year, const struct zone_day *d)
{
	int64_t first = clock_days_from_date(year, d->month, 1);
	int64_t next_month = d->month == 12 ? clock_days_from_date(year + 1, 1, 1)
					    : clock_days_from_date(year, d->month + 1, 1);
	int64_t weekday = ((first + 4) % 7 + 7) % 7;
	int64_t day = first + (d->day - weekday + 7) % 7 + (int64_t)(d->week - 1) * 7;
	return day < next_month ? day : day - 7;
}

/* The second since 1970 at which clocks show that time of that day, if they run `offset` ahead. */
static int64_t
moment_of(int year, const struct zone_day *d, int64_t offset)
{
	int64_t first = clock_days_from_date(year, 1, 1), day;
	switch (d->form) {
	case ZONE_DAY_OF_WEEK:
		day = weekday_in_month(year, d);
		break;
	case ZONE_DAY_NO_LEAP:
		day = first + d->day - 1 + (is_leap(year) && d->day >= 60);
		break;
	default:
		day = first + d->day;
		break;
	}
	return day * DAY + d->second - offset;
}

static int
year_of(int64_t seconds)
{
	int year, month, day;
	clock_date_from_days(seconds / DAY - (seconds % DAY < 0), &year, &month, &day);
	return year;
}

int64_t
zone_rule_offset(const struct zone_rule *rule, int64_t seconds)
{
	if (!rule->has_summer)
		return rule->standard;
	int year = year_of(seconds + rule->standard);
	int64_t begin = moment_of(year, &rule->begin, rule->standard);
	int64_t end = moment_of(year, &rule->end, rule->summer);
	/* In the south, summer is what lies outside of the winter in the middle of the year. */
	bool summer =
	    begin < end ? begin <= seconds && seconds < end : !(end <= seconds && seconds < begin);
	return summer ? rule->summer : rule->standard;
}
