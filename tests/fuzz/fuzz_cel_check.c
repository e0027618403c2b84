/*
 * fuzz_cel_check.c -- sources checked against declarations that come with them.
 *
 *     v NAME TYPE          a variable
 *     m NAME JSON          a constant, a map with these keys
 *     f NAME SIGNATURE     a function
 *     c NAME               the container
 *     r TYPE               the type that is wanted
 *                          (an empty line)
 *     SOURCE
 *
 * What must hold: there is a type, or mistakes whose places are inside the source.  In a tree that
 * is right every name means something, every call has an overload with as many parameters as
 * arguments, and every node has a type.  Asking for the type that was found gives it again; types
 * are read as they are written.
 */
#include "base/utf8.h"
#include "cel/check.h"
#include "cel/macro.h"
#include "cel/parse.h"

#include "fuzz.h"

enum { MOST_ROWS = 16 };

struct declared {
	struct arena *arena;
	struct cel_variable variables[MOST_ROWS];
	struct cel_function functions[MOST_ROWS + 1];
	struct cel_library libraries[2];
	struct cel_declarations all;
	size_t function_count;
};

/* ---- declarations ---- */

static void
declare_variable(struct declared *d, const char *name, const char *type)
{
	if (d->all.variable_count < MOST_ROWS)
		d->variables[d->all.variable_count++] =
		    (struct cel_variable){.name = name, .type = type};
}

static void
declare_constant(struct declared *d, const char *name, const char *json)
{
	struct node *n = ARENA_NEW(d->arena, struct node);
	struct err e;
	if (d->all.variable_count < MOST_ROWS &&
	    !document_read(DOCUMENT_JSON, json, strlen(json), NULL, d->arena, n, &e))
		d->variables[d->all.variable_count++] =
		    (struct cel_variable){.name = name, .members = n, .constant = true};
}

static void
declare_function(struct declared *d, const char *name, const char *signature)
{
	struct cel_function row = {.name = name, .signature = signature};
	struct cel_overload o;
	if (d->function_count < MOST_ROWS && name[0] && overload_read(&row, d->arena, &o))
		d->functions[d->function_count++] = row;
}

static void
declare(struct declared *d, char *line)
{
	char *name = line[0] && line[1] ? line + 2 : line + strlen(line);
	char *rest = strchr(name, ' ');
	if (rest)
		*rest++ = '\0';
	switch (line[0]) {
	case 'v':
		declare_variable(d, name, rest);
		return;
	case 'm':
		declare_constant(d, name, rest ? rest : "");
		return;
	case 'f':
		declare_function(d, name, rest ? rest : "");
		return;
	case 'c':
		d->all.container = name;
		return;
	case 'r':
		d->all.result = name;
		return;
	default:
		return;
	}
}

/* Fills `d`; gives the source behind the declarations. */
static const char *
read_declarations(struct declared *d, char *text)
{
	d->libraries[0] = (struct cel_library){"theirs", "", d->functions};
	d->all.variables = d->variables;
	d->all.libraries = d->libraries;
	for (char *end; (end = strchr(text, '\n')) && end > text; text = end + 1) {
		*end = '\0';
		declare(d, text);
	}
	return *text == '\n' ? text + 1 : text;
}

/* ---- what holds ---- */

static void check_tree(const struct cel_expr *x);

static void
check_below(const struct cel_expr *x)
{
	if (x->target)
		check_tree(x->target);
	for (uint32_t i = 0; i < x->count; i++)
		check_tree(x->children[i]);
	if (x->predicate)
		check_tree(x->predicate);
	if (x->transform)
		check_tree(x->transform);
}

static void
check_tree(const struct cel_expr *x)
{
	MUST(x->type != NULL);
	if (x->kind == EXPR_NAME) {
		MUST(x->meaning != MEANS_NOTHING);
		return; /* a name of several parts keeps what it was selected from */
	}
	if (x->kind == EXPR_CALL)
		MUST(x->overload_count > 0);
	for (uint32_t i = 0; i < x->overload_count; i++)
		MUST(x->overloads[i]->count == x->count + (x->target != NULL));
	check_below(x);
}

static void
check_written_type(const struct cel_type *t, struct arena *arena)
{
	const char *text = type_format(arena, t), *rest = text;
	const struct cel_type *again = type_parse(arena, &rest);
	MUST(again && *rest == '\0');
	MUST(strcmp(type_format(arena, again), text) == 0);
}

static bool
is_utf8(const char *text)
{
	return utf8_check(text, strlen(text)) == strlen(text);
}

static const struct cel_type *
check_source(struct declared *d, const char *source)
{
	const struct parse_options options = {0};
	struct cel_issues issues = {.arena = d->arena};
	struct cel_expr *root = parse(source, strlen(source), &options, d->arena, &issues);
	struct function_set functions = {
	    .arena = d->arena, .libraries = d->all.libraries, .by_name = {.arena = d->arena}};
	const struct check_request request = {&d->all, &functions, source, d->arena, &issues};
	uint32_t slots;
	const struct cel_type *t = root ? check(root, &request, &slots) : NULL;
	MUST((t != NULL) == (issues.count == 0));
	for (size_t i = 0; i < issues.count; i++) {
		MUST(issues.items[i].offset <= strlen(source));
		MUST(issues.items[i].message[0] != '\0');
		MUST(is_utf8(issues.items[i].message) || !is_utf8(source));
	}
	if (t)
		check_tree(root);
	return t;
}

static void
check_compiled(const struct declared *d, const char *source, bool right)
{
	struct cel_issues issues = {.arena = d->arena};
	struct cel_program *p = cel_compile(&d->all, source, strlen(source), &issues);
	MUST((p != NULL) == (issues.count == 0));
	MUST(right || !p);
	cel_program_destroy(p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct declared d = {.arena = &arena};
	const char *source = read_declarations(&d, arena_bytes(&arena, data, size));
	const struct cel_type *found = check_source(&d, source);
	check_compiled(&d, source, found != NULL);
	if (!found)
		return 0;
	check_written_type(found, &arena);
	d.all.result = type_format(&arena, found);
	MUST(check_source(&d, source) != NULL);
	d.all.unchecked = true;
	d.all.result = NULL;
	check_compiled(&d, source, true);
	return 0;
}
