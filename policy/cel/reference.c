/*
 * reference.c -- the language's functions as Markdown, from the tables that checker and evaluator
 * read.
 */
#include "cel/function.h"
#include "cel/macro.h"

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
	write_macros(out);
	for (const struct cel_library *library = standard_libraries; library->name; library++)
		write_library(library, &arena, out);
	for (const struct cel_library *library = libraries; library && library->name; library++)
		write_library(library, &arena, out);
}
