/*
 * offline_rules.c -- compile policy documents as the server would.
 *
 * A policy may tighten another one, which is then looked for: among those at hand, in the files
 * that were named, on the server where it may be asked, and among the ready-made ones.
 */
#include "offline_rules.h"

#include <string.h>
#include <unistd.h>

#include "descriptor/descriptor.h"

#include "sending.h"

static enum err_code
read_document(struct call *c, const struct sent_file *file, struct node *ret_root, struct err *e)
{
	return document_read(document_format_of(file->media_type), file->text, file->length, NULL,
			     c->arena, ret_root, e);
}

/* ---- where documents are ---- */

static bool
find_in_library(struct call *c, const char *name, struct sent_file *ret_file)
{
	const char *path = arena_printf(c->arena, "library/%s.yaml", name);
	for (const struct embedded_file *f = policy_library; f->name; f++) {
		if (strcmp(f->name, path) != 0)
			continue;
		*ret_file = (struct sent_file){f->name, "application/yaml", NULL, f->size};
		ret_file->text = arena_bytes(c->arena, f->data, f->size);
		return true;
	}
	return false;
}

/* The document as it was sent there, and since when it is in force: grace goes by that. */
static enum err_code
find_on_server(struct call *c, const char *name, struct sent_file *ret_file, moment *ret_since,
	       struct err *e)
{
	const char *problem = c->problem;
	const struct question q = {.path = api_path(c->arena, "policies", name, NULL),
				   .accept = "application/yaml"};
	struct answer a, about;
	enum err_code code = client_ask(c, &q, &a, e);
	if (!code)
		code = client_get(c, q.path, &about, e);
	c->problem = problem;
	if (code)
		return code;
	if (!clock_parse(node_text(&about.root, "defined_at", ""), ret_since))
		*ret_since = 0;
	bool json = a.content_type && strstr(a.content_type, "json");
	*ret_file = (struct sent_file){
	    .name = name,
	    .media_type = json ? "application/json" : "application/yaml",
	    .text = arena_bytes(c->arena, a.body, a.length),
	    .length = a.length,
	};
	return ERR_OK;
}

/* Of the files that were named, the one that holds this policy. */
static bool
find_beside(struct call *c, const struct offline_rules *rules, const char *name,
	    struct sent_file *ret_file)
{
	for (size_t i = 0; rules->beside && i < rules->beside->count; i++) {
		const char *path = rules->beside->items[i];
		struct node root;
		struct err ignored;
		if (strcmp(path, "-") == 0 || !is_file_name(path) ||
		    sent_file_read(c, path, ret_file, &ignored) ||
		    read_document(c, ret_file, &root, &ignored))
			continue;
		if (strcmp(node_text(&root, "name", ""), name) == 0 && !policy_base_name(&root))
			return true;
	}
	return false;
}

/* ---- what another one tightens ---- */

static const struct policy *
known_base(const struct offline_rules *rules, const char *name)
{
	for (size_t i = 0; i < rules->count; i++)
		if (strcmp(policy_name(rules->items[i].policy), name) == 0)
			return rules->items[i].policy;
	for (size_t i = 0; i < rules->base_count; i++)
		if (strcmp(policy_name(rules->bases[i]), name) == 0)
			return rules->bases[i];
	return NULL;
}

/* NULL when it is not found, or is wrong itself. */
static const struct policy *
find_base(struct call *c, struct offline_rules *rules, const struct node *root)
{
	const char *name = policy_base_name(root);
	struct violations ignored = {.arena = c->arena};
	const struct policy_context context = {.product = &descriptor_fields};
	struct sent_file file;
	struct node base_root;
	moment since;
	struct err e;
	const struct policy *known = name ? known_base(rules, name) : NULL;
	if (!name || known)
		return known;
	bool found = find_beside(c, rules, name, &file) ||
		     (rules->asks_server && !find_on_server(c, name, &file, &since, &e)) ||
		     find_in_library(c, name, &file);
	struct policy *base = found && !read_document(c, &file, &base_root, &e)
				  ? policy_compile(&base_root, &context, &ignored)
				  : NULL;
	if (!base)
		return NULL;
	rules->bases = arena_grow(c->arena, rules->bases, rules->base_count, &rules->base_capacity,
				  sizeof(void *));
	rules->bases[rules->base_count++] = base;
	return base;
}

/* ---- adding ---- */

