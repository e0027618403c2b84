/*
 * What the compiler does to programs changes nothing: a program gives the same value, or the same
 * error at the same place, as it does without, over documents of every kind; without fusing it
 * counts the same steps, and without folding at least as many.  An observed one is the plain one.
 */
#include <stdio.h>

#include "expression.h"
#include "governance_functions.h"

enum { VARIANTS = 4 };

/* Over `p` (a document), `c` (a list of documents) and `k` (a constant). */
static const char *const sources[] = {
    "p.pii",
    "p.a.b.c",
    "p.?a.?b.c",
    "p.?pii.orValue(false)",
    "p.?a.?b.orValue([])",
    "p.?pii",
    "p.?a.?b.hasValue()",
    "p.?a.or(p.?pii)",
    "p.?a == p.?pii",
    "{'x': p.?a, ?'y': p.?b}",
    "[p.?a, ?p.?b]",
    "has(p.a)",
    "has(p.a.b)",
    "has(p.?a.b)",
    "has(p.pii) && p.pii",
    "has(p.pii) && p.a",
    "has(p.pii) || p.pii",
    "has(p.pii) && p.pii && has(p.a)",
    "p.pii && has(p.pii)",
    "c.exists(x, has(x.pii) && x.pii)",
    "c.all(x, !(has(x.pii) && x.pii) || has(x.a))",
    "c.exists_one(x, has(x.pii) && x.pii)",
    "c.filter(x, x.?pii.orValue(false)).map(x, x.?name)",
    "c.exists(x, c.exists(y, has(x.pii) && y.pii))",
    "c.map(x, x.?a.?b)",
    "c.map(x, has(x.a) ? x.a : k.list)",
    "p.?a.optMap(x, x.b)",
    "p.?a.optFlatMap(x, x.?b)",
    "cel.bind(x, p.a, has(x.b) && x.b)",
    "cel.bind(x, {'pii': true}, has(x.pii) && x.pii && x.?pii.orValue(false))",
    "has(u.pii) && u.pii",
    "u.?pii.orValue(1)",
    "p.name == 'pii' || p.name in ['a', 'b', k.word]",
    "p.name == k.word && k.word in k.list",
    "k.list.exists(x, x == p.name)",
    "size(k.list) > 1 && size(p.a) > k.number",
    "k.number / (k.number - 3) == 1 || has(p.a)",
    "period(k.period) <= retention(p)",
    "has_personal_data(p) || is_given(p.?a)",
    "p.name.trim().size() + p.name.reverse().size()",
    "is_given(u) || is_given(p)",
    "[c.map(x, x.name.lowerAscii()), base64.encode(p.name)]",
    "personal_columns(p)",
    "dyn(k).missing == 1 || has(p.pii)",
    "p.name.matches(k.pattern)",
};

/* ---- documents ---- */

/* The same sequence in every run. */
static unsigned
next_random(uint32_t *state, unsigned below)
{
	*state = *state * 1664525 + 1013904223;
	return (*state >> 16) % below;
}

static void
write_scalar(uint32_t *random, struct buf *out)
{
	static const char *const scalars[] = {"true", "false", "true",    "null",        "1",
					      "0.5",  "\"a\"", "\"pii\"", "\"7 years\"", "[]"};
	buf_text(out, scalars[next_random(random, ARRAY_LEN(scalars))]);
}

/* A map of some of the names that the sources ask for. */
static void
write_document(uint32_t *random, unsigned depth, struct buf *out)
{
	static const char *const names[] = {"name", "pii",  "a",      "b",
					    "c",    "tags", "schema", "retention"};
	const char *before = "{";
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (next_random(random, 3) == 0)
			continue;
		buf_printf(out, "%s\"%s\": ", before, names[i]);
		bool is_list = strcmp(names[i], "schema") == 0;
		buf_text(out, is_list ? "[" : "");
		if (depth > 0 && next_random(random, 2))
			write_document(random, depth - 1, out);
		else
			write_scalar(random, out);
		buf_text(out, is_list ? "]" : "");
		before = ", ";
	}
	buf_text(out, before[0] == '{' ? "{}" : "}");
}

