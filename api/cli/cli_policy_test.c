/*
 * cli_policy_test.c -- weft policy test, coverage: the tests inside policies and in folders of
 * cases, and what they show.
 */
#include <string.h>

#include "base/json.h"
#include "policy/looks.h"

#include "coverage_report.h"
#include "listing.h"
#include "policy_inputs.h"
#include "policy_verbs.h"
#include "report.h"
#include "sending.h"

// clang-format off
const struct flag policy_test_flags[] = {
	{"coverage", 0, FLAG_SWITCH, offsetof(struct policy_test_flags, coverage), NULL,      "also what the tests show: branches taken, parts of products that matter"},
	{"least",    0, FLAG_NUMBER, offsetof(struct policy_test_flags, least),    "PERCENT", "fail where less of a policy's branches is covered"},
	{0},
};
// clang-format on

struct test_run {
	struct table table;
	struct json json, studies;
	size_t tests, failed, thin; /* thin: policies that are covered too little */
	bool quiet;                 /* the table only of what failed */
};

/* ---- tests ---- */

static void
write_test(struct json *out, const char *policy, const struct policy_test *test)
{
	json_begin_map(out);
	json_member_text(out, "policy", policy);
	json_member_text(out, "test", test->name);
	json_member_text(out, "expected", test->expected);
	json_member_text(out, "found", test->found);
	json_member_bool(out, "passed", test->passed);
	json_member_text(out, "why", test->why);
	json_end_map(out);
}