enum err_code
offline_rules_try(struct call *c, struct offline_rules *rules, const struct sent_file *file,
		  struct violations *complaints, struct err *e)
{
	struct node root;
	if (read_document(c, file, &root, e)) {
		violation_note(complaints, "syntax", "", e->at, "%s", e->message);
		return call_told(ERR_MALFORMED, e);
	}
	const struct policy_context context = {.product = &descriptor_fields,
					       .base = find_base(c, rules, &root),
					       .since = rules->since};
	struct policy *policy = policy_compile(&root, &context, complaints);
	violations_sort(complaints);
	if (!policy)
		return call_told(ERR_MALFORMED, e);
	rules->items = arena_grow(c->arena, rules->items, rules->count, &rules->capacity,
				  sizeof *rules->items);
	rules->items[rules->count++] = (struct offline_rule){*file, root, policy};
	return ERR_OK;
}

enum err_code
offline_rules_add_document(struct call *c, struct offline_rules *rules,
			   const struct sent_file *file, struct err *e)
{
	struct violations complaints = {.arena = c->arena};
	enum err_code code = offline_rules_try(c, rules, file, &complaints, e);
	tell_violations(c, file, &complaints);
	return code;
}

enum err_code
offline_rules_add_library(struct call *c, struct offline_rules *rules,
			  const struct embedded_file *library, struct err *e)
{
	for (const struct embedded_file *f = library; f->name; f++) {
		struct sent_file file = {f->name, "application/yaml", NULL, f->size};
		file.text = arena_bytes(c->arena, f->data, f->size);
		enum err_code code = offline_rules_add_document(c, rules, &file, e);
		if (code)
			return code;
	}
	return ERR_OK;
}

enum err_code
offline_rules_add_file(struct call *c, struct offline_rules *rules, const char *path, struct err *e)
{
	struct sent_file file;
	enum err_code code = sent_file_read(c, path, &file, e);
	return code ? code : offline_rules_add_document(c, rules, &file, e);
}

/* "library/naming-convention.yaml" -> "naming-convention" */
static const char *
name_of_file(const struct embedded_file *f, struct arena *arena)
{
	const char *leaf = strrchr(f->name, '/') + 1;
	return arena_bytes(arena, leaf, strcspn(leaf, "."));
}

enum err_code
offline_rules_find_ready_made(struct call *c, const char *name, struct sent_file *ret_file,
			      struct err *e)
{
	size_t count = 0;
	if (find_in_library(c, name, ret_file))
		return ERR_OK;
	while (policy_library[count].name)
		count++;
	const char **names = ARENA_ARRAY(c->arena, const char *, count);
	for (size_t i = 0; i < count; i++)
		names[i] = name_of_file(&policy_library[i], c->arena);
	const char *nearest = nearest_word(name, names, count);
	return ERR(e, NOT_FOUND, "no ready-made policy is named '%s'%s%s%s", name,
		   nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

enum err_code
offline_rules_add_ready_made(struct call *c, struct offline_rules *rules, const char *name,
			     struct err *e)
{
	struct sent_file file;
	enum err_code code = offline_rules_find_ready_made(c, name, &file, e);
	return code ? code : offline_rules_add_document(c, rules, &file, e);
}

bool
is_file_name(const char *word)
{
	return strcmp(word, "-") == 0 || strchr(word, '/') || access(word, F_OK) == 0;
}

enum err_code
offline_rules_add_named(struct call *c, struct offline_rules *rules, const char *name,
			struct err *e)
{
	struct sent_file file;
	if (is_file_name(name))
		return offline_rules_add_file(c, rules, name, e);
	enum err_code code = find_on_server(c, name, &file, &rules->since, e);
	if (code == ERR_OK || find_in_library(c, name, &file))
		return offline_rules_add_document(c, rules, &file, e);
	if (code == ERR_NOT_FOUND || code == ERR_UNREACHABLE)
		return ERR(
		    e, NOT_FOUND,
		    "no policy '%s': there is no such file, no ready-made policy, and %s", name,
		    code == ERR_NOT_FOUND ? "none on the server" : "the server cannot be reached");
	return code;
}

void
offline_rules_done(struct offline_rules *rules)
{
	for (size_t i = 0; i < rules->count; i++)
		policy_destroy(rules->items[i].policy);
	for (size_t i = 0; i < rules->base_count; i++)
		policy_destroy(rules->bases[i]);
	rules->count = rules->base_count = 0;
}