static struct node
read(struct arena *arena, const char *text)
{
	struct node n;
	struct err e;
	assert_int_equal(document_read(DOCUMENT_JSON, text, strlen(text), NULL, arena, &n, &e),
			 ERR_OK);
	return n;
}

static struct node
make_document(uint32_t *random, struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = {0};
	write_document(random, 3, &text);
	return read(arena, text.data);
}

static struct node
make_list(uint32_t *random, struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = {0};
	unsigned count = next_random(random, 5);
	buf_char(&text, '[');
	for (unsigned i = 0; i < count; i++) {
		buf_text(&text, i ? ", " : "");
		write_document(random, 2, &text);
	}
	buf_char(&text, ']');
	return read(arena, text.data);
}

/* ---- programs ---- */

static const char constants[] = "{\"word\": \"pii\", \"list\": [\"a\", \"pii\", 3], \"number\": 3, "
				"\"period\": \"7 years\", \"pattern\": \"^p+i*$\"}";

struct bench {
	struct arena arena;
	struct node constants, document, list;
};

/* The last of the variants is what is compiled otherwise. */
static const struct {
	bool unfolded, unfused, observed;
} variants[VARIANTS] = {
    {.unfolded = true, .unfused = true}, {.unfused = true}, {.observed = true}, {0}};

static struct cel_program *
compile(struct bench *b, const char *source, int variant)
{
	const struct cel_variable variables[] = {
	    {.name = "p", .type = "dyn"},
	    {.name = "c", .type = "dyn"},
	    {.name = "u", .type = "dyn"},
	    {.name = "k", .members = &b->constants, .constant = true},
	};
	const struct cel_declarations declarations = {.variables = variables,
						      .variable_count = ARRAY_LEN(variables),
						      .libraries = governance_libraries,
						      .unfolded = variants[variant].unfolded,
						      .unfused = variants[variant].unfused,
						      .observed = variants[variant].observed};
	struct cel_issues issues = {.arena = &b->arena};
	struct cel_program *p = cel_compile(&declarations, source, strlen(source), &issues);
	if (!p)
		fail_msg("%s: %s", source, issues.items[0].message);
	return p;
}

struct outcome {
	struct cel_value value;
	const char *text; /* with the place of an error */
	uint64_t cost;
};

/* `u` stays without a value. */
static struct outcome
run(struct bench *b, const struct cel_program *p, uint64_t limit)
{
	CLEANUP(buf_done) struct buf text = {0};
	const struct cel_value bindings[4] = {cel_from_node(&b->document), cel_from_node(&b->list)};
	struct outcome o;
	o.value = cel_evaluate(p, bindings, CEL_STEPS(limit), &b->arena, &o.cost);
	cel_format(o.value, 1000, &text);
	if (o.value.kind == CEL_ERROR)
		buf_printf(&text, " at %u", o.value.error->offset);
	o.text = arena_text(&b->arena, text.data);
	return o;
}

static bool
is_exhausted(struct outcome o)
{
	return o.value.kind == CEL_ERROR && o.value.error->exhausted;
}

/* Where the limit is noticed may differ, not whether. */
static void
same_outcome(const char *source, struct outcome plain, struct outcome other)
{
	if (is_exhausted(plain) && is_exhausted(other))
		return;
	if (strcmp(plain.text, other.text) != 0)
		fail_msg("%s: plain %s, else %s", source, plain.text, other.text);
}

