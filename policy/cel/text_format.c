/*
 * text_format.c -- "%s has %d rows".format([name, rows]): the function `format` of the extension
 * `strings` of cel-go.
 *
 * Clauses: %s any value, %d a whole number, %f and %e a number (with %.2f precision), %b %o %x %X
 * bases, %% a percent.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cel/address.h"
#include "cel/convert.h"
#include "cel/operator.h"
#include "cel/output.h"

enum { MOST_PRECISION = 100, DEEPEST = 64, NUMBER_SIZE = 512 };

/* ---- %s ---- */

static bool put_any(struct output *out, struct cel_value v, unsigned depth);

static bool
put_list(struct output *out, struct cel_value list, unsigned depth)
{
	output_text(out, "[");
	for (uint32_t i = 0; i < list.count; i++) {
		output_text(out, i ? ", " : "");
		if (!put_any(out, value_item(list, i), depth))
			return false;
	}
	output_text(out, "]");
	return true;
}

static int
compare_texts(const void *a, const void *b)
{
	enum value_order order = VALUE_SAME;
	value_compare(*(const struct cel_value *)a, *(const struct cel_value *)b, &order);
	return (int)order;
}

/* "key: value" as a text of its own; an error when it cannot be. */
static struct cel_value
entry_text(struct output *out, struct cel_entry entry, unsigned depth)
{
	CLEANUP(output_done) struct output inner = {.run = out->run};
	bool fine = put_any(&inner, entry.key, depth);
	output_text(&inner, ": ");
	fine = fine && put_any(&inner, entry.value, depth);
	return fine ? output_value(&inner) : (struct cel_value){.kind = CEL_ERROR};
}

/* Entries in the order of their texts, so that equal maps give equal texts. */
static bool
put_map(struct output *out, struct cel_value map, unsigned depth)
{
	struct cel_value *texts = ARENA_ARRAY(out->run->arena, struct cel_value, map.count);
	for (uint32_t i = 0; i < map.count; i++) {
		texts[i] = entry_text(out, cel_entry_at(map, i), depth);
		if (cel_is_error(texts[i]))
			return false;
	}
	if (map.count)
		qsort(texts, map.count, sizeof *texts, compare_texts);
	output_text(out, "{");
	for (uint32_t i = 0; i < map.count; i++) {
		output_text(out, i ? ", " : "");
		output_put(out, texts[i].text, texts[i].count);
	}
	output_text(out, "}");
	return true;
}

static void
put_number(struct output *out, struct cel_value v)
{
	char text[DOUBLE_TEXT_SIZE];
	if (v.kind == CEL_DOUBLE)
		double_format(v.real, text);
	else if (v.kind == CEL_INT)
		snprintf(text, sizeof text, "%" PRId64, v.integer);
	else
		snprintf(text, sizeof text, "%" PRIu64, v.natural);
	output_text(out, text);
}

static void
put_time(struct output *out, struct cel_value v)
{
	char text[DURATION_TEXT_SIZE];
	if (v.kind == CEL_TIMESTAMP)
		timestamp_format(v, text);
	else if (v.kind == CEL_DURATION)
		span_format(v, text);
	else
		period_format(v, text);
	output_text(out, text);
}

static void
put_address(struct output *out, struct cel_value v)
{
	char text[ADDRESS_TEXT_SIZE];
	address_format(v, text);
	output_text(out, text);
}

static bool
put_any(struct output *out, struct cel_value v, unsigned depth)
{
	if (depth > DEEPEST || out->full)
		return false;
	switch (v.kind) {
	case CEL_NULL:
		output_text(out, "null");
		return true;
	case CEL_BOOL:
		output_text(out, v.boolean ? "true" : "false");
		return true;
	case CEL_INT:
	case CEL_UINT:
	case CEL_DOUBLE:
		put_number(out, v);
		return true;
	case CEL_STRING:
	case CEL_BYTES:
	case CEL_TYPE:
		output_put(out, v.text, v.count);
		return true;
	case CEL_TIMESTAMP:
	case CEL_DURATION:
	case CEL_PERIOD:
		put_time(out, v);
		return true;
	case CEL_IP:
	case CEL_CIDR:
		put_address(out, v);
		return true;
	case CEL_LIST:
		return put_list(out, v, depth + 1);
	case CEL_MAP:
		return put_map(out, v, depth + 1);
	default:
		return false;
	}
}

/* ---- numbers ---- */

static bool
is_whole(struct cel_value v)
{
	return v.kind == CEL_INT || v.kind == CEL_UINT;
}

static double
as_double(struct cel_value v)
{
	if (v.kind == CEL_DOUBLE)
		return v.real;
	return v.kind == CEL_INT ? (double)v.integer : (double)v.natural;
}

static bool
put_decimal(struct output *out, struct cel_value v)
{
	if (!is_whole(v) && !(v.kind == CEL_DOUBLE && !isfinite(v.real)))
		return false;
	put_number(out, v);
	return true;
}

