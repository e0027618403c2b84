/*
 * convert.c -- values as documents and as text.
 */
#include "cel/convert.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/digest.h"
#include "cel/address.h"
#include "cel/value.h"

enum { DEEPEST_TEXT = 64 };

/*
 * The shortest digits that read back as the same number; with an exponent only where it is below -4
 * or, of what has few digits, at least 6: "100", not "1e+02".
 */
void
double_format(double n, char ret_text[DOUBLE_TEXT_SIZE])
{
	if (isnan(n) || isinf(n)) {
		snprintf(ret_text, DOUBLE_TEXT_SIZE, "%s",
			 isnan(n) ? "NaN"
			 : n < 0  ? "-Infinity"
				  : "Infinity");
		return;
	}
	if (fabs(n) < 1e6 && n == rint(n)) {
		snprintf(ret_text, DOUBLE_TEXT_SIZE, "%.0f", n);
		return;
	}
	for (int digits = 1; digits <= 17; digits++) {
		snprintf(ret_text, DOUBLE_TEXT_SIZE, "%.*g", digits, n);
		if (strtod(ret_text, NULL) ==
		    n) /* NOLINT(clang-analyzer-core.UndefinedBinaryOperatorResult) */
			return;
	}
}

/* RFC 3339 in UTC, with as many digits behind the point as it takes: 0, 3, 6 or 9. */
void
timestamp_format(struct cel_value v, char ret_text[TIMESTAMP_TEXT_SIZE])
{
	char base[CLOCK_TEXT_SIZE];
	clock_format(v.integer * 1000000, base);
	base[19] = '\0';
	if (v.count == 0)
		snprintf(ret_text, TIMESTAMP_TEXT_SIZE, "%sZ", base);
	else if (v.count % 1000000 == 0)
		snprintf(ret_text, TIMESTAMP_TEXT_SIZE, "%s.%03uZ", base, v.count / 1000000);
	else if (v.count % 1000 == 0)
		snprintf(ret_text, TIMESTAMP_TEXT_SIZE, "%s.%06uZ", base, v.count / 1000);
	else
		snprintf(ret_text, TIMESTAMP_TEXT_SIZE, "%s.%09uZ", base, v.count);
}

/* Seconds with what is behind the point: "1.5s". */
void
span_format(struct cel_value v, char ret_text[SPAN_TEXT_SIZE])
{
	uint64_t n = v.integer < 0 ? -(uint64_t)v.integer : (uint64_t)v.integer;
	int length = snprintf(ret_text, SPAN_TEXT_SIZE, "%s%llu", v.integer < 0 ? "-" : "",
			      (unsigned long long)(n / 1000000000));
	if (n % 1000000000) {
		length += snprintf(ret_text + length, SPAN_TEXT_SIZE - (size_t)length, ".%09llu",
				   (unsigned long long)(n % 1000000000));
		while (ret_text[length - 1] == '0')
			length--;
	}
	snprintf(ret_text + length, SPAN_TEXT_SIZE - (size_t)length, "s");
}

void
period_format(struct cel_value v, char ret_text[DURATION_TEXT_SIZE])
{
	duration_format(period_of(v), ret_text);
}

struct duration
period_of(struct cel_value v)
{
	return (struct duration){.months = v.count, .micros = v.integer};
}

/* ---- as text ---- */

static bool
is_full(const struct buf *out, size_t limit)
{
	return out->length > limit;
}

static void
write_quoted(struct cel_value v, size_t limit, struct buf *out)
{
	buf_text(out, v.kind == CEL_BYTES ? "b\"" : "\"");
	for (uint32_t i = 0; i < v.count; i++) {
		unsigned char c = (unsigned char)v.text[i];
		bool boundary = v.kind == CEL_BYTES || (c & 0xC0) != 0x80;
		if (boundary && is_full(out, limit)) {
			buf_text(out, "...");
			break;
		}
		if (c == '"' || c == '\\')
			buf_printf(out, "\\%c", c);
		else if (c == '\n')
			buf_text(out, "\\n");
		else if (c < 0x20 || c == 0x7F || (c >= 0x80 && v.kind == CEL_BYTES))
			buf_printf(out, "\\x%02x", c);
		else
			buf_char(out, (char)c);
	}
	buf_char(out, '"');
}

static void write_value(struct cel_value v, size_t limit, struct buf *out, unsigned depth);

static void
write_list(struct cel_value v, size_t limit, struct buf *out, unsigned depth)
{
	buf_char(out, '[');
	for (uint32_t i = 0; i < v.count; i++) {
		buf_text(out, i ? ", " : "");
		if (is_full(out, limit) || depth > DEEPEST_TEXT) {
			buf_text(out, "...");
			break;
		}
		write_value(value_item(v, i), limit, out, depth + 1);
	}
	buf_char(out, ']');
}

