/*
 * descriptor.c -- a document made into a descriptor, and the questions that are asked of one.
 *
 * Decoding has three steps: the table (form), the few members that no table can fill, and what the
 * parts say of each other.  Then come names, hash, and personal data and classification.
 */
#include "descriptor.h"

#include <string.h>
#include <strings.h>

#include "base/json.h"

#include "descriptor_checks.h"

/* ---- decoding ---- */

/* Texts stand for themselves, numbers and booleans for what JSON writes. */
static const char *
scalar_text(const struct node *value, struct arena *arena)
{
	if (value->kind == NODE_TEXT)
		return value->text;
	CLEANUP(buf_done) struct buf text = {0};
	json_node(&(struct json){.out = &text}, value);
	return arena_text(arena, text.data);
}

static struct texts
scalar_texts(const struct node *list, struct arena *arena)
{
	if (!list || list->kind != NODE_LIST)
		return (struct texts){0};
	const char **items = ARENA_ARRAY(arena, const char *, list->count);
	struct position *places = ARENA_ARRAY(arena, struct position, list->count);
	for (uint32_t i = 0; i < list->count; i++) {
		items[i] = scalar_text(&list->items[i], arena);
		places[i] = list->items[i].at;
	}
	return (struct texts){items, places, list->count};
}

/* The kind is the one key that is there. */
static void
complete_check(struct quality_check *check, const struct node *written, struct arena *arena)
{
	while (check->kind < CHECK_ROW_COUNT &&
	       !node_get(written, check_kind_name((enum check_kind)check->kind)))
		check->kind++;
	const struct node *detail =
	    node_get(written, check_kind_name((enum check_kind)check->kind));
	check->has_least = node_get(detail, "min") != NULL;
	check->has_most = node_get(detail, "max") != NULL;
	check->values = scalar_texts(check->accepted, arena);
}

/* `key:` with nothing behind it means the same as no key; consumers need not know of null. */
static void
complete_wishes(const struct list *wishes)
{
	struct resource_wish *w = wishes->items;
	for (size_t i = 0; i < wishes->count; i++)
		if (w[i].settings && w[i].settings->kind != NODE_MAP)
			w[i].settings = NULL;
}

static void
complete_columns(const struct list *columns, const struct node *written)
{
	struct column *c = columns->items;
	for (size_t i = 0; i < columns->count; i++) {
		const struct node *nullable = node_get(&written->items[i], "nullable");
		c[i].nullable_given = nullable && nullable->kind == NODE_BOOL;
		c[i].nullable = c[i].nullable_given ? nullable->boolean : true;
	}
}

/* What the table cannot say: whether a member was there, and members that come of others. */
static void
complete(struct descriptor *d, struct arena *arena)
{
	d->retention_text = node_text(d->document, "retention", NULL);
	complete_columns(&d->columns, node_get(d->document, "schema"));
	const struct node *checks = node_get(d->document, "quality_checks");
	struct quality_check *check = d->quality_checks.items;
	for (size_t i = 0; i < d->quality_checks.count; i++)
		complete_check(&check[i], checks->kind == NODE_LIST ? &checks->items[i] : checks,
			       arena);
	complete_wishes(&d->storage);
	complete_wishes(&d->compute);
}

/*
 * Of what is too large its size is complained of, and not everything else: that would take its
 * time.
 */
static bool
is_within_limits(const struct descriptor *d)
{
	return d->columns.count <= DESCRIPTOR_MOST_COLUMNS &&
	       (d->document->kind != NODE_MAP || d->document->count <= DESCRIPTOR_MOST_KEYS);
}

bool
descriptor_decode(const struct node *document, struct violations *violations,
		  struct descriptor *ret_descriptor)
{
	size_t before = violations->count;
	const struct field_context context = {
	    .arena = violations->arena,
	    .violations = violations,
	    .pointer = "",
	    .user = (void *)document, /* checks only look at it */
	};
	struct descriptor d;
	field_decode(&descriptor_fields, document, &context, &d);
	d.document = document;
	complete(&d, violations->arena);
	if (is_within_limits(&d))
		descriptor_check(&d, violations);
	*ret_descriptor = d;
	return violations->count == before;
}

/* ---- names ---- */

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

bool
is_product_name(const char *name)
{
	size_t length = strlen(name), points = 0;
	for (size_t i = 0; i < length; i++) {
		bool between = i > 0 && name[i - 1] != '.' && i + 1 < length;
		if (name[i] == '.' && between)
			points++;
		else if (!is_name_char(name[i]))
			return false;
	}
	return points > 0 && length <= DESCRIPTOR_MOST_NAME;
}

const char *
input_node(const struct input *in, struct arena *arena)
{
	return in->product ? arena_printf(arena, "product:%s", in->product)
			   : arena_printf(arena, "dataset:%s", in->dataset);
}

const char *
column_source_node(const struct column_source *s, struct arena *arena)
{
	return arena_printf(arena, "column:%s", s->column);
}

/* ---- hash ---- */

struct digest
descriptor_hash(const struct node *document, struct arena *arena)
{
	struct node content = *document;
	if (document->kind == NODE_MAP) {
		struct member *members = ARENA_ARRAY(arena, struct member, document->count);
		content.count = 0;
		for (uint32_t i = 0; i < document->count; i++)
			if (strcmp(document->members[i].key, "version") != 0)
				members[content.count++] = document->members[i];
		content.members = members;
	}
	CLEANUP(buf_done) struct buf canonical = {0};
	json_canonical(&canonical, &content);
	return digest_of(canonical.data, canonical.length);
}

const char *
descriptor_canonical(const struct node *document, struct arena *arena, size_t *ret_length,
		     struct digest *ret_hash)
{
	CLEANUP(buf_done) struct buf canonical = {0};
	json_canonical(&canonical, document);
	*ret_hash = node_get(document, "version") ? descriptor_hash(document, arena)
						  : digest_of(canonical.data, canonical.length);
	*ret_length = canonical.length;
	return arena_bytes(arena, canonical.data, canonical.length);
}

/* ---- personal data, classification ---- */

static bool
says_personal(const struct texts *tags)
{
	for (size_t i = 0; i < tags->count; i++)
		if (strcasecmp(tags->items[i], "pii") == 0 ||
		    strcasecmp(tags->items[i], "personal") == 0)
			return true;
	return false;
}

bool
column_is_personal(const struct column *c)
{
	return c->pii || says_personal(&c->tags);
}

bool
descriptor_is_personal(const struct descriptor *d)
{
	const struct column *columns = d->columns.items;
	for (size_t i = 0; i < d->columns.count; i++)
		if (column_is_personal(&columns[i]))
			return true;
	return false;
}

int
descriptor_classification(const struct descriptor *d)
{
	int strictest = d->classification;
	const struct column *columns = d->columns.items;
	for (size_t i = 0; i < d->columns.count; i++)
		if (columns[i].classification > strictest)
			strictest = columns[i].classification;
	return strictest;
}
