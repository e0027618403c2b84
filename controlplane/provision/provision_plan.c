/*
 * provision_plan.c -- what reconciling a product would change, without changing it: each plugin is
 * asked for its plan.
 */
#include "provision_parts.h"
#include "resource_message.h"
#include "resource_work.h"

/* What the plugin says, or why it cannot be known. */
static void
write_changes(struct json *j, const struct node *result, const char *error)
{
	const struct node *changes = node_get(result, "changes");
	json_key(j, "changes");
	if (changes && changes->kind == NODE_LIST) {
		json_node(j, changes);
	} else {
		json_begin_list(j);
		json_end_list(j);
	}
	if (error)
		json_member_text(j, "error", error);
}

static const char *
message_for(const struct wishes *wishes, const struct resource *r, struct arena *arena)
{
	moment ignored;
	const char *access = resource_access(&wishes->descriptor, wishes->now, arena, &ignored);
	return resource_message(&wishes->product, &wishes->descriptor, r, access, arena);
}

static void
ask_for_plan(struct provision *p, const struct wishes *wishes, const struct resource *r,
	     struct arena *arena, struct json *j)
{
	struct err e = {0};
	struct plugin_answer answer = {.ok = false};
	struct plugin *plugin = plugin_host_find(p->host, r->plugin);
	const struct plugin_call call = {
	    .verb = "plan", .resource = message_for(wishes, r, arena), .patience = ASKING_PATIENCE};
	if (!plugin)
		write_changes(j, NULL,
			      arena_printf(arena, "no plugin '%s' is installed", r->plugin));
	else if (plugin_call(plugin, &call, arena, &answer, &e) != ERR_OK)
		write_changes(j, NULL, e.message);
	else
		write_changes(j, answer.result, answer.ok ? NULL : answer.message);
}

/* What is let go has one change before it. */
static void
write_end(const struct wishes *wishes, const struct resource *r, struct arena *arena,
	  struct json *j)
{
	char when[CLOCK_TEXT_SIZE];
	clock_format(resource_expiry(wishes, r, arena), when);
	json_key(j, "changes");
	json_begin_list(j);
	json_text(j, arena_printf(arena, "destroy it with its data at %s", when));
	json_end_list(j);
}

static void
write_resource(struct provision *p, const struct wishes *wishes, const struct resource *r,
	       struct arena *arena, struct json *j)
{
	json_begin_map(j);
	json_member_text(j, "role", r->role);
	json_member_text(j, "plugin", r->plugin);
	json_member_text(j, "name", r->name);
	json_member_text(j, "state", r->state);
	if (resource_is(r, "retained"))
		write_end(wishes, r, arena, j);
	else
		ask_for_plan(p, wishes, r, arena, j);
	json_end_map(j);
}

enum err_code
provision_plan(struct provision *p, const char *product, struct arena *arena, struct json *j,
	       struct err *e)
{
	struct wishes wishes;
	enum err_code code = wishes_read(p->store, product, arena, &wishes, e);
	if (code != ERR_OK)
		return code;
	json_begin_list(j);
	for (size_t i = 0; i < wishes.resources.count; i++)
		if (!resource_is(&wishes.resources.items[i], "removed"))
			write_resource(p, &wishes, &wishes.resources.items[i], arena, j);
	json_end_list(j);
	return ERR_OK;
}
