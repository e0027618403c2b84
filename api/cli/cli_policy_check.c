/*
 * cli_policy_check.c -- weft policy check: everything that is wrong with policy documents, each
 * complaint in the file's own lines.
 */
#include <string.h>

#include "base/json.h"
#include "policy/policy_review.h"

#include "listing.h"
#include "policy_inputs.h"
#include "policy_verbs.h"
#include "report.h"
#include "sending.h"

// clang-format off
const struct flag policy_check_flags[] = {
	{"strict",  0, FLAG_SWITCH, offsetof(struct policy_check_flags, strict),  NULL, "a warning is a failure, too"},
	{"offline", 0, FLAG_SWITCH, offsetof(struct policy_check_flags, offline), NULL, "ask no server for a policy that another one tightens"},
	{0},
};
// clang-format on

struct check_run {
	struct table table;
	struct json json;
	size_t errors, warnings, failed; /* failed: tests */
};

/* ---- beyond compiling ---- */

static size_t
cases_of(struct call *c, const struct policy_inputs *in, const struct policy *p,
	 struct policy_cases **ret_cases)
{
	size_t count = 0;
	*ret_cases = ARENA_ARRAY(c->arena, struct policy_cases, in->count);
	for (size_t i = 0; i < in->count; i++)
		if (strcmp(in->case_files[i].cases.policy, policy_name(p)) == 0)
			(*ret_cases)[count++] = in->case_files[i].cases;
	return count;
}

/* A policy whose tests fail would not be stored. */
static size_t
note_failed_tests(const struct policy *p, const struct policy_cases *cases,
		  struct violations *complaints)
{
	size_t failed = 0;
	const struct policy_test *tests = policy_run_cases(p, cases, complaints->arena);
	for (size_t i = 0; i < cases->items.count; i++) {
		if (tests[i].passed)
			continue;
		violation_note(complaints, "test", "", tests[i].at,
			       "'%s' expects %s and finds %s%s%s", tests[i].name, tests[i].expected,
			       tests[i].found, *tests[i].why ? "\n" : "", tests[i].why);
		failed++;
	}
	return failed;
}

static const struct policy *
policy_of(const struct policy_inputs *in, const char *name)
{
	for (size_t i = 0; i < in->rules.count; i++)
		if (strcmp(policy_name(in->rules.items[i].policy), name) == 0)
			return in->rules.items[i].policy;
	return NULL;
}

static const struct case_file *
cases_in(const struct policy_inputs *in, const struct checked_file *f)
{
	for (size_t i = 0; i < in->count; i++)
		if (in->case_files[i].file.text == f->file.text)
			return &in->case_files[i];
	return NULL;
}

static void
check_further(struct call *c, const struct policy_inputs *in, struct checked_file *f,
	      struct check_run *run)
{
	const struct case_file *cases = cases_in(in, f);
	const struct policy *p = f->rule ? in->rules.items[f->rule - 1].policy
				 : cases ? policy_of(in, cases->cases.policy)
					 : NULL;
	if (!p)
		return;
	const struct policy_cases own = f->rule ? policy_own_cases(p) : cases->cases;
	run->failed += note_failed_tests(p, &own, &f->complaints);
	policy_review_cases(p, &own, &f->complaints);
	if (f->rule) {
		struct policy_cases *others;
		size_t count = cases_of(c, in, p, &others);
		policy_review(p, others, count, &f->complaints);
	}
	violations_sort(&f->complaints);
}

/* ---- telling ---- */

static size_t
count_warnings(const struct violations *list)
{
	size_t count = 0;
	for (size_t i = 0; i < list->count; i++)
		count += strcmp(list->items[i].enforcement, "warn") == 0;
	return count;
}

static void
add_row(struct call *c, const struct policy_inputs *in, const struct checked_file *f, size_t errors,
	size_t warnings, struct check_run *run)
{
	const struct case_file *cases = cases_in(in, f);
	const char *name = f->rule ? policy_name(in->rules.items[f->rule - 1].policy)
			   : cases ? arena_printf(c->arena, "cases of %s", cases->cases.policy)
				   : "";
	const char *word = errors ? "wrong" : warnings ? "warned" : "ok";
	table_cell(&run->table, f->file.name);
	table_cell(&run->table, name);
	table_painted(&run->table, errors ? RED : warnings ? YELLOW : GREEN, word);
	table_cell(&run->table, errors ? arena_printf(c->arena, "%zu", errors) : "");
	table_cell(&run->table, warnings ? arena_printf(c->arena, "%zu", warnings) : "");

	json_begin_map(&run->json);
	json_member_text(&run->json, "file", f->file.name);
	json_member_text(&run->json, "policy", f->rule ? name : NULL);
	json_member_text(&run->json, "result", word);
	json_key(&run->json, "violations");
	violations_write(&f->complaints, &run->json);
	json_end_map(&run->json);
}

static void
check_file(struct call *c, const struct policy_inputs *in, struct checked_file *f,
	   struct check_run *run)
{
	check_further(c, in, f, run);
	size_t warnings = count_warnings(&f->complaints);
	size_t errors = f->complaints.count - warnings;
	run->errors += errors;
	run->warnings += warnings;
	add_row(c, in, f, errors, warnings, run);
	if (!c->json)
		tell_violations(c, &f->file, &f->complaints);
}

static void
show(struct call *c, const struct policy_inputs *in, const struct check_run *run,
     const struct buf *json)
{
	if (c->json) {
		buf_append(&c->page, json->data, json->length);
		buf_char(&c->page, '\n');
		return;
	}
	if (run->table.count)
		table_write(&run->table, &c->out, &c->page);
	note(c, "%s, %s, %s", counted(c->arena, in->file_count, "file"),
	     counted(c->arena, run->errors, "error"), counted(c->arena, run->warnings, "warning"));
}

enum err_code
cli_policy_check(struct call *c, struct err *e)
{
	static const char *const headers[] = {"FILE", "POLICY", "RESULT", "ERRORS", "WARNINGS"};
	const struct policy_check_flags *flags = c->flags;
	CLEANUP(policy_inputs_done)
	struct policy_inputs in = {.silent = true, .rules = {.asks_server = !flags->offline}};
	CLEANUP(buf_done) struct buf json = {0};
	struct check_run run = {
	    .table = {.arena = c->arena, .headers = headers, .columns = ARRAY_LEN(headers)},
	    .json = {.out = &json},
	};
	enum err_code code = policy_inputs_read(c, &in, e);
	json_begin_list(&run.json);
	for (size_t i = 0; i < in.file_count; i++)
		check_file(c, &in, &in.files[i], &run);
	json_end_list(&run.json);
	show(c, &in, &run, &json);
	if (code)
		return code;
	return run.failed || (flags->strict && run.warnings) ? call_told(ERR_REFUSED, e) : ERR_OK;
}
