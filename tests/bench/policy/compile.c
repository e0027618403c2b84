/*
 * compile.c -- how long it takes to compile a policy, in CPU time.
 *
 *     compile FILE SECONDS      prints microseconds: compiled from a document, then from YAML
 *
 * FILE is one of the library's policies, such as library/quality-checks-required.yaml.  The table
 * of data products is what is compiled against, as when a policy is stored.
 */
#include <stdio.h>
#include <stdlib.h>

#include "bench_policy.h"

enum { BATCH = 16 };

/* Each time from nothing: a document or a YAML text, a policy, and both forgotten. */
static void
compile_once(const struct node *document, const char *yaml, struct arena *arena)
{
	struct node read;
	if (!document) {
		read = bench_read(DOCUMENT_YAML, yaml, arena);
		document = &read;
	}
	policy_destroy(bench_compile(document, arena));
	arena_reset(arena);
}

static double
microseconds(const struct node *document, const char *yaml, double seconds)
{
	struct arena arena = {0};
	unsigned compiled = 0;
	double spent = 0;
	compile_once(document, yaml, &arena);
	double start = bench_cpu_seconds();
	for (; spent < seconds; spent = bench_cpu_seconds() - start, compiled += BATCH)
		for (int i = 0; i < BATCH; i++)
			compile_once(document, yaml, &arena);
	arena_done(&arena);
	return spent / compiled * 1e6;
}

int
main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("usage: compile FILE SECONDS\n", stderr);
		return 2;
	}
	struct arena arena = {0};
	const char *yaml = bench_rule(argv[1]);
	double seconds = strtod(argv[2], NULL) / 2;
	struct node document = bench_read(DOCUMENT_YAML, yaml, &arena);
	double compiled = microseconds(&document, yaml, seconds);
	printf("%.2f %.2f\n", compiled, microseconds(NULL, yaml, seconds));
	arena_done(&arena);
	return 0;
}
