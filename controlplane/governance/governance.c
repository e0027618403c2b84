/*
 * governance.c -- the start: the ready-made policies on the first one, then everything compiled
 * once.
 */
#include <stdlib.h>
#include <string.h>

#include "catalog/rulebook.h"

#include "transaction.h"

/* "library/quality-checks-required.yaml" -> "quality-checks-required" */
static const char *
rule_name_of(const char *path, struct arena *arena)
{
	const char *leaf = strrchr(path, '/');
	leaf = leaf ? leaf + 1 : path;
	return arena_bytes(arena, leaf, strcspn(leaf, "."));
}

static enum err_code
define_from_library(struct governance *g, const struct embedded_file *file, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	CLEANUP(buf_done) struct buf answer = {0};
	struct violations violations = {.arena = &arena};
	const struct actor weft = {.name = "weft", .role = ROLE_ADMIN};
	const struct submission in = {.text = file->data,
				      .length = file->size,
				      .media_type = "application/yaml",
				      .actor = &weft};
	struct outcome out = {.body = &answer};
	if (policy_define(g, rule_name_of(file->name, &arena), &in, &arena, &violations, &out, e) !=
		ERR_OK ||
	    outcome_settle(g, &out, e) != ERR_OK)
		return err_while(e, "the ready-made policy '%s'", file->name);
	return ERR_OK;
}

static enum err_code
was_defined(struct governance *g, const char *name, struct arena *arena, bool *ret_defined,
	    struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	struct rule_versions found = {0};
	enum err_code code = store_read(g->store, &s, e);
	if (code == ERR_OK)
		code = rule_versions(s, name, 0, 1, arena, &found, e);
	*ret_defined = found.count > 0;
	return code;
}

/*
 * A start that was cut short half-way is completed by the next one; what the council has changed
 * or retired since stays so.
 */
static enum err_code
define_missing(struct governance *g, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	for (const struct embedded_file *file = policy_library_at_start; file->name; file++) {
		bool defined;
		enum err_code code =
		    was_defined(g, rule_name_of(file->name, &arena), &arena, &defined, e);
		if (code == ERR_OK && !defined)
			code = define_from_library(g, file, e);
		if (code != ERR_OK)
			return code;
	}
	return ERR_OK;
}

static enum err_code
compile_now(struct governance *g, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	CLEANUP(rule_set_release) struct rule_set *rules = NULL;
	enum err_code code = store_read(g->store, &s, e);
	return code == ERR_OK ? rules_hold(g->rules, s, &rules, e) : code;
}

enum err_code
governance_create(struct store *store, struct governance **ret_governance, struct err *e)
{
	struct governance *g = memory_alloc(sizeof *g);
	g->store = store;
	g->rules = rules_create(store_metrics(store));
	impact_places_init(&g->impacts);
	enum err_code code = define_missing(g, e);
	if (code == ERR_OK)
		code = compile_now(g, e);
	if (code == ERR_OK)
		*ret_governance = g;
	else
		governance_destroy(g);
	return code;
}

void
governance_destroy(struct governance *g)
{
	if (!g)
		return;
	impact_places_done(&g->impacts);
	rules_destroy(g->rules);
	agents_destroy(g->agents);
	free(g);
}

void
governance_ask(struct governance *g, struct agents *agents)
{
	g->agents = agents;
}

void
governance_ask_no_more(struct governance *g)
{
	if (g && g->agents)
		agents_end(g->agents);
}
