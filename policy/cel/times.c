/*
 * times.c -- timestamps and durations (langdef.md, "List of Standard Definitions").
 *
 * A timestamp is within the years 1 to 9999, to the nanosecond; a duration is nanoseconds in 64
 * bits, some 292 years. Days of the month and of the year count from 0, except getDate().
 */
#include "cel/convert.h"
#include "cel/operator.h"
#include "cel/zone.h"

static const int64_t FIRST_SECOND = -62135596800, LAST_SECOND = 253402300799;
static const int64_t NANOSECONDS = 1000000000;

enum { ZONE_COST = 10, NO_ZONE_COST = 1000 };

bool
time_in_range(int64_t seconds)
{
	return seconds >= FIRST_SECOND && seconds <= LAST_SECOND;
}

static struct cel_value
out_of_range(struct cel_run *run)
{
	return cel_fail(run, "a timestamp is from the year 1 to 9999");
}

struct cel_value
time_add(struct cel_run *run, struct cel_value timestamp, int64_t nanoseconds)
{
	int64_t rest = nanoseconds % NANOSECONDS + timestamp.count;
	int64_t seconds = timestamp.integer + nanoseconds / NANOSECONDS;
	if (rest < 0)
		seconds--, rest += NANOSECONDS;
	else if (rest >= NANOSECONDS)
		seconds++, rest -= NANOSECONDS;
	return time_in_range(seconds) ? cel_timestamp(seconds, (uint32_t)rest) : out_of_range(run);
}

struct cel_value
time_between(struct cel_run *run, struct cel_value later, struct cel_value earlier)
{
	int64_t n;
	if (__builtin_mul_overflow(later.integer - earlier.integer, NANOSECONDS, &n) ||
	    __builtin_add_overflow(n, (int64_t)later.count - (int64_t)earlier.count, &n))
		return cel_fail(run, "the duration does not fit 64 bits of nanoseconds");
	return cel_duration(n);
}

/* ---- reading ---- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The digits behind a point as nanoseconds; at most nine. */
static bool
read_fraction(const char **text, uint32_t *ret_nanoseconds)
{
	uint32_t n = 0, unit = 100000000;
	for (; is_digit(**text); ++*text, unit /= 10) {
		if (unit == 0)
			return false;
		n += (uint32_t)(**text - '0') * unit;
	}
	*ret_nanoseconds = n;
	return true;
}

/* RFC 3339: the fraction is taken out, since clock_parse() knows no nanoseconds. */
bool
time_parse(const char *text, uint32_t length, struct cel_value *ret_timestamp)
{
	enum { FRACTION_AT = 19, MOST = 40 };
	char copy[MOST + 1], plain[MOST + 1];
	if (length < FRACTION_AT + 1 || length > MOST || memchr(text, '\0', length))
		return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	const char *rest = copy + FRACTION_AT;
	uint32_t nanoseconds = 0;
	if (*rest == '.') {
		rest++;
		if (!is_digit(*rest) || !read_fraction(&rest, &nanoseconds))
			return false;
	}
	memcpy(plain, copy, FRACTION_AT);
	memcpy(plain + FRACTION_AT, rest, strlen(rest) + 1);
	moment t;
	if (copy[10] == ' ' || !clock_parse(plain, &t) || !time_in_range(t / 1000000))
		return false;
	*ret_timestamp = cel_timestamp(t / 1000000, nanoseconds);
	return true;
}

static const struct duration_unit {
	const char *name;
	int64_t nanoseconds;
} units[] = {
    /* Longer names before those they begin with. */
    {"ns", 1},
    {"us", 1000},
    {"\xC2\xB5s", 1000},
    {"ms", 1000000},
    {"h", INT64_C(3600000000000)},
    {"m", INT64_C(60000000000)},
    {"s", 1000000000},
};

static const struct duration_unit *
read_unit(const char **text)
{
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		size_t length = strlen(units[i].name);
		if (strncmp(*text, units[i].name, length) == 0) {
			*text += length;
			return &units[i];
		}
	}
	return NULL;
}

/* One number and its unit, added to `*total`. */
static bool
read_part(const char **text, __int128 *total)
{
	uint64_t whole = 0;
	uint32_t fraction = 0;
	const char *start = *text;
	for (; is_digit(**text); ++*text)
		if (__builtin_mul_overflow(whole, 10, &whole) ||
		    __builtin_add_overflow(whole, (unsigned)(**text - '0'), &whole))
			return false;
	bool digits = *text > start;
	if (**text == '.') {
		++*text;
		digits |= is_digit(**text);
		if (!read_fraction(text, &fraction))
			return false;
	}
	const struct duration_unit *unit = digits ? read_unit(text) : NULL;
	if (!unit)
		return false;
	*total += (__int128)whole * unit->nanoseconds +
		  (__int128)fraction * unit->nanoseconds / NANOSECONDS;
	return true;
}

