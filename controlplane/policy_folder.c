/*
 * policy_folder.c -- from the names in a folder to policy_define(), one document after another.
 */
#include "policy_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum { MOST_POLICY = 4 << 20 };

struct document {
	const char *path;
	bool json;
	char *text;
	size_t length;
	const char *name;
};

static bool
ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), tail = strlen(end);
	return length > tail && strcmp(text + length - tail, end) == 0;
}

static int
is_document(const struct dirent *entry)
{
	const char *name = entry->d_name;
	return *name != '.' &&
	       (ends_with(name, ".yaml") || ends_with(name, ".yml") || ends_with(name, ".json"));
}

static enum err_code
read_document(struct document *d, struct arena *arena, struct err *e)
{
	struct node root;
	d->json = ends_with(d->path, ".json");
	enum err_code code = file_read(d->path, MOST_POLICY, arena, &d->text, &d->length, e);
	if (code == ERR_OK)
		code = document_read(d->json ? DOCUMENT_JSON : DOCUMENT_YAML, d->text, d->length,
				     NULL, arena, &root, e);
	if (code != ERR_OK)
		return code;
	d->name = node_text(&root, "name", NULL);
	return d->name ? ERR_OK : ERR_AT(e, MALFORMED, root.at, "a policy has a name");
}

static enum err_code
define(struct governance *g, const struct document *d, struct arena *arena,
       struct violations *violations, bool *ret_unchanged, struct err *e)
{
	const struct actor actor = {.name = "weft", .role = ROLE_ADMIN};
	const struct submission in = {
	    .text = d->text,
	    .length = d->length,
	    .media_type = d->json ? "application/json" : "application/yaml",
	    .actor = &actor,
	};
	CLEANUP(buf_done) struct buf body = {0};
	struct outcome out = {.body = &body};
	struct node answer;
	enum err_code code = policy_define(g, d->name, &in, arena, violations, &out, e);
	if (code == ERR_OK)
		code = outcome_settle(g, &out, e);
	if (code == ERR_OK)
		code =
		    document_read(DOCUMENT_JSON, body.data, body.length, NULL, arena, &answer, e);
	if (code == ERR_OK)
		*ret_unchanged = strcmp(node_text(&answer, "outcome", ""), "unchanged") == 0;
	return code;
}

/* "rules/pii.yaml:7:12" */
static const char *
place_of(const struct document *d, struct position at, struct arena *arena)
{
	return at.line ? arena_printf(arena, "%s:%u:%u", d->path, at.line, at.column) : d->path;
}

static void
complain(const struct document *d, const struct violations *violations, const struct err *e,
	 struct arena *arena)
{
	for (size_t i = 0; i < violations->count; i++)
		LOG(ERROR, "policy refused", "at", place_of(d, violations->items[i].at, arena),
		    "error", violations->items[i].message);
	if (violations->count == 0)
		LOG(ERROR, "policy refused", "at", place_of(d, e->at, arena), "error", e->message);
}

static enum err_code
take_document(struct governance *g, const char *path, struct policy_folder_report *report,
	      struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct violations violations = {.arena = &arena};
	struct document d = {.path = path};
	bool unchanged = false;
	e->at = (struct position){0};
	enum err_code code = read_document(&d, &arena, e);
	if (code == ERR_OK)
		code = define(g, &d, &arena, &violations, &unchanged, e);
	if (code == ERR_OK) {
		report->unchanged += unchanged;
		report->defined += !unchanged;
		return ERR_OK;
	}
	complain(&d, &violations, e, &arena);
	report->refused++;
	return err_while(e, "policies: '%s'", path);
}

static enum err_code
take_all(struct governance *g, const char *folder, struct dirent **names, int count,
	 struct policy_folder_report *report, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	enum err_code first = ERR_OK;
	for (int i = 0; i < count; i++) {
		struct err failed;
		const char *path = arena_printf(&arena, "%s/%s", folder, names[i]->d_name);
		if (take_document(g, path, report, &failed) != ERR_OK && first == ERR_OK) {
			*e = failed;
			first = failed.code;
		}
	}
	return first;
}

enum err_code
policy_folder_define(struct governance *g, const char *folder,
		     struct policy_folder_report *ret_report, struct err *e)
{
	struct dirent **names = NULL;
	*ret_report = (struct policy_folder_report){0};
	int count = scandir(folder, &names, is_document, alphasort);
	if (count < 0) {
		err_errno(e, errno, "policies: reading the folder '%s'", folder);
		return e->code = ERR_USAGE;
	}
	enum err_code code = take_all(g, folder, names, count, ret_report, e);
	for (int i = 0; i < count; i++)
		free(names[i]);
	free(names);
	return code;
}
