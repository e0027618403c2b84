/*
 * policy_expression.c -- compiling an expression that stands in a document, and saying where in the
 * document it is wrong.
 */
#include "policy_expression.h"

#include <string.h>

#include "fact_fields.h"
#include "governance_functions.h"

/* ---- places ---- */

static const struct member *
find_member(const struct node *map, const char *key)
{
	for (uint32_t i = 0; i < map->count; i++)
		if (strcmp(map->members[i].key, key) == 0)
			return &map->members[i];
	return NULL;
}

/* How many lines the member takes, by where the next one begins; 0 when it is the last one. */
static uint32_t
lines_taken(const struct node *map, const struct member *m)
{
	const struct member *next = m + 1;
	bool last = next == map->members + map->count || next->at.line < m->at.line;
	return last ? 0 : next->at.line - m->at.line;
}

/*
 * A text forgets how it was written, so that its layout is told from what is known: a line end
 * inside, or more lines taken than the key's own, means a block, which by custom is indented by
 * two.  A block of several lines that were folded into one keeps the place of its first line; the
 * caret in the message is exact in any case.
 */
static struct position
place_in_document(const struct node *map, const char *key, const char *text, uint32_t offset)
{
	const struct member *m = find_member(map, key);
	struct position at = m->value.at, inside = cel_position(text, offset);
	uint32_t indent = m->at.column + 1, lines = lines_taken(map, m);
	size_t length = strlen(text);
	bool has_lines = length > 0 && memchr(text, '\n', length - 1);
	if (at.line == 0)
		return at;
	if (has_lines)
		return (struct position){at.line + inside.line, indent + inside.column};
	if (lines <= 1 || at.line > m->at.line)
		return (struct position){at.line, at.column + inside.column - 1};
	return (struct position){at.line + 1, lines == 2 ? indent + inside.column : indent + 1};
}

static void
note_issue(const struct cel_issue *issue, const char *source, const struct expression_place *place,
	   struct violations *violations)
{
	CLEANUP(buf_done) struct buf caret = {0};
	cel_caret(source, issue->offset, issue->length, &caret);
	struct position at = place_in_document(place->map, place->key, source, issue->offset);
	const char *pointer = pointer_join(violations->arena, place->pointer, place->key);
	struct violation *noted = violation_note(violations, "expression", pointer, at, "%s\n%s",
						 issue->message, caret.data);
	if (issue->suggestion)
		noted->suggestion = arena_text(violations->arena, issue->suggestion);
}

/* ---- compiling ---- */

static void
declare(const struct surroundings *around, struct cel_variable ret_variables[MOST_BINDINGS])
{
	const struct cel_variable known[] = {
	    [SEES_PRODUCT] = {.name = "product", .fields = around->product},
	    [SEES_PREVIOUS] = {.name = "previous", .fields = around->product},
	    [SEES_UPSTREAM] = {.name = "upstream", .items = &upstream_fields},
	    [SEES_FACTS] = {.name = "facts", .fields = &fact_fields},
	    [SEES_PARAMS] = {.name = "params",
			     .members = around->parameters,
			     .constant = !around->open},
	    [SEES_NOW] = {.name = "now", .type = "timestamp"},
	};
	memcpy(ret_variables, known, sizeof known);
	for (size_t i = 0; i < around->variable_count; i++)
		ret_variables[SEES_VARIABLES + i] = (struct cel_variable){
		    .name = around->variables[i].name, .made_by = around->variables[i].program};
}

static struct cel_program *
compile(const struct surroundings *around, const char *result, const char *source, bool unchecked,
	struct cel_issues *issues)
{
	struct cel_variable variables[MOST_BINDINGS];
	declare(around, variables);
	const struct cel_declarations declarations = {
	    .variables = variables,
	    .variable_count = SEES_VARIABLES + around->variable_count,
	    .libraries = governance_libraries,
	    .result = result,
	    .observed = around->observed,
	    .unchecked = unchecked,
	};
	return cel_compile(&declarations, source, strlen(source), issues);
}

struct cel_program *
expression_compile(const struct surroundings *around, const char *result,
		   const struct expression_place *place, struct violations *violations)
{
	const char *source = node_text(place->map, place->key, "");
	struct cel_issues issues = {.arena = violations->arena};
	struct cel_issues ignored = {.arena = violations->arena};
	struct cel_program *p = compile(around, result, source, false, &issues);
	if (!p && around->stored)
		p = compile(around, result, source, true, &ignored);
	for (size_t i = 0; !p && i < issues.count; i++)
		note_issue(&issues.items[i], source, place, violations);
	return p;
}

uint64_t
expression_needs(const struct surroundings *around, const struct cel_program *program)
{
	uint64_t needs = 0;
	for (size_t i = 0; i < around->variable_count; i++)
		if (cel_program_uses(program, SEES_VARIABLES + i, NULL))
			needs |= around->variables[i].needs | UINT64_C(1) << i;
	return needs;
}
