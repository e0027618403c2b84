/*
 * policy_inputs.h -- policies and cases from the files and folders that were named.
 *
 * In a folder every .yaml, .yml and .json is looked at, in its folders as well; what is neither a
 * policy nor a file of cases is left alone there.
 */
#ifndef WEFT_CLI_POLICY_INPUTS_H
#define WEFT_CLI_POLICY_INPUTS_H

#include "policy/policy_cases.h"

#include "offline_rules.h"

struct case_file {
	struct sent_file file;
	struct policy_cases cases;
};

/* One file, and what is wrong with it. */
struct checked_file {
	struct sent_file file;
	struct violations complaints;
	size_t rule; /* its number among the rules + 1; 0: it holds cases, or is wrong */
};

struct policy_inputs {
	struct offline_rules rules;
	struct checked_file *files; /* those that are policies or cases */
	size_t file_count, file_capacity;
	bool silent;        /* complaints are gathered, not shown */
	struct words paths; /* all the files */
	struct case_file *case_files;
	size_t count, capacity;
};

/*
 * policy_inputs_read -- the ready-made policies when no word is given.  All are tried, so that one
 * that is wrong hides nothing of the others; the worst failure comes back.  Policies that only
 * cases name are looked for among the ready-made ones.
 */
enum err_code policy_inputs_read(struct call *c, struct policy_inputs *in, struct err *e);
void policy_inputs_done(struct policy_inputs *in);

/* policy_inputs_expand -- the words with folders replaced by their files, in order. */
enum err_code policy_inputs_expand(struct call *c, struct words *ret_paths, struct err *e);

/* policy_inputs_was_named -- is the path a word of its own, not found in a folder? */
bool policy_inputs_was_named(const struct call *c, const char *path);

#endif
