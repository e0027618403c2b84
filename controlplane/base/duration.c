/*
 * duration.c -- reading, comparing and writing lengths of time.
 *
 * Reads from the tables down: units, the form that people write, the form of ISO 8601, the
 * calendar, the writer.
 */
#include "duration.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "clock.h"
#include "utf8.h"
#include "violation.h"

enum { MOST_MONTHS = 120000, CYCLE_MONTHS = 4800, CYCLE_DAYS = 146097 };

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

static const int64_t most_micros = 366 * DAY * 10000;

/*
 * What one of it is: months or microseconds, the other is 0.  The first name is the one to write.
 *
 */
struct unit {
	int64_t months, micros;
	const char *names[6];
};

// clang-format off
static const struct unit units[] = {
	{0,  1,        {"microsecond", "microseconds", "us", "µs"}},
	{0,  1000,     {"millisecond", "milliseconds", "ms"}},
	{0,  SECOND,   {"second", "seconds", "sec", "secs", "s"}},
	{0,  MINUTE,   {"minute", "minutes", "min", "mins"}},
	{0,  HOUR,     {"hour", "hours", "hr", "hrs", "h"}},
	{0,  DAY,      {"day", "days", "d"}},
	{0,  7 * DAY,  {"week", "weeks", "wk", "wks", "w"}},
	{1,  0,        {"month", "months", "mo", "mos"}},
	{3,  0,        {"quarter", "quarters", "qtr", "qtrs", "q"}},
	{12, 0,        {"year", "years", "yr", "yrs", "y"}},
};

/* ISO 8601: the designators in the order in which they may come, before and behind the T. */
static const struct designator {
	char letter;
	bool is_time;
	int64_t months, micros;
} designators[] = {
	{'Y', false, 12, 0}, {'M', false, 1, 0}, {'W', false, 0, 7 * DAY}, {'D', false, 0, DAY},
	{'H', true,  0, HOUR}, {'M', true, 0, MINUTE}, {'S', true, 0, SECOND},
};
// clang-format on

/* What is being read, for the messages. */
struct duration_reader {
	const char *text, *p;
	struct duration sum;
	struct err *e;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static enum err_code
complain(const struct duration_reader *r, const char *what)
{
	return ERR(r->e, MALFORMED, "'%.*s' is not a length of time: %s",
		   utf8_cut(r->text, strlen(r->text), 60), r->text, what);
}

/* A whole number; what is too large for any duration is stopped before it could overflow. */
static enum err_code
take_number(struct duration_reader *r, int64_t *ret_number)
{
	int64_t n = 0;
	if (*r->p == '-' || *r->p == '+')
		return complain(r, "it has no sign; write it as '7 years' or 'P7Y'");
	if (!is_digit(*r->p))
		return complain(r, "a number is missing; write it as '7 years' or 'P7Y'");
	for (; is_digit(*r->p); r->p++) {
		n = n * 10 + (*r->p - '0');
		if (n > most_micros)
			return complain(r, "it is longer than 10000 years");
	}
	if (*r->p == '.' || *r->p == ',')
		return complain(
		    r, "the number must be whole; write '90 minutes' for one and a half hours");
	*ret_number = n;
	return ERR_OK;
}

static enum err_code
add(struct duration_reader *r, int64_t n, int64_t months, int64_t micros)
{
	if ((months && n > (MOST_MONTHS - r->sum.months) / months) ||
	    (micros && n > (most_micros - r->sum.micros) / micros))
		return complain(r, "it is longer than 10000 years");
	r->sum.months += n * months;
	r->sum.micros += n * micros;
	return ERR_OK;
}

/* ---- as people write it ---- */

static bool
is_named(const struct unit *u, const char *name, size_t length)
{
	for (size_t i = 0; i < ARRAY_LEN(u->names) && u->names[i]; i++)
		if (strlen(u->names[i]) == length && strncasecmp(u->names[i], name, length) == 0)
			return true;
	return false;
}

static const struct unit *
find_unit(const char *name, size_t length)
{
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (is_named(&units[i], name, length))
			return &units[i];
	return NULL;
}

static const char *
nearest_unit(const char *word)
{
	const char *names[2 * ARRAY_LEN(units)];
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		names[2 * i] = units[i].names[0];
		names[2 * i + 1] = units[i].names[1];
	}
	return nearest_word(word, names, ARRAY_LEN(names));
}

static enum err_code
unit_complaint(const struct duration_reader *r, const char *name, size_t length)
{
	char word[40], what[160];
	snprintf(word, sizeof word, "%.*s", utf8_cut(name, length, sizeof word - 1), name);
	const char *nearest = nearest_unit(word);
	if (length == 0)
		return complain(r,
				"a unit is missing; write it as '7 years', '90 days' or '1 hour'");
	if (strcasecmp(word, "m") == 0)
		return complain(r, "'m' could be minutes or months; write 'min' or 'mo'");
	if (nearest)
		snprintf(what, sizeof what, "there is no unit '%s'; did you mean '%s'?", word,
			 nearest);
	else
		snprintf(what, sizeof what,
			 "there is no unit '%s'; units are second, minute, hour, day, week, "
			 "month, quarter and year",
			 word);
	return complain(r, what);
}

static void
skip_space(struct duration_reader *r)
{
	r->p += strspn(r->p, " \t\r\n");
}

