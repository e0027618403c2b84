/*
 * conversion.c -- from one type to another: what does not fit is an error, never cut off
 * (langdef.md, "Abstract Types" and "List of Standard Definitions").
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "cel/convert.h"
#include "cel/operator.h"

enum { MOST_DIGITS = 60 };

static struct cel_value
same(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	return *v;
}

static struct cel_value
not_a(struct cel_run *run, const char *what, struct cel_value text)
{
	CLEANUP(buf_done) struct buf shown = {0};
	cel_format(text, 60, &shown);
	return cel_fail(run, "%s is not %s", shown.data, what);
}

/* A short text with its NUL, without spaces: what strtoll and its like are given. */
static bool
number_text(struct cel_value v, char ret_text[MOST_DIGITS + 1])
{
	if (v.count == 0 || v.count > MOST_DIGITS)
		return false;
	memcpy(ret_text, v.text, v.count);
	ret_text[v.count] = '\0';
	return strspn(ret_text, "+-.0123456789eEinfINFatyTYaA") == v.count;
}

static struct cel_value
int_of_uint(struct cel_run *run, const struct cel_value *v)
{
	return v->natural > INT64_MAX
		   ? cel_fail(run, "%lluu does not fit int", (unsigned long long)v->natural)
		   : cel_int((int64_t)v->natural);
}

static struct cel_value
double_does_not_fit(struct cel_run *run, double n, const char *type)
{
	char text[DOUBLE_TEXT_SIZE];
	double_format(n, text);
	return cel_fail(run, "%s does not fit %s", text, type);
}

static struct cel_value
int_of_double(struct cel_run *run, const struct cel_value *v)
{
	if (!(v->real > -0x1p63 && v->real < 0x1p63))
		return double_does_not_fit(run, v->real, "int");
	return cel_int((int64_t)v->real);
}

static struct cel_value
int_of_string(struct cel_run *run, const struct cel_value *v)
{
	char text[MOST_DIGITS + 1], *end;
	if (!number_text(*v, text))
		return not_a(run, "an int", *v);
	errno = 0;
	long long n = strtoll(text, &end, 10);
	return *end || errno ? not_a(run, "an int", *v) : cel_int(n);
}

static struct cel_value
int_of_timestamp(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	return cel_int(v->integer);
}

static struct cel_value
uint_of_int(struct cel_run *run, const struct cel_value *v)
{
	return v->integer < 0 ? cel_fail(run, "%lld does not fit uint", (long long)v->integer)
			      : cel_uint((uint64_t)v->integer);
}

static struct cel_value
uint_of_double(struct cel_run *run, const struct cel_value *v)
{
	if (!(v->real >= 0 && v->real < 0x1p64))
		return double_does_not_fit(run, v->real, "uint");
	return cel_uint((uint64_t)v->real);
}

static struct cel_value
uint_of_string(struct cel_run *run, const struct cel_value *v)
{
	char text[MOST_DIGITS + 1], *end;
	if (!number_text(*v, text) || strpbrk(text, "+-"))
		return not_a(run, "a uint", *v);
	errno = 0;
	unsigned long long n = strtoull(text, &end, 10);
	return *end || errno ? not_a(run, "a uint", *v) : cel_uint(n);
}

static struct cel_value
double_of_int(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	return cel_double((double)v->integer);
}

static struct cel_value
double_of_uint(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	return cel_double((double)v->natural);
}

static struct cel_value
double_of_string(struct cel_run *run, const struct cel_value *v)
{
	char text[MOST_DIGITS + 1], *end;
	if (!number_text(*v, text))
		return not_a(run, "a double", *v);
	errno = 0;
	double n = strtod(text, &end);
	bool too_large = errno == ERANGE && isinf(n);
	return *end || too_large ? not_a(run, "a double", *v) : cel_double(n);
}

static struct cel_value
string_of_int(struct cel_run *run, const struct cel_value *v)
{
	return text_printf(run, "%lld", (long long)v->integer);
}

static struct cel_value
string_of_uint(struct cel_run *run, const struct cel_value *v)
{
	return text_printf(run, "%llu", (unsigned long long)v->natural);
}

