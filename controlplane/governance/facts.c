/*
 * facts.c -- facts as document trees, made from the catalog's rows: a function a fact, and the
 * table of them.
 */
#include "facts.h"

#include <string.h>

#include "catalog/domain.h"
#include "catalog/lineage.h"
#include "catalog/past.h"
#include "catalog/product.h"
#include "catalog/resource.h"
#include "descriptor/compat.h"

#include "fact_map.h"
#include "upstream_facts.h"

/* ---- the domain ---- */

/* A domain that is not there is one that nobody defined. */
static enum err_code
find_domain(struct session *s, const struct fact_question *q, struct arena *arena,
	    struct domain *ret_domain, struct err *e)
{
	const char *name = q->product->domain;
	enum err_code code = q->as_of ? past_domain(s, name, q->as_of, arena, ret_domain, e)
				      : domain_find(s, name, arena, ret_domain, e);
	if (code != ERR_NOT_FOUND)
		return code;
	*ret_domain = (struct domain){.name = name};
	return ERR_OK;
}

static enum err_code
domain_facts(struct session *s, const struct fact_question *q, struct arena *arena,
	     struct node *ret_node, struct err *e)
{
	struct domain domain;
	struct node document = {.kind = NODE_MAP};
	enum err_code code = find_domain(s, q, arena, &domain, e);
	if (code == ERR_OK && domain.document) {
		code = document_read(DOCUMENT_JSON, domain.document, strlen(domain.document), NULL,
				     arena, &document, e);
		if (code != ERR_OK)
			err_while(e, "the stored domain '%s'", domain.name);
	}
	if (code != ERR_OK)
		return code;
	struct fact_map m = fact_map_new(arena, 3);
	fact_text(&m, "name", domain.name);
	fact_text(&m, "team", node_text(&document, "team", NULL));
	fact_node(&m, "tags", fact_listed(node_get(&document, "tags")));
	*ret_node = fact_map_node(&m);
	return ERR_OK;
}

/* ---- what is known of a product that is there already; null, and so absent, for a new one ---- */

static enum err_code
first_publication(struct session *s, const struct fact_question *q, struct arena *arena,
		  struct node *ret_node, struct err *e)
{
	moment at;
	enum err_code code = product_first_published(s, q->product->name, &at, e);
	if (code != ERR_OK)
		return code == ERR_NOT_FOUND ? ERR_OK : code;
	*ret_node = fact_of_moment(at, arena);
	return ERR_OK;
}

static double
share_of_passed(const struct node *checks)
{
	uint32_t passed = 0, count = checks && checks->kind == NODE_LIST ? checks->count : 0;
	for (uint32_t i = 0; i < count; i++)
		passed += node_bool(&checks->items[i], "passed", false);
	return count == 0 ? 0 : (double)passed / count;
}

static enum err_code
quality_facts(struct session *s, const struct fact_question *q, struct arena *arena,
	      struct node *ret_node, struct err *e)
{
	const char *result = NULL;
	moment checked_at;
	struct node body;
	const char *name = q->product->name;
	enum err_code code = q->as_of
				 ? past_quality(s, name, q->as_of, arena, &result, &checked_at, e)
				 : quality_last(s, name, arena, &result, &checked_at, e);
	if (code != ERR_OK || !result)
		return code;
	code = document_read(DOCUMENT_JSON, result, strlen(result), NULL, arena, &body, e);
	if (code != ERR_OK)
		return err_while(e, "the quality results of '%s'", q->product->name);
	struct fact_map m = fact_map_new(arena, 3);
	fact_real(&m, "score", share_of_passed(node_get(&body, "checks")));
	fact_bool(&m, "passed", node_bool(&body, "passed", false));
	fact_moment(&m, "checked_at", checked_at);
	*ret_node = fact_map_node(&m);
	return ERR_OK;
}

/* ---- who is made from it: also of a new one, which others may have named before ---- */

static enum err_code
downstream_facts(struct session *s, const struct fact_question *q, struct arena *arena,
		 struct node *ret_node, struct err *e)
{
	struct lineage_reader_list readers;
	const char *name = q->product->name;
	enum err_code code = q->as_of ? past_readers(s, name, q->as_of, arena, &readers, e)
				      : lineage_readers(s, name, arena, &readers, e);
	if (code != ERR_OK)
		return code;
	struct node *items = ARENA_ARRAY(arena, struct node, readers.count);
	for (size_t i = 0; i < readers.count; i++) {
		struct fact_map m = fact_map_new(arena, 3);
		fact_text(&m, "name", readers.items[i].name);
		fact_text(&m, "owner", readers.items[i].owner);
		fact_text(&m, "domain", readers.items[i].domain);
		items[i] = fact_map_node(&m);
	}
	*ret_node = fact_list(items, readers.count);
	return ERR_OK;
}

