/*
 * process_metrics.c -- /proc/self, read when somebody asks.
 *
 * Source: proc(5); Prometheus, "Writing client libraries", process metrics.
 */
#include "process_metrics.h"

#include <sys/resource.h>

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void
set_gauge(struct metrics *m, const char *name, const char *help, int64_t value)
{
	metric_set(metric_new(m, METRIC_GAUGE, name, "", help), value);
}

/* The first line of a file of /proc; false when it cannot be read. */
static bool
read_line(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");
	bool good = file && fgets(line, (int)size, file);
	if (file)
		fclose(file);
	return good;
}

/* Number `index` of those that stand in the line with blanks between; 0 when there are not so many.
 */
static int64_t
number_in(const char *line, unsigned index)
{
	line += strspn(line, " ");
	for (; index > 0; index--) {
		line += strcspn(line, " ");
		line += strspn(line, " ");
	}
	return strtoll(line, NULL, 10);
}

static void
measure_memory(struct metrics *m)
{
	char line[200];
	const int64_t page = sysconf(_SC_PAGESIZE);
	if (!read_line("/proc/self/statm", line, sizeof line))
		return;
	set_gauge(m, "process_resident_memory_bytes", "Memory that is in RAM",
		  number_in(line, 1) * page);
	set_gauge(m, "process_virtual_memory_bytes", "Address space in use",
		  number_in(line, 0) * page);
}

static void
measure_processor(struct metrics *m)
{
	struct rusage used;
	if (getrusage(RUSAGE_SELF, &used) != 0)
		return;
	metric_set(metric_new(m, METRIC_SECONDS, "process_cpu_seconds_total", "",
			      "Processor time, user and system"),
		   (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * INT64_C(1000000) +
		       used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

/* One of them is the folder that is being read. */
static void
measure_files(struct metrics *m)
{
	struct rlimit limit;
	int64_t count = -1;
	DIR *folder = opendir("/proc/self/fd");
	for (struct dirent *d; folder && (d = readdir(folder));)
		count += d->d_name[0] != '.';
	if (folder)
		closedir(folder);
	if (count >= 0)
		set_gauge(m, "process_open_fds", "Open files and sockets", count);
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
		set_gauge(m, "process_max_fds", "How many it may have", (int64_t)limit.rlim_cur);
}

/* Seconds of a clock, since 1970 or since the machine was started. */
static double
seconds_of(clockid_t clock)
{
	struct timespec now = {0};
	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/*
 * Said once and then kept: it is reckoned from two clocks, and must not seem to move with them.
 * /proc/stat, which has the machine's start as a date, is not there for a confined service.
 */
static void
measure_start(struct metrics *m, int64_t ticks)
{
	struct metric *start = metric_new(m, METRIC_GAUGE, "process_start_time_seconds", "",
					  "When it was started, since 1970");
	double since = seconds_of(CLOCK_BOOTTIME) - (double)ticks / (double)sysconf(_SC_CLK_TCK);
	if (metric_value(start) == 0)
		metric_set(start, (int64_t)(seconds_of(CLOCK_REALTIME) - since));
}

/* The fields of stat, counted from the one behind the name, in which anything may stand. */
enum { STAT_THREADS = 17, STAT_START = 19 };

static void
measure_stat(struct metrics *m)
{
	char line[1000];
	const char *behind =
	    read_line("/proc/self/stat", line, sizeof line) ? strrchr(line, ')') : NULL;
	if (!behind)
		return;
	set_gauge(m, "process_threads", "Threads", number_in(behind + 1, STAT_THREADS));
	measure_start(m, number_in(behind + 1, STAT_START));
}

void
process_measure(struct metrics *m)
{
	measure_memory(m);
	measure_processor(m);
	measure_files(m);
	measure_stat(m);
}