/* "1h30m", "-1.5s", "0". */
bool
time_parse_duration(const char *text, uint32_t length, struct cel_value *ret_duration)
{
	enum { MOST = 60 };
	char copy[MOST + 1];
	__int128 total = 0; /* so short a text cannot exceed it */
	if (length == 0 || length > MOST || memchr(text, '\0', length))
		return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	const char *next = copy;
	bool negative = *next == '-';
	if (*next == '-' || *next == '+')
		next++;
	if (strcmp(next, "0") == 0)
		next++;
	else if (*next == '\0')
		return false;
	while (*next)
		if (!read_part(&next, &total))
			return false;
	total = negative ? -total : total;
	*ret_duration = cel_duration((int64_t)total);
	return total >= INT64_MIN && total <= INT64_MAX;
}

/* ---- conversions ---- */

static struct cel_value
same(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	return *v;
}

static struct cel_value
timestamp_of_string(struct cel_run *run, const struct cel_value *v)
{
	struct cel_value t;
	if (time_parse(v->text, v->count, &t))
		return t;
	CLEANUP(buf_done) struct buf shown = {0};
	cel_format(*v, 60, &shown);
	return cel_fail(run, "%s is no timestamp, such as \"2026-11-23T02:39:30Z\"", shown.data);
}

static struct cel_value
timestamp_of_int(struct cel_run *run, const struct cel_value *v)
{
	return time_in_range(v->integer) ? cel_timestamp(v->integer, 0) : out_of_range(run);
}

static struct cel_value
duration_of_string(struct cel_run *run, const struct cel_value *v)
{
	struct cel_value d;
	if (time_parse_duration(v->text, v->count, &d))
		return d;
	CLEANUP(buf_done) struct buf shown = {0};
	cel_format(*v, 60, &shown);
	return cel_fail(
	    run, "%s is no duration, such as \"1h30m\" (years and months are lengths for period())",
	    shown.data);
}

/* ---- parts of a timestamp ---- */

struct calendar {
	int year, month, day; /* from 1 */
	int64_t days;         /* since 1970-01-01 */
	int64_t second;       /* of the day */
};

/* "+11:00", "-02:30", "02:00" as seconds. */
static bool
read_offset(struct cel_value zone, int64_t *ret_seconds)
{
	char text[8];
	bool sign = zone.count > 0 && (zone.text[0] == '+' || zone.text[0] == '-');
	if (zone.count != 5u + sign)
		return false;
	memcpy(text, zone.text + sign, 5);
	if (!is_digit(text[0]) || !is_digit(text[1]) || text[2] != ':' || !is_digit(text[3]) ||
	    !is_digit(text[4]))
		return false;
	int64_t hours = (text[0] - '0') * 10 + text[1] - '0',
		minutes = (text[3] - '0') * 10 + text[4] - '0';
	*ret_seconds = (hours * 3600 + minutes * 60) * (zone.text[0] == '-' ? -1 : 1);
	return hours < 24 && minutes < 60;
}

static struct cel_value
no_zone(struct cel_run *run, struct cel_value zone)
{
	CLEANUP(buf_done) struct buf shown = {0};
	cel_format(zone, 60, &shown);
	const char *name = arena_bytes(run->arena, zone.text, zone.count);
	const char *nearest = cel_charge(run, NO_ZONE_COST) ? zone_nearest(run->arena, name) : NULL;
	if (nearest)
		return cel_fail(run, "there is no time zone %s; did you mean \"%s\"?", shown.data,
				nearest);
	return cel_fail(run,
			"there is no time zone %s; they are \"UTC\", \"+02:00\", \"Europe/Berlin\"",
			shown.data);
}

/* How far clocks there are ahead of UTC at the moment: null, with the seconds, or an error. */
static struct cel_value
offset_in(struct cel_run *run, struct cel_value timestamp, struct cel_value zone,
	  int64_t *ret_seconds)
{
	*ret_seconds = 0;
	if (zone.count == 0 || read_offset(zone, ret_seconds))
		return cel_null();
	const struct zone *z = zone_find(zone.text, zone.count);
	if (!cel_charge(run, ZONE_COST))
		return cel_fail(run, "exhausted");
	if (!z)
		return no_zone(run, zone);
	*ret_seconds = zone_offset(z, timestamp.integer);
	return cel_null();
}

static struct calendar
calendar_of(int64_t seconds)
{
	struct calendar c = {.days = seconds / 86400 - (seconds % 86400 < 0)};
	c.second = seconds - c.days * 86400;
	clock_date_from_days(c.days, &c.year, &c.month, &c.day);
	return c;
}

