/*
 * semver.c -- semantic versions: reading and ordering.
 *
 * A prerelease is kept as text; its identifiers are compared where they stand.
 */
#include "semver.h"

#include <string.h>

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_identifier_char(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

/* A number without leading zeros that fits; moves `*p` behind it. */
static bool
take_number(const char **p, uint64_t *ret_number)
{
	uint64_t n = 0;
	if (!is_digit(**p) || (**p == '0' && is_digit((*p)[1])))
		return false;
	for (; is_digit(**p); (*p)++) {
		uint64_t digit = (uint64_t)(**p - '0');
		if (n > (UINT64_MAX - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	*ret_number = n;
	return true;
}

static bool
take_point(const char **p)
{
	return *(*p)++ == '.';
}

/* One part of a prerelease or build; gives its length, and whether it is a number. */
static size_t
identifier(const char *text, bool *ret_is_number)
{
	size_t length = 0;
	*ret_is_number = true;
	for (; is_identifier_char(text[length]); length++)
		*ret_is_number &= is_digit(text[length]);
	return length;
}

/*
 * Identifiers with points between; moves `*p` behind them.  Only a prerelease minds leading
 * zeros.
 *
 */
static bool
take_identifiers(const char **p, bool zeros_allowed)
{
	for (;;) {
		bool is_number;
		size_t length = identifier(*p, &is_number);
		if (length == 0 || (!zeros_allowed && is_number && **p == '0' && length > 1))
			return false;
		*p += length;
		if (**p != '.')
			return true;
		(*p)++;
	}
}

bool
semver_parse(const char *text, struct arena *arena, struct semver *ret_version)
{
	struct semver v = {.prerelease = ""};
	if (!take_number(&text, &v.major) || !take_point(&text) || !take_number(&text, &v.minor) ||
	    !take_point(&text) || !take_number(&text, &v.patch))
		return false;
	if (*text == '-') {
		const char *start = ++text;
		if (!take_identifiers(&text, false))
			return false;
		v.prerelease = arena_bytes(arena, start, (size_t)(text - start));
	}
	if (*text == '+') {
		text++;
		if (!take_identifiers(&text, true))
			return false;
	}
	if (*text != '\0')
		return false;
	*ret_version = v;
	return true;
}

static int
compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/*
 * Numbers by value (they have no leading zeros, so the longer is larger), below texts, which go
 * by their bytes.
 */
static int
compare_identifiers(const char *a, size_t a_length, bool a_is_number, const char *b,
		    size_t b_length, bool b_is_number)
{
	if (a_is_number != b_is_number)
		return a_is_number ? -1 : 1;
	if (a_is_number && a_length != b_length)
		return compare_numbers(a_length, b_length);
	int order = memcmp(a, b, a_length < b_length ? a_length : b_length);
	return order != 0 ? order : compare_numbers(a_length, b_length);
}

static int
compare_prereleases(const char *a, const char *b)
{
	/* None at all stands above any. */
	if (*a == '\0' || *b == '\0')
		return (*a == '\0') - (*b == '\0');
	for (;;) {
		bool a_is_number, b_is_number;
		size_t a_length = identifier(a, &a_is_number),
		       b_length = identifier(b, &b_is_number);
		int order = compare_identifiers(a, a_length, a_is_number, b, b_length, b_is_number);
		if (order != 0)
			return order;
		a += a_length;
		b += b_length;
		if (*a == '\0' || *b == '\0')
			return (*a != '\0') - (*b != '\0');
		a++;
		b++;
	}
}

int
semver_compare(const struct semver *a, const struct semver *b)
{
	int order = compare_numbers(a->major, b->major);
	if (order == 0)
		order = compare_numbers(a->minor, b->minor);
	if (order == 0)
		order = compare_numbers(a->patch, b->patch);
	return order != 0 ? order : compare_prereleases(a->prerelease, b->prerelease);
}
