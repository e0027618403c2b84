/*
 * log.c -- a line is put together in memory and written by one write(2), so that lines of threads
 * do not mix.
 */
#include "log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "json.h"

static _Atomic enum log_level level_now = LOG_LEVEL_INFO;

static const char *const level_names[] = {"error", "warn", "info", "debug"};

void
log_set_level(enum log_level level)
{
	atomic_store(&level_now, level);
}

bool
log_level_from_name(const char *name, enum log_level *ret_level)
{
	for (size_t i = 0; i < ARRAY_LEN(level_names); i++) {
		if (strcmp(name, level_names[i]) == 0) {
			*ret_level = (enum log_level)i;
			return true;
		}
	}
	return false;
}

bool
log_is_on(enum log_level level)
{
	return level <= atomic_load(&level_now);
}

static bool
is_plain(const char *value)
{
	for (const char *p = value; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == '"' || *p == '=' || *p == '\\' || *p == 0x7f)
			return false;
	return *value != '\0';
}

static void
append_value(struct buf *line, const char *value)
{
	if (is_plain(value))
		buf_text(line, value);
	else
		json_quote(line, value, strlen(value));
}

void
log_event(enum log_level level, const char *event, ...)
{
	if (!log_is_on(level))
		return;
	CLEANUP(buf_done) struct buf line = {0};
	char now[CLOCK_TEXT_SIZE];
	clock_format(clock_now(NULL), now);
	buf_printf(&line, "%s %-5s %s", now, level_names[level], event);

	va_list pairs;
	va_start(pairs, event);
	for (const char *key; (key = va_arg(pairs, const char *));) {
		const char *value = va_arg(pairs, const char *);
		if (!value)
			continue;
		buf_printf(&line, " %s=", key);
		append_value(&line, value);
	}
	va_end(pairs);
	buf_char(&line, '\n');
	ssize_t written = write(STDERR_FILENO, line.data, line.length);
	(void)written; /* nowhere left to complain */
}
