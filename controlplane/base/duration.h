/*
 * duration.h -- lengths of time as people write them, compared conservatively.
 *
 * Read: `7 years`, `84 months`, `1 hour`, `90 days`, `1 year 6 months`, and the ISO 8601 forms
 * `P7Y`, `P1Y6M`, `PT36H`, `P2W`, `P1DT12H`.  Units: microsecond millisecond second minute hour
 * day week month quarter year, singular, plural and usual abbreviations (`s min h d w mo y`); a
 * whole number, no sign.
 *
 * Years and quarters are months; all else is a fixed number of microseconds (a day is 24 hours).
 * How many days a month has depends on where one begins, so a comparison of months with days says
 * only what holds wherever one begins: 2555 days are not at least 7 years, 2557 are.
 */
#ifndef WEFT_BASE_DURATION_H
#define WEFT_BASE_DURATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct duration {
	int64_t months; /* 0 to 120000 */
	int64_t micros; /* 0 to 10000 years of 366 days */
};

/*
 * duration_parse -- Fails: ERR_MALFORMED with what is wrong and an example of what would be
 * right.
 */
enum err_code duration_parse(const char *text, struct duration *ret_duration, struct err *e);

/*
 * duration_at_least -- is `a` certainly no shorter than `b`, wherever in the calendar both begin?
 */
bool duration_at_least(struct duration a, struct duration b);

/* The shortest and the longest that it can be, in microseconds. */
int64_t duration_shortest(struct duration d);
int64_t duration_longest(struct duration d);

/*
 * duration_format -- "7 years", "1 year 6 months", "36 hours": the largest units that say it
 * exactly, but never quarters or weeks.  What is written reads back as the same.
 */
enum { DURATION_TEXT_SIZE = 160 };
void duration_format(struct duration d, char ret_text[DURATION_TEXT_SIZE]);

#endif
