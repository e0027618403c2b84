/*
 * policy_text.h -- policies and products as YAML texts, for tests.
 */
#ifndef WEFT_TESTS_POLICY_TEXT_H
#define WEFT_TESTS_POLICY_TEXT_H

#include "policy/policy.h"

#include "expression.h"
#include "product_table.h"

struct bench {
	struct arena arena;
	struct violations violations;
};

static inline int
bench_set_up(void **state)
{
	struct bench *b = memory_alloc(sizeof *b);
	b->violations.arena = &b->arena;
	*state = b;
	return 0;
}

static inline int
bench_tear_down(void **state)
{
	struct bench *b = *state;
	arena_done(&b->arena);
	free(b);
	return 0;
}

static inline struct node *
read_yaml(struct bench *b, const char *yaml, size_t length)
{
	struct err e = {0};
	struct node *n = ARENA_NEW(&b->arena, struct node);
	if (document_read(DOCUMENT_YAML, yaml, length, NULL, &b->arena, n, &e))
		fail_msg("%u:%u %s", e.at.line, e.at.column, e.message);
	return n;
}

/* NULL with the complaints in b->violations. */
static inline struct policy *
compile_policy(struct bench *b, const char *yaml)
{
	b->violations = (struct violations){.arena = &b->arena};
	const struct policy_context context = {.product = &product_table};
	return policy_compile(read_yaml(b, yaml, strlen(yaml)), &context, &b->violations);
}

#endif
