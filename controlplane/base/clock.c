/*
 * clock.c -- the calendar arithmetic is the era method: 400 years are 146097 days, and a year
 * begins in March.
 */
#include "clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const int64_t DAY = INT64_C(86400) * 1000000;

static moment
read_clock(clockid_t which)
{
	struct timespec t;
	clock_gettime(which, &t);
	return (moment)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

moment
clock_now(const struct clock *c)
{
	return c && c->fixed ? c->fixed : read_clock(CLOCK_REALTIME);
}

moment
clock_monotonic(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int64_t
clock_days_from_date(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

void
clock_date_from_days(int64_t days, int *ret_year, int *ret_month, int *ret_day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t day_of_era = z - era * 146097;
	int64_t year_of_era =
	    (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year =
	    day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t march_month = (5 * day_of_year + 2) / 153;
	*ret_day = (int)(day_of_year - (153 * march_month + 2) / 5 + 1);
	*ret_month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
	*ret_year = (int)(year_of_era + era * 400 + (*ret_month <= 2));
}

void
clock_format(moment t, char ret_text[CLOCK_TEXT_SIZE])
{
	int64_t days = t / DAY - (t % DAY < 0);
	int64_t rest = t - days * DAY;
	int year, month, day;
	clock_date_from_days(days, &year, &month, &day);
	unsigned seconds = (unsigned)(rest / 1000000);
	snprintf(ret_text, CLOCK_TEXT_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%06uZ",
		 (unsigned)year % 10000u, (unsigned)month % 100u, (unsigned)day % 100u,
		 seconds / 3600 % 24, seconds / 60 % 60, seconds % 60, (unsigned)(rest % 1000000));
}

/* Exactly `digits` decimal digits; moves `*p` behind them. */
static bool
take_number(const char **p, int digits, int *ret_number)
{
	int n = 0;
	for (int i = 0; i < digits; i++, (*p)++) {
		if (**p < '0' || **p > '9')
			return false;
		n = n * 10 + (**p - '0');
	}
	*ret_number = n;
	return true;
}

static bool
take_char(const char **p, const char *allowed)
{
	if (**p == '\0' || !strchr(allowed, **p))
		return false;
	(*p)++;
	return true;
}

static bool
take_date(const char **p, int64_t *ret_days)
{
	int year, month, day;
	if (!take_number(p, 4, &year) || !take_char(p, "-") || !take_number(p, 2, &month) ||
	    !take_char(p, "-") || !take_number(p, 2, &day))
		return false;
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	if (year < 1 || month < 1 || month > 12 || day < 1 ||
	    day > lengths[month - 1] + (leap && month == 2))
		return false;
	*ret_days = clock_days_from_date(year, month, day);
	return true;
}

/* Digits behind the point, as microseconds; further digits are read and dropped. */
static bool
take_fraction(const char **p, int64_t *ret_micros)
{
	int64_t micros = 0, unit = 100000;
	const char *start = *p;
	for (; **p >= '0' && **p <= '9'; (*p)++, unit /= 10)
		micros += (**p - '0') * unit;
	*ret_micros = micros;
	return *p > start;
}

static bool
take_offset(const char **p, int64_t *ret_minutes)
{
	*ret_minutes = 0;
	if (take_char(p, "Zz"))
		return true;
	int sign = **p == '-' ? -1 : 1, hours, minutes;
	if (!take_char(p, "+-") || !take_number(p, 2, &hours) || !take_char(p, ":") ||
	    !take_number(p, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*ret_minutes = (int64_t)sign * (hours * 60 + minutes);
	return true;
}

bool
clock_parse(const char *text, moment *ret_moment)
{
	int64_t days, micros = 0, offset;
	int hour, minute, second;
	if (!take_date(&text, &days))
		return false;
	if (*text == '\0') {
		*ret_moment = days * DAY;
		return true;
	}
	if (!take_char(&text, "Tt ") || !take_number(&text, 2, &hour) || !take_char(&text, ":") ||
	    !take_number(&text, 2, &minute) || !take_char(&text, ":") ||
	    !take_number(&text, 2, &second))
		return false;
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	if (take_char(&text, ".") && !take_fraction(&text, &micros))
		return false;
	if (!take_offset(&text, &offset) || *text != '\0')
		return false;
	*ret_moment = days * DAY +
		      SECONDS(hour * INT64_C(3600) + minute * INT64_C(60) + second - offset * 60) +
		      micros;
	return true;
}