static void
write_map(struct cel_value v, size_t limit, struct buf *out, unsigned depth)
{
	buf_char(out, '{');
	for (uint32_t i = 0; i < v.count; i++) {
		buf_text(out, i ? ", " : "");
		if (is_full(out, limit) || depth > DEEPEST_TEXT) {
			buf_text(out, "...");
			break;
		}
		struct cel_entry entry = cel_entry_at(v, i);
		write_value(entry.key, limit, out, depth + 1);
		buf_text(out, ": ");
		write_value(entry.value, limit, out, depth + 1);
	}
	buf_char(out, '}');
}

static void
write_optional(struct cel_value v, size_t limit, struct buf *out, unsigned depth)
{
	if (!v.inner || depth > DEEPEST_TEXT) {
		buf_text(out, v.inner ? "..." : "optional.none()");
		return;
	}
	buf_text(out, "optional.of(");
	write_value(value_inside(v), limit, out, depth + 1);
	buf_char(out, ')');
}

static void
write_double(double n, struct buf *out)
{
	char text[DOUBLE_TEXT_SIZE];
	double_format(n, text);
	buf_text(out, text);
	if (strspn(text, "-0123456789") == strlen(text))
		buf_text(out, ".0");
}

static void
write_time(struct cel_value v, struct buf *out)
{
	char text[DURATION_TEXT_SIZE];
	switch (v.kind) {
	case CEL_TIMESTAMP:
		timestamp_format(v, text);
		buf_printf(out, "timestamp(\"%s\")", text);
		return;
	case CEL_DURATION:
		span_format(v, text);
		buf_printf(out, "duration(\"%s\")", text);
		return;
	default:
		period_format(v, text);
		buf_printf(out, "period(\"%s\")", text);
		return;
	}
}

static void
write_address(struct cel_value v, struct buf *out)
{
	char text[ADDRESS_TEXT_SIZE];
	address_format(v, text);
	buf_printf(out, "%s(\"%s\")", v.kind == CEL_IP ? "ip" : "cidr", text);
}

static void
write_value(struct cel_value v, size_t limit, struct buf *out, unsigned depth)
{
	switch ((enum cel_kind)v.kind) {
	case CEL_NULL:
		buf_text(out, "null");
		return;
	case CEL_BOOL:
		buf_text(out, v.boolean ? "true" : "false");
		return;
	case CEL_INT:
		buf_printf(out, "%lld", (long long)v.integer);
		return;
	case CEL_UINT:
		buf_printf(out, "%lluu", (unsigned long long)v.natural);
		return;
	case CEL_DOUBLE:
		write_double(v.real, out);
		return;
	case CEL_STRING:
	case CEL_BYTES:
		write_quoted(v, limit, out);
		return;
	case CEL_LIST:
		write_list(v, limit, out, depth);
		return;
	case CEL_MAP:
		write_map(v, limit, out, depth);
		return;
	case CEL_TIMESTAMP:
	case CEL_DURATION:
	case CEL_PERIOD:
		write_time(v, out);
		return;
	case CEL_TYPE:
		buf_append(out, v.text, v.count);
		return;
	case CEL_OPTIONAL:
		write_optional(v, limit, out, depth);
		return;
	case CEL_IP:
	case CEL_CIDR:
		write_address(v, out);
		return;
	case CEL_ERROR:
	case CEL_KINDS:
		buf_printf(out, "error: %s", v.error ? v.error->message : "no value");
		return;
	}
}

void
cel_format(struct cel_value v, size_t most, struct buf *out)
{
	write_value(v, out->length + most, out, 0);
}

/* ---- as documents ---- */

struct conversion {
	struct arena *arena;
	struct err *e;
};

static enum err_code to_node(const struct conversion *c, struct cel_value v, unsigned depth,
			     struct node *ret_node);

static enum err_code
text_node(const struct conversion *c, const char *text, size_t length, struct node *ret_node)
{
	if (memchr(text, '\0', length))
		return ERR(c->e, MALFORMED, "a text with a NUL cannot stand in a document");
	*ret_node = (struct node){.kind = NODE_TEXT,
				  .count = (uint32_t)length,
				  .text = arena_bytes(c->arena, text, length)};
	return ERR_OK;
}

static enum err_code
bytes_node(const struct conversion *c, struct cel_value v, struct node *ret_node)
{
	char *text = arena_alloc(c->arena, base64_size(v.count));
	base64_encode(v.text, v.count, text);
	return text_node(c, text, strlen(text), ret_node);
}

