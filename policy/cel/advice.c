/*
 * advice.c -- the tables.
 */
#include "cel/advice.h"

#include <string.h>
#include <strings.h>

#include "base/compiler.h"

// clang-format off
/* Longer signs come before those they begin with.  None of them can stand in an expression. */
static const struct advice signs[] = {
	{"===", "==",               NULL},
	{"!==", "!=",               NULL},
	{"<=>", NULL,               NULL},
	{"<>",  "!=",               NULL},
	{"=<",  "<=",               NULL},
	{"=>",  NULL,               "'=>' is no operator: '>=' compares, and a macro is list.filter(x, condition)"},
	{"=~",  "x.matches('...')", NULL},
	{"~=",  "!=",               NULL},
	{":=",  "cel.bind(x, value, expression)", NULL},
	{"->",  ".",                NULL},
	{"::",  ".",                NULL},
	{"++",  NULL,               NULL},
	{"**",  NULL,               NULL},
	{"??",  "x.?field.orValue(value)", NULL},
	{"..",  "low <= x && x <= high",   NULL},
	{"/*",  "// comment",       "a comment begins with '//' and ends with its line"},
	{"#",   "// comment",       "a comment begins with '//' and ends with its line"},
	{"=",   "==",               "'=' is no operator; equality is '=='"},
	{"&",   "&&",               "'&' and '|' are no operators; logic is '&&' and '||'"},
	{"|",   "||",               "'&' and '|' are no operators; logic is '&&' and '||'"},
	{"~",   NULL,               NULL},
	{"^",   "math.bitXor(x, y)", NULL},
	{";",   NULL,               "there is one expression, and ';' ends none"},
};

static const struct advice words[] = {
	{"and",        "&&",                    NULL},
	{"or",         "||",                    NULL},
	{"xor",        "!=",                    NULL},
	{"not",        "!(value in list)",      NULL},
	{"is",         "==",                    NULL},
	{"isnt",       "!=",                    NULL},
	{"eq",         "==",                    NULL},
	{"ne",         "!=",                    NULL},
	{"lt",         "<",                     NULL},
	{"le",         "<=",                    NULL},
	{"gt",         ">",                     NULL},
	{"ge",         ">=",                    NULL},
	{"mod",        "%",                     NULL},
	{"div",        "/",                     NULL},
	{"contains",   "text.contains(part)",   NULL},
	{"includes",   "value in list",         NULL},
	{"startswith", "text.startsWith(part)", NULL},
	{"endswith",   "text.endsWith(part)",   NULL},
	{"like",       "text.matches('...')",   NULL},
	{"matches",    "text.matches('...')",   NULL},
	{"between",    "low <= x && x <= high", NULL},
	{"then",       "condition ? this : that", NULL},
	{"else",       "condition ? this : that", NULL},
	{"if",         "condition ? this : that", NULL},
	{"where",      "list.filter(x, condition)", NULL},
};

static const struct advice reserved[] = {
	{"if",       "condition ? this : that",        NULL},
	{"else",     "condition ? this : that",        NULL},
	{"for",      "list.all(x, condition), list.exists(x, condition), list.map(x, expression)", NULL},
	{"while",    "list.all(x, condition), list.exists(x, condition), list.map(x, expression)", NULL},
	{"loop",     "list.all(x, condition), list.exists(x, condition), list.map(x, expression)", NULL},
	{"let",      "cel.bind(x, value, expression)", NULL},
	{"var",      "cel.bind(x, value, expression)", NULL},
	{"const",    "cel.bind(x, value, expression)", NULL},
};

static const struct advice names[] = {
	{"none",      "null", NULL},
	{"nil",       "null", NULL},
	{"undefined", "null", NULL},
	{"yes",       "true", NULL},
	{"no",        "false", NULL},
};

