/*
 * bench_policy.c -- see bench_policy.h.
 */
#include "bench_policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "descriptor/descriptor.h"

const char *const case_study_rules[CASE_STUDY_RULES] = {
    "library/pii-requires-access-controls.yaml",
    "library/financial-data-retention.yaml",
    "library/quality-checks-required.yaml",
};

void
bench_fail(const char *what, const char *detail)
{
	fprintf(stderr, "bench: %s: %s\n", what, detail);
	exit(1);
}

double
bench_cpu_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct node
bench_read(enum document_format format, const char *text, struct arena *arena)
{
	struct node root;
	struct err e;
	if (document_read(format, text, strlen(text), NULL, arena, &root, &e) != ERR_OK)
		bench_fail("a document does not parse", e.message);
	return root;
}

const char *
bench_rule(const char *file)
{
	for (const struct embedded_file *f = policy_library; f->name; f++)
		if (strcmp(f->name, file) == 0)
			return f->data;
	bench_fail("not in the library", file);
}

struct policy *
bench_compile(const struct node *document, struct arena *arena)
{
	const struct policy_context context = {.product = &descriptor_fields};
	struct violations complaints = {.arena = arena};
	struct policy *p = policy_compile(document, &context, &complaints);
	if (!p)
		bench_fail("a policy does not compile", complaints.items[0].message);
	return p;
}

void
bench_write_product(size_t columns, struct buf *out)
{
	buf_text(out, "{\"name\": \"bench.judged\", \"owner\": \"retail-data-team\", "
		      "\"domain\": \"retail-banking\", \"retention\": \"10 years\", \"schema\": [");
	for (size_t i = 1; i <= columns; i++)
		buf_printf(out, "{\"name\": \"column_%zu\", \"type\": \"STRING\"%s}%s", i,
			   i == columns ? ", \"pii\": true" : "", i == columns ? "" : ", ");
	buf_text(out, "], \"access\": [{\"role\": \"analysts\", \"level\": \"read\"}], "
		      "\"quality_checks\": [{\"unique\": \"column_1\"}]}");
}