/* ---- what the new version changes ---- */

static struct node
change_items(const struct changes *changes, struct arena *arena)
{
	struct node *items = ARENA_ARRAY(arena, struct node, changes->count);
	for (size_t i = 0; i < changes->count; i++) {
		struct fact_map m = fact_map_new(arena, 3);
		fact_text(&m, "level", change_level_name(changes->items[i].level));
		fact_text(&m, "message", changes->items[i].message);
		fact_text(&m, "pointer", changes->items[i].pointer);
		items[i] = fact_map_node(&m);
	}
	return fact_list(items, changes->count);
}

static enum err_code
change_facts(struct session *s, const struct fact_question *q, struct arena *arena,
	     struct node *ret_node, struct err *e)
{
	(void)s, (void)e;
	if (!q->changes)
		return ERR_OK;
	struct fact_map m = fact_map_new(arena, 4);
	fact_text(&m, "level", change_level_name(q->changes->level));
	fact_bool(&m, "breaking", q->changes->level == CHANGE_MAJOR);
	fact_text(&m, "version", q->version);
	fact_node(&m, "items", change_items(q->changes, arena));
	*ret_node = fact_map_node(&m);
	return ERR_OK;
}

/* ---- all of them ---- */

/* Leaves `*ret_node` null for a fact that is not known: it is then absent. */
typedef enum err_code gather_fn(struct session *s, const struct fact_question *q,
				struct arena *arena, struct node *ret_node, struct err *e);

static const struct {
	enum fact_need need;
	const char *name;
	gather_fn *gather;
} table[] = {
    {FACT_DOMAIN, "domain", domain_facts},
    {FACT_PUBLISHED_AT, "published_at", first_publication},
    {FACT_QUALITY, "quality", quality_facts},
    {FACT_DOWNSTREAM, "downstream", downstream_facts},
    {FACT_CHANGE, "change", change_facts},
};

const struct descriptor *
facts_product(const struct node *document, struct arena *arena)
{
	static const char *const keys[] = {"name", "domain", "inputs"};
	struct member *members = ARENA_ARRAY(arena, struct member, ARRAY_LEN(keys));
	struct node brief = {.kind = NODE_MAP, .members = members};
	struct descriptor *d = ARENA_NEW(arena, struct descriptor);
	struct violations ignored = {.arena = arena};
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct node *value = node_get(document, keys[i]);
		if (value)
			members[brief.count++] = (struct member){.key = keys[i], .value = *value};
	}
	descriptor_decode(&brief, &ignored, d);
	d->document = document;
	return d;
}

unsigned
facts_needed(const struct policy *p)
{
	unsigned needs = policy_needs(p) & POLICY_NEEDS_UPSTREAM ? FACT_UPSTREAM : 0;
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (policy_needs_fact(p, table[i].name))
			needs |= table[i].need;
	return needs;
}

enum err_code
facts_gather(struct session *s, const struct fact_question *question, struct arena *arena,
	     struct facts *ret_facts, struct err *e)
{
	struct fact_map m = fact_map_new(arena, ARRAY_LEN(table));
	struct node upstream = fact_list(NULL, 0);
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct node found = {.kind = NODE_NULL};
		if (!(question->needs & table[i].need))
			continue;
		enum err_code code = table[i].gather(s, question, arena, &found, e);
		if (code != ERR_OK)
			return code;
		if (found.kind != NODE_NULL)
			fact_node(&m, table[i].name, found);
	}
	if (question->needs & FACT_UPSTREAM) {
		enum err_code code =
		    upstream_facts(s, question->product, question->as_of, arena, &upstream, e);
		if (code != ERR_OK)
			return code;
	}
	*ret_facts = (struct facts){fact_map_node(&m), upstream};
	return ERR_OK;
}

/*
 * Whoever begins to be made from a product touches itself, not the product: that is looked up
 * again, and what cannot be looked up may have changed.
 */
static bool
downstream_is_touched(struct session *s, const struct fact_question *q, const struct facts *facts)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct node now = {.kind = NODE_NULL};
	struct err ignored;
	const struct node *before = node_get(&facts->facts, "downstream");
	return downstream_facts(s, q, &arena, &now, &ignored) != ERR_OK || !before ||
	       !node_equal(&now, before);
}

bool
facts_are_touched(struct session *s, const struct fact_question *question,
		  const struct facts *facts, uint64_t since)
{
	if (question->needs & FACT_DOMAIN &&
	    session_is_touched(s, question->product->domain, since))
		return true;
	if (question->needs & FACT_UPSTREAM && upstream_is_touched(s, question->product, since))
		return true;
	return question->needs & FACT_DOWNSTREAM && downstream_is_touched(s, question, facts);
}
