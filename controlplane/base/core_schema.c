/*
 * core_schema.c -- the regular expressions of YAML 1.2, section 10.3.2, written out.
 */
#include "core_schema.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char digits[] = "0123456789";

static bool
is_one_of(const char *text, const char *const *words)
{
	while (*words && strcmp(text, *words) != 0)
		words++;
	return *words != NULL;
}

static bool
is_null(const char *text)
{
	return is_one_of(text, (const char *const[]){"", "~", "null", "Null", "NULL", NULL});
}

static bool
is_true(const char *text)
{
	return is_one_of(text, (const char *const[]){"true", "True", "TRUE", NULL});
}

static bool
is_false(const char *text)
{
	return is_one_of(text, (const char *const[]){"false", "False", "FALSE", NULL});
}

static const char *
skip_sign(const char *text)
{
	return text + (*text == '-' || *text == '+');
}

/* Infinities and what is no number: the core schema has them, JSON does not. */
static bool
is_beyond_numbers(const char *text)
{
	return is_one_of(text, (const char *const[]){".nan", ".NaN", ".NAN", NULL}) ||
	       is_one_of(skip_sign(text), (const char *const[]){".inf", ".Inf", ".INF", NULL});
}

static bool
is_all(const char *text, const char *characters)
{
	return *text && text[strspn(text, characters)] == '\0';
}

/*
 * [-+]? [0-9]+ | 0o [0-7]+ | 0x [0-9a-fA-F]+: the base, and where strtoll() begins; 0 when it is
 * no integer.
 */
static int
base_of(const char *text, const char **ret_begin)
{
	*ret_begin = text;
	if (is_all(skip_sign(text), digits))
		return 10;
	if (text[0] != '0' || text[1] == '\0')
		return 0;
	*ret_begin = text + 2;
	if (text[1] == 'o' && is_all(text + 2, "01234567"))
		return 8;
	return text[1] == 'x' && is_all(text + 2, "0123456789abcdefABCDEF") ? 16 : 0;
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static bool
is_real(const char *text)
{
	text = skip_sign(text);
	size_t whole = strspn(text, digits), fraction = 0;
	text += whole;
	if (*text == '.') {
		fraction = strspn(text + 1, digits);
		text += 1 + fraction;
	}
	if (whole + fraction == 0)
		return false;
	return *text == 'e' || *text == 'E' ? is_all(skip_sign(text + 1), digits) : *text == '\0';
}

static const char *
set_integer(const char *begin, int base, struct node *n)
{
	errno = 0;
	n->kind = NODE_INT;
	n->integer = strtoll(begin, NULL, base);
	return errno == ERANGE ? "does not fit 64 bits" : NULL;
}

static const char *
set_real(const char *text, struct node *n)
{
	n->kind = NODE_REAL;
	n->real = strtod(text, NULL);
	return isfinite(n->real) ? NULL : "is too large for a real of 64 bits";
}

const char *
core_resolve(const char *text, struct node *n)
{
	const char *begin;
	int base = base_of(text, &begin);
	if (base)
		return set_integer(begin, base, n);
	if (is_real(text))
		return set_real(text, n);
	if (is_beyond_numbers(text))
		return "has no form in JSON";
	n->boolean = is_true(text);
	n->kind = is_null(text) ? NODE_NULL : n->boolean || is_false(text) ? NODE_BOOL : NODE_TEXT;
	return NULL;
}