static void
compare(struct bench *b, const char *source, struct cel_program *const programs[VARIANTS],
	uint64_t limit)
{
	struct outcome plain = run(b, programs[0], limit), folded = run(b, programs[1], limit),
		       fused = run(b, programs[3], limit), observed = run(b, programs[2], limit);
	same_outcome(source, folded, fused);
	same_outcome(source, plain, observed);
	if (!is_exhausted(folded))
		assert_int_equal(folded.cost, fused.cost);
	if (is_exhausted(plain))
		return;
	same_outcome(source, plain, fused);
	assert_true(plain.cost >= fused.cost);
	assert_true(observed.cost >= plain.cost);
}

static void
compare_over_documents(const char *source, int count, uint64_t limit, uint32_t random)
{
	struct bench b = {0};
	struct arena documents = {0};
	struct cel_program *programs[VARIANTS];
	b.constants = read(&documents, constants);
	for (int i = 0; i < VARIANTS; i++)
		programs[i] = compile(&b, source, i);
	for (int i = 0; i < count; i++) {
		arena_reset(&b.arena);
		b.document = make_document(&random, &b.arena);
		b.list = make_list(&random, &b.arena);
		compare(&b, source, programs, limit);
	}
	for (int i = 0; i < VARIANTS; i++)
		cel_program_destroy(programs[i]);
	arena_done(&b.arena);
	arena_done(&documents);
}

static void
folding_and_fusing_change_no_value_and_no_error(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sources); i++)
		compare_over_documents(sources[i], 100, EXPRESSION_LIMIT, (uint32_t)i);
}

static void
fused_operations_stop_at_the_same_limits(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sources); i++)
		for (uint64_t limit = 1; limit < 25; limit += 3)
			compare_over_documents(sources[i], 10, limit, (uint32_t)(i + limit));
}

/* Not only no more than the plain program does: exactly so many. */
static void
fused_operations_count_every_step(void **state)
{
	(void)state;
	static const struct {
		const char *source, *list;
		uint64_t cost;
	} cases[] = {
	    {"c.exists(x, has(x.pii) && x.pii)", "[{}]", 1 + 1 + (1 + 2)},
	    {"c.exists(x, has(x.pii) && x.pii)", "[{}, {\"pii\": false}]",
	     1 + 1 + (1 + 2) + (1 + 4)},
	    {"c.exists(x, has(x.pii) && x.pii)", "[{\"pii\": true}, {}]", 1 + 1 + (1 + 4)},
	    {"c.all(x, x.?pii.orValue(true))", "[{}, {}]", 1 + 1 + 2 * (3 + 1)},
	    {"c[0].pii == k.word", "[{\"pii\": 1}]", 4 + 1 + 1 + 1},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct bench b = {0};
		b.constants = read(&b.arena, constants);
		b.list = read(&b.arena, cases[i].list);
		struct cel_program *p = compile(&b, cases[i].source, VARIANTS - 1);
		assert_int_equal(run(&b, p, EXPRESSION_LIMIT).cost, cases[i].cost);
		assert_false(is_exhausted(run(&b, p, cases[i].cost)));
		assert_true(is_exhausted(run(&b, p, cases[i].cost - 1)));
		cel_program_destroy(p);
		arena_done(&b.arena);
	}
}

/* What depends on it alone is one step, whatever it is. */
static void
a_constant_variable_is_folded(void **state)
{
	(void)state;
	static const char *const constant_sources[] = {"k.word", "period(k.period)",
						       "k.word in k.list && k.number > 2"};
	for (size_t i = 0; i < ARRAY_LEN(constant_sources); i++) {
		struct bench b = {0};
		b.constants = read(&b.arena, constants);
		struct cel_program *p = compile(&b, constant_sources[i], VARIANTS - 1);
		assert_int_equal(run(&b, p, EXPRESSION_LIMIT).cost, 1);
		cel_program_destroy(p);
		arena_done(&b.arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(folding_and_fusing_change_no_value_and_no_error),
	    cmocka_unit_test(fused_operations_stop_at_the_same_limits),
	    cmocka_unit_test(fused_operations_count_every_step),
	    cmocka_unit_test(a_constant_variable_is_folded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
