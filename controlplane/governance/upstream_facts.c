/*
 * upstream_facts.c -- the inputs that are data products, read together with their documents: what
 * their columns are and who has access stands there.
 */
#include "upstream_facts.h"

#include <string.h>

#include "catalog/past.h"

#include "fact_map.h"

static struct node
column_facts(const struct column *c, struct arena *arena)
{
	struct fact_map m = fact_map_new(arena, 4);
	fact_text(&m, "name", c->name);
	fact_text(&m, "type", c->type);
	fact_bool(&m, "personal", column_is_personal(c));
	fact_text(&m, "classification", classification_name(c->classification));
	return fact_map_node(&m);
}

static struct node
columns_facts(const struct list *columns, struct arena *arena)
{
	const struct column *c = columns->items;
	struct node *items = ARENA_ARRAY(arena, struct node, columns->count);
	for (size_t i = 0; i < columns->count; i++)
		items[i] = column_facts(&c[i], arena);
	return fact_list(items, columns->count);
}

/* It was found good when it was published. */
static enum err_code
decode(const struct product *p, struct arena *arena, struct descriptor *ret_descriptor,
       struct err *e)
{
	static const struct document_limits limits = {
	    .bytes = 64 << 20, .nodes = 2000000, .depth = 80};
	struct node *root = ARENA_NEW(arena, struct node);
	struct violations ignored = {.arena = arena};
	if (document_read_compact(p->document, p->document_length, &limits, arena, root, e) !=
	    ERR_OK)
		return err_while(e, "the document of '%s' that is kept", p->name);
	descriptor_decode(root, &ignored, ret_descriptor);
	return ERR_OK;
}

static enum err_code
known_input(const struct product *p, struct arena *arena, struct node *ret_node, struct err *e)
{
	struct descriptor d = {0};
	enum err_code code = decode(p, arena, &d, e);
	if (code != ERR_OK)
		return code;
	struct fact_map m = fact_map_new(arena, 12);
	fact_text(&m, "name", p->name);
	fact_bool(&m, "external", false);
	fact_bool(&m, "known", true);
	fact_text(&m, "kind", "product");
	fact_text(&m, "owner", p->owner);
	fact_text(&m, "domain", p->domain);
	fact_text(&m, "version", p->version);
	fact_text(&m, "status", p->status);
	fact_text(&m, "classification", p->classification);
	fact_bool(&m, "personal", p->personal);
	fact_node(&m, "access", fact_listed(node_get(d.document, "access")));
	fact_node(&m, "columns", columns_facts(&d.columns, arena));
	*ret_node = fact_map_node(&m);
	return ERR_OK;
}

static struct node
unknown_input(const struct input *in, struct arena *arena)
{
	struct fact_map m = fact_map_new(arena, 5);
	fact_text(&m, "name", in->product ? in->product : in->dataset);
	fact_bool(&m, "external", true);
	fact_bool(&m, "known", false);
	fact_text(&m, "kind", in->product ? "product" : "dataset");
	fact_text(&m, "owner", in->owner);
	return fact_map_node(&m);
}

static const struct product *
find_product(const struct product_list *list, const char *name)
{
	for (size_t i = 0; name && i < list->count; i++)
		if (strcmp(list->items[i].name, name) == 0)
			return &list->items[i];
	return NULL;
}

static enum err_code
read_past_products(struct session *s, const char *const *names, size_t count, uint64_t as_of,
		   struct arena *arena, struct product_list *ret_known, struct err *e)
{
	struct product_list known = {.items = ARENA_ARRAY(arena, struct product, count)};
	for (size_t i = 0; i < count; i++) {
		enum err_code code =
		    past_product(s, names[i], as_of, arena, &known.items[known.count], e);
		if (code != ERR_OK && code != ERR_NOT_FOUND)
			return code;
		known.count += code == ERR_OK;
	}
	*ret_known = known;
	return ERR_OK;
}

static enum err_code
read_products(struct session *s, const struct list *inputs, uint64_t as_of, struct arena *arena,
	      struct product_list *ret_known, struct err *e)
{
	const struct input *in = inputs->items;
	const char **names = ARENA_ARRAY(arena, const char *, inputs->count);
	size_t count = 0;
	for (size_t i = 0; i < inputs->count; i++)
		if (in[i].product)
			names[count++] = in[i].product;
	return as_of ? read_past_products(s, names, count, as_of, arena, ret_known, e)
		     : product_several(s, names, count, arena, ret_known, e);
}

enum err_code
upstream_facts(struct session *s, const struct descriptor *d, uint64_t as_of, struct arena *arena,
	       struct node *ret_list, struct err *e)
{
	const struct input *in = d->inputs.items;
	struct node *items = ARENA_ARRAY(arena, struct node, d->inputs.count);
	struct product_list known = {0};
	enum err_code code = read_products(s, &d->inputs, as_of, arena, &known, e);
	for (size_t i = 0; code == ERR_OK && i < d->inputs.count; i++) {
		const struct product *p = find_product(&known, in[i].product);
		if (p)
			code = known_input(p, arena, &items[i], e);
		else
			items[i] = unknown_input(&in[i], arena);
	}
	if (code == ERR_OK)
		*ret_list = fact_list(items, d->inputs.count);
	return code;
}

bool
upstream_is_touched(const struct session *s, const struct descriptor *d, uint64_t since)
{
	const struct input *in = d->inputs.items;
	for (size_t i = 0; i < d->inputs.count; i++)
		if (in[i].product && session_is_touched(s, in[i].product, since))
			return true;
	return false;
}
