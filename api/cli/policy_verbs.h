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

/* cli_policy_test.c: the tests of policies, and what they show. */
struct policy_test_flags {
	bool coverage;
	struct flag_number least;
};
extern const struct flag policy_test_flags[];

enum err_code cli_policy_test(struct call *c, struct err *e);
enum err_code cli_policy_coverage(struct call *c, struct err *e);

/* cli_policy_fmt.c: the layout of expressions. */
struct policy_fmt_flags {
	bool check, write;
};
extern const struct flag policy_fmt_flags[];

enum err_code cli_policy_fmt(struct call *c, struct err *e);

/* cli_policy_check.c: all that is wrong with policies. */
struct policy_check_flags {
	bool strict, offline;
};
extern const struct flag policy_check_flags[];

enum err_code cli_policy_check(struct call *c, struct err *e);

/* cli_policy_explain.c: why a policy says what it says of a product. */
struct policy_explain_flags {
	const char *facts, *now;
	struct words domain_tags;
	bool offline;
};
extern const struct flag policy_explain_flags[];

enum err_code cli_policy_explain(struct call *c, struct err *e);

/* cli_policy_library.c: what is ready-made, and taking it over. */
struct policy_adopt_flags {
	const char *enforcement, *scope;
	struct words settings;
	bool dry_run;
};
extern const struct flag policy_adopt_flags[];

enum err_code cli_policy_library(struct call *c, struct err *e);
enum err_code cli_policy_adopt(struct call *c, struct err *e);

/* cli_policy_replay.c: past decisions once more. */
struct policy_replay_flags {
	const char *since, *product;
};
extern const struct flag policy_replay_flags[];

enum err_code cli_policy_replay(struct call *c, struct err *e);

/* cli_policy_impact.c: what a policy would do to the mesh. */
struct policy_impact_flags {
	const char *as_of, *domain, *enforcement, *fail_on;
	struct words settings;
	struct flag_number limit;
};
extern const struct flag policy_impact_flags[];

enum err_code cli_policy_impact(struct call *c, struct err *e);

#endif