static enum err_code
take_part(struct duration_reader *r)
{
	int64_t n = 0;
	enum err_code code = take_number(r, &n);
	if (code)
		return code;
	skip_space(r);
	const char *name = r->p;
	size_t length = strcspn(name, " \t\r\n0123456789+-.,");
	const struct unit *u = find_unit(name, length);
	if (!u)
		return unit_complaint(r, name, length);
	r->p += length;
	skip_space(r);
	return add(r, n, u->months, u->micros);
}

static enum err_code
read_words(struct duration_reader *r)
{
	enum err_code code;
	do {
		code = take_part(r);
	} while (!code && *r->p);
	return code;
}

/* ---- ISO 8601 ---- */

/* The next component, which must stand behind the one at `*row` in the table. */
static enum err_code
take_component(struct duration_reader *r, bool is_time, size_t *row)
{
	int64_t n = 0;
	enum err_code code = take_number(r, &n);
	if (code)
		return code;
	for (; *row < ARRAY_LEN(designators); ++*row) {
		const struct designator *d = &designators[*row];
		if (d->letter != *r->p || d->is_time != is_time)
			continue;
		r->p++;
		++*row;
		return add(r, n, d->months, d->micros);
	}
	return complain(r, "behind a number stands one of Y, M, W, D, in this order, and behind T "
			   "one of H, M, S; as in "
			   "'P1Y6M' or 'PT36H'");
}

static enum err_code
read_iso(struct duration_reader *r)
{
	bool is_time = false;
	size_t row = 0;
	r->p++; /* P */
	do {
		if (*r->p == 'T' && !is_time) {
			is_time = true;
			r->p++;
		}
		enum err_code code = take_component(r, is_time, &row);
		if (code)
			return code;
	} while (*r->p);
	return ERR_OK;
}

enum err_code
duration_parse(const char *text, struct duration *ret_duration, struct err *e)
{
	struct duration_reader r = {.text = text, .p = text, .e = e};
	skip_space(&r);
	if (*r.p == '\0')
		return ERR(e, MALFORMED,
			   "a length of time is missing; write it as '7 years' or 'P7Y'");
	enum err_code code = *r.p == 'P' ? read_iso(&r) : read_words(&r);
	if (!code)
		*ret_duration = r.sum;
	return code;
}

/* ---- the calendar ---- */

static int
days_of_month(int month_of_cycle)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year = month_of_cycle / 12 % 400, month = month_of_cycle % 12;
	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year == 0;
	return lengths[month] + (is_leap && month == 1);
}

struct days {
	int64_t least, most;
};

/*
 * The fewest and the most days that `months` whole months can have, wherever in the cycle of 400
 * years they begin: a window that slides over the 4800 months, losing one at its beginning and
 * gaining one at its end.
 */
static struct days
days_of_months(int64_t months)
{
	int rest = (int)(months % CYCLE_MONTHS);
	int64_t cycles = months / CYCLE_MONTHS * CYCLE_DAYS, window = 0;
	for (int i = 0; i < rest; i++)
		window += days_of_month(i);
	struct days d = {window, window};
	for (int i = 0; i < CYCLE_MONTHS; i++) {
		window += days_of_month(i + rest) - days_of_month(i);
		d.least = window < d.least ? window : d.least;
		d.most = window > d.most ? window : d.most;
	}
	return (struct days){cycles + d.least, cycles + d.most};
}

int64_t
duration_shortest(struct duration d)
{
	return d.micros + (d.months ? days_of_months(d.months).least * DAY : 0);
}

int64_t
duration_longest(struct duration d)
{
	return d.micros + (d.months ? days_of_months(d.months).most * DAY : 0);
}

/*
 * Both begin at one moment, so the months that they share are the same months and cancel each
 * other out.
 */
bool
duration_at_least(struct duration a, struct duration b)
{
	int64_t shared = a.months < b.months ? a.months : b.months;
	a.months -= shared;
	b.months -= shared;
	return duration_shortest(a) >= duration_longest(b);
}

/* ---- the writer ---- */

/* Without weeks and quarters: 2555 days are easier to recognise than 365 weeks. */
static const struct unit *
unit_for(int64_t micros)
{
	for (size_t i = ARRAY_LEN(units); i-- > 1;)
		if (units[i].micros && units[i].micros != 7 * DAY && micros % units[i].micros == 0)
			return &units[i];
	return &units[0];
}

static void
print_part(char text[DURATION_TEXT_SIZE], int64_t n, const char *const *names)
{
	size_t used = strlen(text);
	if (n)
		snprintf(text + used, DURATION_TEXT_SIZE - used, "%s%" PRId64 " %s",
			 used ? " " : "", n, names[n == 1 ? 0 : 1]);
}

void
duration_format(struct duration d, char ret_text[DURATION_TEXT_SIZE])
{
	const struct unit *u = unit_for(d.micros);
	ret_text[0] = '\0';
	print_part(ret_text, d.months / 12, (const char *const[]){"year", "years"});
	print_part(ret_text, d.months % 12, (const char *const[]){"month", "months"});
	print_part(ret_text, u->micros ? d.micros / u->micros : 0, u->names);
	if (ret_text[0] == '\0')
		snprintf(ret_text, DURATION_TEXT_SIZE, "0 seconds");
}
