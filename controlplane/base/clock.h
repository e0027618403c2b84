/*
 * clock.h -- moments, in microseconds since 1970-01-01T00:00:00Z, and their text.
 *
 * Text is RFC 3339 in UTC with six digits: "2026-11-23T02:39:30.000000Z", so that texts sort as
 * moments do. Weft takes the time through `struct clock`, so that tests can hold it still.
 */
#ifndef WEFT_BASE_CLOCK_H
#define WEFT_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

typedef int64_t moment; /* microseconds since 1970 in UTC */

#define SECONDS(n) ((moment)(n)*1000000)

enum { CLOCK_TEXT_SIZE = 28 }; /* years 1 to 9999 and a NUL */

struct clock {
	moment fixed; /* not 0: time stands still here */
};

moment clock_now(const struct clock *c);

/*
 * clock_monotonic -- for measuring and deadlines: microseconds from some start, never going back.
 */
moment clock_monotonic(void);

void clock_format(moment t, char ret_text[CLOCK_TEXT_SIZE]);

/*
 * clock_parse -- RFC 3339 (section 5.6) with any offset, year 1 to 9999; a bare date is its
 * midnight in UTC.
 */
bool clock_parse(const char *text, moment *ret_moment);

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar, and the way back. */
int64_t clock_days_from_date(int year, int month, int day);
void clock_date_from_days(int64_t days, int *ret_year, int *ret_month, int *ret_day);

#endif
