/*
 * provision_check.c -- a product's quality checks, run where its data is: by the plugins of its
 * ready resources.
 *
 * One event holds the results of all plugins, so that "the last results" are of one moment.  What a
 * plugin answers is taken apart and written anew: an event is for ever, and a plugin is somebody
 * else's program.
 */
#include <string.h>

#include "catalog/event_log.h"
#include "catalog/pending.h"

#include "provision_parts.h"
#include "resource_message.h"
#include "wishes.h"

/* What is being put together. */
struct checking {
	struct provision *p;
	const struct wishes *wishes;
	struct arena *arena;
	struct buf checks;  /* JSON, the items of a list */
	struct json j;      /* into `checks` */
	struct buf plugins; /* "filesystem, sqlite" */
	uint32_t count;
	bool passed;
};

/* ---- one result ---- */

static void
write_columns(struct json *j, const struct node *columns)
{
	json_key(j, "columns");
	json_begin_list(j);
	for (uint32_t i = 0; columns && columns->kind == NODE_LIST && i < columns->count; i++)
		if (columns->items[i].kind == NODE_TEXT)
			json_text(j, columns->items[i].text);
	json_end_list(j);
}

static bool
is_scalar(const struct node *n)
{
	return n && n->kind != NODE_LIST && n->kind != NODE_MAP && n->kind != NODE_NULL;
}

/* A check that does not say that it passed has not. */
static void
take_check(struct checking *c, const char *plugin, const struct node *check)
{
	bool passed = node_bool(check, "passed", false);
	const struct node *observed = node_get(check, "observed");
	json_begin_map(&c->j);
	json_member_text(&c->j, "plugin", plugin);
	json_member_text(&c->j, "check", node_text(check, "check", "unnamed"));
	write_columns(&c->j, node_get(check, "columns"));
	json_member_bool(&c->j, "passed", passed);
	json_member_text(&c->j, "message", node_text(check, "message", ""));
	json_member_int(&c->j, "failing", node_int(check, "failing", 0));
	if (is_scalar(observed)) {
		json_key(&c->j, "observed");
		json_node(&c->j, observed);
	}
	json_end_map(&c->j);
	c->passed = c->passed && passed;
	c->count++;
}

static void
take_checks(struct checking *c, const char *plugin, const struct node *result)
{
	const struct node *checks = node_get(result, "checks");
	if (!checks || checks->kind != NODE_LIST || checks->count == 0)
		return;
	buf_printf(&c->plugins, "%s%s", c->plugins.length ? ", " : "", plugin);
	for (uint32_t i = 0; i < checks->count; i++)
		take_check(c, plugin, &checks->items[i]);
}

/* ---- asking ---- */

static enum err_code
ask_plugin(struct checking *c, struct plugin *plugin, const struct resource *r, struct err *e)
{
	moment ignored;
	struct plugin_answer answer;
	const struct wishes *w = c->wishes;
	const char *access = resource_access(&w->descriptor, w->now, c->arena, &ignored);
	const struct plugin_call call = {
	    .verb = "check",
	    .resource = resource_message(&w->product, &w->descriptor, r, access, c->arena),
	    .patience = ASKING_PATIENCE,
	};
	enum err_code code = plugin_call(plugin, &call, c->arena, &answer, e);
	if (code != ERR_OK)
		return code;
	if (!answer.ok)
		return ERR(e, UNREACHABLE, "plugin '%s' cannot check: %s", r->plugin,
			   answer.message);
	take_checks(c, r->plugin, answer.result);
	return ERR_OK;
}

/* Storage and compute of one plugin and name are the same data: it is checked once. */
static bool
is_seen_before(const struct resource_list *list, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (resource_is(&list->items[i], "ready") &&
		    strcmp(list->items[i].plugin, list->items[at].plugin) == 0 &&
		    strcmp(list->items[i].name, list->items[at].name) == 0)
			return true;
	return false;
}

static enum err_code
ask_all(struct checking *c, struct err *e)
{
	const struct resource_list *list = &c->wishes->resources;
	for (size_t i = 0; i < list->count; i++) {
		const struct resource *r = &list->items[i];
		struct plugin *plugin = plugin_host_find(c->p->host, r->plugin);
		if (!plugin || !resource_is(r, "ready") || is_seen_before(list, i) ||
		    !plugin_has_verb(plugin, "check"))
			continue;
		enum err_code code = ask_plugin(c, plugin, r, e);
		if (code != ERR_OK)
			return code;
	}
	if (c->count == 0)
		return ERR(
		    e, CONFLICT,
		    "there is nothing to check '%s' by: no resource that is ready has checks",
		    c->wishes->product.name);
	return ERR_OK;
}

/* ---- recording ---- */

static void
write_body(const struct checking *c, struct buf *body)
{
	struct json j = {.out = body};
	json_begin_map(&j);
	json_member_text(&j, "plugin", c->plugins.data);
	json_member_bool(&j, "passed", c->passed);
	json_key(&j, "checks");
	json_begin_list(&j);
	json_raw(&j, c->checks.data, c->checks.length);
	json_end_list(&j);
	json_end_map(&j);
}

struct finding {
	const char *actor, *product;
	const struct buf *body;
};

static enum err_code
write_finding(void *user, struct session *s, struct err *e)
{
	const struct finding *f = user;
	return event_append(s, f->actor, "quality.checked", f->product, f->body, NULL, e);
}

static enum err_code
record(const struct checking *c, const char *actor, const struct buf *body, struct err *e)
{
	struct finding f = {actor, c->wishes->product.name, body};
	return store_change(c->p->store, write_finding, &f, e);
}

static enum err_code
check_and_record(struct checking *c, const char *actor, struct json *j, struct err *e)
{
	CLEANUP(buf_done) struct buf body = {0};
	enum err_code code = ask_all(c, e);
	if (code != ERR_OK)
		return code;
	write_body(c, &body);
	code = record(c, actor, &body, e);
	if (code == ERR_OK)
		json_raw(j, body.data, body.length);
	return code;
}

enum err_code
provision_check(struct provision *p, const char *actor, const char *product, struct arena *arena,
		struct json *j, struct err *e)
{
	struct wishes wishes;
	struct checking c = {.p = p, .wishes = &wishes, .arena = arena, .passed = true};
	enum err_code code = wishes_read(p->store, product, arena, &wishes, e);
	if (code != ERR_OK)
		return code;
	c.j.out = &c.checks;
	code = check_and_record(&c, actor, j, e);
	buf_done(&c.checks);
	buf_done(&c.plugins);
	return code;
}
