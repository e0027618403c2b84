/*
 * column_type.c -- column types as texts: what family a type is of, how much it holds, and whether
 * another holds it.
 *
 * A type is read into a `struct type`: a family, and how much a column of it may need and how much
 * it surely has room for.  Those two differ where a type is not a whole number of decimal digits
 * (an INTEGER can need ten, but has room for any nine) and where engines differ (FLOAT has 24 bits
 * or 53).  So "after holds before" is: what `before` may need, `after` surely has room for.  What
 * is not sure counts as narrowed.
 *
 * A bare DECIMAL holds 18, 38 or any number of digits, with or without a fraction, depending on the
 * engine: a change to it or from it counts as narrowed.
 */
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "compat.h"

enum { NAME_SIZE = 64, UNLIMITED = INT_MAX };

enum family {
	FAMILY_UNKNOWN,
	FAMILY_TEXT,
	FAMILY_BINARY,
	FAMILY_INTEGER,
	FAMILY_DECIMAL,
	FAMILY_FLOAT,
	FAMILY_BOOLEAN,
	FAMILY_DATE,
	FAMILY_TIME,
	FAMILY_TIME_ZONED,
	FAMILY_TIMESTAMP,
	FAMILY_TIMESTAMP_ZONED,
	FAMILY_UUID,
	FAMILY_JSON,
};

/*
 * The unit of `need` and `room` is the family's: characters, bytes, bits, digits of a second's
 * fraction.
 */
struct type_name {
	const char *name; /* upper case, one space between words, without what is in parentheses */
	enum family family;
	int need, room;
	bool padded; /* CHAR: filled up with blanks */
};

// clang-format off
static const struct type_name type_names[] = {
	{"STRING",                      FAMILY_TEXT,            UNLIMITED, UNLIMITED, false},
	{"TEXT",                        FAMILY_TEXT,            UNLIMITED, UNLIMITED, false},
	{"CLOB",                        FAMILY_TEXT,            UNLIMITED, UNLIMITED, false},
	{"VARCHAR",                     FAMILY_TEXT,            UNLIMITED, UNLIMITED, false},
	{"NVARCHAR",                    FAMILY_TEXT,            UNLIMITED, UNLIMITED, false},
	{"VARCHAR2",                    FAMILY_TEXT,            UNLIMITED, UNLIMITED, false},
	{"CHARACTER VARYING",           FAMILY_TEXT,            UNLIMITED, UNLIMITED, false},
	{"CHAR",                        FAMILY_TEXT,            1,         1,         true},
	{"NCHAR",                       FAMILY_TEXT,            1,         1,         true},
	{"CHARACTER",                   FAMILY_TEXT,            1,         1,         true},
	{"BYTES",                       FAMILY_BINARY,          UNLIMITED, UNLIMITED, false},
	{"BLOB",                        FAMILY_BINARY,          UNLIMITED, UNLIMITED, false},
	{"BYTEA",                       FAMILY_BINARY,          UNLIMITED, UNLIMITED, false},
	{"VARBINARY",                   FAMILY_BINARY,          UNLIMITED, UNLIMITED, false},
	{"BINARY VARYING",              FAMILY_BINARY,          UNLIMITED, UNLIMITED, false},
	{"BINARY",                      FAMILY_BINARY,          UNLIMITED, 1,         false},
	{"TINYINT",                     FAMILY_INTEGER,         8,         8,         false},
	{"SMALLINT",                    FAMILY_INTEGER,         16,        16,        false},
	{"INT2",                        FAMILY_INTEGER,         16,        16,        false},
	{"INT16",                       FAMILY_INTEGER,         16,        16,        false},
	{"SHORT",                       FAMILY_INTEGER,         16,        16,        false},
	{"INT",                         FAMILY_INTEGER,         32,        32,        false},
	{"INT4",                        FAMILY_INTEGER,         32,        32,        false},
	{"INT32",                       FAMILY_INTEGER,         32,        32,        false},
	{"INTEGER",                     FAMILY_INTEGER,         32,        32,        false},
	{"BIGINT",                      FAMILY_INTEGER,         64,        64,        false},
	{"INT64",                       FAMILY_INTEGER,         64,        64,        false},
	{"LONG",                        FAMILY_INTEGER,         64,        64,        false},
	{"INT8",                        FAMILY_INTEGER,         64,        8,         false}, /* bytes here, bits there */
	{"DECIMAL",                     FAMILY_DECIMAL,         UNLIMITED, 0,         false},
	{"DEC",                         FAMILY_DECIMAL,         UNLIMITED, 0,         false},
	{"NUMERIC",                     FAMILY_DECIMAL,         UNLIMITED, 0,         false},
	{"NUMBER",                      FAMILY_DECIMAL,         UNLIMITED, 0,         false},
	{"REAL",                        FAMILY_FLOAT,           24,        24,        false},
	{"FLOAT4",                      FAMILY_FLOAT,           24,        24,        false},
	{"FLOAT32",                     FAMILY_FLOAT,           24,        24,        false},
	{"FLOAT",                       FAMILY_FLOAT,           53,        24,        false},
	{"FLOAT8",                      FAMILY_FLOAT,           53,        53,        false},
	{"FLOAT64",                     FAMILY_FLOAT,           53,        53,        false},
	{"DOUBLE",                      FAMILY_FLOAT,           53,        53,        false},
	{"DOUBLE PRECISION",            FAMILY_FLOAT,           53,        53,        false},
	{"BOOLEAN",                     FAMILY_BOOLEAN,         1,         1,         false},
	{"BOOL",                        FAMILY_BOOLEAN,         1,         1,         false},
	{"DATE",                        FAMILY_DATE,            0,         0,         false},
	{"TIME",                        FAMILY_TIME,            6,         6,         false},
	{"TIME WITHOUT TIME ZONE",      FAMILY_TIME,            6,         6,         false},
	{"TIMETZ",                      FAMILY_TIME_ZONED,      6,         6,         false},
	{"TIME WITH TIME ZONE",         FAMILY_TIME_ZONED,      6,         6,         false},
	{"TIMESTAMP",                   FAMILY_TIMESTAMP,       6,         6,         false},
	{"TIMESTAMP WITHOUT TIME ZONE", FAMILY_TIMESTAMP,       6,         6,         false},
	{"DATETIME",                    FAMILY_TIMESTAMP,       6,         6,         false},
	{"TIMESTAMPTZ",                 FAMILY_TIMESTAMP_ZONED, 6,         6,         false},
	{"TIMESTAMP WITH TIME ZONE",    FAMILY_TIMESTAMP_ZONED, 6,         6,         false},
	{"UUID",                        FAMILY_UUID,            0,         0,         false},
	{"JSON",                        FAMILY_JSON,            0,         0,         false},
	{"JSONB",                       FAMILY_JSON,            0,         0,         false},
	{"VARIANT",                     FAMILY_JSON,            0,         0,         false},
};
// clang-format on

