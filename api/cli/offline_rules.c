/*
 * offline_rules.c -- compile policy documents as the server would.
 */
#include "offline_rules.h"

#include <string.h>

#include "descriptor/descriptor.h"

#include "sending.h"

/* Of those that were added before; a document that tightens another comes after it. */
static const struct policy *
find_base(const struct offline_rules *rules, const struct node *root)
{
	const char *name = policy_base_name(root);
	for (size_t i = 0; name && i < rules->count; i++)
		if (strcmp(policy_name(rules->items[i].policy), name) == 0)
			return rules->items[i].policy;
	return NULL;
}

static enum err_code
add_document(struct call *c, struct offline_rules *rules, const struct sent_file *file,
	     struct err *e)
{
	struct node root;
	bool json = !strcmp(file->media_type, "application/json");
	if (document_read(json ? DOCUMENT_JSON : DOCUMENT_YAML, file->text, file->length, NULL,
			  c->arena, &root, e))
		return tell_failure(c, file->name, file->text, file->length, e);

	struct violations complaints = {.arena = c->arena};
	const struct policy_context context = {.product = &descriptor_fields,
					       .base = find_base(rules, &root)};
	struct policy *policy = policy_compile(&root, &context, &complaints);
	violations_sort(&complaints);
	tell_violations(c, file, &complaints);
	if (!policy)
		return call_told(ERR_MALFORMED, e);
	rules->items = arena_grow(c->arena, rules->items, rules->count, &rules->capacity,
				  sizeof *rules->items);
	rules->items[rules->count++] = (struct offline_rule){*file, policy};
	return ERR_OK;
}

enum err_code
offline_rules_add_library(struct call *c, struct offline_rules *rules, struct err *e)
{
	for (const struct embedded_file *f = policy_library; f->name; f++) {
		struct sent_file file = {f->name, "application/yaml", NULL, f->size};
		file.text = arena_bytes(c->arena, f->data, f->size);
		enum err_code code = add_document(c, rules, &file, e);
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
	return code ? code : add_document(c, rules, &file, e);
}

void
offline_rules_done(struct offline_rules *rules)
{
	for (size_t i = 0; i < rules->count; i++)
		policy_destroy(rules->items[i].policy);
	rules->count = 0;
}