static enum err_code
time_node(const struct conversion *c, struct cel_value v, struct node *ret_node)
{
	char text[DURATION_TEXT_SIZE];
	if (v.kind == CEL_TIMESTAMP)
		timestamp_format(v, text);
	else if (v.kind == CEL_DURATION)
		span_format(v, text);
	else
		period_format(v, text);
	return text_node(c, text, strlen(text), ret_node);
}

static enum err_code
address_node(const struct conversion *c, struct cel_value v, struct node *ret_node)
{
	char text[ADDRESS_TEXT_SIZE];
	address_format(v, text);
	return text_node(c, text, strlen(text), ret_node);
}

static enum err_code
list_node(const struct conversion *c, struct cel_value v, unsigned depth, struct node *ret_node)
{
	struct node *items = ARENA_ARRAY(c->arena, struct node, v.count);
	for (uint32_t i = 0; i < v.count; i++) {
		enum err_code code = to_node(c, value_item(v, i), depth, &items[i]);
		if (code)
			return code;
	}
	*ret_node = (struct node){.kind = NODE_LIST, .count = v.count, .items = items};
	return ERR_OK;
}

static enum err_code
map_node(const struct conversion *c, struct cel_value v, unsigned depth, struct node *ret_node)
{
	struct member *members = ARENA_ARRAY(c->arena, struct member, v.count);
	for (uint32_t i = 0; i < v.count; i++) {
		struct cel_entry entry = cel_entry_at(v, i);
		struct node key = {0};
		if (entry.key.kind != CEL_STRING)
			return ERR(c->e, MALFORMED, "a key of a document is a text, not %s",
				   cel_kind_name(entry.key.kind));
		enum err_code code = to_node(c, entry.key, depth, &key);
		if (!code)
			code = to_node(c, entry.value, depth, &members[i].value);
		if (code)
			return code;
		members[i].key = key.text;
	}
	*ret_node = (struct node){.kind = NODE_MAP, .count = v.count, .members = members};
	return ERR_OK;
}

static enum err_code
number_node(const struct conversion *c, struct cel_value v, struct node *ret_node)
{
	if (v.kind == CEL_UINT && v.natural > INT64_MAX)
		return ERR(c->e, MALFORMED, "%llu is too large for a document",
			   (unsigned long long)v.natural);
	if (v.kind == CEL_DOUBLE && !isfinite(v.real))
		return ERR(c->e, MALFORMED,
			   "a number that is not finite cannot stand in a document");
	if (v.kind == CEL_DOUBLE)
		*ret_node = (struct node){.kind = NODE_REAL, .real = v.real};
	else
		*ret_node =
		    (struct node){.kind = NODE_INT,
				  .integer = v.kind == CEL_INT ? v.integer : (int64_t)v.natural};
	return ERR_OK;
}

static enum err_code
to_node(const struct conversion *c, struct cel_value v, unsigned depth, struct node *ret_node)
{
	if (depth > DEEPEST_TEXT)
		return ERR(c->e, MALFORMED, "a value nested more than %d deep", DEEPEST_TEXT);
	switch ((enum cel_kind)v.kind) {
	case CEL_NULL:
		*ret_node = (struct node){.kind = NODE_NULL};
		return ERR_OK;
	case CEL_BOOL:
		*ret_node = (struct node){.kind = NODE_BOOL, .boolean = v.boolean};
		return ERR_OK;
	case CEL_INT:
	case CEL_UINT:
	case CEL_DOUBLE:
		return number_node(c, v, ret_node);
	case CEL_STRING:
	case CEL_TYPE:
		return text_node(c, v.text, v.count, ret_node);
	case CEL_BYTES:
		return bytes_node(c, v, ret_node);
	case CEL_LIST:
		return list_node(c, v, depth + 1, ret_node);
	case CEL_MAP:
		return map_node(c, v, depth + 1, ret_node);
	case CEL_TIMESTAMP:
	case CEL_DURATION:
	case CEL_PERIOD:
		return time_node(c, v, ret_node);
	case CEL_IP:
	case CEL_CIDR:
		return address_node(c, v, ret_node);
	case CEL_OPTIONAL:
		return to_node(c, v.inner ? value_inside(v) : cel_null(), depth + 1, ret_node);
	case CEL_ERROR:
	case CEL_KINDS:
		break;
	}
	return ERR(c->e, MALFORMED, "%s", v.error ? v.error->message : "no value");
}

enum err_code
cel_to_node(struct cel_value v, struct arena *arena, struct node *ret_node, struct err *e)
{
	struct conversion c = {arena, e};
	struct node made;
	enum err_code code = to_node(&c, v, 0, &made);
	if (!code)
		*ret_node = made;
	return code;
}
