/*
 * policy_change.c -- trees are immutable: each change is a copy of the maps on the way to it.
 */
#include "policy_change.h"

#include <string.h>

#include "base/buf.h"

bool
policy_change_is_empty(const struct policy_change *change)
{
	return !change->enforcement && change->settings.count == 0;
}

/* ---- trees ---- */

static struct node
text_node(const char *text)
{
	return (struct node){.kind = NODE_TEXT, .count = (uint32_t)strlen(text), .text = text};
}

/* The map with this member; NULL is an empty one. */
static struct node
with_member(struct arena *arena, const struct node *map, const char *key, struct node value)
{
	uint32_t count = map ? map->count : 0, at = 0;
	struct member *members = ARENA_ARRAY(arena, struct member, count + 1);
	if (count > 0)
		memcpy(members, map->members, count * sizeof *members);
	while (at < count && strcmp(members[at].key, key) != 0)
		at++;
	members[at].key = key;
	members[at].value = value;
	return (struct node){
	    .kind = NODE_MAP, .count = at == count ? count + 1 : count, .members = members};
}

static struct node
without_member(struct arena *arena, const struct node *map, const char *key)
{
	struct member *members = ARENA_ARRAY(arena, struct member, map->count);
	uint32_t count = 0;
	for (uint32_t i = 0; i < map->count; i++)
		if (strcmp(map->members[i].key, key) != 0)
			members[count++] = map->members[i];
	return (struct node){.kind = NODE_MAP, .count = count, .members = members};
}

static const struct node *
map_at(const struct node *map, const char *key)
{
	const struct node *value = node_get(map, key);
	return value && value->kind == NODE_MAP ? value : NULL;
}

/* ---- one parameter ---- */

/* The place among the values whose scope is global, or the number of them. */
static uint32_t
find_global(const struct node *values)
{
	uint32_t at = 0;
	while (at < values->count &&
	       strcmp(node_text(&values->items[at], "scope", ""), "global") != 0)
		at++;
	return at;
}

static struct node
with_value(struct arena *arena, const struct node *values, const char *name, struct node value)
{
	static const struct node none = {.kind = NODE_LIST};
	if (!values || values->kind != NODE_LIST)
		values = &none;
	uint32_t at = find_global(values);
	struct node *items = ARENA_ARRAY(arena, struct node, values->count + 1);
	if (values->count > 0)
		memcpy(items, values->items, values->count * sizeof *items);
	if (at == values->count)
		items[at] = with_member(arena, NULL, "scope", text_node("global"));
	struct node set = with_member(arena, map_at(&items[at], "set"), name, value);
	items[at] = with_member(arena, &items[at], "set", set);
	return (struct node){.kind = NODE_LIST,
			     .count = at == values->count ? at + 1 : values->count,
			     .items = items};
}

static enum err_code
unknown_parameter(const struct node *parameters, const char *name, struct err *e)
{
	CLEANUP(buf_done) struct buf known = {0};
	for (uint32_t i = 0; parameters && i < parameters->count; i++)
		buf_printf(&known, "%s%s", i ? ", " : "", parameters->members[i].key);
	if (known.length == 0)
		return ERR(e, USAGE, "--set %s: the policy has no parameters", name);
	return ERR(e, USAGE, "--set %s: the policy has no such parameter; it has %s", name,
		   known.data);
}

static enum err_code
set_parameter(struct node *document, const char *name, struct node value, struct arena *arena,
	      struct err *e)
{
	const struct node *parameters = map_at(document, "parameters");
	const struct node *given = node_get(parameters, name);
	if (!given)
		return unknown_parameter(parameters, name, e);
	if (given->kind == NODE_MAP && node_get(given, "type"))
		*document =
		    with_member(arena, document, "values",
				with_value(arena, node_get(document, "values"), name, value));
	else
		*document = with_member(arena, document, "parameters",
					with_member(arena, parameters, name, value));
	return ERR_OK;
}

/* NAME=VALUE */
static enum err_code
apply_setting(const char *setting, struct node *document, struct arena *arena, struct err *e)
{
	const char *equals = strchr(setting, '=');
	struct node value;
	if (!equals || equals == setting)
		return ERR(e, USAGE, "--set '%s': expected NAME=VALUE, such as 'minimum=10 years'",
			   setting);
	const char *name = arena_bytes(arena, setting, (size_t)(equals - setting));
	if (document_read(DOCUMENT_YAML, equals + 1, strlen(equals + 1), NULL, arena, &value, e) !=
	    ERR_OK)
		return ERR(e, USAGE, "--set '%s': the value is no YAML", setting);
	return set_parameter(document, name, value, arena, e);
}

enum err_code
policy_change_make(const struct policy_change *change, const struct node *document,
		   struct arena *arena, struct node *ret_document, struct err *e)
{
	struct node changed = *document;
	if (document->kind != NODE_MAP)
		return ERR(e, USAGE, "the policy is no map: nothing of it can be set");
	if (change->enforcement)
		changed =
		    with_member(arena, &changed, "enforcement", text_node(change->enforcement));
	for (size_t i = 0; i < change->settings.count; i++) {
		enum err_code code = apply_setting(change->settings.items[i], &changed, arena, e);
		if (code)
			return code;
	}
	*ret_document = without_member(arena, &changed, "tests");
	return ERR_OK;
}
