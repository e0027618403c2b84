/*
 * past_rules.c -- definitions and retirements in their order; what one of them changes is compiled
 * when it is first asked for.
 */
#include "past_rules.h"

#include <stdlib.h>
#include <string.h>

#include "descriptor/descriptor.h"

#include "event_pages.h"

/* ---- reading */

static enum err_code
take_event(void *user, const struct node *event, struct err *e)
{
	struct past_rules *r = user;
	(void)e;
	const struct node *body = node_get(event, "body");
	const struct node *source = node_get(body, "source");
	const bool defines = strcmp(node_text(event, "kind", ""), "policy.defined") == 0;
	struct past_rule rule = {
	    .seq = (uint64_t)node_int(event, "seq", 0),
	    .name = arena_text(r->arena, node_text(event, "subject", "")),
	    .media_type = arena_text(r->arena, node_text(body, "media_type", "application/yaml")),
	};
	if (!clock_parse(node_text(event, "time", ""), &rule.time))
		rule.time = 0;
	if (defines && source && source->kind == NODE_TEXT) {
		rule.source = arena_bytes(r->arena, source->text, source->count);
		rule.length = source->count;
	}
	/* A redacted definition was one all the same: it stays, and does not compile. */
	if (defines && !rule.source)
		rule.source = "";
	r->rules = arena_grow(r->arena, r->rules, r->count, &r->capacity, sizeof *r->rules);
	r->rules[r->count++] = rule;
	return ERR_OK;
}

enum err_code
past_rules_read(struct call *c, uint64_t end, struct past_rules *ret_rules, struct err *e)
{
	const struct event_pages pages = {.call = c, .kind = "policy.", .end = end};
	*ret_rules = (struct past_rules){.arena = c->arena};
	return event_pages_each(&pages, take_event, ret_rules, e);
}

void
past_rules_done(struct past_rules *r)
{
	for (size_t i = 0; i < r->policy_count; i++)
		policy_destroy(r->policies[i].policy);
	r->policy_count = 0;
}

/* ---- following */

static void
forget(struct past_policy *p)
{
	policy_destroy(p->policy);
	p->policy = NULL;
	p->is_compiled = false;
}

/* Its place in the list, or where it belongs. */
static size_t
place_of(const struct past_rules *r, const char *name)
{
	size_t i = 0;
	while (i < r->policy_count && strcmp(r->policies[i].rule->name, name) < 0)
		i++;
	return i;
}

static void
remove_at(struct past_rules *r, size_t i)
{
	forget(&r->policies[i]);
	memmove(&r->policies[i], &r->policies[i + 1],
		(r->policy_count - i - 1) * sizeof *r->policies);
	r->policy_count--;
}

static void
insert_at(struct past_rules *r, size_t i)
{
	r->policies = arena_grow(r->arena, r->policies, r->policy_count, &r->policy_capacity,
				 sizeof *r->policies);
	memmove(&r->policies[i + 1], &r->policies[i], (r->policy_count - i) * sizeof *r->policies);
	r->policies[i] = (struct past_policy){0};
	r->policy_count++;
}

static void
apply(struct past_rules *r, const struct past_rule *rule)
{
	size_t i = place_of(r, rule->name);
	bool there = i < r->policy_count && strcmp(r->policies[i].rule->name, rule->name) == 0;
	if (there && !rule->source)
		remove_at(r, i);
	else if (rule->source && !there)
		insert_at(r, i);
	if (rule->source) {
		forget(&r->policies[i]);
		r->policies[i] = (struct past_policy){.rule = rule};
	}
	/* Who tightens it was compiled against what it was. */
	for (size_t k = 0; k < r->policy_count; k++)
		if (r->policies[k].base && strcmp(r->policies[k].base, rule->name) == 0)
			forget(&r->policies[k]);
}

/* ---- compiling */

static const struct policy *
find_base(const struct past_rules *r, const char *name)
{
	size_t i = name ? place_of(r, name) : r->policy_count;
	bool there = i < r->policy_count && strcmp(r->policies[i].rule->name, name) == 0;
	return there ? r->policies[i].policy : NULL;
}

static void
compile(struct past_rules *r, struct past_policy *p, const struct node *root, struct arena *arena)
{
	struct violations complaints = {.arena = arena};
	const struct policy_context context = {
	    .product = &descriptor_fields,
	    .base = find_base(r, p->base),
	    .since = p->rule->time,
	    .accepted = true,
	    .stored = true,
	};
	p->policy = policy_compile(root, &context, &complaints);
	p->is_compiled = true;
	p->why = p->policy ? NULL
			   : arena_printf(r->arena, "the policy '%s' of event %llu: %s",
					  p->rule->name, (unsigned long long)p->rule->seq,
					  complaints.count ? complaints.items[0].message
							   : "it does not compile");
}

/* Those that tighten another one wait until that one is there. */
static void
compile_one(struct past_rules *r, struct past_policy *p, bool with_base)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct node root;
	struct err e;
	const struct past_rule *rule = p->rule;
	if (document_read(document_format_of(rule->media_type), rule->source, rule->length, NULL,
			  &arena, &root, &e) != ERR_OK) {
		p->is_compiled = true;
		p->why = arena_printf(r->arena, "the policy '%s' of event %llu: %s", rule->name,
				      (unsigned long long)rule->seq,
				      rule->length ? e.message : "it was redacted");
		return;
	}
	const char *base = policy_base_name(&root);
	p->base = base ? arena_text(r->arena, base) : NULL;
	if (!base || with_base)
		compile(r, p, &root, &arena);
}

static void
compile_missing(struct past_rules *r)
{
	for (int with_base = 0; with_base < 2; with_base++)
		for (size_t i = 0; i < r->policy_count; i++)
			if (!r->policies[i].is_compiled)
				compile_one(r, &r->policies[i], with_base);
}

void
past_rules_before(struct past_rules *r, uint64_t seq)
{
	const size_t before = r->taken;
	while (r->taken < r->count && r->rules[r->taken].seq < seq)
		apply(r, &r->rules[r->taken++]);
	if (r->taken != before)
		compile_missing(r);
}
