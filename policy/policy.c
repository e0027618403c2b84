/*
 * policy.c -- compiling a policy document, and what it says of itself.
 */
#include <stdlib.h>
#include <string.h>

#include "governance_functions.h"
#include "match.h"
#include "policy_parts.h"
#include "salvage.h"

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

struct compilation {
	struct policy *p;
	const struct policy_context *context;
	struct violations *violations;
};

static bool
add_edition(struct compilation *c, const char *scope, const struct node *parameters)
{
	struct policy *p = c->p;
	const struct edition_request request = {.document = p->rules,
						.root = p->rules_root,
						.product = p->product,
						.scope = scope,
						.parameters = parameters,
						.stored = p->stored};
	return edition_compile(&p->editions[p->edition_count++], &request, &p->arena,
			       c->violations);
}

static const char *
pointer_of_set(struct arena *arena, size_t i)
{
	return pointer_join(arena, pointer_index(arena, "/values", i), "set");
}

static const struct node *
put_over(struct compilation *c, const struct node *before, const struct node *set,
	 const char *pointer)
{
	struct policy *p = c->p;
	const struct node *values =
	    parameters_set(&p->parameters, before, set, pointer, &p->arena, c->violations);
	if (!values || c->context->accepted ||
	    parameters_check_set(&p->parameters, set, pointer, c->violations))
		return values;
	return NULL;
}

/* Those of one scope, "domain:" and the domain, over those before; later ones win. */
static const struct node *
values_over(struct compilation *c, const struct node *before, const char *scope, size_t length)
{
	struct policy *p = c->p;
	const struct scoped_values *all = p->document.values.items;
	for (size_t i = 0; before && i < p->document.values.count; i++)
		if (strncmp(all[i].scope, scope, length) == 0 && !all[i].scope[length])
			before = put_over(c, before, all[i].set,
					  pointer_of_set(c->violations->arena, i));
	return before;
}

/* Each scope that has values of its own has programs of its own, and so has each such test. */
static bool
check_size(struct compilation *c)
{
	const struct policy_document *d = &c->p->document;
	const struct test_case *tests = d->tests.items;
	size_t expressions = 1 + c->p->rules->variables.count + c->p->rules->validations.count;
	size_t times = 1 + d->values.count;
	for (size_t i = 0; i < d->tests.count; i++)
		times += tests[i].parameters != NULL;
	if (c->context->accepted || times <= POLICY_MOST_PROGRAMS / expressions)
		return true;
	violation_note(c->violations, "limit", "", c->p->root->at,
		       "a policy has at most %d programs, and this one would have %zu expressions "
		       "for each of %zu scopes and tests with values of their own",
		       POLICY_MOST_PROGRAMS, expressions, times);
	return false;
}

static bool
has_edition(const struct policy *p, const char *scope)
{
	for (size_t i = 0; i < p->edition_count; i++)
		if (strcmp(p->editions[i].scope, scope) == 0)
			return true;
	return false;
}

/* What a scope inherits: the values of the widest scopes first, its own last. */
static const struct node *
values_for(struct compilation *c, const struct node *global, const char *scope)
{
	const struct node *values = global;
	for (size_t end = strcspn(scope, "."); values; end += 1 + strcspn(scope + end + 1, ".")) {
		values = values_over(c, values, scope, end);
		if (!scope[end])
			break;
	}
	return values;
}

/* One edition for all, and one for each scope that has values of its own. */
static bool
compile_own(struct compilation *c)
{
	struct policy *p = c->p;
	const struct scoped_values *all = p->document.values.items;
	if (!check_size(c))
		return false;
	p->editions = ARENA_ARRAY(&p->arena, struct edition, 1 + p->document.values.count);
	if (!parameters_decode(p->document.parameters, &p->arena, c->violations, &p->parameters) ||
	    (!c->context->accepted && !parameters_check(&p->parameters, c->violations)))
		return false;
	const struct node *defaults =
	    parameters_set(&p->parameters, NULL, NULL, "/parameters", &p->arena, c->violations);
	const struct node *global = values_over(c, defaults, "global", strlen("global"));
	if (!global || !parameters_complete(&p->parameters, global, c->violations) ||
	    !add_edition(c, "global", global))
		return false;
	for (size_t i = 0; i < p->document.values.count; i++) {
		if (has_edition(p, all[i].scope))
			continue;
		const struct node *values = values_for(c, global, all[i].scope);
		if (!values || !add_edition(c, all[i].scope, values))
			return false;
	}
	return true;
}

