/*
 * policy_inputs.c -- folders become files, files become policies and cases.
 */
#include "policy_inputs.h"

#include <sys/stat.h>

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "sending.h"

enum { MOST_FOLDERS = 16 /* one within another */ };

/* ---- files and folders ---- */

static void
add_path(struct call *c, struct words *paths, const char *path)
{
	paths->items = arena_grow(c->arena, paths->items, paths->count, &paths->capacity,
				  sizeof *paths->items);
	paths->items[paths->count++] = path;
}

static bool
is_document_name(const char *name)
{
	static const char *const endings[] = {".yaml", ".yml", ".json"};
	const char *dot = strrchr(name, '.');
	for (size_t i = 0; dot && i < ARRAY_LEN(endings); i++)
		if (strcmp(dot, endings[i]) == 0)
			return true;
	return false;
}

static bool
is_folder(const char *path)
{
	struct stat s;
	return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

static enum err_code
add_folder(struct call *c, struct words *paths, const char *path, unsigned depth, struct err *e)
{
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, alphasort);
	enum err_code code = ERR_OK;
	if (count < 0)
		return ERR(e, USAGE, "the folder '%s' cannot be read", path);
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;
		const char *inner = arena_printf(c->arena, "%s/%s", path, name);
		if (!code && name[0] != '.' && depth < MOST_FOLDERS && is_folder(inner))
			code = add_folder(c, paths, inner, depth + 1, e);
		else if (!code && name[0] != '.' && is_document_name(name))
			add_path(c, paths, inner);
		free(entries[i]);
	}
	free(entries);
	return code;
}

enum err_code
policy_inputs_expand(struct call *c, struct words *ret_paths, struct err *e)
{
	enum err_code code = ERR_OK;
	for (size_t i = 0; !code && i < c->words.count; i++) {
		const char *word = c->words.items[i];
		if (is_folder(word))
			code = add_folder(c, ret_paths, word, 0, e);
		else
			add_path(c, ret_paths, word);
	}
	return code;
}

/* ---- documents ---- */

bool
policy_inputs_was_named(const struct call *c, const char *path)
{
	for (size_t i = 0; i < c->words.count; i++)
		if (strcmp(c->words.items[i], path) == 0)
			return true;
	return false;
}

static struct checked_file *
add_file(struct call *c, struct policy_inputs *in, const struct sent_file *file)
{
	in->files =
	    arena_grow(c->arena, in->files, in->file_count, &in->file_capacity, sizeof *in->files);
	struct checked_file *f = &in->files[in->file_count++];
	*f = (struct checked_file){.file = *file, .complaints = {.arena = c->arena}};
	return f;
}

static enum err_code
add_cases(struct call *c, struct policy_inputs *in, struct checked_file *f, const struct node *root,
	  struct err *e)
{
	struct policy_cases cases;
	bool sound = policy_cases_decode(root, c->arena, &f->complaints, &cases);
	violations_sort(&f->complaints);
	if (!sound)
		return call_told(ERR_MALFORMED, e);
	in->case_files =
	    arena_grow(c->arena, in->case_files, in->count, &in->capacity, sizeof *in->case_files);
	in->case_files[in->count++] = (struct case_file){f->file, cases};
	return ERR_OK;
}

static enum err_code
add_policy(struct call *c, struct policy_inputs *in, struct checked_file *f, struct err *e)
{
	enum err_code code = offline_rules_try(c, &in->rules, &f->file, &f->complaints, e);
	f->rule = code ? 0 : in->rules.count;
	return code;
}

/* In a folder there may be other documents: products, domains. */
static enum err_code
add_path_s_document(struct call *c, struct policy_inputs *in, const char *path, struct err *e)
{
	struct sent_file file;
	struct node *root = ARENA_NEW(c->arena, struct node);
	enum err_code code = sent_file_read(c, path, &file, e);
	if (code)
		return code;
	bool readable = !document_read(document_format_of(file.media_type), file.text, file.length,
				       NULL, c->arena, root, e);
	bool policy = readable && strcmp(node_text(root, "kind", ""), "Policy") == 0;
	bool cases = readable && policy_cases_is(root);
	if (readable && !policy && !cases && !policy_inputs_was_named(c, path))
		return ERR_OK;
	struct checked_file *f = add_file(c, in, &file);
	code = cases ? add_cases(c, in, f, root, e) : add_policy(c, in, f, e);
	if (!in->silent)
		tell_violations(c, &f->file, &f->complaints);
	return code;
}

static void
keep_worst(struct call *c, const char *path, struct err *failure, struct err *worst)
{
	if (failure->message[0])
		tell_of_file(c, path, failure);
	if (err_exit_status(failure->code) >= err_exit_status(worst->code))
		*worst = *failure;
}

static bool
has_policy(const struct policy_inputs *in, const char *name)
{
	for (size_t i = 0; i < in->rules.count; i++)
		if (strcmp(policy_name(in->rules.items[i].policy), name) == 0)
			return true;
	return false;
}

/* A misspelt name would be a file of cases that nobody runs. */
static enum err_code
find_policy_of_cases(struct call *c, struct policy_inputs *in, const struct case_file *f,
		     struct err *e)
{
	if (has_policy(in, f->cases.policy) ||
	    offline_rules_add_ready_made(c, &in->rules, f->cases.policy, e) == ERR_OK)
		return ERR_OK;
	return ERR(e, MALFORMED, "these are cases of '%s', which is none of the policies here",
		   f->cases.policy);
}

enum err_code
policy_inputs_read(struct call *c, struct policy_inputs *in, struct err *e)
{
	struct err worst = {0};
	enum err_code code = policy_inputs_expand(c, &in->paths, e);
	in->rules.beside = &in->paths;
	if (code)
		return code;
	if (c->words.count == 0)
		return offline_rules_add_library(c, &in->rules, policy_library, e);
	for (size_t i = 0; i < in->paths.count; i++) {
		struct err failure = {0};
		if (add_path_s_document(c, in, in->paths.items[i], &failure))
			keep_worst(c, in->paths.items[i], &failure, &worst);
	}
	for (size_t i = 0; i < in->count; i++) {
		struct err failure = {0};
		if (find_policy_of_cases(c, in, &in->case_files[i], &failure))
			keep_worst(c, in->case_files[i].file.name, &failure, &worst);
	}
	*e = worst;
	if (!worst.code && in->file_count == 0)
		return ERR(e, NOT_FOUND, "there is no policy and no case in '%s'",
			   c->words.items[0]);
	return worst.code;
}

void
policy_inputs_done(struct policy_inputs *in)
{
	offline_rules_done(&in->rules);
}
