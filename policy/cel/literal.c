/*
 * literal.c -- numbers and the escapes of texts (langdef.md, "Syntax": INT_LIT, FLOAT_LIT,
 * STRING_LIT, ESCAPE).
 */
#include "cel/literal.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* ---- numbers ---- */

/* The digits as an unsigned number; false when they are too many. */
static bool
read_digits(const char *digits, int base, uint64_t *ret_number)
{
	errno = 0;
	unsigned long long n = strtoull(digits, NULL, base);
	*ret_number = n;
	return errno == 0;
}

static const char *
decode_integer(const char *digits, bool is_unsigned, bool negative, struct cel_value *ret_value)
{
	bool hex = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
	uint64_t n;
	if (!read_digits(hex ? digits + 2 : digits, hex ? 16 : 10, &n))
		return "a number beyond 64 bits";
	if (is_unsigned) {
		*ret_value = cel_uint(n);
		return negative ? "an unsigned number has no sign" : NULL;
	}
	if (n > (uint64_t)INT64_MAX + negative)
		return "an integer is from -9223372036854775808 to 9223372036854775807";
	*ret_value = cel_int(negative ? (int64_t)(0 - n) : (int64_t)n);
	return NULL;
}

static const char *
decode_double(const char *digits, bool negative, struct cel_value *ret_value)
{
	double n = strtod(digits, NULL);
	if (isinf(n))
		return "a number that is too large for a double";
	*ret_value = cel_double(negative ? -n : n);
	return NULL;
}

/* ---- texts ---- */

struct unescape {
	const char *source;
	uint32_t next, end;
	bool bytes;
	char *out;
	uint32_t length;
};

static void
put_code_point(struct unescape *u, uint32_t c)
{
	char *p = u->out + u->length;
	if (c < 0x80) {
		p[0] = (char)c;
		u->length += 1;
	} else if (c < 0x800) {
		p[0] = (char)(0xC0 | c >> 6);
		p[1] = (char)(0x80 | (c & 0x3F));
		u->length += 2;
	} else if (c < 0x10000) {
		p[0] = (char)(0xE0 | c >> 12);
		p[1] = (char)(0x80 | (c >> 6 & 0x3F));
		p[2] = (char)(0x80 | (c & 0x3F));
		u->length += 3;
	} else {
		p[0] = (char)(0xF0 | c >> 18);
		p[1] = (char)(0x80 | (c >> 12 & 0x3F));
		p[2] = (char)(0x80 | (c >> 6 & 0x3F));
		p[3] = (char)(0x80 | (c & 0x3F));
		u->length += 4;
	}
}

static int
digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 99;
}

/* Exactly `digits` of `base`. */
static bool
read_code(struct unescape *u, unsigned digits, unsigned base, uint32_t *ret_code)
{
	uint32_t code = 0;
	for (unsigned i = 0; i < digits; i++, u->next++) {
		unsigned digit = u->next < u->end ? (unsigned)digit_value(u->source[u->next]) : 99;
		if (digit >= base)
			return false;
		code = code * base + digit;
	}
	*ret_code = code;
	return true;
}

/* \xHH and \ooo are code points in a string, octets in bytes; \u and \U are code points, never
 * surrogates. */
static const char *
put_numbered(struct unescape *u, unsigned digits, unsigned base)
{
	uint32_t code;
	if (!read_code(u, digits, base, &code))
		return base == 8 ? "an octal escape has three digits, \\000 to \\377"
				 : "an escape has too few hexadecimal digits";
	if (digits <= 3 && code > 0xFF)
		return "an octal escape is from \\000 to \\377";
	if (u->bytes && digits > 3)
		return "\\u and \\U stand in strings, not in bytes";
	if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
		return "this is no Unicode character";
	if (u->bytes)
		u->out[u->length++] = (char)code;
	else
		put_code_point(u, code);
	return NULL;
}

static const char *
put_escape(struct unescape *u)
{
	static const char letters[] = "abfnrtv\\?\"'`", meanings[] = "\a\b\f\n\r\t\v\\?\"'`";
	if (u->next == u->end)
		return "this escape is not known";
	char c = u->source[u->next++];
	const char *letter = c ? strchr(letters, c) : NULL;
	if (letter) {
		u->out[u->length++] = meanings[letter - letters];
		return NULL;
	}
	switch (c) {
	case 'x':
	case 'X':
		return put_numbered(u, 2, 16);
	case 'u':
		return put_numbered(u, 4, 16);
	case 'U':
		return put_numbered(u, 8, 16);
	default:
		break;
	}
	if (c < '0' || c > '7')
		return "this escape is not known";
	u->next--;
	return put_numbered(u, 3, 8);
}

static const char *
decode_text(const char *source, struct token t, struct arena *arena, struct cel_value *ret_value,
	    uint32_t *ret_offset)
{
	uint32_t start = t.span.start;
	bool raw = false;
	for (; source[start] != '"' && source[start] != '\''; start++)
		raw |= source[start] == 'r' || source[start] == 'R';
	uint32_t quotes = t.span.end - start >= 6 && source[start + 1] == source[start] &&
				  source[start + 2] == source[start]
			      ? 3
			      : 1;
	struct unescape u = {.source = source,
			     .next = start + quotes,
			     .end = t.span.end - quotes,
			     .bytes = t.kind == TOKEN_BYTES};
	u.out = arena_alloc(arena, (size_t)(u.end - u.next) +
				       1); /* an escape is never shorter than what it means */
	while (u.next < u.end) {
		char c = source[u.next++];
		*ret_offset = u.next - 1;
		if (c != '\\' || raw) {
			u.out[u.length++] = c;
			continue;
		}
		const char *message = put_escape(&u);
		if (message)
			return message;
	}
	*ret_value = u.bytes ? cel_bytes(u.out, u.length) : cel_string(u.out, u.length);
	return NULL;
}

const char *
literal_decode(const char *source, struct token t, bool negative, struct arena *arena,
	       struct cel_value *ret_value, uint32_t *ret_offset)
{
	*ret_offset = t.span.start;
	if (t.kind == TOKEN_STRING || t.kind == TOKEN_BYTES)
		return decode_text(source, t, arena, ret_value, ret_offset);
	const char *digits = arena_bytes(arena, source + t.span.start, t.span.end - t.span.start);
	if (t.kind == TOKEN_DOUBLE)
		return decode_double(digits, negative, ret_value);
	return decode_integer(digits, t.kind == TOKEN_UINT, negative, ret_value);
}