/* ---- tightening ---- */

static bool
refuse_base(struct compilation *c, const char *format, const char *name)
{
	const struct node *at = node_get(c->p->root, "tightens");
	violation_note(c->violations, "tightens", "/tightens", at->at, format, name);
	return false;
}

static const char *
shown_value(const struct node *value, struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = {0};
	if (value->kind == NODE_TEXT)
		return arena_text(arena, value->text);
	json_node(&(struct json){.out = &text}, value);
	return arena_printf(arena, "%.200s", text.data);
}

static void
note_looser(struct compilation *c, const struct parameter *parameter, const struct node *given,
	    const struct node *wanted)
{
	struct arena *arena = c->violations->arena;
	const char *pointer = pointer_join(arena, "/parameters", parameter->name);
	const char *base = c->p->document.tightens;
	if (parameter->stricter < 0)
		violation_note(c->violations, "loosens", pointer, wanted->at,
			       "the global policy '%s' sets '%s' to %s, and does not let a domain "
			       "change it",
			       base, parameter->name, shown_value(given, arena));
	else
		violation_note(c->violations, "loosens", pointer, wanted->at,
			       "the global policy '%s' sets '%s' to %s; a domain may only make it "
			       "%s, and %s is looser",
			       base, parameter->name, shown_value(given, arena),
			       strictness_name(parameter->stricter), shown_value(wanted, arena))
		    ->suggestion = shown_value(given, arena);
}

static bool
is_nowhere_looser(struct compilation *c, const struct node *given, const struct node *wanted)
{
	bool sound = true;
	for (size_t i = 0; i < c->p->parameters.count; i++) {
		const struct parameter *p = &c->p->parameters.items[i];
		const struct node *before = node_get(given, p->name);
		const struct node *after = node_get(wanted, p->name);
		if (parameter_is_as_strict(p, before, after))
			continue;
		const struct node *own = node_get(c->p->document.parameters, p->name);
		note_looser(c, p, before, own ? own : after);
		sound = false;
	}
	return sound;
}

/* The conditions of the global policy, of which this one keeps its own copy. */
static void
take_rules(struct policy *p, const struct policy *base)
{
	struct node *root = ARENA_NEW(&p->arena, struct node);
	struct policy_document *rules = ARENA_NEW(&p->arena, struct policy_document);
	struct violations none = {.arena = &p->arena};
	*root = keep_node(&p->arena, base->root);
	policy_document_decode(root, &p->arena, &none, rules);
	parameters_decode(rules->parameters, &p->arena, &none, &p->parameters);
	p->rules_root = root;
	p->rules = rules;
	p->base_hash = base->hash;
}

static bool
compile_tightened(struct compilation *c)
{
	struct policy *p = c->p;
	const struct policy *base = c->context->base;
	const char *domain = p->document.scope + strlen("domain:");
	if (!base || strcmp(base->document.name, p->document.tightens) != 0)
		return refuse_base(c, "no policy is named '%s'", p->document.tightens);
	if (base->document.tightens || strcmp(base->document.scope, "global") != 0 ||
	    base->document.engine != ENGINE_CEL)
		return refuse_base(c, "'%s' is no global policy with conditions of its own",
				   p->document.tightens);
	take_rules(p, base);
	if (!check_size(c))
		return false;
	p->editions = ARENA_ARRAY(&p->arena, struct edition, 1);
	const struct node *given = policy_edition(base, domain)->parameters;
	struct node *kept = ARENA_NEW(&p->arena, struct node);
	*kept = keep_node(&p->arena, given);
	const struct node *wanted = put_over(c, kept, p->document.parameters, "/parameters");
	return wanted && (c->context->accepted || is_nowhere_looser(c, kept, wanted)) &&
	       add_edition(c, p->document.scope, wanted);
}

/* ---- the whole ---- */

static unsigned
find_needs(const struct policy *p)
{
	static const struct {
		size_t binding;
		unsigned need;
	} needs[] = {
	    {SEES_PREVIOUS, POLICY_NEEDS_PREVIOUS},
	    {SEES_UPSTREAM, POLICY_NEEDS_UPSTREAM},
	    {SEES_FACTS, POLICY_NEEDS_FACTS},
	    {SEES_NOW, POLICY_NEEDS_NOW},
	};
	unsigned found = 0;
	for (size_t i = 0; i < ARRAY_LEN(needs); i++)
		for (size_t k = 0; k < p->edition_count; k++)
			if (edition_uses(&p->editions[k], needs[i].binding, NULL))
				found |= needs[i].need;
	if (duration_longest(p->document.grace) > 0)
		found |= POLICY_NEEDS_FACTS | POLICY_NEEDS_NOW;
	if (p->document.engine == ENGINE_OPA)
		found = POLICY_NEEDS_PREVIOUS | POLICY_NEEDS_UPSTREAM | POLICY_NEEDS_FACTS |
			POLICY_NEEDS_NOW | POLICY_NEEDS_OPA;
	return found;
}