/* Each part is an expression over the calendar `c`; one function in UTC, one with a time zone. */
#define PART(name, expression)                                                                     \
	static struct cel_value name(struct cel_run *run, const struct cel_value *v)               \
	{                                                                                          \
		(void)run;                                                                         \
		struct calendar c = calendar_of(v[0].integer);                                     \
		return cel_int(expression);                                                        \
	}                                                                                          \
	static struct cel_value name##_in(struct cel_run *run, const struct cel_value *v)          \
	{                                                                                          \
		int64_t offset;                                                                    \
		struct cel_value failure = offset_in(run, v[0], v[1], &offset);                    \
		if (cel_is_error(failure))                                                         \
			return failure;                                                            \
		struct calendar c = calendar_of(v[0].integer + offset);                            \
		return cel_int(expression);                                                        \
	}

PART(full_year, c.year)
PART(month, c.month - 1)
PART(date, c.day)
PART(day_of_month, c.day - 1)
PART(day_of_year, c.days - clock_days_from_date(c.year, 1, 1))
PART(day_of_week, ((c.days % 7) + 11) % 7)
PART(hours, c.second / 3600)
PART(minutes, c.second / 60 % 60)
PART(seconds, c.second % 60)
PART(milliseconds, ((void)c, v[0].count / 1000000))

/* ---- parts of a duration ---- */

static struct cel_value
duration_hours(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	return cel_int(v->integer / NANOSECONDS / 3600);
}

static struct cel_value
duration_minutes(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	return cel_int(v->integer / NANOSECONDS / 60);
}

static struct cel_value
duration_seconds(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	return cel_int(v->integer / NANOSECONDS);
}

static struct cel_value
duration_milliseconds(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	return cel_int(v->integer % NANOSECONDS / 1000000);
}

// clang-format off
const struct cel_function time_functions[] = {
	{"timestamp",       "(timestamp) timestamp",  same,                  "a moment: from RFC 3339 text, or seconds since 1970"},
	{"timestamp",       "(string!) timestamp",     timestamp_of_string,   NULL},
	{"timestamp",       "(int) timestamp",        timestamp_of_int,      NULL},
	{"duration",        "(duration) duration",    same,                  "an exact length of time, from a text such as \"1h30m\" (units h m s ms us ns)"},
	{"duration",        "(string!) duration",      duration_of_string,    NULL},
	{"getFullYear",     "timestamp.() int",       full_year,             "the year; with a time zone (\"Europe/Berlin\", \"+02:00\") there, else in UTC"},
	{"getFullYear",     "timestamp.(string!) int", full_year_in,          NULL},
	{"getMonth",        "timestamp.() int",       month,                 "the month, 0 to 11"},
	{"getMonth",        "timestamp.(string!) int", month_in,              NULL},
	{"getDate",         "timestamp.() int",       date,                  "the day of the month, 1 to 31"},
	{"getDate",         "timestamp.(string!) int", date_in,               NULL},
	{"getDayOfMonth",   "timestamp.() int",       day_of_month,          "the day of the month, 0 to 30"},
	{"getDayOfMonth",   "timestamp.(string!) int", day_of_month_in,       NULL},
	{"getDayOfYear",    "timestamp.() int",       day_of_year,           "the day of the year, 0 to 365"},
	{"getDayOfYear",    "timestamp.(string!) int", day_of_year_in,        NULL},
	{"getDayOfWeek",    "timestamp.() int",       day_of_week,           "the day of the week, 0 is Sunday"},
	{"getDayOfWeek",    "timestamp.(string!) int", day_of_week_in,        NULL},
	{"getHours",        "timestamp.() int",       hours,                 "the hour of a moment; of a duration, all of its hours"},
	{"getHours",        "timestamp.(string!) int", hours_in,              NULL},
	{"getHours",        "duration.() int",        duration_hours,        NULL},
	{"getMinutes",      "timestamp.() int",       minutes,               "the minute of a moment; of a duration, all of its minutes"},
	{"getMinutes",      "timestamp.(string!) int", minutes_in,            NULL},
	{"getMinutes",      "duration.() int",        duration_minutes,      NULL},
	{"getSeconds",      "timestamp.() int",       seconds,               "the second of a moment; of a duration, all of its seconds"},
	{"getSeconds",      "timestamp.(string!) int", seconds_in,            NULL},
	{"getSeconds",      "duration.() int",        duration_seconds,      NULL},
	{"getMilliseconds", "timestamp.() int",       milliseconds,          "the milliseconds of the second"},
	{"getMilliseconds", "timestamp.(string!) int", milliseconds_in,       NULL},
	{"getMilliseconds", "duration.() int",        duration_milliseconds, NULL},
	{0},
};
// clang-format on