struct type {
	enum family family;
	bool padded, sized; /* sized: numbers in parentheses */
	int need, room;     /* decimals: digits before the point */
	int scale;          /* decimals: digits behind it */
};

static char
upper(char c)
{
	if (c < 'a' || c > 'z')
		return c;
	return (char)(c - 'a' + 'A');
}

/* A space means something only where it parts two words. */
static bool
parts_words(char before, char after)
{
	return (isalnum((unsigned char)before) || before == ')') && isalnum((unsigned char)after);
}

/*
 * A type's text without the differences that mean nothing: upper case, spaces only between words.
 *
 */
static void
normalise(const char *text, char *ret_text, size_t size)
{
	size_t n = 0;
	bool space = false;
	for (; *text && n + 2 < size; text++) {
		if (isspace((unsigned char)*text)) {
			space = n > 0;
			continue;
		}
		if (space && parts_words(ret_text[n - 1], *text))
			ret_text[n++] = ' ';
		space = false;
		ret_text[n++] = upper(*text);
	}
	ret_text[n] = '\0';
}

/* "(18,2)": one or two numbers; moves `*p` behind. */
static bool
take_sizes(const char **p, int ret_sizes[2])
{
	const char *c = *p + 1;
	for (int i = 0; i < 2; i++) {
		long n = 0;
		if (!isdigit((unsigned char)*c))
			return false;
		for (; isdigit((unsigned char)*c) && n < INT_MAX / 10; c++)
			n = n * 10 + (*c - '0');
		ret_sizes[i] = (int)n;
		if (*c != ',' || i == 1)
			break;
		c++;
	}
	*p = c + 1;
	return *c == ')';
}

/*
 * Cut "TIMESTAMP(3) WITH TIME ZONE" into "TIMESTAMP WITH TIME ZONE" and the sizes; -1 where none
 * stands.
 */
static bool
cut_sizes(const char *text, char ret_name[NAME_SIZE], int ret_sizes[2])
{
	ret_sizes[0] = ret_sizes[1] = -1;
	const char *open = strchr(text, '(');
	size_t head = open ? (size_t)(open - text) : strlen(text);
	if (open && !take_sizes(&open, ret_sizes))
		return false;
	const char *tail = open ? open : "";
	if (head + strlen(tail) >= NAME_SIZE)
		return false;
	snprintf(ret_name, NAME_SIZE, "%.*s%s", (int)head, text, tail);
	return true;
}

