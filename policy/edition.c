/*
 * edition.c -- variables in their order, then the condition, then the validations.
 */
#include "edition.h"

#include <string.h>

struct compiling {
	struct edition *edition;
	struct surroundings around;
	const struct policy_document *document;
	const struct node *root;
	struct arena *arena;
	struct violations *violations;
};

/* ---- variables ---- */

static const char *
item_pointer(const struct compiling *c, const char *list, size_t i)
{
	const char *base = pointer_join(c->violations->arena, "", list);
	return pointer_index(c->violations->arena, base, i);
}

/*
 * One that looks at itself or at a later one finds nothing of that name.  Say why: it is the usual
 * way to make a circle.
 */
static void
explain_order(const struct compiling *c, size_t number, size_t complaints_before)
{
	const struct variable_text *texts = c->document->variables.items;
	const char *source = texts[number].expression;
	for (size_t i = number; i < c->document->variables.count; i++) {
		const char *name =
		    arena_printf(c->violations->arena, "variables.%s", texts[i].name);
		if (!strstr(source, name) || c->violations->count == complaints_before)
			continue;
		c->violations->items[complaints_before].suggestion =
		    i == number
			? "a variable cannot be made from itself"
			: arena_printf(c->violations->arena,
				       "a variable sees those before it: '%s' stands after '%s'",
				       texts[i].name, texts[number].name);
		return;
	}
}

static bool
is_repeated(const struct compiling *c, size_t number)
{
	const struct variable_text *texts = c->document->variables.items;
	for (size_t i = 0; i < number; i++)
		if (strcmp(texts[i].name, texts[number].name) == 0)
			return true;
	return false;
}

static bool
compile_variable(struct compiling *c, size_t number)
{
	const struct variable_text *text =
	    &((const struct variable_text *)c->document->variables.items)[number];
	const struct node *maps = node_get(c->root, "variables");
	struct variable *v = &c->edition->variables[number];
	size_t complaints = c->violations->count;
	const struct expression_place place = {&maps->items[number], "expression",
					       item_pointer(c, "variables", number)};
	if (is_repeated(c, number)) {
		violation_note(c->violations, "name", place.pointer, text->at,
			       "there are two variables '%s'", text->name);
		return false;
	}
	v->name = arena_printf(c->arena, "variables.%s", text->name);
	v->program = expression_compile(&c->around, NULL, &place, c->violations);
	if (!v->program) {
		explain_order(c, number, complaints);
		return false;
	}
	v->needs = expression_needs(&c->around, v->program);
	c->around.variable_count = c->edition->variable_count = number + 1;
	return true;
}

/* What comes after one that is wrong would only say that it is not there. */
static bool
compile_variables(struct compiling *c)
{
	size_t count = c->document->variables.count;
	c->edition->variables = ARENA_ARRAY(c->arena, struct variable, count);
	c->around.variables = c->edition->variables;
	if (count > MOST_VARIABLES) {
		violation_note(c->violations, "limit", "/variables", c->root->at,
			       "a policy has at most %d variables, this one has %zu",
			       MOST_VARIABLES, count);
		return false;
	}
	for (size_t i = 0; i < count; i++)
		if (!compile_variable(c, i))
			return false;
	return true;
}

/* ---- match and validations ---- */

/* It is asked before anything else, so that it sees no variables. */
static bool
compile_condition(struct compiling *c)
{
	const struct expression_place place = {node_get(c->root, "match"), "condition", "/match"};
	struct surroundings around = c->around;
	around.variable_count = 0;
	if (!c->document->match.condition)
		return true;
	c->edition->condition = expression_compile(&around, "bool", &place, c->violations);
	return c->edition->condition;
}

/* The program under `key`, if the validation has one; false when it is wrong. */
static bool
compile_part(struct compiling *c, struct expression_place place, const char *key,
	     const char *result, struct cel_program **ret_program, uint64_t *needs)
{
	place.key = key;
	if (!node_get(place.map, key))
		return true;
	*ret_program = expression_compile(&c->around, result, &place, c->violations);
	if (*ret_program)
		*needs |= expression_needs(&c->around, *ret_program);
	return *ret_program;
}

static bool
compile_rule(struct compiling *c, size_t number)
{
	const struct validation *validations = c->document->validations.items;
	const struct node *maps = node_get(c->root, "validations");
	const struct expression_place place = {&maps->items[number], NULL,
					       item_pointer(c, "validations", number)};
	struct rule *r = &c->edition->rules[number];
	r->validation = &validations[number];
	bool sound = compile_part(c, place, "expression", "bool", &r->program, &r->needs);
	sound &=
	    compile_part(c, place, "messageExpression", "string", &r->message, &r->complaint_needs);
	sound &=
	    compile_part(c, place, "pointerExpression", "string", &r->pointer, &r->complaint_needs);
	return sound;
}

static bool
compile_rules(struct compiling *c)
{
	bool sound = true;
	c->edition->rule_count = c->document->validations.count;
	c->edition->rules = ARENA_ARRAY(c->arena, struct rule, c->edition->rule_count);
	for (size_t i = 0; i < c->edition->rule_count; i++)
		sound &= compile_rule(c, i);
	return sound;
}

bool
edition_compile(struct edition *ret_edition, const struct edition_request *request,
		struct arena *arena, struct violations *violations)
{
	struct compiling c = {
	    .edition = ret_edition,
	    .around = {.product = request->product,
		       .parameters = request->parameters,
		       .observed = request->observed,
		       .open = request->open,
		       .stored = request->stored},
	    .document = request->document,
	    .root = request->root,
	    .arena = arena,
	    .violations = violations,
	};
	*ret_edition = (struct edition){.scope = request->scope, .parameters = request->parameters};
	bool sound = compile_condition(&c);
	return compile_variables(&c) && compile_rules(&c) && sound;
}

void
edition_done(struct edition *edition)
{
	cel_program_destroy(edition->condition);
	for (size_t i = 0; i < edition->variable_count; i++)
		cel_program_destroy(edition->variables[i].program);
	for (size_t i = 0; i < edition->rule_count; i++) {
		cel_program_destroy(edition->rules[i].program);
		cel_program_destroy(edition->rules[i].message);
		cel_program_destroy(edition->rules[i].pointer);
	}
}

/* ---- what it looks at ---- */

static bool
looks_at(const struct cel_program *p, size_t binding, const char *member)
{
	return p && cel_program_uses(p, binding, member);
}

bool
edition_uses(const struct edition *edition, size_t binding, const char *member)
{
	bool uses = looks_at(edition->condition, binding, member);
	for (size_t i = 0; i < edition->variable_count; i++)
		uses = uses || looks_at(edition->variables[i].program, binding, member);
	for (size_t i = 0; i < edition->rule_count; i++) {
		const struct rule *r = &edition->rules[i];
		uses = uses || looks_at(r->program, binding, member) ||
		       looks_at(r->message, binding, member) ||
		       looks_at(r->pointer, binding, member);
	}
	return uses;
}
