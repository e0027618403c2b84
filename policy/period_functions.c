/*
 * period_functions.c -- lengths of time and dates, as data products write them.  How periods are
 * compared and added is the language's (cel/comparison.c, cel/period.c).
 */
#include "governance_functions.h"

enum { USUAL_SIZE = 64 };

/* A text ends with a NUL in documents only; one of the usual length takes no memory. */
struct cel_value
period_parse(struct cel_run *run, struct cel_value text)
{
	struct duration d;
	struct err e;
	char usual[USUAL_SIZE] = "";
	const char *copy = usual;
	if (text.count < sizeof usual)
		memcpy(usual, text.text, text.count);
	else
		copy = arena_bytes(cel_arena(run), text.text, text.count);
	if (strlen(copy) != text.count)
		return cel_fail(run, "a NUL stands in a length of time");
	return duration_parse(copy, &d, &e) ? cel_fail(run, "%s", e.message) : cel_period(d);
}

static struct cel_value
period(struct cel_run *run, const struct cel_value *v)
{
	return period_parse(run, *v);
}

static struct cel_value
same(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	return *v;
}

static struct cel_value
retention(struct cel_run *run, const struct cel_value *v)
{
	struct cel_value found;
	if (!member_of(*v, "retention", &found) || found.kind == CEL_NULL)
		return cel_period((struct duration){0});
	if (found.kind != CEL_STRING)
		return cel_fail(run, "the retention is no text such as \"7 years\"");
	return period_parse(run, found);
}

/* A date and nothing else: "2026-12-31". */
static struct cel_value
date(struct cel_run *run, const struct cel_value *v)
{
	enum { LENGTH = 10 };
	char text[LENGTH + 1] = "";
	moment t;
	if (v->count == LENGTH)
		memcpy(text, v->text, LENGTH);
	if (v->count == LENGTH && clock_parse(text, &t))
		return cel_moment(t);
	CLEANUP(buf_done) struct buf shown = {0};
	cel_format(*v, 60, &shown);
	return cel_fail(run, "%s is no date, such as \"2026-12-31\"", shown.data);
}

static struct cel_value
date_of(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	const int64_t day = 86400, rest = v->integer % day;
	return cel_timestamp(v->integer - (rest < 0 ? rest + day : rest), 0);
}

// clang-format off
const struct cel_function period_functions[] = {
	{"period",    "(string!) period",           period,    "a length of time as data products write it: \"7 years\", \"84 months\", \"P7Y\"; added to a moment: `now + period('30 days')`"},
	{"period",    "(period) period",           same,      NULL},
	{"retention", "(map(string, dyn)) period", retention, "how long the product is kept; a period of zero when it does not say"},
	{"date",      "(string!) timestamp",        date,      "the first moment of a day, in UTC: `date('2026-12-31')`; of a moment, of its day"},
	{"date",      "(timestamp) timestamp",     date_of,   NULL},
	{0},
};
// clang-format on
