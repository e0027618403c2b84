/*
 * adopted_before.c -- asks the server, and writes values as settings of the command line.
 */
#include "adopted_before.h"

#include <string.h>

#include "listing.h"

/* NULL: nothing of that name and scope is in force. */
static enum err_code
find_document(struct call *c, const char *name, const struct adoption *a,
	      const struct node **ret_document, struct err *e)
{
	struct answer *answer = ARENA_NEW(c->arena, struct answer);
	const char *problem = c->problem;
	enum err_code code = client_get(c, api_path(c->arena, "policies", name, NULL), answer, e);
	if (code == ERR_NOT_FOUND) {
		c->problem = problem;
		return ERR_OK;
	}
	const char *scope = a->domain ? arena_printf(c->arena, "domain:%s", a->domain) : "global";
	if (!code && strcmp(node_text(&answer->root, "scope", ""), scope) == 0)
		*ret_document = node_get(&answer->root, "policy");
	return code;
}

/* Of one that tightens another its parameters are the values; otherwise those of its own scope. */
static const struct node *
values_in(const struct node *document)
{
	const char *scope = node_text(document, "scope", "global");
	const struct node *values = node_get(document, "values");
	if (node_get(document, "tightens"))
		return node_get(document, "parameters");
	for (uint32_t i = 0; values && values->kind == NODE_LIST && i < values->count; i++)
		if (strcmp(node_text(&values->items[i], "scope", ""), scope) == 0)
			return node_get(&values->items[i], "set");
	return NULL;
}

static bool
is_set(const struct adoption *a, const char *name)
{
	size_t length = strlen(name);
	for (size_t i = 0; i < a->setting_count; i++)
		if (strncmp(a->settings[i], name, length) == 0 && a->settings[i][length] == '=')
			return true;
	return false;
}

static const char *
setting(struct arena *arena, const struct member *m)
{
	CLEANUP(buf_done) struct buf value = {0};
	if (m->value.kind == NODE_TEXT)
		buf_text(&value, m->value.text);
	else
		json_node(&(struct json){.out = &value}, &m->value);
	return arena_printf(arena, "%s=%s", m->key, value.data ? value.data : "");
}

static void
keep_values(struct call *c, const struct node *values, const struct node *parameters,
	    struct adoption *a)
{
	const char **all = ARENA_ARRAY(c->arena, const char *, a->setting_count + values->count);
	size_t count = a->setting_count;
	if (count > 0)
		memcpy(all, a->settings, count * sizeof *all);
	for (uint32_t i = 0; i < values->count; i++) {
		const struct member *m = &values->members[i];
		if (is_set(a, m->key) || !parameters || !node_get(parameters, m->key))
			continue;
		all[count++] = setting(c->arena, m);
		note(c, "as it is in force: %s", all[count - 1]);
	}
	a->settings = all;
	a->setting_count = count;
}

enum err_code
adopted_before_keep(struct call *c, const char *name, const struct node *parameters,
		    struct adoption *a, struct err *e)
{
	const struct node *document = NULL;
	enum err_code code = find_document(c, name, a, &document, e);
	if (code || !document)
		return code;
	if (!a->enforcement) {
		a->enforcement = node_text(document, "enforcement", NULL);
		note(c, "as it is in force: enforcement %s", a->enforcement);
	}
	const struct node *values = values_in(document);
	if (values && values->kind == NODE_MAP)
		keep_values(c, values, parameters, a);
	return ERR_OK;
}
