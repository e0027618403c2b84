/*
 * period.c -- periods added to moments and to one another.
 *
 * Months go by the calendar, all else by the clock: a month after 31 January is the last day of
 * February, at the same time of day.  Months are added first, so that `t + period('1 month 1 day')`
 * is the day after the one a month from now.
 */
#include "cel/convert.h"
#include "cel/operator.h"

static const int64_t DAY = 86400;

static int
days_of_month(int year, int month)
{
	int64_t first = clock_days_from_date(year, month, 1);
	int64_t next = month == 12 ? clock_days_from_date(year + 1, 1, 1)
				   : clock_days_from_date(year, month + 1, 1);
	return (int)(next - first);
}

/* The same day of the month so many months later, or the month's last one. */
static int64_t
days_after_months(int64_t days, int64_t months)
{
	int year, month, day;
	clock_date_from_days(days, &year, &month, &day);
	int64_t count = (int64_t)year * 12 + month - 1 + months;
	year = (int)(count / 12 - (count % 12 < 0));
	month = (int)(count - (int64_t)year * 12) + 1;
	int most = days_of_month(year, month);
	return clock_days_from_date(year, month, day < most ? day : most);
}

struct cel_value
period_move(struct cel_run *run, struct cel_value timestamp, struct cel_value period, int direction)
{
	const struct duration d = period_of(period);
	int64_t days = timestamp.integer / DAY - (timestamp.integer % DAY < 0);
	int64_t rest = timestamp.integer - days * DAY;
	int64_t seconds = days_after_months(days, direction * d.months) * DAY + rest;
	int64_t micros = direction * d.micros, nanoseconds = timestamp.count;
	seconds += micros / 1000000;
	nanoseconds += micros % 1000000 * 1000;
	return time_in_range(seconds) ? time_add(run, cel_timestamp(seconds, 0), nanoseconds)
				      : cel_fail(run, "a timestamp is from the year 1 to 9999");
}

struct cel_value
period_sum(struct cel_run *run, struct cel_value a, struct cel_value b)
{
	const int64_t most_months = 120000, most_micros = 366 * DAY * 1000000 * 10000;
	struct duration x = period_of(a), y = period_of(b);
	struct duration sum = {x.months + y.months, x.micros + y.micros};
	if (sum.months > most_months || sum.micros > most_micros)
		return cel_fail(run, "the period is longer than 10000 years");
	return cel_period(sum);
}
