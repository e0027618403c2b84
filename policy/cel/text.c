/*
 * text.c -- functions of strings (langdef.md, "List of Standard Definitions").
 */
#include <stdarg.h>
#include <stdio.h>

#include "cel/operator.h"

enum { TEXT_STEP = 16 };

struct cel_value
text_printf(struct cel_run *run, const char *format, ...)
{
	char text[200];
	va_list args;
	va_start(args, format);
	int length = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	size_t kept = (size_t)length < sizeof text ? (size_t)length : sizeof text - 1;
	return cel_string(arena_bytes(run->arena, text, kept), kept);
}

static struct cel_value
contains(struct cel_run *run, const struct cel_value *v)
{
	if (!cel_charge(run, v[0].count / TEXT_STEP + v[1].count / TEXT_STEP))
		return cel_fail(run, "exhausted");
	return cel_bool(v[1].count == 0 || memmem(v[0].text, v[0].count, v[1].text, v[1].count));
}

static struct cel_value
starts_with(struct cel_run *run, const struct cel_value *v)
{
	run->cost += value_text_cost(v[1]);
	return cel_bool(v[0].count >= v[1].count && memcmp(v[0].text, v[1].text, v[1].count) == 0);
}

static struct cel_value
ends_with(struct cel_run *run, const struct cel_value *v)
{
	run->cost += value_text_cost(v[1]);
	return cel_bool(v[0].count >= v[1].count &&
			memcmp(v[0].text + v[0].count - v[1].count, v[1].text, v[1].count) == 0);
}

// clang-format off
const struct cel_function text_functions[] = {
	{"contains",   "string.(string) bool",   contains,    "whether the other text is a part of it"},
	{"startsWith", "string.(string) bool",   starts_with, "whether it begins with the other text"},
	{"endsWith",   "string.(string) bool",   ends_with,   "whether it ends with the other text"},
	{0},
};
// clang-format on
