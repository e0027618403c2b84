/*
 * rule.c -- compiling an expression that stands in a document, and saying where in the document it
 * is wrong.
 */
#include "rule.h"

#include <string.h>

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
note_issue(const struct cel_issue *issue, const struct validation *v, const struct node *map,
	   const char *pointer, struct violations *violations)
{
	CLEANUP(buf_done) struct buf caret = {0};
	cel_caret(v->expression, issue->offset, issue->length, &caret);
	struct position at = place_in_document(map, "expression", v->expression, issue->offset);
	struct violation *noted = violation_note(violations, "expression", pointer, at, "%s\n%s",
						 issue->message, caret.data);
	if (issue->suggestion)
		noted->suggestion = arena_text(violations->arena, issue->suggestion);
}

/* ---- compiling ---- */

bool
rule_compile(struct rule *rule, const struct node *map, const struct field_set *product,
	     const struct node *parameters, const char *pointer, struct violations *violations)
{
	static const struct node no_parameters = {.kind = NODE_MAP};
	bool has_parameters = parameters && parameters->kind == NODE_MAP;
	const struct cel_variable variables[RULE_VARIABLES] = {
	    [RULE_PRODUCT] = {.name = "product", .fields = product},
	    [RULE_PREVIOUS] = {.name = "previous", .fields = product},
	    [RULE_UPSTREAM] = {.name = "upstream", .type = "dyn"},
	    [RULE_FACTS] = {.name = "facts", .type = "dyn"},
	    [RULE_PARAMS] = {.name = "params",
			     .members = has_parameters ? parameters : &no_parameters,
			     .constant = true},
	    [RULE_NOW] = {.name = "now", .type = "timestamp"},
	};
	const struct cel_declarations declarations = {.variables = variables,
						      .variable_count = RULE_VARIABLES,
						      .libraries = governance_libraries,
						      .result = "bool"};
	const char *source = rule->validation->expression;
	struct cel_issues issues = {.arena = violations->arena};
	rule->program = cel_compile(&declarations, source, strlen(source), &issues);
	for (size_t i = 0; i < issues.count; i++)
		note_issue(&issues.items[i], rule->validation, map, pointer, violations);
	return rule->program;
}
