/*
 * watched.c -- an edition's programs with their names and places.
 */
#include "watched.h"

struct listing {
	struct arena *arena;
	struct watched *items;
	size_t count;
};

static void
add(struct listing *l, const struct cel_program *program, enum expression_role role,
    const char *name, const char *pointer)
{
	if (program)
		l->items[l->count++] = (struct watched){role, name, pointer, program};
}

static const char *
place(struct listing *l, const char *list, size_t i, const char *key)
{
	return arena_printf(l->arena, "/%s/%zu/%s", list, i, key);
}

static void
add_rule(struct listing *l, const struct policy *p, const struct rule *r, size_t i)
{
	const char *name = r->validation->name ? r->validation->name : p->document.name;
	add(l, r->program, EXPRESSION_VALIDATION, name, place(l, "validations", i, "expression"));
	add(l, r->message, EXPRESSION_MESSAGE, name,
	    place(l, "validations", i, "messageExpression"));
	add(l, r->pointer, EXPRESSION_POINTER, name,
	    place(l, "validations", i, "pointerExpression"));
}

struct watched *
watched_list(const struct policy *p, const struct edition *edition, struct arena *arena,
	     size_t *ret_count)
{
	size_t most = 1 + edition->variable_count + 3 * edition->rule_count;
	struct listing l = {.arena = arena, .items = ARENA_ARRAY(arena, struct watched, most)};
	add(&l, edition->condition, EXPRESSION_CONDITION, p->document.name, "/match/condition");
	for (size_t i = 0; i < edition->variable_count; i++)
		add(&l, edition->variables[i].program, EXPRESSION_VARIABLE,
		    edition->variables[i].name, place(&l, "variables", i, "expression"));
	for (size_t i = 0; i < edition->rule_count; i++)
		add_rule(&l, p, &edition->rules[i], i);
	*ret_count = l.count;
	return l.items;
}

size_t
watched_find(const struct watched *list, size_t count, const struct cel_program *program)
{
	size_t i = 0;
	while (i < count && list[i].program != program)
		i++;
	return i;
}

const struct node *
policy_values(const struct policy *p, const char *domain, const struct node *own,
	      struct arena *arena, struct violations *violations)
{
	const struct node *usual = policy_edition(p, domain)->parameters;
	if (!own)
		return usual;
	return parameters_set(&p->parameters, usual, own, "/parameters", arena, violations);
}
