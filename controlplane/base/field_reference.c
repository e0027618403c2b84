/*
 * field_reference.c -- a table as a page of Markdown: one section a set, one row a field.
 */
#include <stdlib.h>
#include <string.h>

#include "field.h"
#include "field_sets.h"

/* Text inside of a table's cell. */
static void
write_cell(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '|')
			buf_text(out, "\\|");
		else if (*text == '\n')
			buf_char(out, ' ');
		else
			buf_char(out, *text);
	}
}

/* A link to the section of a set; headings become anchors in lower case with '-' for ' '. */
static void
write_link(struct buf *out, const struct field_set *set)
{
	buf_printf(out, "[%s](#", set->name);
	for (const char *p = set->name; *p; p++) {
		bool is_capital = *p >= 'A' && *p <= 'Z';
		buf_char(out, (char)(*p == ' ' ? '-' : is_capital ? *p - 'A' + 'a' : *p));
	}
	buf_char(out, ')');
}

static void
write_words(struct buf *out, const char *const *words)
{
	for (size_t i = 0; words[i]; i++)
		buf_printf(out, "%s`%s`", i == 0 ? "" : words[i + 1] ? ", " : " or ", words[i]);
}

static void
write_type(struct buf *out, const struct field *f)
{
	static const char *const names[] = {
	    [FIELD_TEXT] = "text",
	    [FIELD_BOOL] = "`true` or `false`",
	    [FIELD_INT] = "whole number",
	    [FIELD_REAL] = "number",
	    [FIELD_DURATION] = "length of time",
	    [FIELD_TEXTS] = "texts",
	    [FIELD_NODE] = "anything",
	};
	if (f->type == FIELD_WORD) {
		write_words(out, f->words);
		return;
	}
	if (f->type != FIELD_MAP && f->type != FIELD_LIST) {
		buf_text(out, names[f->type]);
		return;
	}
	if (f->type == FIELD_LIST)
		buf_text(out, f->flags & FIELD_OR_ONE ? "one or a list of " : "list of ");
	write_link(out, f->of);
}

static void
write_row(struct buf *out, const struct field *f)
{
	buf_printf(out, "| `%s` | ", f->name);
	write_type(out, f);
	buf_printf(out, " | %s | ", f->flags & FIELD_REQUIRED ? "yes" : "");
	if (f->help)
		write_cell(out, f->help);
	if (f->example) {
		buf_text(out, f->help ? "<br>Example: `" : "Example: `");
		write_cell(out, f->example);
		buf_char(out, '`');
	}
	buf_text(out, " |\n");
}

static void
write_set(struct buf *out, const struct field_set *set)
{
	if (set->help)
		buf_printf(out, "%s\n\n", set->help);
	if (set->brief)
		buf_printf(out, "Short form: %s\n\n",
			   set->brief_help ? set->brief_help : "a value that is no map");
	if (set->fields->type != FIELD_END)
		buf_text(out, "| key | value | required | meaning |\n|---|---|---|---|\n");
	for (const struct field *f = set->fields; f->type != FIELD_END; f++)
		write_row(out, f);
	if (set->open)
		buf_text(out, "\nAny other key may stand here as well.\n");
	else if (set->extensions)
		buf_text(out, "\nKeys that begin with `x-` may stand here as well.\n");
}

void
field_reference(const struct field_set *set, const char *title, struct buf *out)
{
	struct field_sets sets = field_sets_from(set);
	buf_printf(out, "# %s\n\n", title);
	write_set(out, set);
	for (size_t i = 1; i < sets.count; i++) {
		buf_printf(out, "\n## %s\n\n", sets.items[i]->name);
		write_set(out, sets.items[i]);
	}
	free(sets.items);
}