static const struct type_name *
find_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(type_names); i++)
		if (strcmp(type_names[i].name, name) == 0)
			return &type_names[i];
	return NULL;
}

/* What the numbers in parentheses say, by family. */
static bool
apply_sizes(struct type *t, const int sizes[2])
{
	switch (t->family) {
	case FAMILY_DECIMAL:
		t->scale = sizes[1] < 0 ? 0 : sizes[1];
		t->need = t->room = sizes[0] - t->scale;
		return true;
	case FAMILY_FLOAT:
		t->need = t->room = sizes[0] <= 24 ? 24 : 53;
		return sizes[1] < 0;
	case FAMILY_TEXT:
	case FAMILY_BINARY:
	case FAMILY_TIME:
	case FAMILY_TIME_ZONED:
	case FAMILY_TIMESTAMP:
	case FAMILY_TIMESTAMP_ZONED:
		t->need = t->room = sizes[0];
		return sizes[1] < 0;
	default:
		return false;
	}
}

static struct type
parse_type(const char *normal)
{
	const struct type unknown = {.family = FAMILY_UNKNOWN};
	char name[NAME_SIZE];
	int sizes[2];
	const struct type_name *row = cut_sizes(normal, name, sizes) ? find_name(name) : NULL;
	if (!row)
		return unknown;
	struct type t = {row->family, row->padded, sizes[0] >= 0, row->need, row->room, 0};
	if (t.sized && !apply_sizes(&t, sizes))
		return unknown;
	return t;
}

/*
 * An integer as a decimal: how many digits it can need, and how many any number may have that it
 * has room for.
 */
static void
count_digits(struct type *t)
{
	static const struct {
		int bits, need, room;
	} digits[] = {{8, 3, 2}, {16, 5, 4}, {32, 10, 9}, {64, 19, 18}};
	int need = t->need, room = t->room;
	for (size_t i = 0; i < ARRAY_LEN(digits); i++) {
		if (digits[i].bits == need)
			t->need = digits[i].need;
		if (digits[i].bits == room)
			t->room = digits[i].room;
	}
	t->family = FAMILY_DECIMAL;
}

static bool
is_number(const struct type *t)
{
	return t->family == FAMILY_INTEGER || t->family == FAMILY_DECIMAL;
}

static bool
is_same(const struct type *a, const struct type *b)
{
	return a->family == b->family && a->padded == b->padded && a->need == b->need &&
	       a->room == b->room && a->scale == b->scale;
}

static enum type_change
compare_types(struct type before, struct type after)
{
	if (before.family != FAMILY_UNKNOWN && is_same(&before, &after))
		return TYPE_SAME;
	if (is_number(&before) && is_number(&after) && before.family != after.family) {
		count_digits(before.family == FAMILY_INTEGER ? &before : &after);
	}
	if (before.family == FAMILY_UNKNOWN || before.family != after.family)
		return TYPE_OTHER;
	bool holds = before.need <= after.room && before.scale <= after.scale &&
		     (before.padded || !after.padded);
	return holds ? TYPE_WIDENED : TYPE_NARROWED;
}

/* "ARRAY<T>" or "T[]": cuts out T; false when it is neither. */
static bool
take_element(char *text)
{
	size_t length = strlen(text);
	if (strncmp(text, "ARRAY<", 6) == 0 && text[length - 1] == '>') {
		memmove(text, text + 6, length - 7);
		text[length - 7] = '\0';
		return true;
	}
	if (length > 2 && strcmp(text + length - 2, "[]") == 0) {
		text[length - 2] = '\0';
		return true;
	}
	return false;
}

enum type_change
column_type_compare(const char *before, const char *after)
{
	char a[1024], b[1024];
	normalise(before, a, sizeof a);
	normalise(after, b, sizeof b);
	if (strlen(before) >= sizeof a || strlen(after) >= sizeof b)
		return strcmp(before, after) == 0 ? TYPE_SAME : TYPE_OTHER;
	for (;;) {
		if (strcmp(a, b) == 0)
			return TYPE_SAME;
		bool a_is_array = take_element(a), b_is_array = take_element(b);
		if (a_is_array != b_is_array)
			return TYPE_OTHER;
		if (!a_is_array)
			return compare_types(parse_type(a), parse_type(b));
	}
}
