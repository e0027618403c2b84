/*
 * judge.c -- how many documents the three rules of the case study judge in a second of CPU time.
 *
 *     judge COLUMNS SECONDS      prints documents per CPU-second
 *
 * The policies are the library's, compiled once; the document is parsed before the clock starts.
 * judge.py, jq.c and peers/judge.mjs do the same work.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

#include "bench_policy.h"

enum { BATCH = 256 /* a look at the clock costs as much as judging a few times */ };

static const char facts[] =
    "{\"domain\": {\"name\": \"retail-banking\", \"team\": null, \"tags\": []}}";

/* Judging keeps what it makes in `scratch`, which is emptied after each document. */
static void
judge_once(struct policy *const rules[CASE_STUDY_RULES], const struct policy_input *input,
	   struct arena *scratch)
{
	struct violations violations = {.arena = scratch};
	for (size_t i = 0; i < CASE_STUDY_RULES; i++) {
		struct verdict v = policy_judge(rules[i], input, scratch, &violations);
		if (v.outcome == POLICY_VIOLATED || v.outcome == POLICY_FAILED)
			bench_fail(policy_name(rules[i]), violations.items[0].message);
	}
	arena_reset(scratch);
}

static double
judged_per_second(struct policy *const rules[CASE_STUDY_RULES], const struct policy_input *input,
		  double seconds)
{
	struct arena scratch = {0};
	uint64_t judged = 0;
	double spent = 0;
	judge_once(rules, input, &scratch);
	double start = bench_cpu_seconds();
	for (; spent < seconds; spent = bench_cpu_seconds() - start, judged += BATCH)
		for (int i = 0; i < BATCH; i++)
			judge_once(rules, input, &scratch);
	arena_done(&scratch);
	return (double)judged / spent;
}

int
main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("usage: judge COLUMNS SECONDS\n", stderr);
		return 2;
	}
	struct arena arena = {0};
	CLEANUP(buf_done) struct buf json = {0};
	struct policy *rules[CASE_STUDY_RULES];
	for (size_t i = 0; i < CASE_STUDY_RULES; i++) {
		struct node root =
		    bench_read(DOCUMENT_YAML, bench_rule(case_study_rules[i]), &arena);
		rules[i] = bench_compile(&root, &arena);
	}
	bench_write_product(strtoul(argv[1], NULL, 10), &json);
	struct node product = bench_read(DOCUMENT_JSON, json.data, &arena);
	struct node known = bench_read(DOCUMENT_JSON, facts, &arena);
	const struct policy_input input = {.product = &product, .facts = &known, .now = SECONDS(1)};
	printf("%.1f\n", judged_per_second(rules, &input, strtod(argv[2], NULL)));
	for (size_t i = 0; i < CASE_STUDY_RULES; i++)
		policy_destroy(rules[i]);
	arena_done(&arena);
	return 0;
}