static struct cel_value
string_of_double(struct cel_run *run, const struct cel_value *v)
{
	char text[DOUBLE_TEXT_SIZE];
	double_format(v->real, text);
	return text_printf(run, "%s", text);
}

static struct cel_value
string_of_bool(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	return v->boolean ? cel_string("true", 4) : cel_string("false", 5);
}

static struct cel_value
string_of_timestamp(struct cel_run *run, const struct cel_value *v)
{
	char text[TIMESTAMP_TEXT_SIZE];
	timestamp_format(*v, text);
	return text_printf(run, "%s", text);
}

static struct cel_value
string_of_duration(struct cel_run *run, const struct cel_value *v)
{
	char text[SPAN_TEXT_SIZE];
	span_format(*v, text);
	return text_printf(run, "%s", text);
}

static struct cel_value
string_of_period(struct cel_run *run, const struct cel_value *v)
{
	char text[DURATION_TEXT_SIZE];
	period_format(*v, text);
	return text_printf(run, "%s", text);
}

static struct cel_value
string_of_bytes(struct cel_run *run, const struct cel_value *v)
{
	if (!cel_charge(run, v->count / 64) || utf8_check(v->text, v->count) < v->count)
		return cel_fail(run, "the bytes are not UTF-8");
	return cel_string(v->text, v->count);
}

static struct cel_value
bytes_of_string(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	return cel_bytes(v->text, v->count);
}

static struct cel_value
bool_of_string(struct cel_run *run, const struct cel_value *v)
{
	static const struct {
		const char *text;
		bool value;
	} words[] = {{"1", true},      {"t", true},      {"true", true},   {"TRUE", true},
		     {"True", true},   {"T", true},      {"0", false},     {"f", false},
		     {"false", false}, {"FALSE", false}, {"False", false}, {"F", false}};
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strlen(words[i].text) == v->count &&
		    memcmp(words[i].text, v->text, v->count) == 0)
			return cel_bool(words[i].value);
	return not_a(run, "a bool", *v);
}

static struct cel_value
type_of_value(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	return cel_type_value(cel_kind_name(v->kind));
}

// clang-format off
const struct cel_function conversion_functions[] = {
	{"int",    "(int) int",          same,                "a whole number: without its fraction, or read from a text, or seconds since 1970"},
	{"int",    "(uint) int",         int_of_uint,         NULL},
	{"int",    "(double) int",       int_of_double,       NULL},
	{"int",    "(string) int",       int_of_string,       NULL},
	{"int",    "(timestamp) int",    int_of_timestamp,    NULL},
	{"uint",   "(uint) uint",        same,                "a whole number that is not negative"},
	{"uint",   "(int) uint",         uint_of_int,         NULL},
	{"uint",   "(double) uint",      uint_of_double,      NULL},
	{"uint",   "(string) uint",      uint_of_string,      NULL},
	{"double", "(double) double",    same,                "a number with a fraction"},
	{"double", "(int) double",       double_of_int,       NULL},
	{"double", "(uint) double",      double_of_uint,      NULL},
	{"double", "(string) double",    double_of_string,    NULL},
	{"string", "(string) string",    same,                "as text; bytes must be UTF-8"},
	{"string", "(int) string",       string_of_int,       NULL},
	{"string", "(uint) string",      string_of_uint,      NULL},
	{"string", "(double) string",    string_of_double,    NULL},
	{"string", "(bool) string",      string_of_bool,      NULL},
	{"string", "(bytes) string",     string_of_bytes,     NULL},
	{"string", "(timestamp) string", string_of_timestamp, NULL},
	{"string", "(duration) string",  string_of_duration,  NULL},
	{"string", "(period) string",    string_of_period,    NULL},
	{"bytes",  "(bytes) bytes",      same,                "the bytes of the text"},
	{"bytes",  "(string) bytes",     bytes_of_string,     NULL},
	{"bool",   "(bool) bool",        same,                "true of 1 t true, false of 0 f false, also capitalised"},
	{"bool",   "(string) bool",      bool_of_string,      NULL},
	{"type",   "(A) type(A)",        type_of_value,       "its type, which can be compared"},
	{"dyn",    "(A) dyn",            same,                "the same, whose type is looked at only when it is evaluated"},
	{0},
};
// clang-format on
