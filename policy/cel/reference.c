/*
 * reference.c -- the language's functions as Markdown, from the tables that checker and evaluator
 * read.
 */
#include "cel/function.h"
#include "cel/macro.h"

static void
write_row(const struct cel_function *row, const char *help, struct arena *arena, struct buf *out)
{
	struct cel_overload o;
	if (!overload_read(row, arena, &o))
		return;
	buf_text(out, "| `");
	function_format(&o, arena, out);
	buf_printf(out, "` | %s |\n", help);
}

static void
write_library(const struct cel_library *library, struct arena *arena, struct buf *out)
{
	buf_printf(out, "\n## %s\n\n%s\n\n| | |\n|---|---|\n", library->name, library->help);
	for (const struct cel_function *row = library->functions; row->name; row++)
		write_row(row, row->help ? row->help : "", arena, out);
}

static void
write_macros(struct buf *out)
{
	buf_text(out, "\n## Macros\n\nThey bind a name, or look at a field without evaluating "
		      "it.\n\n| | |\n|---|---|\n");
	for (const struct cel_macro *m = macro_table; m->name; m++)
		buf_printf(out, "| `%s` | %s |\n", m->usage, m->help ? m->help : "");
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
