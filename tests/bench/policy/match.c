/*
 * match.c -- how long it takes to find out which of many policies one product concerns, and what
 * those say, in CPU time.
 *
 *     match POLICIES COLUMNS SECONDS      prints microseconds for all policies
 *
 * The policies are of four kinds in turn, by what they ask for: a domain, a classification, a tag,
 * a scope and a status.  One in a hundred concerns the product.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

#include "bench_policy.h"

enum { BATCH = 4, ONE_CONCERNS = 100 };

static void
write_match(size_t number, struct buf *out)
{
	static const char *const kinds[] = {
	    "\"match\": {\"domains\": [\"insurance-%zu\", \"trading-%zu*\"]}",
	    "\"match\": {\"classifications\": [\"secret-%zu\", \"restricted-%zu\"]}",
	    "\"match\": {\"tags\": [\"gdpr-%zu\", \"sox-%zu*\"]}",
	    "\"scope\": \"domain:retail-%zu\", \"match\": {\"statuses\": [\"draft-%zu\"]}",
	};
	if (number % ONE_CONCERNS == 0)
		buf_text(out, "\"match\": {\"domains\": [\"retail-*\"]}");
	else
		buf_printf(out, kinds[number % ARRAY_LEN(kinds)], number, number);
}

static struct policy **
make_policies(size_t count, struct arena *arena)
{
	struct policy **policies = ARENA_ARRAY(arena, struct policy *, count);
	for (size_t i = 0; i < count; i++) {
		CLEANUP(buf_done) struct buf json = {0};
		buf_printf(&json,
			   "{\"kind\": \"Policy\", \"name\": \"policy-%zu\", "
			   "\"enforcement\": \"deny\", ",
			   i);
		write_match(i, &json);
		buf_text(&json, ", \"validations\": [{\"expression\": "
				"\"is_given(product.?owner)\", \"message\": \"Nobody owns it\"}]}");
		struct node root = bench_read(DOCUMENT_JSON, json.data, arena);
		policies[i] = bench_compile(&root, arena);
	}
	return policies;
}

static void
judge_once(struct policy *const *policies, size_t count, const struct policy_input *input,
	   struct arena *scratch)
{
	struct violations violations = {.arena = scratch};
	size_t concerned = 0;
	for (size_t i = 0; i < count; i++)
		concerned += policy_judge(policies[i], input, scratch, &violations).outcome !=
			     POLICY_NOT_CONCERNED;
	if (concerned != (count + ONE_CONCERNS - 1) / ONE_CONCERNS || violations.count)
		bench_fail("match", "other policies than these should concern it");
	arena_reset(scratch);
}

static double
microseconds(struct policy *const *policies, size_t count, const struct policy_input *input,
	     double seconds)
{
	struct arena scratch = {0};
	unsigned judged = 0;
	double spent = 0, start = bench_cpu_seconds();
	for (; spent < seconds; spent = bench_cpu_seconds() - start, judged += BATCH)
		for (int i = 0; i < BATCH; i++)
			judge_once(policies, count, input, &scratch);
	arena_done(&scratch);
	return spent / judged * 1e6;
}

int
main(int argc, char **argv)
{
	if (argc != 4) {
		fputs("usage: match POLICIES COLUMNS SECONDS\n", stderr);
		return 2;
	}
	struct arena arena = {0};
	CLEANUP(buf_done) struct buf json = {0};
	size_t count = strtoul(argv[1], NULL, 10);
	struct policy **policies = make_policies(count, &arena);
	bench_write_product(strtoul(argv[2], NULL, 10), &json);
	struct node product = bench_read(DOCUMENT_JSON, json.data, &arena);
	const struct policy_input input = {.product = &product, .now = SECONDS(1)};
	printf("%.1f\n", microseconds(policies, count, &input, strtod(argv[3], NULL)));
	for (size_t i = 0; i < count; i++)
		policy_destroy(policies[i]);
	arena_done(&arena);
	return 0;
}
