/*
 * projection.c -- the table of who applies which kind of event, and the table of tables.
 *
 * A redacted event has no body and changes nothing; kinds that no row names (token.created,
 * log.created) do not either.
 */
#include "projection.h"

#include <string.h>

#include "store_parts.h"

/* What an event's document was found to be when it came in; it is not judged again. */
static const struct document_limits source_limits = {
    .bytes = 64 << 20, .nodes = 2000000, .depth = 80};

enum { READ_NOTHING, READ_DOCUMENT, READ_FINDING, READ_PRODUCT };

// clang-format off
static const struct kind {
	const char *kind;
	int reads;
} kinds[] = {
	{"product.published", READ_PRODUCT},
	{"product.judged",    READ_FINDING},
	{"product.retired",   READ_NOTHING},
	{"domain.defined",    READ_DOCUMENT},
	{"policy.defined",    READ_DOCUMENT},
	{"policy.retired",    READ_NOTHING},
	{"resource.changed",  READ_NOTHING},
	{"quality.checked",   READ_NOTHING},
};

/* In this order: the rows of a product come first, what hangs on them after. */
static const struct {
	const char *kind;
	projection_apply_fn *apply;
} rows[] = {
	{"product.published", product_apply_published},
	{"product.published", column_apply_published},
	{"product.published", lineage_apply_published},
	{"product.published", resource_apply_published},
	{"product.published", search_apply_published},
	{"product.published", shortfall_apply_found},
	{"product.judged",    product_apply_judged},
	{"product.judged",    shortfall_apply_found},
	{"product.retired",   product_apply_retired},
	{"product.retired",   lineage_apply_retired},
	{"product.retired",   resource_apply_retired},
	{"product.retired",   search_apply_retired},
	{"product.retired",   shortfall_apply_retired},
	{"domain.defined",    domain_apply_defined},
	{"policy.defined",    rule_apply_defined},
	{"policy.retired",    rule_apply_retired},
	{"resource.changed",  resource_apply_changed},
	{"quality.checked",   quality_apply_checked},
};

#define TABLE(name, key) {#name, "DELETE FROM " #name, "SELECT * FROM " #name " ORDER BY " key}
#define TABLE_OF(name, which, key)                                                                  \
	{#name, "DELETE FROM " #name, "SELECT * FROM " #name " WHERE " which " ORDER BY " key}
const struct projection_table projection_tables[] = {
	TABLE(products,          "name"),
	TABLE(product_documents, "id"),
	TABLE(product_versions,  "id, seq"),
	TABLE(product_tags,      "tag, product"),
	TABLE(product_columns,   "id, name, since_seq"),
	TABLE(domains,           "name"),
	TABLE(policies,          "name"),
	TABLE(policy_versions,   "name, version"),
	TABLE(resources,         "product, role, plugin, name"),
	TABLE(quality_results,   "product"),
	TABLE(lineage_edges,     "target, source, kind, since_seq"),
	TABLE(lineage_columns,   "id, name, source, kind, since_seq"),
	TABLE(violations,        "product, policy, rule, part"),
	/* A database of before was filled without those that had come to 0 by then. */
	TABLE_OF(violation_counts, "count <> 0", "policy, domain, enforcement, owner"),
	TABLE(search_documents,  "id"),
	{0},
};
// clang-format on

static enum err_code
read_source(struct happening *h, struct err *e)
{
	const char *source = node_text(h->body, "source", NULL);
	if (!source)
		return ERR(e, MALFORMED, "the body has no source");
	struct node *root = ARENA_NEW(h->arena, struct node);
	if (document_read(document_format_of(node_text(h->body, "media_type", "")), source,
			  strlen(source), &source_limits, h->arena, root, e) != ERR_OK)
		return err_while(e, "source");
	h->document = root;
	return ERR_OK;
}

static enum err_code
check_product(const struct happening *h, struct err *e)
{
	const struct descriptor *d = h->product;
	if (!d->name || strcmp(d->name, h->event->subject) != 0)
		return ERR(e, MALFORMED, "the source is of '%s'", d->name ? d->name : "");
	if (!d->owner || !d->domain)
		return ERR(e, MALFORMED, "the source has no owner or no domain");
	return ERR_OK;
}

static struct product_finding
find_finding(const struct happening *h)
{
	struct violations *found = ARENA_NEW(h->arena, struct violations);
	found->arena = h->arena;
	violations_read(node_get(h->body, "violations"), found);
	return (struct product_finding){
	    .violations = found,
	    .version = node_text(h->body, "version", ""),
	    .change = node_text(h->body, "change", "none"),
	    .hash = node_text(h->body, "hash", ""),
	    .standing = node_text(h->body, "standing", "compliant"),
	};
}

static enum err_code
read_finding(struct happening *h)
{
	const struct product_finding finding = find_finding(h);
	h->draft = product_draft_judged(h->event->subject, &finding, NULL, h->arena);
	return ERR_OK;
}

/*
 * Complaints do not count: a later Weft may see more that is wrong, but what was published was
 * published.
 */
static enum err_code
read_product(struct happening *h, struct err *e)
{
	struct violations ignored = {.arena = h->arena};
	struct descriptor *d = ARENA_NEW(h->arena, struct descriptor);
	const struct product_finding finding = find_finding(h);
	CHECK(read_source(h, e));
	descriptor_decode(h->document, &ignored, d);
	h->product = d;
	CHECK(check_product(h, e));
	h->draft = product_draft_published(d, &finding, NULL, NULL, h->arena);
	return ERR_OK;
}

static enum err_code
read_event(struct happening *h, int reads, struct err *e)
{
	struct node *body = ARENA_NEW(h->arena, struct node);
	CHECK(event_body(h->event, h->arena, body, e));
	h->body = body;
	switch (reads) {
	case READ_DOCUMENT:
		return read_source(h, e);
	case READ_FINDING:
		return read_finding(h);
	case READ_PRODUCT:
		return read_product(h, e);
	default:
		return ERR_OK;
	}
}

/* The kind's row, or NULL: it changes no projection. */
static const struct kind *
find_kind(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i].kind, name) == 0)
			return &kinds[i];
	return NULL;
}

enum err_code
happening_read(struct happening *h, struct err *e)
{
	const struct kind *k = find_kind(h->event->kind);
	return read_event(h, k ? k->reads : READ_NOTHING, e);
}

static enum err_code
take_draft(struct happening *h, const struct product_draft *draft, struct err *e)
{
	h->draft = draft;
	h->product = draft->product;
	return h->product ? check_product(h, e) : ERR_OK;
}

static enum err_code
apply_rows(struct session *s, struct happening *h, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strcmp(rows[i].kind, h->event->kind) == 0)
			CHECK(rows[i].apply(s, h, e));
	return ERR_OK;
}

enum err_code
projection_apply(struct session *s, const struct event *ev, const struct product_draft *draft,
		 struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct happening h = {.event = ev, .arena = &arena};
	if (!find_kind(ev->kind) || !ev->body)
		return ERR_OK;
	enum err_code code = draft ? take_draft(&h, draft, e) : happening_read(&h, e);
	if (code != ERR_OK || apply_rows(s, &h, e) != ERR_OK)
		return err_while(e, "event %llu, %s of '%s'", (unsigned long long)ev->seq, ev->kind,
				 ev->subject);
	return ERR_OK;
}
