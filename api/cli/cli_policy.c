/*
 * cli_policy.c -- weft policy list, test, put; and the table of its verbs.
 */
#include <string.h>

#include "base/json.h"

#include "families.h"
#include "listing.h"
#include "offline_rules.h"
#include "policy_verbs.h"
#include "report.h"
#include "sending.h"

/* ---- list, put */

// clang-format off
static const struct view policy_views[] = {
	{"NAME",        "name",        SHOW_TEXT},
	{"SCOPE",       "scope",       SHOW_TEXT},
	{"ENFORCEMENT", "enforcement", SHOW_STATE},
	{"VERSION",     "version",     SHOW_TEXT},
	{"DEFINED",     "defined_at",  SHOW_TIME},
	{"BY",          "defined_by",  SHOW_TEXT},
	{0},
};
// clang-format on

static enum err_code
list(struct call *c, struct err *e)
{
	return listing_show(c, policy_views, api_path(c->arena, "policies", NULL), MANY,
			    "no policies", e);
}

static enum err_code
put_file(struct call *c, const char *path, const char **ret_word, struct err *e)
{
	return put_document(c, path, "policies", ret_word, e);
}

static enum err_code
put(struct call *c, struct err *e)
{
	return each_file(c, put_file, e);
}

/* ---- test */

struct test_run {
	struct table table;
	struct json json;
	size_t tests, failed;
};

static void
add_test(struct test_run *run, const struct policy *p, const struct policy_test *test)
{
	run->tests++;
	run->failed += !test->passed;
	table_cell(&run->table, policy_name(p));
	table_cell(&run->table, test->name);
	table_cell(&run->table, test->expected);
	table_painted(&run->table, test->passed ? PLAIN : RED, test->found);
	table_painted(&run->table, test->passed ? GREEN : RED, test->passed ? "passed" : "FAILED");

	json_begin_map(&run->json);
	json_member_text(&run->json, "policy", policy_name(p));
	json_member_text(&run->json, "test", test->name);
	json_member_text(&run->json, "expected", test->expected);
	json_member_text(&run->json, "found", test->found);
	json_member_bool(&run->json, "passed", test->passed);
	json_member_text(&run->json, "why", test->why);
	json_end_map(&run->json);
}

/* A test that failed is shown where it stands in its document. */
static void
tell_failed_test(struct call *c, const struct sent_file *file, const struct policy_test *test)
{
	struct violations one = {.arena = c->arena};
	violation_note(&one, "test", "", test->at, "'%s' expects %s and finds %s%s%s", test->name,
		       test->expected, test->found, *test->why ? "\n" : "", test->why);
	tell_violations(c, file, &one);
}

static void
run_tests_of(struct call *c, const struct offline_rule *rule, struct test_run *run)
{
	struct policy_test *tests;
	size_t count;
	policy_run_tests(rule->policy, c->arena, &tests, &count);
	for (size_t i = 0; i < count; i++) {
		add_test(run, rule->policy, &tests[i]);
		if (!tests[i].passed && !c->json)
			tell_failed_test(c, &rule->file, &tests[i]);
	}
	if (count == 0 && !c->json)
		note(c, "%s: no tests", rule->file.name);
}

/* All documents are tried, so that one that does not compile hides nothing of the others. */
static enum err_code
load(struct call *c, struct offline_rules *rules, struct err *e)
{
	if (c->words.count == 0)
		return offline_rules_add_library(c, rules, e);
	struct err worst = {0};
	for (size_t i = 0; i < c->words.count; i++) {
		struct err failure = {0};
		enum err_code code = offline_rules_add_file(c, rules, c->words.items[i], &failure);
		if (code && failure.message[0])
			tell_failure(c, c->words.items[i], NULL, 0, &failure);
		if (code && err_exit_status(code) >= err_exit_status(worst.code))
			worst = failure;
	}
	*e = worst;
	return worst.code;
}

static void
show_results(struct call *c, const struct offline_rules *rules, const struct test_run *run,
	     const struct buf *results)
{
	if (c->json) {
		buf_append(&c->page, results->data, results->length);
		buf_char(&c->page, '\n');
		return;
	}
	if (run->tests)
		table_write(&run->table, &c->out, &c->page);
	note(c, "%s, %s, %zu failed", counted(c->arena, rules->count, "policy"),
	     counted(c->arena, run->tests, "test"), run->failed);
}

static enum err_code
test(struct call *c, struct err *e)
{
	static const char *const headers[] = {"POLICY", "TEST", "EXPECTED", "FOUND", "RESULT"};
	CLEANUP(offline_rules_done) struct offline_rules rules = {0};
	CLEANUP(buf_done) struct buf results = {0};
	struct test_run run = {
	    .table = {.arena = c->arena, .headers = headers, .columns = ARRAY_LEN(headers)},
	    .json = {.out = &results},
	};
	enum err_code code = load(c, &rules, e);
	json_begin_list(&run.json);
	for (size_t i = 0; i < rules.count; i++)
		run_tests_of(c, &rules.items[i], &run);
	json_end_list(&run.json);
	show_results(c, &rules, &run, &results);
	if (code)
		return code;
	return run.failed ? call_told(ERR_REFUSED, e) : ERR_OK;
}

const struct verb policy_verbs[] = {
    {
	.name = "list",
	.arguments = "",
	.summary = "The policies in force",
	.help = "  weft policy list\n",
	.run = list,
    },
    {
	.name = "show",
	.arguments = "NAME",
	.summary = "One policy, as it was sent",
	.help = "The version in force, or another one.\n"
		"\n"
		"  weft policy show pii-requires-access-controls > pii.yaml\n"
		"  weft policy show pii-requires-access-controls --version 1\n",
	.flags = policy_show_flags,
	.size = sizeof(struct policy_show_flags),
	.least = 1,
	.most = 1,
	.run = cli_policy_show,
    },
    {
	.name = "versions",
	.arguments = "NAME",
	.summary = "Every version of a policy: who brought it, what became of it",
	.help = "  weft policy versions financial-data-retention\n",
	.least = 1,
	.most = 1,
	.run = cli_policy_versions,
    },
    {
	.name = "test",
	.arguments = "[FILE...]",
	.summary = "Run the tests inside policy documents, without a server",
	.help = "Compiles and type-checks each document and runs its `tests`; without a FILE those "
		"of the ready-made\n"
		"policies.  Exits with 1 when a test fails, with 2 when a document is wrong.\n"
		"\n"
		"  weft policy test policies/*.yaml\n",
	.most = MANY,
	.run = test,
    },
    {
	.name = "put",
	.arguments = "FILE...",
	.summary = "Define policies, or new versions of them",
	.help = "Each document is stored under the `name` in it.  Needs the role steward.\n"
		"\n"
		"  weft policy test retention.yaml && weft policy put retention.yaml\n",
	.least = 1,
	.most = MANY,
	.run = put,
    },
    {
	.name = "retire",
	.arguments = "NAME",
	.summary = "Take a policy out of force",
	.help = "Its versions stay, and so do the decisions that were made by it; defined again, "
		"it goes on with the\n"
		"next version.  Needs the role steward.\n"
		"\n"
		"  weft policy retire owners-are-teams --reason \"the council voted it down\"\n",
	.flags = policy_retire_flags,
	.size = sizeof(struct policy_retire_flags),
	.least = 1,
	.most = 1,
	.run = cli_policy_retire,
    },
    {0},
};
