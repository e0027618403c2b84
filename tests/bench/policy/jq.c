/*
 * jq.c -- libjq over the documents of bench_policy.h, as judge.c does it.
 *
 *     jq COLUMNS SECONDS      prints documents per CPU-second
 *
 * The three rules are one program, compiled once; retention is a number of months, as in the case
 * study's own function.
 */
#include <jq.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

#include "bench_policy.h"

enum { BATCH = 32 };

static const char rules[] = "[(any(.schema[]; .pii) | not) or (.access | length) > 0, "
			    ".domain != \"finance\" or .retention >= 84, "
			    "(.quality_checks | length) > 0] | all";

static void
judge_once(jq_state *jq, jv product)
{
	jq_start(jq, jv_copy(product), 0);
	jv verdict = jq_next(jq);
	if (jv_get_kind(verdict) != JV_KIND_TRUE)
		bench_fail("jq", "the document should keep every rule");
	jv_free(verdict);
}

static double
judged_per_second(jq_state *jq, jv product, double seconds)
{
	uint64_t judged = 0;
	double spent = 0, start = bench_cpu_seconds();
	for (; spent < seconds; spent = bench_cpu_seconds() - start, judged += BATCH)
		for (int i = 0; i < BATCH; i++)
			judge_once(jq, product);
	return (double)judged / spent;
}

int
main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("usage: jq COLUMNS SECONDS\n", stderr);
		return 2;
	}
	CLEANUP(buf_done) struct buf json = {0};
	bench_write_product(strtoul(argv[1], NULL, 10), &json);
	jv product = jv_object_set(jv_parse(json.data), jv_string("retention"), jv_number(120));
	jq_state *jq = jq_init();
	if (!jq || !jq_compile(jq, rules))
		bench_fail("jq", "the rules do not compile");
	printf("%.1f\n", judged_per_second(jq, product, strtod(argv[2], NULL)));
	jv_free(product);
	jq_teardown(&jq);
	return 0;
}
