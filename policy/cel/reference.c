/*
 * reference.c -- the language and its functions as Markdown, from the tables that checker and
 * evaluator read.
 */
#include "cel/function.h"
#include "cel/macro.h"
#include "cel/zone.h"

/* What no table of functions says.  A bar in a cell is written \|, for the page's sake. */
// clang-format off
static const struct {
	const char *form, *meaning;
} syntax[] = {
	{"`12` `-3` `0x1F`",                    "an int, of 64 bits"},
	{"`12u` `0x1Fu`",                       "a uint"},
	{"`1.5` `1e3` `.5`",                    "a double"},
	{"`'text'` `\"text\"` `'''text'''`",    "a string; three quotes hold several lines"},
	{"`\\n` `\\t` `\\\\` `\\'` `\\x41` `\\101` `\\u00e9` `\\U0001F431`", "escapes in it, and `\\a \\b \\f \\r \\v \\? \\\"`"},
	{"`r'\\d+'`",                           "the same without escapes, for patterns"},
	{"`b'\\xff'` `br'text'`",               "bytes; `\\x` and octal escapes are octets there"},
	{"`true` `false` `null`",               "the two bools, and null"},
	{"`[1, 2]` `[?x.?field]`",              "a list; with a question mark, what an optional holds, if it does"},
	{"`{'a': 1}` `{?'a': x.?field}`",       "a map, whose keys are strings, ints, uints or bools; the same"},
	{"`x.field` `` x.`field-name` ``",      "the field of a map, an error when it is not there; backquotes hold letters, digits, spaces and `. / - _`"},
	{"`x.?field` `x[?key]`",                "an optional of it, none when it is not there; what follows is an optional as well"},
	{"`x[0]` `x['key']`",                   "an item of a list, counted from 0, or the value under a key"},
	{"`x.f(y)` `f(x, y)`",                  "calls; each function is called in one of these ways"},
	{"`-x` `!x`",                           "bind tightest of the operators, then come"},
	{"`*` `/` `%`",                         "then"},
	{"`+` `-`",                             "then"},
	{"`==` `!=` `<` `<=` `>` `>=` `in`",    "then"},
	{"`x && y`",                            "then"},
	{"`x \\|\\| y`",                        "then"},
	{"`condition ? x : y`",                 "where only one of x and y is evaluated"},
	{"`.name`",                             "the name as it is declared, whatever macros bind"},
	{"`// comment`",                        "up to the end of its line"},
	{"`int` `list` `google.protobuf.Timestamp`", "names of types are values: `type(x) == int`"},
};
// clang-format on

static void
write_syntax(struct buf *out)
{
	buf_text(out, "\n## Syntax\n\n| | |\n|---|---|\n");
	for (size_t i = 0; i < ARRAY_LEN(syntax); i++)
		buf_printf(out, "| %s | %s |\n", syntax[i].form, syntax[i].meaning);
	buf_printf(out,
		   "\nTime zones by name are those of the IANA database, release %s, which is part "
		   "of the program.\n",
		   zone_release);
}

static void
write_signature(const struct cel_function *row, struct arena *arena, struct buf *out)
{
	struct cel_overload o;
	if (!overload_read(row, arena, &o))
		return;
	buf_char(out, '`');
	function_format(&o, arena, out);
	buf_char(out, '`');
}

/* Rows without help go with the one before them: one line of the page. */
static void
write_library(const struct cel_library *library, struct arena *arena, struct buf *out)
{
	buf_printf(out, "\n## %s\n\n%s\n\n| | |\n|---|---|\n", library->name, library->help);
	const struct cel_function *row = library->functions;
	while (row->name) {
		const char *help = row->help;
		buf_text(out, "| ");
		write_signature(row++, arena, out);
		for (; row->name && !row->help; row++) {
			buf_text(out, "<br>");
			write_signature(row, arena, out);
		}
		buf_printf(out, " | %s |\n", help ? help : "");
	}
}

static void
write_macros(struct buf *out)
{
	buf_text(out, "\n## Macros\n\nThey bind a name, or look at a field without evaluating "
		      "it.\n\n| | |\n|---|---|\n");
	for (const struct cel_macro *m = macro_table; m->name;) {
		const char *help = m->help;
		buf_printf(out, "| `%s`", m->usage);
		for (m++; m->name && !m->help; m++)
			buf_printf(out, "<br>`%s`", m->usage);
		buf_printf(out, " | %s |\n", help ? help : "");
	}
}

void
cel_reference(const struct cel_library *libraries, struct buf *out)
{
	CLEANUP(arena_done) struct arena arena = {0};
	write_syntax(out);
	write_macros(out);
	for (const struct cel_library *library = standard_libraries; library->name; library++)
		write_library(library, &arena, out);
	for (const struct cel_library *library = libraries; library && library->name; library++)
		write_library(library, &arena, out);
}
