/*
 * metrics.c -- families of series in the order they were made; updates are atomic additions without
 * a lock.
 *
 *     metrics -> family "weft_requests_total" -> series {code="200"} -> series {code="404"}
 *             -> family "weft_request_seconds" -> series {}
 *
 * The lock guards the two lists, which only grow; a series never moves.
 */
#include "metrics.h"

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

/* Upper bounds of a histogram's buckets; a last one without bound follows. */
struct bound {
	int64_t value;
	const char *text;
};

// clang-format off
static const struct bound times[] = {
	{10, "0.00001"},   {25, "0.000025"},  {50, "0.00005"},
	{100, "0.0001"},   {250, "0.00025"},  {500, "0.0005"},
	{1000, "0.001"},   {2500, "0.0025"},  {5000, "0.005"},
	{10000, "0.01"},   {25000, "0.025"},  {50000, "0.05"},
	{100000, "0.1"},   {250000, "0.25"},  {500000, "0.5"},
	{1000000, "1"},    {2500000, "2.5"},  {5000000, "5"},   {10000000, "10"},
	{0},
};
static const struct bound sizes[] = {
	{1, "1"},   {2, "2"},   {4, "4"},     {8, "8"},   {16, "16"},
	{32, "32"}, {64, "64"}, {128, "128"}, {256, "256"},
	{0},
};

static const struct {
	const char *type;
	const struct bound *bounds; /* of a histogram; ended by a row of zeros */
	bool is_time;               /* kept in microseconds, written in seconds */
} kinds[] = {
	[METRIC_COUNTER]   = {"counter",   NULL,  false},
	[METRIC_GAUGE]     = {"gauge",     NULL,  false},
	[METRIC_SECONDS]   = {"counter",   NULL,  true},
	[METRIC_HISTOGRAM] = {"histogram", times, true},
	[METRIC_SIZES]     = {"histogram", sizes, false},
};
// clang-format on

struct metric {
	struct metric *next;
	char *labels;
	_Atomic int64_t value; /* of a histogram: the sum */
	/* One more than there are bounds, each on its own, not added up; NULL unless a histogram */
	_Atomic int64_t *buckets;
	const struct bound *bounds;
};

struct family {
	struct family *next;
	char *name, *help;
	enum metric_kind kind;
	struct metric *series, **last;
};

struct metrics {
	pthread_mutex_t lock;
	struct family *families, **last;
};

struct metrics *
metrics_create(void)
{
	struct metrics *m = memory_alloc(sizeof *m);
	pthread_mutex_init(&m->lock, NULL);
	m->last = &m->families;
	return m;
}

static void
destroy_family(struct family *f)
{
	for (struct metric *s = f->series, *next; s; s = next) {
		next = s->next;
		free(s->labels);
		free(s->buckets);
		free(s);
	}
	free(f->name);
	free(f->help);
	free(f);
}

void
metrics_destroy(struct metrics *m)
{
	if (!m)
		return;
	for (struct family *f = m->families, *next; f; f = next) {
		next = f->next;
		destroy_family(f);
	}
	pthread_mutex_destroy(&m->lock);
	free(m);
}

static struct family *
find_family(struct metrics *m, enum metric_kind kind, const char *name, const char *help)
{
	struct family *f = m->families;
	while (f && strcmp(f->name, name) != 0)
		f = f->next;
	if (f)
		return f;
	f = memory_alloc(sizeof *f);
	f->name = memory_text(name);
	f->help = memory_text(help);
	f->kind = kind;
	f->last = &f->series;
	*m->last = f;
	m->last = &f->next;
	return f;
}

static size_t
bound_count(const struct bound *bounds)
{
	size_t count = 0;
	while (bounds[count].text)
		count++;
	return count;
}

static struct metric *
find_series(struct family *f, const char *labels)
{
	struct metric *s = f->series;
	while (s && strcmp(s->labels, labels) != 0)
		s = s->next;
	if (s)
		return s;
	s = memory_alloc(sizeof *s);
	s->labels = memory_text(labels);
	s->bounds = kinds[f->kind].bounds;
	if (s->bounds)
		s->buckets = memory_alloc((bound_count(s->bounds) + 1) * sizeof *s->buckets);
	*f->last = s;
	f->last = &s->next;
	return s;
}

