/*
 * fuzz_policy.c -- sources of the expression language: each is compiled in the ways there are, and
 * what compiles is evaluated over a fixed document.
 *
 * What must hold: a source that does not compile has a mistake with a place inside it; evaluation
 * ends within its limit, gives the same value each time, and that value can be written and, unless
 * it is an error, is of one of the kinds.
 */
#include <string.h>

#include "policy/cel.h"

#include "fuzz.h"

enum { COST_LIMIT = 20000 };

static const char document[] = "name: retail.accounts\n"
			       "owner: team\n"
			       "domain: retail\n"
			       "retention: 7 years\n"
			       "tags: [a, b]\n"
			       "ratio: 0.5\n"
			       "rows: 12\n"
			       "nothing: null\n"
			       "schema:\n"
			       "  - {name: id, type: STRING, pii: true}\n"
			       "  - {name: balance, type: 'DECIMAL(18,2)', tags: [x]}\n";

static void
check_issues(const struct cel_issues *issues, size_t length)
{
	MUST(issues->count > 0);
	for (size_t i = 0; i < issues->count; i++) {
		MUST(issues->items[i].offset <= length);
		MUST(issues->items[i].message[0] != '\0');
	}
}

static void
show(struct cel_value v, struct buf *out)
{
	cel_format(v, 1000, out);
}

/* Twice the same, within the limit. */
static void
check_evaluation(const struct cel_program *p, const struct cel_value *bindings)
{
	CLEANUP(arena_done) struct arena arena = {0};
	CLEANUP(buf_done) struct buf first = {0}, second = {0};
	uint64_t cost, again;
	struct cel_value v = cel_evaluate(p, bindings, COST_LIMIT, &arena, &cost);
	show(v, &first);
	show(cel_evaluate(p, bindings, COST_LIMIT, &arena, &again), &second);
	MUST(v.kind < CEL_KINDS);
	MUST(cost == again);
	MUST(first.length == second.length);
	MUST(memcmp(first.data, second.data, first.length) == 0);
	MUST(cost <= COST_LIMIT || v.kind == CEL_ERROR);
	struct node n;
	struct err e;
	MUST(cel_to_node(v, &arena, &n, &e) == ERR_OK || e.message[0] != '\0');
}

static void
check_source(const struct cel_declarations *declarations, const struct cel_value *bindings,
	     const char *source, size_t length, struct arena *arena)
{
	struct cel_issues issues = {.arena = arena};
	struct cel_program *p = cel_compile(declarations, source, length, &issues);
	if (p)
		check_evaluation(p, bindings);
	else
		check_issues(&issues, length);
	cel_program_destroy(p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct node product;
	struct err e;
	MUST(document_read(DOCUMENT_YAML, document, strlen(document), NULL, &arena, &product, &e) ==
	     ERR_OK);
	const struct cel_variable variables[] = {
	    {.name = "product", .members = &product},
	    {.name = "facts", .type = "dyn"},
	    {.name = "now", .type = "timestamp"},
	};
	const struct cel_value bindings[] = {cel_from_node(&product), cel_from_node(&product),
					     cel_moment(1)};
	struct cel_declarations declarations = {.variables = variables,
						.variable_count = ARRAY_LEN(variables)};
	const char *source = arena_bytes(&arena, data, size);
	check_source(&declarations, bindings, source, size, &arena);
	declarations.unchecked = true;
	check_source(&declarations, bindings, source, size, &arena);
	declarations.no_macros = true;
	check_source(&declarations, bindings, source, size, &arena);
	return 0;
}
