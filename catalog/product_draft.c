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

const struct product_draft *
product_draft_new(const struct descriptor *product, const struct product_finding *finding,
		  const struct product *before, const struct buf *body, struct arena *arena)
{
	struct product_draft *draft = ARENA_NEW(arena, struct product_draft);
	*draft = (struct product_draft){
	    .product = product,
	    .finding = *finding,
	    .id = before ? before->id : 0,
	    .classification = classification_name(descriptor_classification(product)),
	    .personal = descriptor_is_personal(product),
	    .column_words = text_of_columns(product, arena),
	    .tag_words = text_of_tags(product, arena),
	};
	struct product_finding *f = &draft->finding;
	if (!f->document)
		f->document = canonical_text(product, arena, &f->document_length);
	if (body) {
		draft->body = arena_bytes(arena, body->data, body->length);
		draft->body_length = body->length;
		draft->body_hash = digest_of(body->data, body->length);
	}
	return draft;
}
