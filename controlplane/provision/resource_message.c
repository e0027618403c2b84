/*
 * resource_message.c -- see resource_message.h.
 */
#include "resource_message.h"

#include <math.h>
#include <string.h>

static const char *const level_names[] = {"read", "write", "admin"};

static void
member_if(struct json *j, const char *key, const char *text)
{
	if (text)
		json_member_text(j, key, text);
}

static void
write_texts(struct json *j, const char *key, const struct texts *texts)
{
	json_key(j, key);
	json_begin_list(j);
	for (size_t i = 0; i < texts->count; i++)
		json_text(j, texts->items[i]);
	json_end_list(j);
}

/* The longest that it can be, rounded up: nothing may be removed before its time. */
static int64_t
seconds_of(struct duration d)
{
	return (duration_longest(d) + 999999) / 1000000;
}

/* ---- access ---- */

static moment
end_of_access(const struct access_entry *entry)
{
	moment last_day;
	if (!entry->until || !clock_parse(entry->until, &last_day))
		return 0;
	return last_day + SECONDS(86400);
}

static void
write_entry(struct json *j, const struct access_entry *entry)
{
	bool known = entry->level >= 0 && (size_t)entry->level < ARRAY_LEN(level_names);
	json_begin_map(j);
	json_member_text(j, "role", entry->role);
	json_member_text(j, "level", level_names[known ? entry->level : ACCESS_READ]);
	write_texts(j, "columns", &entry->columns);
	json_end_map(j);
}

const char *
resource_access(const struct descriptor *d, moment now, struct arena *arena, moment *ret_next)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct json j = {.out = &text};
	const struct access_entry *entries = d->access.items;
	moment next = 0;
	json_begin_list(&j);
	for (size_t i = 0; i < d->access.count; i++) {
		moment end = end_of_access(&entries[i]);
		if (end && end <= now)
			continue;
		if (end && (!next || end < next))
			next = end;
		write_entry(&j, &entries[i]);
	}
	json_end_list(&j);
	*ret_next = next;
	return arena_bytes(arena, text.data, text.length);
}

/* ---- columns and checks ---- */

static void
write_columns(struct json *j, const struct descriptor *d)
{
	const struct column *columns = d->columns.items;
	json_key(j, "columns");
	json_begin_list(j);
	for (size_t i = 0; i < d->columns.count; i++) {
		const struct column *c = &columns[i];
		json_begin_map(j);
		json_member_text(j, "name", c->name);
		json_member_text(j, "type", c->type);
		json_member_bool(j, "nullable", !c->nullable_given || c->nullable);
		json_member_bool(j, "key", c->key);
		json_member_bool(j, "pii", column_is_personal(c));
		member_if(j, "classification", classification_name(c->classification));
		json_end_map(j);
	}
	json_end_list(j);
}

static void
member_real(struct json *j, const char *key, bool given, double n)
{
	if (!given || !isfinite(n))
		return;
	json_key(j, key);
	json_real(j, n);
}

static void
write_checks(struct json *j, const struct descriptor *d)
{
	const struct quality_check *checks = d->quality_checks.items;
	json_key(j, "checks");
	json_begin_list(j);
	for (size_t i = 0; i < d->quality_checks.count; i++) {
		const struct quality_check *c = &checks[i];
		json_begin_map(j);
		json_member_text(j, "kind", check_kind_name((enum check_kind)c->kind));
		write_texts(j, "columns", &c->columns);
		if (c->kind == CHECK_FRESHNESS)
			json_member_int(j, "within_seconds", seconds_of(c->within));
		if (c->kind == CHECK_ACCEPTED_VALUES)
			write_texts(j, "values", &c->values);
		member_real(j, "least", c->has_least, c->least);
		member_real(j, "most", c->has_most, c->most);
		json_end_map(j);
	}
	json_end_list(j);
}

/* ---- the whole ---- */

/* What the wish itself says; it was found good when it was published. */
static void
write_wish(struct json *j, const struct resource *r, struct arena *arena)
{
	struct err ignored;
	struct node wish = {.kind = NODE_NULL};
	if (document_read(DOCUMENT_JSON, r->wish, strlen(r->wish), NULL, arena, &wish, &ignored) !=
	    ERR_OK)
		return;
	const struct node *settings = node_get(&wish, "settings");
	member_if(j, "quota", node_text(&wish, "quota", NULL));
	if (settings && settings->kind == NODE_MAP) {
		json_key(j, "settings");
		json_canonical(j->out, settings);
		j->comma = true;
	}
}

const char *
resource_message(const struct product *product, const struct descriptor *d,
		 const struct resource *r, const char *access, struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct json j = {.out = &text};
	json_begin_map(&j);
	json_member_text(&j, "product", r->product);
	json_member_text(&j, "version", product->version);
	json_member_text(&j, "role", r->role);
	json_member_text(&j, "name", r->name);
	json_member_text(&j, "owner", d->owner);
	json_member_text(&j, "domain", d->domain);
	member_if(&j, "classification", classification_name(descriptor_classification(d)));
	if (d->retention_text) {
		json_member_text(&j, "retention", d->retention_text);
		json_member_int(&j, "retention_seconds", seconds_of(d->retention));
	}
	write_wish(&j, r, arena);
	write_columns(&j, d);
	write_checks(&j, d);
	json_key(&j, "access");
	json_raw(&j, access, strlen(access));
	json_end_map(&j);
	return arena_bytes(arena, text.data, text.length);
}
