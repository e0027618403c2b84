/*
 * fuzz_cel_eval.c -- programs over documents: a source, and behind a line `---` the document.
 *
 * Without a document there is a fixed one.  The source sees it as `product` (with its keys known),
 * `facts` (dyn) and `params` (constant); each is compiled in the ways there are, and what compiles
 * is evaluated.
 *
 * What must hold: a source that does not compile has a mistake with a place inside it; evaluation
 * ends within its limit, gives the same value each time, and that value can be written and, unless
 * it is an error, is of one of the kinds.  A program that is neither folded nor fused gives the
 * same value, or the same error at the same place; one that is only not fused counts the same
 * steps.
 */
#include <string.h>

#include "base/utf8.h"
#include "policy/cel.h"

#include "fuzz.h"

enum { COST_LIMIT = 20000 };

static const char usual_document[] = "name: retail.accounts\n"
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

static bool
is_utf8(const char *text)
{
	return utf8_check(text, strlen(text)) == strlen(text);
}

/* Twice the same, within the limit. */
static void
check_evaluation(const struct cel_program *p, const struct cel_value *bindings)
{
	CLEANUP(arena_done) struct arena arena = {0};
	CLEANUP(buf_done) struct buf first = {0}, second = {0};
	uint64_t cost, again;
	struct cel_value v = cel_evaluate(p, bindings, CEL_STEPS(COST_LIMIT), &arena, &cost);
	show(v, &first);
	show(cel_evaluate(p, bindings, CEL_STEPS(COST_LIMIT), &arena, &again), &second);
	MUST(v.kind < CEL_KINDS);
	MUST(v.kind != CEL_ERROR || is_utf8(v.error->message));
	MUST(cost == again);
	MUST(first.length == second.length);
	MUST(memcmp(first.data, second.data, first.length) == 0);
	MUST(cost <= COST_LIMIT || v.kind == CEL_ERROR);
	struct node n;
	struct err e;
	MUST(cel_to_node(v, &arena, &n, &e) == ERR_OK || e.message[0] != '\0');
}

static bool
is_exhausted(struct cel_value v)
{
	return v.kind == CEL_ERROR && v.error->exhausted;
}

/* Where the limit is noticed may differ, not whether. */
static void
check_same(struct cel_value a, struct cel_value b)
{
	CLEANUP(buf_done) struct buf first = {0}, second = {0};
	if (is_exhausted(a) && is_exhausted(b))
		return;
	show(a, &first);
	show(b, &second);
	MUST(first.length == second.length);
	MUST(memcmp(first.data, second.data, first.length) == 0);
	MUST(a.kind != CEL_ERROR || a.error->offset == b.error->offset);
}

/* The same source with less done to it by the compiler. */
static void
check_against(const struct cel_declarations *declarations, const struct cel_program *p,
	      const struct cel_value *bindings, size_t length, struct arena *arena)
{
	struct cel_issues issues = {.arena = arena};
	const char *source = cel_program_source(p);
	struct cel_program *plain = cel_compile(declarations, source, length, &issues);
	MUST(plain != NULL);
	uint64_t cost, plain_cost;
	struct cel_value v = cel_evaluate(p, bindings, CEL_STEPS(COST_LIMIT), arena, &cost);
	struct cel_value w =
	    cel_evaluate(plain, bindings, CEL_STEPS(COST_LIMIT), arena, &plain_cost);
	if (!is_exhausted(w)) {
		check_same(v, w);
		MUST(declarations->unfolded ? cost <= plain_cost : cost == plain_cost);
	}
	cel_program_destroy(plain);
}

static void
check_variants(const struct cel_declarations *declarations, const struct cel_program *p,
	       const struct cel_value *bindings, size_t length, struct arena *arena)
{
	struct cel_declarations less = *declarations;
	less.unfused = true;
	check_against(&less, p, bindings, length, arena);
	less.unfolded = true;
	check_against(&less, p, bindings, length, arena);
}

static void
check_source(const struct cel_declarations *declarations, const struct cel_value *bindings,
	     const char *source, size_t length, struct arena *arena)
{
	struct cel_issues issues = {.arena = arena};
	struct cel_program *p = cel_compile(declarations, source, length, &issues);
	if (p) {
		check_evaluation(p, bindings);
		check_variants(declarations, p, bindings, length, arena);
	} else {
		check_issues(&issues, length);
	}
	cel_program_destroy(p);
}

/* The document behind the source, which ends there then. */
static struct node
read_document(char *source, size_t *size, struct arena *arena)
{
	const char *document = usual_document;
	char *end = strstr(source, "\n---\n");
	if (end) {
		*end = '\0';
		*size = (size_t)(end - source);
		document = end + strlen("\n---\n");
	}
	struct node n = {.kind = NODE_NULL};
	struct err e;
	if (document_read(DOCUMENT_YAML, document, strlen(document), NULL, arena, &n, &e))
		MUST(end != NULL);
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_done) struct arena arena = {0};
	char *source = arena_bytes(&arena, data, size);
	struct node document = read_document(source, &size, &arena);
	const struct cel_variable variables[] = {
	    {.name = "product", .members = &document},
	    {.name = "facts", .type = "dyn"},
	    {.name = "now", .type = "timestamp"},
	    {.name = "params", .members = &document, .constant = true},
	};
	const struct cel_value bindings[] = {cel_from_node(&document), cel_from_node(&document),
					     cel_moment(1), cel_null()};
	struct cel_declarations declarations = {.variables = variables,
						.variable_count = ARRAY_LEN(variables)};
	check_source(&declarations, bindings, source, size, &arena);
	declarations.unchecked = true;
	check_source(&declarations, bindings, source, size, &arena);
	declarations.no_macros = true;
	check_source(&declarations, bindings, source, size, &arena);
	return 0;
}