static void
add_test(struct test_run *run, const struct policy *p, const struct policy_test *test)
{
	run->tests++;
	run->failed += !test->passed;
	write_test(&run->json, policy_name(p), test);
	if (run->quiet && test->passed)
		return;
	table_cell(&run->table, policy_name(p));
	table_cell(&run->table, test->name);
	table_cell(&run->table, test->expected);
	table_painted(&run->table, test->passed ? PLAIN : RED, test->found);
	table_painted(&run->table, test->passed ? GREEN : RED, test->passed ? "passed" : "FAILED");
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

static size_t
run_cases(struct call *c, const struct policy *p, const struct policy_cases *cases,
	  const struct sent_file *file, struct test_run *run)
{
	const struct policy_test *tests = policy_run_cases(p, cases, c->arena);
	for (size_t i = 0; i < cases->items.count; i++) {
		add_test(run, p, &tests[i]);
		if (!tests[i].passed && !c->json)
			tell_failed_test(c, file, &tests[i]);
	}
	return cases->items.count;
}

/* ---- studies ---- */

/* A line that comes and goes: of long work, on a terminal only. */
static void
tell_progress(void *user, uint64_t judgements)
{
	struct call *c = user;
	CLEANUP(buf_done) struct buf line = {0};
	if (!c->err.terminal)
		return;
	buf_printf(&line, "\r%llu judgements ...", (unsigned long long)judgements);
	screen_show(&c->err, &line);
}

static void
end_progress(struct call *c, uint64_t judgements)
{
	CLEANUP(buf_done) struct buf line = {0};
	if (!c->err.terminal || judgements < 1000)
		return;
	buf_text(&line, "\r\033[K");
	screen_show(&c->err, &line);
}

static void
study(struct call *c, const struct policy_inputs *in, const struct offline_rule *rule, size_t tests,
      struct test_run *run)
{
	const struct policy_test_flags *flags = c->flags;
	const struct policy *p = rule->policy;
	const struct policy_cases own = policy_own_cases(p);
	struct policy_coverage *coverage = policy_coverage_new(p, c->arena);
	struct mutations mutations;
	struct studied s = {rule, tests, coverage, &mutations, NULL, 0};
	mutations_init(&mutations, c->arena);
	mutations.progress = tell_progress;
	mutations.user = c;
	policy_cover(p, &own, coverage);
	policy_mutate(p, &own, &mutations);
	for (size_t i = 0; i < in->count; i++) {
		const struct policy_cases *cases = &in->case_files[i].cases;
		if (strcmp(cases->policy, policy_name(p)) != 0)
			continue;
		policy_cover(p, cases, coverage);
		policy_mutate(p, cases, &mutations);
	}
	end_progress(c, mutations.judgements);
	s.looks = policy_looks(p, c->arena, &s.look_count);
	coverage_report_json(c, &s, &run->studies);
	if (!c->json)
		coverage_report_write(c, &s);
	run->thin += flags->least.given && coverage_percent(coverage) < flags->least.value;
}

/* ---- the whole ---- */

static size_t
run_policy(struct call *c, const struct policy_inputs *in, const struct offline_rule *rule,
	   struct test_run *run)
{
	const struct policy_cases own = policy_own_cases(rule->policy);
	size_t count = run_cases(c, rule->policy, &own, &rule->file, run);
	for (size_t i = 0; i < in->count; i++)
		if (strcmp(in->case_files[i].cases.policy, policy_name(rule->policy)) == 0)
			count += run_cases(c, rule->policy, &in->case_files[i].cases,
					   &in->case_files[i].file, run);
	if (count == 0 && !c->json)
		note(c, "%s: no tests", rule->file.name);
	return count;
}

static void
show_json(struct call *c, const struct buf *tests, const struct buf *studies, bool coverage)
{
	if (coverage)
		buf_text(&c->page, "{\"tests\":");
	buf_append(&c->page, tests->data, tests->length);
	if (coverage)
		buf_printf(&c->page, ",\"coverage\":%s}", studies->data);
	buf_char(&c->page, '\n');
}

static enum err_code
run_all(struct call *c, const struct policy_inputs *in, bool coverage, struct err *e)
{
	static const char *const headers[] = {"POLICY", "TEST", "EXPECTED", "FOUND", "RESULT"};
	CLEANUP(buf_done) struct buf tests = {0};
	CLEANUP(buf_done) struct buf studies = {0};
	struct test_run run = {
	    .table = {.arena = c->arena, .headers = headers, .columns = ARRAY_LEN(headers)},
	    .json = {.out = &tests},
	    .studies = {.out = &studies},
	    .quiet = coverage,
	};
	size_t *counts = ARENA_ARRAY(c->arena, size_t, in->rules.count);
	json_begin_list(&run.json);
	for (size_t i = 0; i < in->rules.count; i++)
		counts[i] = run_policy(c, in, &in->rules.items[i], &run);
	json_end_list(&run.json);
	if (!c->json && run.table.count)
		table_write(&run.table, &c->out, &c->page);
	json_begin_list(&run.studies);
	for (size_t i = 0; coverage && i < in->rules.count; i++)
		study(c, in, &in->rules.items[i], counts[i], &run);
	json_end_list(&run.studies);
	if (c->json)
		show_json(c, &tests, &studies, coverage);
	else
		note(c, "%s, %s, %zu failed", counted(c->arena, in->rules.count, "policy"),
		     counted(c->arena, run.tests, "test"), run.failed);
	if (run.thin && !c->json)
		note(c, "%s covered too little", counted(c->arena, run.thin, "policy"));
	return run.failed || run.thin ? call_told(ERR_REFUSED, e) : ERR_OK;
}

/* What is wrong with one document hides nothing of the others; the worse of both counts. */
static enum err_code
test(struct call *c, bool coverage, struct err *e)
{
	CLEANUP(policy_inputs_done) struct policy_inputs in = {0};
	struct err unread = {0};
	policy_inputs_read(c, &in, &unread);
	enum err_code code = run_all(c, &in, coverage, e);
	if (err_exit_status(unread.code) >= err_exit_status(code)) {
		*e = unread;
		return unread.code;
	}
	return code;
}

enum err_code
cli_policy_test(struct call *c, struct err *e)
{
	const struct policy_test_flags *flags = c->flags;
	return test(c, flags->coverage || flags->least.given, e);
}

enum err_code
cli_policy_coverage(struct call *c, struct err *e)
{
	return test(c, true, e);
}
