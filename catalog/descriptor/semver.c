/*
 * semver.c -- semantic versions (semver.org 2.0.0): reading, ordering, and choosing the next.
 *
 * A prerelease is kept as text; its identifiers are compared where they stand.
 */
#include <string.h>

#include "compat.h"

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

static const char *
format(const struct semver *v, struct arena *arena)
{
	return arena_printf(arena, "%llu.%llu.%llu", (unsigned long long)v->major,
			    (unsigned long long)v->minor, (unsigned long long)v->patch);
}

/*
 * The lowest release above `v` that announces changes of `level`.  While major is 0 everything
 * counts one place lower. A prerelease announces what its release will: behind 2.0.0-rc.1 a
 * breaking change makes 2.0.0, not 3.0.0.
 */
static struct semver
next_version(struct semver v, enum change_level level)
{
	bool early = v.major == 0, prerelease = *v.prerelease != '\0';
	struct semver next = {v.major, v.minor, v.patch, ""};
	if (level == CHANGE_MAJOR && !early) {
		if (!prerelease || v.minor != 0 || v.patch != 0)
			next = (struct semver){v.major + 1, 0, 0, ""};
	} else if (level == CHANGE_MAJOR || (level == CHANGE_MINOR && !early)) {
		if (!prerelease || v.patch != 0)
			next = (struct semver){v.major, v.minor + 1, 0, ""};
	} else if (!prerelease) {
		next.patch++;
	}
	return next;
}

static struct position
version_place(const struct descriptor *d)
{
	const struct node *version = node_get(d->document, "version");
	return version ? version->at : d->at;
}

/* The version itself is complained of, and each change that it does not announce. */
static void
complain_of_breaking(const struct changes *changes, const struct descriptor *after,
		     const char *before, const char *needed, struct violations *violations)
{
	size_t breaking = 0;
	while (breaking < changes->count && changes->items[breaking].level == CHANGE_MAJOR)
		breaking++;
	violation_note(violations, "version", "/version", version_place(after),
		       "version %s follows %s, but %zu breaking change%s need%s %s or above",
		       after->version, before, breaking, breaking == 1 ? "" : "s",
		       breaking == 1 ? "s" : "", needed)
	    ->suggestion = needed;
	for (size_t i = 0; i < breaking; i++) {
		const struct change *c = &changes->items[i];
		violation_note(violations, "version", c->pointer,
			       c->at.line ? c->at : version_place(after),
			       "%s, which breaks those who read version %s", c->message, before)
		    ->suggestion = arena_printf(violations->arena, "version: %s", needed);
	}
}

const char *
version_choose(const char *before, const struct changes *changes, const struct descriptor *after,
	       struct violations *violations)
{
	struct arena *arena = violations->arena;
	struct semver old, written;
	if (!before || !semver_parse(before, arena, &old))
		return after->version ? after->version : "1.0.0";

	struct semver next = next_version(old, changes->level);
	const char *needed = changes->level == CHANGE_NONE ? before : format(&next, arena);
	if (!after->version || !semver_parse(after->version, arena, &written))
		return needed;

	/* A prerelease of the version that is needed announces as much as that version. */
	struct semver core = {written.major, written.minor, written.patch, ""};
	int order = semver_compare(&written, &old);
	if (order < 0 || (order == 0 && changes->level > CHANGE_NONE))
		violation_note(violations, "version", "/version", version_place(after),
			       "version %s is not above %s, the version before", after->version,
			       before)
		    ->suggestion = needed;
	else if (changes->level == CHANGE_MAJOR && semver_compare(&core, &next) < 0)
		complain_of_breaking(changes, after, before, needed, violations);
	return after->version;
}