static bool
compile(struct compilation *c)
{
	struct policy *p = c->p;
	if (!policy_document_decode(p->root, &p->arena, c->violations, &p->document)) {
		salvage_complaints(p->root, p->product, &p->arena, c->violations);
		return false;
	}
	p->rules = &p->document;
	p->rules_root = p->root;
	if (!(p->document.tightens ? compile_tightened(c) : compile_own(c)))
		return false;
	p->hash = hash_of(p->root);
	p->takes_all = match_takes_all(p->document.scope, &p->rules->match);
	p->needs = find_needs(p);
	return true;
}

const char *
policy_base_name(const struct node *document)
{
	return node_text(document, "tightens", NULL);
}

struct policy *
policy_compile(const struct node *document, const struct policy_context *context,
	       struct violations *violations)
{
	struct policy *p = memory_alloc(sizeof *p);
	struct node *kept = ARENA_NEW(&p->arena, struct node);
	struct compilation c = {p, context, violations};
	*kept = keep_node(&p->arena, document);
	p->root = kept;
	p->product = context->product;
	p->since = context->since;
	p->stored = context->stored;
	if (compile(&c))
		return p;
	policy_destroy(p);
	return NULL;
}

bool
policy_observe(const struct policy *p, const char *scope, const struct node *parameters,
	       struct arena *arena, struct edition *ret_edition)
{
	struct violations none = {.arena = arena};
	const struct edition_request request = {.document = p->rules,
						.root = p->rules_root,
						.product = p->product,
						.scope = scope,
						.parameters = parameters,
						.observed = true,
						.stored = p->stored};
	return edition_compile(ret_edition, &request, arena, &none);
}

void
policy_destroy(struct policy *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->edition_count; i++)
		edition_done(&p->editions[i]);
	arena_done(&p->arena);
	free(p);
}

/* ---- what it says of itself ---- */

const struct node *
policy_root(const struct policy *p)
{
	return p->root;
}

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

const char *
policy_purpose(const struct policy *p)
{
	return p->document.purpose;
}

const char *
policy_source(const struct policy *p)
{
	return p->document.source;
}

const char *
policy_tightens(const struct policy *p)
{
	return p->document.tightens;
}

moment
policy_since(const struct policy *p)
{
	return p->since;
}

moment
policy_grace_end(const struct policy *p)
{
	int64_t grace = duration_longest(p->document.grace);
	return grace && p->since ? p->since + grace : 0;
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

struct digest
policy_base_hash(const struct policy *p)
{
	return p->base_hash;
}

unsigned
policy_needs(const struct policy *p)
{
	return p->needs;
}

bool
policy_needs_fact(const struct policy *p, const char *name)
{
	bool needs = p->document.engine == ENGINE_OPA ||
		     (strcmp(name, "published_at") == 0 && duration_longest(p->document.grace) > 0);
	for (size_t i = 0; i < p->edition_count; i++)
		needs = needs || edition_uses(&p->editions[i], SEES_FACTS, name);
	return needs;
}

bool
policy_concerns_domain(const struct policy *p, const char *domain)
{
	return match_concerns_domain(p->document.scope, &p->rules->match, domain);
}

const struct policy_question *
policy_question(const struct policy *p)
{
	return p->document.engine == ENGINE_OPA ? &p->document.opa : NULL;
}

/* The longest name is the most specific one. */
const struct edition *
policy_edition(const struct policy *p, const char *domain)
{
	const struct edition *best = p->editions;
	for (size_t i = 1; i < p->edition_count; i++)
		if (match_scope_covers(p->editions[i].scope, domain) &&
		    (best == p->editions || strlen(p->editions[i].scope) > strlen(best->scope)))
			best = &p->editions[i];
	return best;
}

void
policy_function_reference(struct buf *out)
{
	buf_text(out, "# Functions of policy expressions\n\nExpressions see `product`, `previous`, "
		      "`upstream`, `facts`, `params`, `now` and `variables.NAME`.\n");
	cel_reference(governance_libraries, out);
}
