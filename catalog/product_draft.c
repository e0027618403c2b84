/*
 * product_draft.c -- what the projections need of a document, worked out before anybody waits.
 */
#include <string.h>

#include "base/json.h"

#include "product.h"

static const char *
text_of_columns(const struct descriptor *d, struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = {0};
	const struct column *columns = d->columns.items;
	for (size_t i = 0; i < d->columns.count; i++) {
		buf_printf(&text, "%s%s", i ? " " : "", columns[i].name ? columns[i].name : "");
		if (columns[i].description)
			buf_printf(&text, " %s", columns[i].description);
	}
	return arena_bytes(arena, text.data ? text.data : "", text.length);
}

static const char *
text_of_tags(const struct descriptor *d, struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = {0};
	for (size_t i = 0; i < d->tags.count; i++)
		buf_printf(&text, "%s\n", d->tags.items[i]);
	return arena_bytes(arena, text.data ? text.data : "", text.length);
}

static const char *
canonical_text(const struct descriptor *d, struct arena *arena, size_t *ret_length)
{
	CLEANUP(buf_done) struct buf text = {0};
	json_canonical(&text, d->document);
	*ret_length = text.length;
	return arena_bytes(arena, text.data, text.length);
}

static struct product_draft *
new_draft(const char *kind, const char *name, const struct product_finding *finding,
	  const struct buf *body, struct arena *arena)
{
	struct product_draft *draft = ARENA_NEW(arena, struct product_draft);
	*draft = (struct product_draft){.kind = kind, .name = name, .finding = *finding};
	if (body) {
		draft->body = arena_bytes(arena, body->data, body->length);
		draft->body_length = body->length;
		draft->body_hash = digest_of(body->data, body->length);
	}
	return draft;
}

const struct product_draft *
product_draft_published(const struct descriptor *product, const struct product_finding *finding,
			const struct product *before, const struct buf *body, struct arena *arena)
{
	struct product_draft *draft =
	    new_draft("product.published", product->name, finding, body, arena);
	struct product_finding *f = &draft->finding;
	draft->product = product;
	draft->id = before ? before->id : 0;
	draft->classification = classification_name(descriptor_classification(product));
	draft->personal = descriptor_is_personal(product);
	draft->column_words = text_of_columns(product, arena);
	draft->tag_words = text_of_tags(product, arena);
	if (!f->document)
		f->document = canonical_text(product, arena, &f->document_length);
	return draft;
}

const struct product_draft *
product_draft_judged(const char *name, const struct product_finding *finding,
		     const struct buf *body, struct arena *arena)
{
	return new_draft("product.judged", name, finding, body, arena);
}
