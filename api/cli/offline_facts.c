/*
 * offline_facts.c -- facts from the document alone, in the shape in which the server gives them.
 */
#include "offline_facts.h"

#include <string.h>

static struct node
text_node(const char *text)
{
	return (struct node){.kind = NODE_TEXT, .count = (uint32_t)strlen(text), .text = text};
}

static struct node
map_node(struct arena *arena, const struct member *members, uint32_t count)
{
	struct member *copy = ARENA_ARRAY(arena, struct member, count);
	memcpy(copy, members, count * sizeof *members);
	return (struct node){.kind = NODE_MAP, .count = count, .members = copy};
}

static struct node
tags_node(struct arena *arena, const struct words *tags)
{
	struct node *items = ARENA_ARRAY(arena, struct node, tags->count);
	for (size_t i = 0; i < tags->count; i++)
		items[i] = text_node(tags->items[i]);
	return (struct node){.kind = NODE_LIST, .count = (uint32_t)tags->count, .items = items};
}

static struct node
facts_node(struct arena *arena, const struct descriptor *d, const struct words *tags)
{
	const struct member domain[] = {
	    {.key = "name", .value = text_node(d->domain ? d->domain : "")},
	    {.key = "team", .value = {.kind = NODE_NULL}},
	    {.key = "tags", .value = tags_node(arena, tags)},
	};
	const struct member facts = {.key = "domain",
				     .value = map_node(arena, domain, ARRAY_LEN(domain))};
	return map_node(arena, &facts, 1);
}

/* Of the inputs only the names are known, and which are external datasets. */
static struct node
upstream_node(struct arena *arena, const struct descriptor *d)
{
	const struct input *inputs = d->inputs.items;
	struct node *items = ARENA_ARRAY(arena, struct node, d->inputs.count);
	for (size_t i = 0; i < d->inputs.count; i++) {
		bool external = inputs[i].product == NULL;
		const struct member known[] = {
		    {.key = "name",
		     .value = text_node(external ? inputs[i].dataset : inputs[i].product)},
		    {.key = "external", .value = {.kind = NODE_BOOL, .boolean = external}},
		};
		items[i] = map_node(arena, known, ARRAY_LEN(known));
	}
	return (struct node){.kind = NODE_LIST, .count = (uint32_t)d->inputs.count, .items = items};
}

static const struct node *
keep(struct arena *arena, struct node n)
{
	struct node *kept = ARENA_NEW(arena, struct node);
	*kept = n;
	return kept;
}

void
offline_facts(const struct descriptor *d, const struct words *domain_tags, struct arena *arena,
	      struct known_facts *ret_facts)
{
	*ret_facts = (struct known_facts){
	    .upstream = keep(arena, upstream_node(arena, d)),
	    .facts = keep(arena, facts_node(arena, d, domain_tags)),
	    .now = clock_now(&(struct clock){0}),
	};
}
