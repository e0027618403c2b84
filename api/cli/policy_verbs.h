/*
 * policy_verbs.h -- the verbs of `weft policy` that have files of their own; cli_policy.c lists
 * them all.
 */
#ifndef WEFT_CLI_POLICY_VERBS_H
#define WEFT_CLI_POLICY_VERBS_H

#include "call.h"

/* cli_policy_versions.c: what a policy says, what it said before, and its end. */
struct policy_show_flags {
	struct flag_number version;
	const char *as_of;
};
struct policy_retire_flags {
	const char *reason;
	bool dry_run;
};
extern const struct flag policy_show_flags[], policy_retire_flags[];

enum err_code cli_policy_show(struct call *c, struct err *e);
enum err_code cli_policy_versions(struct call *c, struct err *e);
enum err_code cli_policy_retire(struct call *c, struct err *e);

#endif