static const struct advice functions[] = {
	{"not",         "!condition",                 NULL},
	{"len",         "size(x)",                    NULL},
	{"length",      "size(x)",                    NULL},
	{"count",       "size(x)",                    NULL},
	{"any",         "list.exists(x, condition)",  NULL},
	{"some",        "list.exists(x, condition)",  NULL},
	{"every",       "list.all(x, condition)",     NULL},
	{"where",       "list.filter(x, condition)",  NULL},
	{"select",      "list.filter(x, condition)",  NULL},
	{"find",        "list.filter(x, condition).first()", NULL},
	{"forEach",     "list.map(x, expression)",    NULL},
	{"collect",     "list.map(x, expression)",    NULL},
	{"flatMap",     "list.map(x, expression).flatten()", NULL},
	{"keys",        "map.map(key, key)",          NULL},
	{"values",      "map.transformList(key, value, value)", NULL},
	{"toLowerCase", "lowerAscii()",               NULL},
	{"lower",       "lowerAscii()",               NULL},
	{"lowercase",   "lowerAscii()",               NULL},
	{"toUpperCase", "upperAscii()",               NULL},
	{"upper",       "upperAscii()",               NULL},
	{"uppercase",   "upperAscii()",               NULL},
	{"strip",       "trim()",                     NULL},
	{"str",         "string(x)",                  NULL},
	{"toString",    "string(x)",                  NULL},
	{"float",       "double(x)",                  NULL},
	{"number",      "double(x)",                  NULL},
	{"parseInt",    "int(x)",                     NULL},
	{"integer",     "int(x)",                     NULL},
	{"typeof",      "type(x)",                    NULL},
	{"includes",    "value in list",              NULL},
	{"has_key",     "key in map",                 NULL},
	{"containsKey", "key in map",                 NULL},
	{"empty",       "size(x) == 0",               NULL},
	{"isEmpty",     "size(x) == 0",               NULL},
	{"concat",      "x + y",                      NULL},
	{"test",        "text.matches('...')",        NULL},
	{"match",       "text.matches('...')",        NULL},
	{"isNull",      "!has(x.field)",              NULL},
	{"coalesce",    "x.?field.orValue(value)",    NULL},
	{"getOrDefault", "x.?field.orValue(value)",   NULL},
	{"default",     "x.?field.orValue(value)",    NULL},
	{"unique",      "distinct()",                 NULL},
	{"uniq",        "distinct()",                 NULL},
	{"sorted",      "sort()",                     NULL},
	{"abs",         "math.abs(x)",                NULL},
	{"min",         "math.least(x, y)",           NULL},
	{"max",         "math.greatest(x, y)",        NULL},
	{"round",       "math.round(x)",              NULL},
	{"floor",       "math.floor(x)",              NULL},
	{"ceil",        "math.ceil(x)",               NULL},
	{"sqrt",        "math.sqrt(x)",               NULL},
	{"intersection", "sets.intersects(x, y)",     NULL},
	{"subset",      "sets.contains(x, y)",        NULL},
	{"range",       "lists.range(n)",             NULL},
};
// clang-format on

const struct advice *
advice_on_sign(const char *text, size_t length)
{
	for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
		size_t width = strlen(signs[i].text);
		if (width <= length && memcmp(text, signs[i].text, width) == 0)
			return &signs[i];
	}
	return NULL;
}

/* Whatever their capitals are. */
static const struct advice *
find(const struct advice *rows, size_t count, const char *text, size_t length)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(rows[i].text) == length && strncasecmp(rows[i].text, text, length) == 0)
			return &rows[i];
	return NULL;
}

#define FIND(rows, text) suggestion_of(find((rows), ARRAY_LEN(rows), (text), strlen(text)))

static const char *
suggestion_of(const struct advice *a)
{
	return a ? a->suggestion : NULL;
}

const struct advice *
advice_on_word(const char *text, size_t length)
{
	return find(words, ARRAY_LEN(words), text, length);
}

const char *
advice_on_reserved(const char *word)
{
	return FIND(reserved, word);
}

const char *
advice_on_name(const char *name)
{
	return FIND(names, name);
}

const char *
advice_on_function(const char *name)
{
	return FIND(functions, name);
}
