/*
 * policy.c -- compiling a policy document, and what it says of itself.
 */
#include <stdlib.h>

#include "match.h"
#include "policy_parts.h"
#include "governance_functions.h"

static const char *const enforcement_names[] = {"audit", "warn", "deny"};

const char *
enforcement_name(enum enforcement how)
{
	return enforcement_names[how];
}

const char *
policy_outcome_name(enum policy_outcome outcome)
{
	static const char *const names[] = {"not-concerned", "satisfied", "violated", "failed"};
	return names[outcome];
}

/* ---- keeping the document ---- */

static struct node keep_node(struct arena *arena, const struct node *n);

static const struct node *
keep_items(struct arena *arena, const struct node *list)
{
	struct node *items = ARENA_ARRAY(arena, struct node, list->count);
	for (uint32_t i = 0; i < list->count; i++)
		items[i] = keep_node(arena, &list->items[i]);
	return items;
}

static const struct member *
keep_members(struct arena *arena, const struct node *map)
{
	struct member *members = ARENA_ARRAY(arena, struct member, map->count);
	for (uint32_t i = 0; i < map->count; i++) {
		const struct member *m = &map->members[i];
		members[i] =
		    (struct member){arena_text(arena, m->key), m->at, keep_node(arena, &m->value)};
	}
	return members;
}

/* As deep as the document, whose depth was bounded when it was read. */
static struct node
keep_node(struct arena *arena, const struct node *n)
{
	struct node kept = *n;
	if (n->kind == NODE_TEXT)
		kept.text = arena_bytes(arena, n->text, n->count);
	else if (n->kind == NODE_LIST)
		kept.items = keep_items(arena, n);
	else if (n->kind == NODE_MAP)
		kept.members = keep_members(arena, n);
	return kept;
}

static struct digest
hash_of(const struct node *document)
{
	CLEANUP(buf_done) struct buf text = {0};
	json_canonical(&text, document);
	return digest_of(text.data, text.length);
}

/* ---- compiling ---- */

/* All validations, even when one is wrong: every complaint at once. */
static bool
compile_rules(struct policy *p, const struct node *document, const struct field_set *product,
	      struct violations *violations)
{
	const struct policy_document *d = &p->document;
	const struct node *maps = node_get(document, "validations");
	const struct validation *validations = d->validations.items;
	bool compiled = true;
	p->rule_count = d->validations.count;
	p->rules = ARENA_ARRAY(&p->arena, struct rule, p->rule_count);
	for (size_t i = 0; i < p->rule_count; i++) {
		const char *list = pointer_join(violations->arena, "", "validations");
		const char *item = pointer_index(violations->arena, list, i);
		const char *pointer = pointer_join(violations->arena, item, "expression");
		p->rules[i].validation = &validations[i];
		compiled &= rule_compile(&p->rules[i], &maps->items[i], product, d->parameters,
					 pointer, violations);
	}
	return compiled;
}

struct policy *
policy_compile(const struct node *document, const struct field_set *product,
	       struct violations *violations)
{
	struct policy *p = memory_alloc(sizeof *p);
	struct node *kept = ARENA_NEW(&p->arena, struct node);
	*kept = keep_node(&p->arena, document);
	if (policy_document_decode(kept, &p->arena, violations, &p->document) &&
	    compile_rules(p, kept, product, violations)) {
		p->hash = hash_of(kept);
		p->takes_all = match_takes_all(&p->document);
		return p;
	}
	policy_destroy(p);
	return NULL;
}

void
policy_destroy(struct policy *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->rule_count; i++)
		cel_program_destroy(p->rules[i].program);
	arena_done(&p->arena);
	free(p);
}

/* ---- what it says of itself ---- */

const char *
policy_name(const struct policy *p)
{
	return p->document.name;
}

const char *
policy_scope(const struct policy *p)
{
	return p->document.scope;
}

const char *
policy_description(const struct policy *p)
{
	return p->document.description;
}

enum enforcement
policy_enforcement(const struct policy *p)
{
	return (enum enforcement)p->document.enforcement;
}

struct digest
policy_hash(const struct policy *p)
{
	return p->hash;
}

void
policy_function_reference(struct buf *out)
{
	buf_text(out, "# Functions of policy expressions\n\nExpressions see `product`, `previous`, "
		      "`upstream`, `facts`, `params` "
		      "and `now`.\n");
	cel_reference(governance_libraries, out);
}