static bool
put_real(struct output *out, struct cel_value v, char clause, int precision)
{
	char text[NUMBER_SIZE];
	if (!is_whole(v) && v.kind != CEL_DOUBLE)
		return false;
	double n = as_double(v);
	if (!isfinite(n)) {
		put_number(out, cel_double(n));
		return true;
	}
	if (clause == 'f')
		snprintf(text, sizeof text, "%.*f", precision, n);
	else
		snprintf(text, sizeof text, "%.*e", precision, n);
	output_text(out, text);
	return true;
}

/* The digits in a base that is a power of two, with a minus before a negative number. */
static void
put_based(struct output *out, struct cel_value v, unsigned shift, const char *digits)
{
	char text[66];
	size_t at = sizeof text;
	bool negative = v.kind == CEL_INT && v.integer < 0;
	uint64_t n = negative ? 0 - (uint64_t)v.integer : v.natural;
	do {
		text[--at] = digits[n & ((UINT64_C(1) << shift) - 1)];
		n >>= shift;
	} while (n);
	if (negative)
		text[--at] = '-';
	output_put(out, text + at, sizeof text - at);
}

static bool
put_hexadecimal(struct output *out, struct cel_value v, const char *digits)
{
	if (is_whole(v)) {
		put_based(out, v, 4, digits);
		return true;
	}
	if (v.kind != CEL_STRING && v.kind != CEL_BYTES)
		return false;
	for (uint32_t i = 0; i < v.count; i++) {
		unsigned char c = (unsigned char)v.text[i];
		const char pair[] = {digits[c >> 4], digits[c & 15]};
		output_put(out, pair, 2);
	}
	return true;
}

static bool
put_binary(struct output *out, struct cel_value v)
{
	if (v.kind == CEL_BOOL)
		output_text(out, v.boolean ? "1" : "0");
	else if (is_whole(v))
		put_based(out, v, 1, "01");
	else
		return false;
	return true;
}

static bool
put_octal(struct output *out, struct cel_value v)
{
	if (!is_whole(v))
		return false;
	put_based(out, v, 3, "01234567");
	return true;
}

/* ---- the template ---- */

/* False: the clause is not known, or does not go with the value. */
static bool
put_clause(struct output *out, struct cel_value v, char clause, int precision)
{
	switch (clause) {
	case 's':
		return put_any(out, v, 0);
	case 'd':
		return put_decimal(out, v);
	case 'f':
	case 'e':
		return put_real(out, v, clause, precision);
	case 'b':
		return put_binary(out, v);
	case 'o':
		return put_octal(out, v);
	case 'x':
		return put_hexadecimal(out, v, "0123456789abcdef");
	case 'X':
		return put_hexadecimal(out, v, "0123456789ABCDEF");
	default:
		return false;
	}
}

/* ".3" behind the percent; 6 when there is none. */
static int
read_precision(struct cel_value text, uint32_t *at)
{
	int precision = 0;
	if (*at >= text.count || text.text[*at] != '.')
		return 6;
	for (++*at; *at < text.count && text.text[*at] >= '0' && text.text[*at] <= '9'; ++*at)
		if (precision <= MOST_PRECISION)
			precision = precision * 10 + (text.text[*at] - '0');
	return precision;
}

/* One clause, whose percent is behind us: null, or an error. */
static struct cel_value
format_clause(struct output *out, struct cel_value text, uint32_t *at, struct cel_value values,
	      uint32_t *next)
{
	int precision = read_precision(text, at);
	char clause = '\0';
	if (*at < text.count)
		clause = text.text[(*at)++];
	if (clause == '%') {
		output_text(out, "%");
		return cel_null();
	}
	if (*next >= values.count)
		return cel_fail(out->run, "there is no value number %u for the text", *next);
	struct cel_value v = value_item(values, (*next)++);
	if (precision > MOST_PRECISION)
		return cel_fail(out->run, "at most %d digits behind the point", MOST_PRECISION);
	if (put_clause(out, v, clause, precision))
		return cel_null();
	return cel_fail(out->run, "'%%%.1s' does not go with %s",
			clause >= ' ' && clause <= '~' ? &clause : "", eval_kind(v));
}

static struct cel_value
format(struct cel_run *run, const struct cel_value *v)
{
	CLEANUP(output_done) struct output out = {.run = run};
	struct cel_value text = v[0];
	uint32_t next = 0;
	for (uint32_t at = 0; at < text.count && !out.full;) {
		const char *percent = memchr(text.text + at, '%', text.count - at);
		uint32_t end = percent ? (uint32_t)(percent - text.text) : text.count;
		output_put(&out, text.text + at, end - at);
		at = end + 1;
		if (!percent)
			break;
		struct cel_value failure = format_clause(&out, text, &at, v[1], &next);
		if (cel_is_error(failure))
			return failure;
	}
	return output_value(&out);
}

// clang-format off
const struct cel_function text_format_functions[] = {
	{"format", "string.(list(dyn)) string", format, "the text with values for its clauses: %s any, %d whole, %.2f and %e numbers, %b %o %x %X bases, %% a percent"},
	{0},
};
// clang-format on
