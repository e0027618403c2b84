/*
 * bench_judge.c -- how many documents the three rules of the case study judge in a second of CPU
 * time.
 *
 *     judge COLUMNS SECONDS      prints documents per CPU-second
 *
 * The policies are the library's, compiled once; the document is parsed before the clock starts.
 * Only its last column is personal data, so that the scan sees them all, and it keeps every rule.
 * bench_judge.py is the same in Python.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/document.h"
#include "descriptor/descriptor.h"
#include "policy/policy.h"

enum { RULES = 3, BATCH = 256 /* a look at the clock costs as much as judging a few times */ };

static const char *const rule_files[RULES] = {
    "library/pii-requires-access-controls.yaml",
    "library/financial-data-retention.yaml",
    "library/quality-checks-required.yaml",
};

static const char facts[] =
    "{\"domain\": {\"name\": \"retail-banking\", \"team\": null, \"tags\": []}}";

static _Noreturn void
fail(const char *what, const char *detail)
{
	fprintf(stderr, "judge: %s: %s\n", what, detail);
	exit(1);
}

static double
cpu_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct node
read_document(enum document_format format, const char *text, struct arena *arena)
{
	struct node root;
	struct err e;
	if (document_read(format, text, strlen(text), NULL, arena, &root, &e) != ERR_OK)
		fail("a document does not parse", e.message);
	return root;
}

static struct policy *
compile_rule(const char *name, struct arena *arena)
{
	const struct policy_context context = {.product = &descriptor_fields};
	struct violations complaints = {.arena = arena};
	for (const struct embedded_file *f = policy_library; f->name; f++) {
		if (strcmp(f->name, name) != 0)
			continue;
		struct node root = read_document(DOCUMENT_YAML, f->data, arena);
		struct policy *p = policy_compile(&root, &context, &complaints);
		if (!p)
			fail(name, complaints.items[0].message);
		return p;
	}
	fail("not in the library", name);
}

static struct node
make_product(size_t columns, struct arena *arena)
{
	CLEANUP(buf_done) struct buf b = {0};
	buf_text(&b, "{\"name\": \"bench.judged\", \"owner\": \"retail-data-team\", "
		     "\"domain\": \"retail-banking\", \"retention\": \"10 years\", \"schema\": [");
	for (size_t i = 1; i <= columns; i++)
		buf_printf(&b, "{\"name\": \"column_%zu\", \"type\": \"STRING\"%s}%s", i,
			   i == columns ? ", \"pii\": true" : "", i == columns ? "" : ", ");
	buf_text(&b, "], \"access\": [{\"role\": \"analysts\", \"level\": \"read\"}], "
		     "\"quality_checks\": [{\"unique\": \"column_1\"}]}");
	return read_document(DOCUMENT_JSON, b.data, arena);
}

/* Judging keeps what it makes in `scratch`, which is emptied after each document. */
static void
judge_once(struct policy *const rules[RULES], const struct policy_input *input,
	   struct arena *scratch)
{
	struct violations violations = {.arena = scratch};
	for (size_t i = 0; i < RULES; i++) {
		struct verdict v = policy_judge(rules[i], input, scratch, &violations);
		if (v.outcome == POLICY_VIOLATED || v.outcome == POLICY_FAILED)
			fail(policy_name(rules[i]), violations.items[0].message);
	}
	arena_reset(scratch);
}

int
main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("usage: judge COLUMNS SECONDS\n", stderr);
		return 2;
	}
	struct arena arena = {0}, scratch = {0};
	double seconds = strtod(argv[2], NULL), spent = 0;
	struct policy *rules[RULES];
	for (size_t i = 0; i < RULES; i++)
		rules[i] = compile_rule(rule_files[i], &arena);
	struct node product = make_product(strtoul(argv[1], NULL, 10), &arena);
	struct node known = read_document(DOCUMENT_JSON, facts, &arena);
	const struct policy_input input = {.product = &product, .facts = &known, .now = SECONDS(1)};

	uint64_t judged = 0;
	judge_once(rules, &input, &scratch);
	double start = cpu_seconds();
	for (; spent < seconds; spent = cpu_seconds() - start, judged += BATCH)
		for (int i = 0; i < BATCH; i++)
			judge_once(rules, &input, &scratch);
	printf("%.1f\n", (double)judged / spent);

	for (size_t i = 0; i < RULES; i++)
		policy_destroy(rules[i]);
	arena_done(&scratch);
	arena_done(&arena);
	return 0;
}
