/*
 * salvage.c -- works on the tree alone: nothing of the document has been decoded for certain.
 */
#include "salvage.h"

#include <string.h>

#include "policy_document.h"

struct salvage {
	struct surroundings around;
	struct variable variables[MOST_VARIABLES];
	struct arena *arena;
	struct violations *violations;
};

/* The values that expressions are compiled against; NULL when they are not certain. */
static const struct node *
values_of(const struct node *root, struct arena *arena)
{
	struct violations ignored = {.arena = arena};
	struct parameters all;
	if (!parameters_decode(node_get(root, "parameters"), arena, &ignored, &all))
		return NULL;
	const struct node *values = parameters_set(&all, NULL, NULL, "", arena, &ignored);
	return values && parameters_complete(&all, values, &ignored) ? values : NULL;
}

static bool
has_text(const struct node *map, const char *key)
{
	return node_text(map, key, "")[0] != '\0';
}

/* Expressions can say it at all. */
static bool
has_name(const struct node *map)
{
	return policy_is_identifier(node_text(map, "name", ""));
}

static const char *
item_pointer(const struct salvage *s, const char *list, size_t i)
{
	return arena_printf(s->violations->arena, "/%s/%zu", list, i);
}

/* False when one is wrong: what looks at it would be, too. */
static bool
salvage_variables(struct salvage *s, const struct node *list)
{
	const bool is_list = list && list->kind == NODE_LIST;
	uint32_t count = is_list ? list->count : 0;
	if (count > MOST_VARIABLES || (!is_list && list && list->kind != NODE_NULL))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		const struct node *map = &list->items[i];
		const struct expression_place place = {map, "expression",
						       item_pointer(s, "variables", i)};
		if (!has_name(map) || !has_text(map, "expression"))
			return false;
		struct variable *v = &s->variables[i];
		v->name = arena_printf(s->arena, "variables.%s", node_text(map, "name", ""));
		v->program = expression_compile(&s->around, NULL, &place, s->violations);
		if (!v->program)
			return false;
		s->around.variable_count = i + 1;
	}
	return true;
}

static void
salvage_text(struct salvage *s, const struct node *map, const char *key, const char *result,
	     const char *pointer)
{
	const struct expression_place place = {map, key, pointer};
	if (has_text(map, key))
		cel_program_destroy(expression_compile(&s->around, result, &place, s->violations));
}

static void
salvage_validations(struct salvage *s, const struct node *list)
{
	for (uint32_t i = 0; list && list->kind == NODE_LIST && i < list->count; i++) {
		const struct node *map = &list->items[i];
		const char *pointer = item_pointer(s, "validations", i);
		salvage_text(s, map, "expression", "bool", pointer);
		salvage_text(s, map, "messageExpression", "string", pointer);
		salvage_text(s, map, "pointerExpression", "string", pointer);
	}
}

void
salvage_complaints(const struct node *root, const struct field_set *product, struct arena *arena,
		   struct violations *violations)
{
	struct salvage s = {.arena = arena, .violations = violations};
	const struct node *values = root->kind == NODE_MAP ? values_of(root, arena) : NULL;
	if (!values || node_get(root, "tightens"))
		return;
	s.around = (struct surroundings){
	    .product = product, .parameters = values, .variables = s.variables};
	salvage_text(&s, node_get(root, "match"), "condition", "bool", "/match");
	if (salvage_variables(&s, node_get(root, "variables")))
		salvage_validations(&s, node_get(root, "validations"));
	for (size_t i = 0; i < MOST_VARIABLES; i++)
		cel_program_destroy(s.variables[i].program);
}
