/*
 * facts.c -- facts as document trees, made from the catalog's rows.
 */
#include "facts.h"

#include <string.h>

#include "catalog/domain.h"
#include "catalog/product.h"

/* A map of known members, filled one by one. */
struct map_builder {
	struct member *members;
	uint32_t count;
};

static struct node
text_value(const char *text)
{
	if (!text)
		return (struct node){.kind = NODE_NULL};
	return (struct node){.kind = NODE_TEXT, .count = (uint32_t)strlen(text), .text = text};
}

static struct node
bool_value(bool b)
{
	return (struct node){.kind = NODE_BOOL, .boolean = b};
}

static void
add_member(struct map_builder *b, const char *key, struct node value)
{
	b->members[b->count++] = (struct member){.key = key, .value = value};
}

static struct node
finish_map(const struct map_builder *b)
{
	return (struct node){.kind = NODE_MAP, .count = b->count, .members = b->members};
}

/* One text stands for a list of one. */
static struct node
as_list(const struct node *value, struct arena *arena)
{
	if (value && value->kind == NODE_LIST)
		return *value;
	struct node list = {.kind = NODE_LIST};
	if (value && value->kind == NODE_TEXT) {
		struct node *item = ARENA_NEW(arena, struct node);
		*item = *value;
		list.count = 1;
		list.items = item;
	}
	return list;
}

static enum err_code
read_domain(const struct domain *domain, struct arena *arena, struct node *ret_node, struct err *e)
{
	struct node document = {.kind = NODE_MAP};
	if (domain->document) {
		enum err_code code =
		    document_read(DOCUMENT_JSON, domain->document, strlen(domain->document), NULL,
				  arena, &document, e);
		if (code != ERR_OK)
			return err_while(e, "the stored domain '%s'", domain->name);
	}
	struct map_builder b = {.members = ARENA_ARRAY(arena, struct member, 3)};
	add_member(&b, "name", text_value(domain->name));
	add_member(&b, "team", text_value(node_text(&document, "team", NULL)));
	add_member(&b, "tags", as_list(node_get(&document, "tags"), arena));
	*ret_node = finish_map(&b);
	return ERR_OK;
}

/* A domain that is not there is one that nobody defined. */
static enum err_code
find_domain(struct session *s, const char *name, struct arena *arena, struct domain *ret_domain,
	    struct err *e)
{
	enum err_code code = domain_find(s, name, arena, ret_domain, e);
	if (code != ERR_NOT_FOUND)
		return code;
	*ret_domain = (struct domain){.name = name};
	return ERR_OK;
}

static struct node
known_input(const struct product *p, struct arena *arena)
{
	struct map_builder b = {.members = ARENA_ARRAY(arena, struct member, 7)};
	add_member(&b, "name", text_value(p->name));
	add_member(&b, "external", bool_value(false));
	add_member(&b, "domain", text_value(p->domain));
	add_member(&b, "version", text_value(p->version));
	add_member(&b, "status", text_value(p->status));
	add_member(&b, "classification", text_value(p->classification));
	add_member(&b, "personal", bool_value(p->personal));
	return finish_map(&b);
}

static struct node
unknown_input(const char *name, struct arena *arena)
{
	struct map_builder b = {.members = ARENA_ARRAY(arena, struct member, 2)};
	add_member(&b, "name", text_value(name));
	add_member(&b, "external", bool_value(true));
	return finish_map(&b);
}

static const struct product *
find_outline(const struct product_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i].name, name) == 0)
			return &list->items[i];
	return NULL;
}

static struct node
input_of(const struct input *in, const struct product_list *known, struct arena *arena)
{
	const struct product *p = in->product ? find_outline(known, in->product) : NULL;
	return p ? known_input(p, arena)
		 : unknown_input(in->product ? in->product : in->dataset, arena);
}

static enum err_code
gather_upstream(struct session *s, const struct descriptor *d, struct arena *arena,
		struct node *ret_list, struct err *e)
{
	const struct input *inputs = d->inputs.items;
	const char **names = ARENA_ARRAY(arena, const char *, d->inputs.count);
	struct node *items = ARENA_ARRAY(arena, struct node, d->inputs.count);
	struct product_list known = {0};
	size_t count = 0;
	for (size_t i = 0; i < d->inputs.count; i++)
		if (inputs[i].product)
			names[count++] = inputs[i].product;
	enum err_code code = product_outlines(s, names, count, arena, &known, e);
	if (code != ERR_OK)
		return code;
	for (size_t i = 0; i < d->inputs.count; i++)
		items[i] = input_of(&inputs[i], &known, arena);
	*ret_list =
	    (struct node){.kind = NODE_LIST, .count = (uint32_t)d->inputs.count, .items = items};
	return ERR_OK;
}

enum err_code
facts_gather(struct session *s, const struct descriptor *d, struct arena *arena,
	     struct facts *ret_facts, struct err *e)
{
	struct domain domain;
	struct node domain_node;
	enum err_code code = find_domain(s, d->domain, arena, &domain, e);
	if (code == ERR_OK)
		code = read_domain(&domain, arena, &domain_node, e);
	if (code == ERR_OK)
		code = gather_upstream(s, d, arena, &ret_facts->upstream, e);
	if (code != ERR_OK)
		return code;

	struct map_builder b = {.members = ARENA_ARRAY(arena, struct member, 1)};
	add_member(&b, "domain", domain_node);
	ret_facts->facts = finish_map(&b);
	return ERR_OK;
}

bool
facts_are_touched(const struct session *s, const struct descriptor *d, uint64_t since)
{
	const struct input *inputs = d->inputs.items;
	bool touched = session_is_touched(s, d->domain, since);
	for (size_t i = 0; !touched && i < d->inputs.count; i++)
		touched = inputs[i].product && session_is_touched(s, inputs[i].product, since);
	return touched;
}