struct metric *
metric_new(struct metrics *m, enum metric_kind kind, const char *name, const char *labels,
	   const char *help)
{
	if (!m)
		return NULL;
	pthread_mutex_lock(&m->lock);
	struct family *f = find_family(m, kind, name, help);
	assert(f->kind == kind);
	struct metric *s = find_series(f, labels);
	pthread_mutex_unlock(&m->lock);
	return s;
}

void
metric_add(struct metric *series, int64_t n)
{
	if (series)
		atomic_fetch_add_explicit(&series->value, n, memory_order_relaxed);
}

void
metric_set(struct metric *series, int64_t n)
{
	if (series)
		atomic_store_explicit(&series->value, n, memory_order_relaxed);
}

void
metric_observe(struct metric *series, int64_t value)
{
	size_t i = 0;
	if (!series)
		return;
	assert(series->buckets && value >= 0);
	while (series->bounds[i].text && value > series->bounds[i].value)
		i++;
	atomic_fetch_add_explicit(&series->buckets[i], 1, memory_order_relaxed);
	metric_add(series, value);
}

static int64_t
bucket(const struct metric *series, size_t i)
{
	return atomic_load_explicit(&series->buckets[i], memory_order_relaxed);
}

static int64_t
plain_value(const struct metric *series)
{
	return atomic_load_explicit(&series->value, memory_order_relaxed);
}

int64_t
metric_value(const struct metric *series)
{
	int64_t count = 0;
	if (!series->buckets)
		return plain_value(series);
	for (size_t i = 0, n = bound_count(series->bounds); i <= n; i++)
		count += bucket(series, i);
	return count;
}

/* ---- the text form ---- */

static void
write_series_name(const char *name, const char *suffix, const struct metric *s, struct buf *out)
{
	buf_printf(out, "%s%s", name, suffix);
	if (*s->labels)
		buf_printf(out, "{%s}", s->labels);
	buf_char(out, ' ');
}

static void
write_bucket(const char *name, const struct metric *s, const char *bound, int64_t count,
	     struct buf *out)
{
	buf_printf(out, "%s_bucket{%s%sle=\"%s\"} %" PRId64 "\n", name, s->labels,
		   *s->labels ? "," : "", bound, count);
}

/* Only sums of time have a fraction. */
static void
write_value(const struct family *f, int64_t value, struct buf *out)
{
	if (kinds[f->kind].is_time)
		buf_printf(out, "%" PRId64 ".%06" PRId64 "\n", value / 1000000, value % 1000000);
	else
		buf_printf(out, "%" PRId64 "\n", value);
}

/* The count is that of the last bucket, so that the two agree while others observe. */
static void
write_histogram(const struct family *f, const struct metric *s, struct buf *out)
{
	int64_t count = 0, sum = plain_value(s);
	size_t i = 0;
	for (; s->bounds[i].text; i++) {
		count += bucket(s, i);
		write_bucket(f->name, s, s->bounds[i].text, count, out);
	}
	count += bucket(s, i);
	write_bucket(f->name, s, "+Inf", count, out);
	write_series_name(f->name, "_sum", s, out);
	write_value(f, sum, out);
	write_series_name(f->name, "_count", s, out);
	buf_printf(out, "%" PRId64 "\n", count);
}

static void
write_series(const struct family *f, const struct metric *s, struct buf *out)
{
	if (s->bounds) {
		write_histogram(f, s, out);
		return;
	}
	write_series_name(f->name, "", s, out);
	write_value(f, plain_value(s), out);
}

/* In help texts a backslash and a line end are escaped; nothing else is. */
static void
write_help(const struct family *f, struct buf *out)
{
	buf_printf(out, "# HELP %s ", f->name);
	for (const char *p = f->help; *p; p++) {
		if (*p == '\\')
			buf_text(out, "\\\\");
		else if (*p == '\n')
			buf_text(out, "\\n");
		else
			buf_char(out, *p);
	}
	buf_char(out, '\n');
}

static void
write_family(const struct family *f, struct buf *out)
{
	write_help(f, out);
	buf_printf(out, "# TYPE %s %s\n", f->name, kinds[f->kind].type);
	for (const struct metric *s = f->series; s; s = s->next)
		write_series(f, s, out);
}

void
metrics_write(const struct metrics *m, struct buf *out)
{
	pthread_mutex_t *lock =
	    (pthread_mutex_t *)&m->lock; /* the lists are not changed, only held still */
	pthread_mutex_lock(lock);
	for (const struct family *f = m->families; f; f = f->next)
		write_family(f, out);
	pthread_mutex_unlock(lock);
}
